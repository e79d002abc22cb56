import { computed, effect, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { madeCalls } from './calls/index.ts'
import { PAGES } from './pages/index.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { addressOf, Boundary, CallsMade, Moment, route } from './parts/index.ts'
import { type ConsoleSettings, end, type Session, session } from './session/index.ts'

const pageAt = (segment: string) => PAGES.find((one) => one.segment === segment)

/** What the address is of: the parts of a pool, or of an identity, are one place. */
const place = computed(() => {
  const { path } = route.value
  return path.slice(0, pageAt(path[0] ?? '')?.segments ?? 2).join('/')
})

// The list of calls is that of the place which is shown.
effect(() => {
  place.value
  madeCalls.value = []
})

/** The whole console: the door, or the page of the address with the menu. */
export function App({ problem, settings }: { settings: ConsoleSettings; problem: Signal<unknown> }) {
  const current = session.value
  if (!current) return <SignIn settings={settings} problem={problem.value} />
  const [segment = 'pools'] = route.value.path
  const page = pageAt(segment)
  return (
    <>
      <a class="skip" href={location.hash} onClick={toContent}>
        To the content
      </a>
      <Head session={current} />
      <Menu segment={page?.under ?? segment} />
      <Content key={place.value} title={page?.title ?? 'Not found'}>
        <Boundary>{page ? <page.show /> : <NotFound />}</Boundary>
        <CallsMade />
      </Content>
    </>
  )
}

function Head({ session: { account, arn, endsAt } }: { session: Session }) {
  return (
    <header class="head">
      <strong>Edge Identity</strong>
      <span class="quiet who" title={arn}>
        {arn.split(/[:/]/).slice(-2).join('/')} in {account}
        {endsAt !== undefined && (
          <>
            , until <Moment at={endsAt / 1000} />
          </>
        )}
      </span>
      <button type="button" onClick={() => end()}>
        Sign out
      </button>
    </header>
  )
}

function Menu({ segment }: { segment: string }) {
  return (
    <nav class="menu" aria-label="Console">
      {PAGES.filter(({ isInMenu }) => isInMenu).map((page) => (
        <a
          key={page.segment}
          href={addressOf([page.segment])}
          aria-current={page.segment === segment ? 'page' : undefined}
        >
          {page.title}
        </a>
      ))}
    </nav>
  )
}

/** Takes the focus when another page opens, so that whoever cannot see it hears where they are. */
function Content({ children, title }: { title: string; children: preact.ComponentChildren }) {
  const element = useRef<HTMLElement>(null)
  useEffect(() => {
    document.title = `${title} – Edge Identity`
    element.current?.focus()
  }, [title])
  return (
    <main id="content" tabIndex={-1} ref={element}>
      {children}
    </main>
  )
}

function toContent(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#content')?.focus()
}

function NotFound() {
  return (
    <>
      <h1>Not found</h1>
      <p>
        The console has no page at this address. <a href={addressOf(['pools'])}>The pools</a> are a good beginning.
      </p>
    </>
  )
}
