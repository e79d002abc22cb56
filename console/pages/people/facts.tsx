import { Facts as FactsList, Moment } from '../../parts/index.ts'
import { addressOfIdentity, type Identity } from './identity.ts'
import { State } from './state.tsx'

/** What is known of an identity, but for its logins. */
export function Facts({ of: identity, pool }: { of: Identity; pool: string }) {
  const { CreationDate, ForwardedFrom = [], ForwardsTo, LastUsedOn, TokensValidFrom } = identity
  const link = (id: string) => (
    <a key={id} href={addressOfIdentity(pool, id)}>
      {id}
    </a>
  )
  return (
    <FactsList
      of={[
        ['State', <State key="state" of={identity} />],
        ...(identity.Blocked ? ([['Blocked', <Block key="block" of={identity} />]] as const) : []),
        ['Made', <Moment key="made" at={CreationDate} />],
        ['Last used', LastUsedOn ?? 'on the day it was made, or no use is kept'],
        ...(TokensValidFrom === undefined
          ? []
          : ([['Tokens count from', <Moment key="tokens" at={TokensValidFrom} />]] as const)),
        ...(ForwardsTo === undefined ? [] : ([['Became', link(ForwardsTo)]] as const)),
        ...(ForwardedFrom.length === 0
          ? []
          : ([['Merged into it', ForwardedFrom.map((id) => <div key={id}>{link(id)}</div>)]] as const)),
      ]}
    />
  )
}

function Block({ of: { BlockedUntil, BlockReason } }: { of: Identity }) {
  return (
    <>
      {BlockedUntil === undefined ? (
        'until somebody unblocks it'
      ) : (
        <>
          it ends <Moment at={BlockedUntil} />
        </>
      )}
      {BlockReason ? <>. Reason: {BlockReason}</> : ', without a reason'}
    </>
  )
}
