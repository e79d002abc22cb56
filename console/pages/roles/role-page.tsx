import { addressOf, CopyBlock, Facts, Id, Loaded, Moment, route, useLoad } from '../../parts/index.ts'
import { ForPool } from './for-pool.tsx'
import { Permissions } from './permissions.tsx'
import { pretty } from './pretty.ts'
import { issuerHere, type Role, roleNamed, trustsOf } from './records.ts'
import { TrustText } from './trust-text.tsx'
import { TryToken } from './try-token.tsx'

/** The values of amr that a pool gives. Anybody may have made the address. */
const KINDS = ['authenticated', 'unauthenticated'] as const

/** One role: who may have it, and what it may do. `pool` and `to` of the address: the pool that wants to give it out. */
export function RolePage({ name }: { name: string }) {
  const load = useLoad(() => Promise.all([roleNamed(name), issuerHere()]), [name])
  const { query } = route.value
  const [pool, to] = [query.get('pool'), KINDS.find((kind) => kind === query.get('to'))]
  return (
    <>
      <h1>{name}</h1>
      <p>
        <a href={addressOf(['roles'])}>All roles</a>
      </p>
      <Loaded from={load}>
        {([role, issuer]) => (
          <>
            {pool && to && <ForPool role={role} issuer={issuer} pool={pool} to={to} />}
            <Trusted of={role} issuer={issuer} />
            <TryToken on={role} />
            <Permissions of={role.name} />
            <Details of={role} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Trusted({ issuer, of }: { of: Role; issuer: string }) {
  const found = trustsOf(of, issuer)
  return (
    <section>
      <h2>Who may have it</h2>
      {found ? (
        <>
          {found.trusts.every((one) => one.of === 'others' || !one.allows || !one.assumes) && (
            <p class="notice">No statement is for identities of a pool: no pool can give this role out.</p>
          )}
          <ol>
            {found.trusts.map((trust, index) => (
              <TrustText key={index} of={trust} sid={found.statements[index]?.sid ?? ''} />
            ))}
          </ol>
        </>
      ) : (
        <p class="notice bad">The trust policy cannot be read, so that nobody gets the role.</p>
      )}
      <details>
        <summary>The trust policy as it is written</summary>
        <CopyBlock title="Trust policy" text={pretty(of.trustPolicy)} />
      </details>
    </section>
  )
}

function Details({ of }: { of: Role }) {
  return (
    <section>
      <h2>The role itself</h2>
      <Facts
        of={[
          ['ARN', <Id key="arn" of={of.arn} />],
          ['Description', of.description || undefined],
          ['Longest session', `${of.maxSessionSeconds} s`],
          ['Permissions boundary', of.boundary],
          ['Made', <Moment key="made" at={of.createdAt} />],
          ...of.tags.map(([key, value]) => [`Tag ${key}`, value] as const),
        ]}
      />
    </section>
  )
}
