import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Failure, Field, Form } from '../parts/index.ts'
import { type ConsoleSettings, IDLE_MINUTES, leaveFor, open, openByAccess, whyEnded } from '../session/index.ts'

/** What local mode is opened with; everybody knows it. */
const LOCAL_KEY = 'test'

/** How an operator comes in. `problem`: why a sign-in at the provider failed. */
export function SignIn({ problem, settings }: { settings: ConsoleSettings; problem: unknown }) {
  const { local, signIn } = settings
  return (
    <main class="door">
      <h1>Edge Identity</h1>
      <p class="quiet">
        Version {settings.version}, issuer {settings.issuer}
      </p>
      {whyEnded.value && (
        <p class="notice" role="status">
          {whyEnded.value} Sign in again; the address brings you back to the same page.
        </p>
      )}
      {problem !== undefined && <Failure error={problem} />}
      {signIn?.kind === 'oidc' && <WithProvider {...signIn} />}
      {signIn?.kind === 'access' && <WithAccess />}
      <WithKey local={local} />
    </main>
  )
}

function WithProvider(provider: { issuer: string; clientId: string }) {
  return (
    <section>
      <h2>With your provider</h2>
      <Form action={`Sign in at ${new URL(provider.issuer).host}`} onSubmit={() => leaveFor(provider)}>
        <p class="hint">You come back with a key for one hour, and with what your role may do.</p>
      </Form>
    </section>
  )
}

/** Whoever sees this page has passed Cloudflare Access, so there is nothing to press. */
function WithAccess() {
  const error = useSignal<unknown>(undefined)
  const enter = () => {
    error.value = undefined
    openByAccess().catch((thrown) => {
      error.value = thrown
    })
  }
  useEffect(() => {
    if (whyEnded.value === undefined) enter()
  }, [])
  return (
    <section>
      <h2>With Cloudflare Access</h2>
      {error.value === undefined ? (
        <button type="button" class="main" onClick={enter}>
          Enter
        </button>
      ) : (
        <Failure error={error.value} again={enter} />
      )}
    </section>
  )
}

function WithKey({ local }: { local: boolean }) {
  const id = useSignal(local ? LOCAL_KEY : '')
  const secret = useSignal(local ? LOCAL_KEY : '')
  const token = useSignal('')
  const submit = async () => {
    const key = { accessKeyId: id.value.trim(), secret: secret.value, sessionToken: token.value.trim() || undefined }
    secret.value = ''
    await open(key)
  }
  return (
    <section>
      <h2>With an access key</h2>
      <Form action="Sign in" onSubmit={submit}>
        <Field label="Access key id" value={id} required />
        <Field label="Secret" value={secret} type="password" required />
        <details>
          <summary>It has a session token</summary>
          <Field label="Session token" value={token} lines={3} />
        </details>
        <p class="hint">
          {local && 'Local mode has this key, which everybody knows. '}
          The secret becomes a key of the browser that no script can read. It is in this tab alone, and gone when you
          close it or after {IDLE_MINUTES} minutes without use.
        </p>
      </Form>
    </section>
  )
}
