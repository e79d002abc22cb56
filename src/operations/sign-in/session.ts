import { err, ok, type Result } from '../../base/result.ts'
import type { AssumeRequest, Narrowing } from '../../credentials/index.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { RequestContext } from '../operation.ts'
import { claimsOf } from './claims.ts'
import type { Grant } from './grant.ts'
import type { Identified } from './identify.ts'

/**
 * How a pool's sessions are made, as its owner asks for by tags: AWS's API has no place for it, and every client of that
 * API can set tags. All tags of this service begin alike, and one that it does not know is refused.
 */
const PREFIX = 'edge-identity:'

/** A pool spread over several objects: read when the pool is created, and never again. */
const SHARDS = `${PREFIX}shards`

/** Seconds that credentials of the enhanced flow last. */
const SESSION_SECONDS = `${PREFIX}session-seconds`

/**
 * What narrows guests in the enhanced flow: `default`, the scope-down that AWS gives them; `none`, their role alone; the
 * ARN of a managed policy; or the name of an inline policy of the role, as it is registered here.
 */
const GUEST_POLICY = `${PREFIX}guest-policy`

/** Name of every session of the enhanced flow. */
const SESSION_NAME = 'CognitoIdentityCredentials'

const DEFAULT_SECONDS = 3600
const POLICY_ARN = /^arn:aws(-[a-z]+)*:iam::(aws|\d{12}):policy\/[\x21-\x7e]+$/
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/

/** Whether a tag sets how the service treats the pool, rather than saying something about it. */
export function isSettingTag(key: string): boolean {
  return key.startsWith(PREFIX)
}

/** Refuses tags of this service that it does not know, or whose values it cannot follow. */
export function checkSettingTags(tags: ReadonlyMap<string, string>): void {
  for (const [key, value] of tags) if (isSettingTag(key)) checkSettingTag(key, value)
}

function checkSettingTag(key: string, value: string): void {
  switch (key) {
    case SHARDS:
      if (value !== '1') throw invalid(`${key} must be 1: pools are not spread over several objects yet.`)
      return
    case SESSION_SECONDS:
      if (!/^\d{3,5}$/.test(value) || Number(value) < 900 || Number(value) > 43_200)
        throw invalid(`${key} must be a number of seconds from 900 to 43200.`)
      return
    case GUEST_POLICY:
      if (!POLICY_ARN.test(value) && !POLICY_NAME.test(value))
        throw invalid(`${key} must be default, none, the ARN of a managed policy, or the name of an inline policy.`)
      return
    default:
      throw invalid(`${key} is not a tag that this service knows.`)
  }
}

/** Why there is no session: what should narrow it is not there. */
export interface GuestPolicyMissing {
  reason: 'guest_policy_missing'
  guestPolicy: string
}

/** The session that an identity is given in the enhanced flow, as the pool's owner wants it. */
export async function sessionFor(
  identified: Identified,
  { role, tags }: Grant,
  context: RequestContext,
): Promise<Result<AssumeRequest, GuestPolicyMissing>> {
  const { guest, pool } = identified
  const narrowing = guest ? await guestNarrowing(pool, role, context) : ok({ kind: 'none' } as const)
  if (!narrowing.ok) return narrowing
  const { amr, aud, sub } = claimsOf(identified, tags)
  return ok({
    identity: { subject: sub, audience: aud, amr, principalTags: tags },
    roleArn: role,
    sessionName: SESSION_NAME,
    // The role may allow less, and then refuses.
    durationSeconds: Number(pool.settings.tags?.get(SESSION_SECONDS) ?? DEFAULT_SECONDS),
    region: pool.id.slice(0, pool.id.indexOf(':')),
    narrowing: narrowing.value,
    clientAddress: context.clientAddress,
  })
}

async function guestNarrowing(
  pool: Pool,
  role: string,
  { accounts }: RequestContext,
): Promise<Result<Narrowing, GuestPolicyMissing>> {
  const guestPolicy = pool.settings.tags?.get(GUEST_POLICY) ?? 'default'
  if (guestPolicy === 'none') return ok({ kind: 'none' })
  if (guestPolicy === 'default') return ok({ kind: 'guest' })
  if (guestPolicy.startsWith('arn:')) return ok({ kind: 'own', policyArns: [guestPolicy] })
  const policy = await accounts.rolePolicy(pool.account, role, guestPolicy)
  return policy === undefined
    ? err({ reason: 'guest_policy_missing', guestPolicy })
    : ok({ kind: 'own', policy, policyArns: [] })
}

const invalid = (message: string) => new Fault('InvalidParameterException', message)
