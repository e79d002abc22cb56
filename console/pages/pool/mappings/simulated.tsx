import { addressOf, Facts, reasonOf, type Step, Steps, Table } from '../../../parts/index.ts'
import { labelOf } from '../providers.ts'
import { RoleLink } from '../role-link.tsx'
import type { Settings } from '../settings.ts'
import type { Simulation } from './simulation.ts'
import { trustStep } from './trust-step.tsx'

/** Bytes of all tags that claims give one user, AWS's limit. */
const MAX_TAGS_BYTES = 460

/** What a login would come to, step by step. */
export function Simulated({ of, settings }: { of: Simulation; settings: Settings }) {
  const steps = [
    ...(of.Logins ?? []).map((login) => loginStep(login, settings)),
    ...guestStep(of),
    ...identityStep(of, settings),
    ...roleStep(of, settings),
    ...tagsStep(of),
    ...sessionStep(of),
    ...trustStep(of),
    answerStep(of),
  ]
  return (
    <div role="status">
      <Steps label="What the login would come to" of={steps} />
    </div>
  )
}

type Login = NonNullable<Simulation['Logins']>[number]

function loginStep(
  { Accepted, Accepts, Claims, ClientId, Details = {}, Provider, Reason = '', Subject }: Login,
  settings: Settings,
): Step {
  const title = `Login of ${labelOf(Provider, settings)}`
  if (!Accepted)
    return {
      title,
      tone: 'bad',
      aside: Reason,
      children: (
        <>
          <WhyNot name={Reason} of="login" />
          <Facts
            of={[...Object.entries(Details).map(fact), ...(Accepts === undefined ? [] : [fact(['Accepted', Accepts])])]}
          />
        </>
      ),
    }
  return {
    title,
    tone: 'good',
    aside: 'true',
    children: (
      <>
        <Facts
          of={[...(Subject ? [fact(['Subject', Subject])] : []), ...(ClientId ? [fact(['Client', ClientId])] : [])]}
        />
        {Claims && (
          <details>
            <summary>{Object.keys(Claims).length} claims, which rules and attribute maps may use</summary>
            <Facts of={Object.entries(Claims).map(fact)} />
          </details>
        )}
      </>
    ),
  }
}

const fact = ([name, value]: readonly [string, unknown]) => [name, textOf(value)] as const

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(', ') : typeof value === 'string' ? value : JSON.stringify(value)

function WhyNot({ name, of }: { name: string; of: 'login' | 'request' }) {
  const reason = reasonOf(name, of)
  return reason ? (
    <p class="notice bad">
      {reason.means} {reason.todo}
    </p>
  ) : null
}

function guestStep({ Guest }: Simulation): Step[] {
  if (!Guest) return []
  if (Guest.WouldBeMade) return [{ title: 'A guest would be made', tone: 'good' }]
  const { RefusedBy = '', Which } = Guest
  return [
    {
      title: 'No guest would be made',
      tone: 'bad',
      aside: [RefusedBy, Which].filter(Boolean).join(': '),
      children: <WhyNot name={RefusedBy} of="request" />,
    },
  ]
}

function identityStep({ Identity }: Simulation, { IdentityPoolId }: Settings): Step[] {
  if (!Identity) return []
  return [
    {
      title: Identity.Guest ? 'Identity of a guest' : 'Identity of a user',
      tone: 'good',
      children: (
        <p>
          <a href={addressOf(['identity', IdentityPoolId, Identity.IdentityId])}>{Identity.IdentityId}</a>
          <span class="quiet"> – if nobody has this login yet, it would be made, and the id would be another.</span>
        </p>
      ),
    },
  ]
}

function roleStep({ Identity, Role }: Simulation, settings: Settings): Step[] {
  if (!Role) return []
  const { ChosenBy, Reason, RoleArn } = Role
  const to = Identity?.Guest ? 'unauthenticated' : 'authenticated'
  const link = RoleArn && <RoleLink arn={RoleArn} pool={settings.IdentityPoolId} to={to} />
  if (Reason !== undefined)
    return [
      { title: 'Role', tone: 'bad', aside: Reason, children: [link, <WhyNot key="why" name={Reason} of="request" />] },
    ]
  return [
    {
      title: 'Role',
      tone: 'good',
      children: (
        <p>
          {link}. {ChosenBy && chosenText(ChosenBy, settings)}
        </p>
      ),
    },
  ]
}

function chosenText(
  { By, Custom, MappingKey = '', Role, Rule }: NonNullable<NonNullable<Simulation['Role']>['ChosenBy']>,
  settings: Settings,
) {
  const asked = Custom ? ' The app asked for it, and it is on offer.' : ''
  switch (By) {
    case 'default':
      return `It is the role of the pool for ${Role === 'unauthenticated' ? 'guests' : 'users'}.${asked}`
    case 'rule':
      return `Rule ${Rule} of the mapping of ${labelOf(MappingKey, settings)} is the first that fits.${asked}`
    case 'token':
      return `The token names it, as the mapping of ${labelOf(MappingKey, settings)} allows.${asked}`
  }
}

const utf8 = new TextEncoder()
const bytesOf = ([tag, value]: readonly [string, string]) => utf8.encode(tag + value).length

function tagsStep({ Tags }: Simulation): Step[] {
  if (!Tags) return []
  const rows = Object.entries(Tags)
  const size = rows.reduce((sum, row) => sum + bytesOf(row), 0)
  if (rows.length === 0) return [{ title: 'No session tags', tone: 'good' }]
  return [
    {
      title: 'Session tags',
      tone: 'good',
      aside: `${size} of ${MAX_TAGS_BYTES} bytes`,
      children: (
        <Table
          caption="Session tags"
          rows={rows}
          keyOf={([tag]) => tag}
          empty={null}
          columns={[
            { title: 'Tag', cell: ([tag]) => tag },
            { title: 'Value', cell: ([, value]) => value },
            { title: 'Bytes', isNumber: true, cell: bytesOf },
          ]}
        />
      ),
    },
  ]
}

const NARROWED: Readonly<Record<string, string>> = {
  guest: ", narrowed by Amazon Cognito's scope-down for guests",
  none: '',
}

function sessionStep({ R2, Session }: Simulation): Step[] {
  if (!Session) return []
  const { DurationSeconds, Narrowing = 'none' } = Session
  const narrowed = NARROWED[Narrowing] ?? `, narrowed by the guest policy of the pool (${Narrowing})`
  const text = `A session of ${DurationSeconds} s${narrowed}`
  return [{ title: text, tone: 'good', children: R2 && <Facts of={Object.entries(R2).map(fact)} /> }]
}

function answerStep({ Answer: { Code, Message, Reason } }: Simulation): Step {
  if (Code === 'Issued') return { title: 'The app would get credentials', tone: 'good' }
  if (Code === 'DecidedByRemoteSts')
    return {
      title: 'The STS decides',
      tone: 'plain',
      children: <p>It would be asked for the role, and is not asked by a simulation. All else is as it should be.</p>,
    }
  return {
    title: 'The app would be refused',
    tone: 'bad',
    aside: Code,
    children: (
      <>
        <p>{Message}</p>
        {Reason?.Reason !== undefined && <WhyNot name={Reason.Reason} of="request" />}
        {Reason && <Facts of={Object.entries(Reason).map(fact)} />}
      </>
    ),
  }
}
