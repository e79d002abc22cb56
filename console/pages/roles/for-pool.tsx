import { addressOf, CopyBlock, shellOption, shellWord, useLoad } from '../../parts/index.ts'
import { settingsOf } from '../pool/settings.ts'
import { type Role, trustsOf } from './records.ts'
import { goodTrust, whyNotFor } from './trust.ts'

interface ForPoolProps {
  role: Role
  issuer: string
  pool: string
  /** The value of amr. */
  to: string
}

const DEFAULT_SESSION_SECONDS = 3600

/** Whether this pool can give the role out, and else the policy by which it could. */
export function ForPool({ issuer, pool, role, to }: ForPoolProps) {
  // Without its settings the pool is judged all the same, but for tags and lengths of sessions.
  const { value: current } = useLoad(() => settingsOf(pool).catch(() => undefined), [pool]).now
  if (current.state !== 'loaded') return null
  const { IdentityPoolName = pool, IdentityPoolTags = {}, PrincipalTagMaps = {} } = current.value ?? {}
  const isTagged = to === 'authenticated' && Object.keys(PrincipalTagMaps).length > 0
  const seconds = Number(IdentityPoolTags['edge-identity:session-seconds'] ?? DEFAULT_SESSION_SECONDS)
  const whyNot = whyNotFor(trustsOf(role, issuer)?.trusts ?? [], { pool, to, isTagged })
  const who = (
    <>
      {to === 'unauthenticated' ? 'guests' : 'users'} of{' '}
      <a href={addressOf(['pool', pool, 'mappings'])}>{IdentityPoolName}</a>
    </>
  )
  return (
    <>
      {whyNot === undefined ? (
        <p class="notice good">By aud and amr, {who} can have this role.</p>
      ) : (
        <div class="notice bad">
          <p>
            STS refuses {who}: {whyNot}.
          </p>
          {current.value ? <Better role={role} use={{ pool, to, isTagged }} /> : <Stranger />}
        </div>
      )}
      {seconds > role.maxSessionSeconds && (
        <p class="notice bad">
          Sessions of the pool last {seconds} s, and those of the role at most {role.maxSessionSeconds} s: STS refuses.
        </p>
      )}
    </>
  )
}

type Use = Parameters<typeof goodTrust>[0]

function Better({ role, use }: { role: Role; use: Use }) {
  return (
    <CopyBlock title="A trust policy for them alone, in place of the one that is there" text={commandFor(role, use)} />
  )
}

/** No line to copy for a pool that may be that of whoever made the address. */
function Stranger() {
  return <p>The address names this pool, and you cannot read it here: nobody knows whose it is.</p>
}

function commandFor({ name }: Role, use: Use): string {
  const policy = shellWord(JSON.stringify(goodTrust(use), null, 2))
  return `aws iam update-assume-role-policy ${shellOption('role-name', name)} --endpoint-url ${location.origin} --policy-document ${policy}`
}
