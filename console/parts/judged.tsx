import { type ReasonOf, reasonOf } from './reasons.ts'
import type { Step } from './steps.tsx'
import { Facts, Table } from './table.tsx'

/** What a simulation answers of a role: as far as the request would come. */
export interface JudgedRole {
  Tags?: Record<string, string>
  Session?: { DurationSeconds: number; Narrowing?: string }
  Trust?: { Registered: boolean; Malformed?: string; Action?: string; Decision?: string; Statements?: Statement[] }
  R2?: Record<string, unknown>
  Answer: { Code: string; Message?: string; Reason?: { Reason?: string; [detail: string]: unknown } }
}

/** A statement of the trust policy, with what the request does not meet of it. */
interface Statement {
  Sid: string
  Effect: 'allow' | 'deny'
  Unmet: { Element: string; Operator?: string; Key?: string; Wanted: string[]; Found: string[] }[]
}

/** Bytes of all tags that claims give one user, AWS's limit. */
const MAX_TAGS_BYTES = 460

/** A member of an answer as a row of facts. */
export const factOf = ([name, value]: readonly [string, unknown]) => [name, textOf(value)] as const

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(', ') : typeof value === 'string' ? value : JSON.stringify(value)

/** What a reason means, and what to do about it; nothing for one that is not known. */
export function WhyNot({ name, of }: { name: string; of: ReasonOf }) {
  const reason = reasonOf(name, of)
  return reason ? (
    <p class="notice bad">
      {reason.means} {reason.todo}
    </p>
  ) : null
}

const utf8 = new TextEncoder()
const bytesOf = ([tag, value]: readonly [string, string]) => utf8.encode(tag + value).length

/** The session tags, with their size. */
export function tagsStep({ Tags }: JudgedRole): Step[] {
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

/** What the trust policy of the role says, by the record of the role here. */
export function trustStep({ Trust }: JudgedRole): Step[] {
  if (!Trust) return []
  if (!Trust.Registered)
    return [
      {
        title: 'Trust policy',
        tone: 'plain',
        aside: 'not known',
        children: <p>The role is not registered here, so that its trust policy cannot be judged.</p>,
      },
    ]
  if (Trust.Malformed !== undefined)
    return [{ title: 'Trust policy', tone: 'bad', children: <p>It cannot be read: {Trust.Malformed}</p> }]
  const allows = Trust.Decision === 'allow'
  return [
    {
      title: allows ? 'The trust policy allows it' : 'The trust policy does not allow it',
      tone: allows ? 'good' : 'bad',
      aside: Trust.Action,
      children: !allows && <Statements of={Trust.Statements ?? []} />,
    },
  ]
}

/** What stands in the way, statement by statement. */
function Statements({ of }: { of: readonly Statement[] }) {
  return (
    <ul>
      {of.map(({ Effect, Sid, Unmet }, index) => (
        <li key={index}>
          Statement {index + 1}
          {Sid && ` (${Sid})`}, which {Effect === 'deny' ? 'denies' : 'allows'}
          {Unmet.length === 0 ? ': it fits.' : ', does not fit:'}
          <ul>
            {Unmet.map(({ Element, Found, Key, Operator, Wanted }) => (
              <li key={`${Element} ${Operator} ${Key}`}>
                {Element === 'condition' ? `${Operator} ${Key}` : Element}: wanted <code>{Wanted.join(', ')}</code>,
                found <code>{Found.join(', ') || 'nothing'}</code>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}

const NARROWED: Readonly<Record<string, string>> = {
  guest: ", narrowed by Amazon Cognito's scope-down for guests",
  none: '',
}

/** How long the session would be, and what narrows it; or the grant of R2. */
export function sessionStep({ R2, Session }: JudgedRole): Step[] {
  if (!Session) return []
  const { DurationSeconds, Narrowing = 'none' } = Session
  const narrowed = NARROWED[Narrowing] ?? `, narrowed by the guest policy of the pool (${Narrowing})`
  const text = `A session of ${DurationSeconds} s${narrowed}`
  return [{ title: text, tone: 'good', children: R2 && <Facts of={Object.entries(R2).map(factOf)} /> }]
}

/** What the client would be told. `who`: what the client is called at the beginning of a sentence. `asks`: what it asks with. */
export function answerStep({ Answer: { Code, Message, Reason } }: JudgedRole, who: string, asks: ReasonOf): Step {
  if (Code === 'Issued') return { title: `${who} would get credentials`, tone: 'good' }
  if (Code === 'DecidedByRemoteSts')
    return {
      title: 'The STS decides',
      tone: 'plain',
      children: <p>It would be asked for the role, and is not asked by a simulation. All else is as it should be.</p>,
    }
  return {
    title: `${who} would be refused`,
    tone: 'bad',
    aside: Code,
    children: (
      <>
        <p>{Message}</p>
        {Reason?.Reason !== undefined && <WhyNot name={Reason.Reason} of={asks} />}
        {Reason && <Facts of={Object.entries(Reason).map(factOf)} />}
      </>
    ),
  }
}
