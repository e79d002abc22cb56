import { err, ok, type Result } from '../base/result.ts'
import { seconds, type World } from '../base/world.ts'
import { policyForFederated, trustsOneProvider } from './federated-trust.ts'
import { newAccessKeyId, newSecretAccessKey, roleIdOf } from './issued-ids.ts'
import { MAX_SEALED_SESSION_CHARS, MAX_SESSION_SECONDS } from './limits.ts'
import { grantCredentials, type R2AccessKey, type R2Grant, type Vends, vendsOf } from './r2/index.ts'
import { assumedRoleArn, parseRoleArn, type RoleArn } from './role-arn.ts'
import { checkSessionTags } from './session-tags.ts'
import { type Session, type SessionKey, sealSession } from './session-token.ts'
import { checkTrust, unreadableTrust } from './trust.ts'
import { trustPolicyOf } from './trust-policy.ts'
import type { AssumeRejected, AssumeRequest, RoleRecord, TemporaryCredentials, WebIdentity } from './types.ts'

export interface EmbeddedSts {
  /** URL of our issuer. */
  issuer: string
  /** The record of the requested role, or `undefined` when the account has none. */
  role: RoleRecord | undefined
  /** Local mode: a role that nobody registered is assumed without a trust policy, with a notice in the log. */
  acceptUnregistered: boolean
  sessionKey: SessionKey
  /** Keys of R2 by account, for roles that vend grants of it. */
  r2AccessKeys: ReadonlyMap<string, R2AccessKey>
  world: World
}

export interface EmbeddedCredentials extends TemporaryCredentials {
  assumedRoleId: string
}

/**
 * AssumeRoleWithWebIdentity answered here, without a network. Checked in the order of AWS STS: role ARN and tags, the role
 * and its trust policy, the duration. The credentials authenticate their holder to this service and to nothing else.
 */
export async function issueEmbedded(
  request: AssumeRequest,
  sts: EmbeddedSts,
): Promise<Result<EmbeddedCredentials, AssumeRejected>> {
  const role = parseRoleArn(request.roleArn)
  if (!role) return err({ reason: 'invalid_role_arn' })
  const tags = checkSessionTags(request.identity.principalTags ?? {}, 'sts')
  if (!tags.ok) return tags
  const allowed = sts.role ? checkRegistered(request, role, sts.role, sts) : checkUnregistered(request, sts)
  if (!allowed.ok) return allowed
  const vends: Result<Vends, AssumeRejected> = sts.role ? vendsOf(sts.role) : ok({ kind: 'session' })
  if (!vends.ok) return vends
  return vends.value.kind === 'grant'
    ? issueGrant(vends.value.grant, request, role, sts)
    : ok(await issue(request, role, sts))
}

/**
 * Credentials of R2 for a role that vends them. No two holders of a role share a prefix that is made of their own values: so an
 * identity of a pool needs one of its own, and values of several issuers, which may be the same, are in no path.
 */
async function issueGrant(
  grant: R2Grant,
  request: AssumeRequest,
  role: RoleArn,
  { issuer, r2AccessKeys, role: record, world }: EmbeddedSts,
): Promise<Result<EmbeddedCredentials, AssumeRejected>> {
  const kinds = new Set(grant.path.flat().map(({ kind }) => kind))
  if (!request.identity.federated && !kinds.has('sub'))
    return err({ reason: 'r2_grant_invalid', why: 'the path has no @sub, which identities of a pool need' })
  const policy = record && trustPolicyOf(record, issuer)
  const isOne = policy?.ok && trustsOneProvider(policy.value, issuer)
  if (!isOne && ['sub', 'tag', 'claim'].some((kind) => kinds.has(kind as 'sub')))
    return err({ reason: 'r2_grant_invalid', why: 'the path has variables, and the trust policy several providers' })
  const made = await grantCredentials(grant, request, r2AccessKeys.get(grant.account), world)
  if (!made.ok) return made
  return ok({ ...made.value, ...sessionNames(request, role, record?.id ?? '') })
}

function sessionNames({ sessionName }: AssumeRequest, role: RoleArn, roleId: string) {
  return { assumedRoleArn: assumedRoleArn(role, sessionName), assumedRoleId: `${roleId}:${sessionName}` }
}

function checkRegistered(
  request: AssumeRequest,
  role: RoleArn,
  record: RoleRecord,
  { issuer, world }: EmbeddedSts,
): Result<void, AssumeRejected> {
  const policy = trustPolicyOf(record, issuer)
  if (!policy.ok) {
    world.log.warn('trust_policy_malformed', { role: record.arn, detail: policy.error.detail })
    return err(unreadableTrust(policy.error.detail))
  }
  const { clientAddress, identity, sessionName } = request
  const judged = identity.federated ? policyForFederated(policy.value, identity.federated) : policy
  if (!judged.ok) return err(unreadableTrust(judged.error.detail))
  const named = { ...role, tags: record.tags }
  const question = { identity, role: named, sessionName, issuer, clientAddress, now: world.now() }
  const trust = checkTrust(judged.value, question)
  return trust.ok ? checkDuration(request, record.maxSessionDuration) : trust
}

function checkUnregistered(
  request: AssumeRequest,
  { acceptUnregistered, world }: EmbeddedSts,
): Result<void, AssumeRejected> {
  // Whoever tests with identities of a pool has made the pool. Tokens of others are nobody's word without a trust policy.
  if (!acceptUnregistered || request.identity.federated) return err({ reason: 'role_not_found' })
  world.log.warn('unregistered_role_assumed', { role: request.roleArn })
  return checkDuration(request, MAX_SESSION_SECONDS)
}

function checkDuration({ durationSeconds }: AssumeRequest, maximum: number): Result<void, AssumeRejected> {
  return durationSeconds > maximum ? err({ reason: 'duration_exceeds_role', maximum }) : ok(undefined)
}

async function issue(request: AssumeRequest, role: RoleArn, sts: EmbeddedSts): Promise<EmbeddedCredentials> {
  const { identity } = request
  const names = sessionNames(request, role, sts.role?.id ?? (await roleIdOf(request.roleArn)))
  const now = seconds(sts.world.now())
  const session: Session = {
    accessKeyId: newAccessKeyId(sts.world),
    secret: newSecretAccessKey(sts.world),
    account: role.account,
    arn: names.assumedRoleArn,
    userId: names.assumedRoleId,
    expiration: now + request.durationSeconds,
    ...holderOf(identity),
    issuedAt: now,
    provenAt: identity.provenAt,
    narrowed: request.narrowing.kind !== 'none',
    claims: { amr: identity.amr, tags: identity.principalTags ?? {} },
  }
  return {
    accessKeyId: session.accessKeyId,
    secretAccessKey: session.secret,
    sessionToken: await tokenOf(session, request.minimumTokenSize, sts),
    expiration: session.expiration,
    ...names,
  }
}

/** Whose a session is. One that is of no identity says so where every version looks for the identity. */
function holderOf({ audience, federated, subject }: WebIdentity): Pick<Session, 'audience' | 'federated' | 'subject'> {
  if (!federated) return { audience, subject }
  return { audience: '', subject: '', federated: { provider: federated.provider, audience, subject } }
}

/** A session whose claims make its token too long is as good without, but for tokens that would repeat them. */
async function tokenOf(session: Session, minimumSize: number | undefined, sts: EmbeddedSts): Promise<string> {
  const { sessionKey, world } = sts
  const token = await sealSession(session, sessionKey, world, minimumSize)
  if (token.length <= MAX_SEALED_SESSION_CHARS) return token
  return sealSession({ ...session, claims: undefined }, sessionKey, world, minimumSize)
}
