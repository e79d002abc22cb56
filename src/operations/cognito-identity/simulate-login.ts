import { parseArn } from '../../base/arn.ts'
import { newIdentityId } from '../../base/ids.ts'
import { type AssumeRejected, explainTrust, parseR2Grant, prefixOf, type WebIdentity } from '../../credentials/index.ts'
import { parsePolicy } from '../../policy/index.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault, optional, required, structure } from '../../protocol/index.ts'
import { assumeFault, noSuchPool, resolutionFault } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { claimsOf } from './claims.ts'
import { type Grant, grantFor } from './grant.ts'
import type { Identified } from './identify.ts'
import type { AcceptedLogin } from './login.ts'
import { ownPool } from './own-pool.ts'
import { addressed, identityIn, onPool } from './pool-address.ts'
import { SESSION_NAME, sessionSeconds } from './session.ts'
import { arn, identityId, logins, poolId } from './shapes.ts'
import { acceptedLogins, type JudgedLogin, judgeLogins, printable } from './verify-logins.ts'

/** What a simulation found, as far as it came. Values of logins are in it: it is for a signed-in operator and no record. */
interface Found {
  Logins?: object[]
  Identity?: object
  Role?: object
  Session?: object
  Tags?: Readonly<Record<string, string>>
  Trust?: object
  R2?: object
  /** What the client would be told. */
  Answer: { Code: string; Message?: string }
}

/**
 * What GetCredentialsForIdentity would decide for these logins, step by step, until it would refuse. Nothing is issued,
 * linked or used up. Without logins: a guest; without an identity: the one of the logins, or a new one. Not of AWS's API.
 */
export const simulateLogin = signedOperation({
  service: 'edge-identity',
  name: 'SimulateLogin',
  readOnly: true,
  input: structure({
    IdentityPoolId: required(poolId),
    Logins: optional(logins),
    IdentityId: optional(identityId),
    CustomRoleArn: optional(arn),
  }),
  resource: onPool,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    const found: Found = { Answer: { Code: 'Issued' } }
    try {
      const judged = await judgeLogins(input.Logins ?? new Map(), pool, context)
      found.Logins = judged.map(describeLogin)
      const accepted = acceptedLogins(judged)
      const identified = await identityOf(accepted, input, pool, context)
      found.Identity = { IdentityId: identified.identityId, Guest: identified.guest }
      const granted = grantFor(identified, input.CustomRoleArn)
      if (!granted.ok) {
        found.Role = { Reason: granted.error.why.reason, RoleArn: granted.error.why.role }
        throw granted.error.fault
      }
      const { chosen, role, tags } = granted.value
      found.Role = { RoleArn: role, ChosenBy: chosen }
      found.Tags = tags
      found.Session = { DurationSeconds: sessionSeconds(pool) }
      Object.assign(found, await judgeRole(identified, granted.value, context))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      found.Answer = { Code: error.code, Message: error.message }
    }
    return found
  },
})

function describeLogin({ expected, provider, verdict }: JudgedLogin): object {
  if (!verdict.ok) {
    const { reason, ...details } = verdict.error
    return { Provider: provider, Accepted: false, Reason: reason, Details: printable(details), Accepts: expected }
  }
  const { claims, clientId, subject } = verdict.value
  return { Provider: provider, Accepted: true, Subject: subject, ClientId: clientId, Claims: claims }
}

/** The identity that the logins would lead to: a question to the pool that changes nothing. */
async function identityOf(
  accepted: readonly AcceptedLogin[],
  { IdentityId, IdentityPoolId }: { IdentityId?: string | undefined; IdentityPoolId: string },
  pool: Pool,
  { caller, pools, world }: SignedContext,
): Promise<Identified> {
  const home = addressed(IdentityPoolId, caller)
  const identity = IdentityId === undefined ? undefined : identityIn(home, IdentityId)
  const proven = accepted.map((login) => login.proven)
  const fresh = newIdentityId(home, world)
  const resolved = await pools.resolve(pool, { identity, fresh, logins: proven, once: undefined, trial: true })
  if (resolved.kind === 'no_pool') throw noSuchPool(IdentityPoolId)
  if (resolved.kind === 'stale')
    throw new Fault('ConcurrentModificationException', 'The pool was changed meanwhile. Try again.')
  if (resolved.kind !== 'identity') throw resolutionFault(resolved, IdentityId ?? '')
  return { pool, guest: resolved.guest, identityId: `${home.region}:${resolved.uuid}`, logins: accepted }
}

/** Whether the role would be given: what its trust policy says, or what a grant of R2 comes to for this identity. */
async function judgeRole(
  identified: Identified,
  { role, tags }: Grant,
  context: SignedContext,
): Promise<Partial<Found>> {
  const { amr, aud, sub } = claimsOf(identified, tags)
  const identity = { subject: sub, audience: aud, amr, principalTags: tags }
  const grant = parseR2Grant(role)
  if (!grant) return judgeTrust(identity, role, identified.pool, context)
  if (!grant.ok) throw assumeFault(grant.error)
  const { account, bucket, path, permitted } = grant.value
  const prefix = prefixOf(path, identity)
  const configured = context.r2AccessKeys.has(account)
  const R2 = {
    Configured: configured,
    Bucket: bucket,
    Permitted: permitted,
    ...(prefix.ok ? { Prefix: prefix.value } : prefix.error),
  }
  const refusal: AssumeRejected | undefined = !configured
    ? { reason: 'r2_not_configured' }
    : prefix.ok
      ? undefined
      : prefix.error
  return { R2, ...(refusal && answered(refusal)) }
}

/**
 * A role that is registered here is judged by its record, and that is what the embedded STS does. Another STS judges by
 * its own record of the role, so there this is advice, and it has the last word.
 */
async function judgeTrust(
  identity: WebIdentity,
  roleArn: string,
  pool: Pool,
  { accounts, issuer, knownAccounts, localMode, sts, world }: SignedContext,
): Promise<Partial<Found>> {
  const { account = '', partition = 'aws' } = parseArn(roleArn) ?? {}
  const record = knownAccounts.has(account) ? await accounts.role(account, roleArn) : undefined
  const embedded = sts.kind === 'embedded'
  if (!record) {
    const refused = embedded && !localMode
    return { Trust: { Registered: false }, ...(refused && answered({ reason: 'role_not_found' })) }
  }
  const policy = parsePolicy(record.trustPolicy, 'trust')
  if (!policy.ok)
    return { Trust: { Registered: true, Malformed: policy.error.detail }, ...answered({ reason: 'role_not_found' }) }
  const question = { identity, role: { account, partition }, sessionName: SESSION_NAME, issuer, now: world.now() }
  const { action, decision, statements } = explainTrust(policy.value, question)
  const Trust = { Registered: true, Action: action, Decision: decision, Statements: statements }
  const tooLong = sessionSeconds(pool) > record.maxSessionDuration
  const refusal: AssumeRejected | undefined =
    decision !== 'allow'
      ? { reason: 'trust_denied', failed: [] }
      : tooLong
        ? { reason: 'duration_exceeds_role', maximum: record.maxSessionDuration }
        : undefined
  return { Trust, ...(embedded && refusal && answered(refusal)) }
}

function answered(refusal: AssumeRejected): Pick<Found, 'Answer'> {
  const { code, message } = assumeFault(refusal)
  return { Answer: { Code: code, Message: message } }
}
