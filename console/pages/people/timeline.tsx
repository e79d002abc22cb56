import { addressOf, Moment, type Step, Steps } from '../../parts/index.ts'
import { type Identity, loginText } from './identity.ts'

interface Happening extends Step {
  /** Milliseconds since the epoch. */
  at: number
}

const endOf = (day: string) => Date.parse(`${day}T23:59:59Z`)

/** What is known of the life of an identity, the first thing first. */
export function Timeline({ of: identity }: { of: Identity }) {
  const happened = [...made(identity), ...linked(identity), ...used(identity), ...stopped(identity)]
  return (
    <>
      <Steps label="Timeline of the identity" of={happened.sort((a, b) => a.at - b.at)} />
      <p class="hint">
        The service keeps days of logins and of the last use, and no history. Single requests have records of their own,
        which <a href={addressOf(['why'])}>are found by request id</a>.
      </p>
    </>
  )
}

function made({ CreationDate, Logins, LastModifiedDate }: Identity): Happening[] {
  const undated = Logins.filter(({ LinkedOn }) => LinkedOn === undefined)
  return [
    {
      title: 'Made',
      tone: 'plain',
      at: CreationDate * 1000,
      aside: <Moment at={CreationDate} />,
      children: undated.length > 0 && <p>Before days were kept, it got {undated.map(loginText).join(', ')}.</p>,
    },
    ...(LastModifiedDate > CreationDate + 1
      ? ([
          {
            title: 'Logins changed last',
            tone: 'plain',
            at: LastModifiedDate * 1000,
            aside: <Moment at={LastModifiedDate} />,
          },
        ] as const)
      : []),
  ]
}

function linked({ CreationDate, Logins }: Identity): Happening[] {
  return Logins.flatMap((login) =>
    login.LinkedOn === undefined
      ? []
      : [
          {
            title: 'Login linked',
            tone: 'plain' as const,
            // Of a day nobody knows the hour, and a login that came by a merge may be older than the identity.
            at: Math.max(Date.parse(login.LinkedOn), CreationDate * 1000),
            aside: login.LinkedOn,
            children: <p>{loginText(login)}</p>,
          },
        ],
  )
}

function used({ LastUsedOn }: Identity): Happening[] {
  return LastUsedOn === undefined
    ? []
    : [{ title: 'Used last', tone: 'plain', at: Math.min(endOf(LastUsedOn), Date.now() - 1), aside: LastUsedOn }]
}

function stopped({ Blocked, BlockedUntil, BlockReason, ForwardsTo, State, TokensValidFrom }: Identity): Happening[] {
  const now = Date.now()
  const isDisabled = State === 'Disabled'
  return [
    ...(TokensValidFrom === undefined ? [] : [revoked(TokensValidFrom)]),
    ...(Blocked
      ? [
          {
            title: 'Blocked',
            tone: 'bad',
            at: now,
            aside: 'now',
            children: BlockReason && <p>{BlockReason}</p>,
          } as const,
        ]
      : []),
    ...(isDisabled
      ? [
          {
            title: ForwardsTo === undefined ? 'Without a login: disabled' : 'Merged into another',
            tone: 'bad',
            at: now,
            aside: 'now',
          } as const,
        ]
      : []),
    ...(Blocked && BlockedUntil !== undefined
      ? [
          {
            title: 'The block ends',
            tone: 'skipped',
            at: BlockedUntil * 1000,
            aside: <Moment at={BlockedUntil} />,
          } as const,
        ]
      : []),
  ]
}

function revoked(at: number): Happening {
  return {
    title: 'Sessions revoked',
    tone: 'bad',
    at: at * 1000,
    aside: <Moment at={at} />,
    children: <p>Tokens that were signed before count no more.</p>,
  }
}
