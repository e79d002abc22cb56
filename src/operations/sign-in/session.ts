import { regionOf } from '../../base/ids.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { AssumeRequest, Narrowing } from '../../credentials/index.ts'
import type { Pool } from '../../pools/index.ts'
import type { IdentityClaims } from '../../tokens/index.ts'
import type { RequestContext } from '../operation.ts'
import { guestPolicyOf, sessionSecondsOf, stsRegionsOf } from '../pool/index.ts'
import { webIdentityOf } from './claims.ts'
import type { Identified } from './identify.ts'

/** Name of every session of the enhanced flow. */
const SESSION_NAME = 'CognitoIdentityCredentials'

/** Why there is no session: what should narrow it is not there. */
export interface GuestPolicyMissing {
  reason: 'guest_policy_missing'
  guestPolicy: string
}

/** The session in a role that an identity with these claims is given in the enhanced flow, as the pool's owner wants it. */
export async function sessionFor(
  { guest, pool }: Identified,
  roleArn: string,
  claims: IdentityClaims,
  context: RequestContext,
): Promise<Result<AssumeRequest, GuestPolicyMissing>> {
  const narrowing = guest ? await guestNarrowing(pool, roleArn, context) : ok({ kind: 'none' } as const)
  if (!narrowing.ok) return narrowing
  const stsRegions = stsRegionsOf(pool)
  return ok({
    identity: webIdentityOf(claims),
    roleArn,
    sessionName: SESSION_NAME,
    // The role may allow less, and then refuses.
    durationSeconds: sessionSecondsOf(pool),
    region: regionOf(pool.id),
    stsRegions,
    position: stsRegions && context.position(),
    narrowing: narrowing.value,
    clientAddress: context.clientAddress,
  })
}

async function guestNarrowing(
  pool: Pool,
  role: string,
  context: RequestContext,
): Promise<Result<Narrowing, GuestPolicyMissing>> {
  const guestPolicy = guestPolicyOf(pool)
  if (guestPolicy === 'none') return ok({ kind: 'none' })
  if (guestPolicy === 'default') return ok({ kind: 'guest' })
  if (guestPolicy.startsWith('arn:')) return ok({ kind: 'own', policyArns: [guestPolicy] })
  const policy = await ownGuestPolicy(pool, role, context)
  return policy === undefined
    ? err({ reason: 'guest_policy_missing', guestPolicy })
    : ok({ kind: 'own', policy, policyArns: [] })
}

/** The inline policy of the role by which the pool narrows guests, if it names one and there is one. */
export async function ownGuestPolicy(
  pool: Pool,
  role: string,
  { accounts, position }: Pick<RequestContext, 'accounts' | 'position'>,
): Promise<string | undefined> {
  const name = guestPolicyOf(pool)
  if (name === 'none' || name === 'default' || name.startsWith('arn:')) return undefined
  return accounts.rolePolicy(pool.account, role, name, position)
}
