import { parseArn } from '../../base/arn.ts'
import { sha256, utf8 } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { openSession, parseR2Grant } from '../../credentials/index.ts'
import { evaluate, type PolicyDocument } from '../../policy/index.ts'
import { Fault, type Service } from '../../protocol/index.ts'
import { sessionKey } from '../../tokens/derived-keys.ts'
import type { RingView } from '../../tokens/index.ts'

/** An access key that the operator gave out, with what it may do. */
export interface AccessKey {
  secret: string
  account: string
  /** Name of the user that the key stands for; part of its ARN. */
  user: string
  policy: PolicyDocument
  /** Whether the policy has conditions on what is asked for, which then must be looked up before it can be judged. */
  asksAboutTags: boolean
}

/** Who signed a request. A session is the holder of credentials that we issued, who may only ask who they are. */
export type Caller = {
  account: string
  arn: string
  userId: string
  accessKeyId: string
  /** Region the request was signed for. */
  region: string
} & ({ kind: 'user'; policy: PolicyDocument; asksAboutTags: boolean } | { kind: 'session' })

/** What a signature is checked with, and who it proves. */
export interface Credential {
  secret: string
  caller: (region: string) => Caller
}

export type CredentialUnknown = { reason: 'unknown' | 'expired' }

/** Finds the credential of an access key id: one of the operator's, or, with a session token, one that we vended. */
export async function findCredential(
  accessKeyId: string,
  sessionToken: string | undefined,
  accessKeys: ReadonlyMap<string, AccessKey>,
  ring: () => Promise<RingView>,
  now: number,
): Promise<Result<Credential, CredentialUnknown>> {
  if (sessionToken === undefined) {
    const key = accessKeys.get(accessKeyId)
    return key ? ok({ secret: key.secret, caller: await userOf(accessKeyId, key) }) : err({ reason: 'unknown' })
  }
  const session = await openSession(sessionToken, accessKeyId, { sessionKey: await sessionKey(await ring()), now })
  if (!session.ok) return session
  const { secret, account, arn, userId } = session.value
  return ok({ secret, caller: (region) => ({ kind: 'session', account, arn, userId, accessKeyId, region }) })
}

/** Whether a policy, as its author wrote it, has conditions that only the pool, role or provider itself can answer: its tags. */
export function asksAboutTags(policy: unknown): boolean {
  return /aws:ResourceTag\/|cognito-identity:IdentityPoolArn/i.test(JSON.stringify(policy))
}

/** Refuses a caller whose policy does not allow the action on the resource. */
export function authorise(
  caller: Caller,
  service: Service,
  operation: string,
  resource: string,
  context: ReadonlyMap<string, readonly string[]>,
): void {
  const action = `${service}:${operation}`
  const decision = caller.kind === 'user' ? evaluate(caller.policy, { action, resource, context }) : 'implicit_deny'
  if (decision === 'allow') return
  const why =
    decision === 'explicit_deny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`
  throw new Fault(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  )
}

/** Whether the caller may hand this role to a pool: a role ARN of the caller's own account, and `iam:PassRole` for it. */
export function mayPassRole(caller: Caller, roleArn: string): boolean {
  if (caller.kind !== 'user' || !isRoleOf(caller.account, roleArn)) return false
  return evaluate(caller.policy, { action: 'iam:PassRole', resource: roleArn, context: PASSED_TO }) === 'allow'
}

/**
 * Whether an ARN names a role of this account, or a grant of R2 in it. Roles of STS-compatible stores are of no account,
 * and will do as well.
 */
export function isRoleOf(account: string, roleArn: string): boolean {
  const grant = parseR2Grant(roleArn)
  if (grant) return grant.ok && grant.value.account === account
  const arn = parseArn(roleArn)
  const own = arn?.account === account || arn?.account === ''
  return arn?.service === 'iam' && own && /^role\/[\w+=,.@/-]+$/.test(arn.resource)
}

const PASSED_TO = new Map([['iam:passedtoservice', ['cognito-identity.amazonaws.com']]])

async function userOf(
  accessKeyId: string,
  { account, asksAboutTags, policy, user }: AccessKey,
): Promise<(region: string) => Caller> {
  const arn = `arn:aws:iam::${account}:user/${user}`
  const userId = `AIDA${await idSuffix(arn)}`
  return (region) => ({ kind: 'user', account, arn, userId, accessKeyId, region, policy, asksAboutTags })
}

/** Seventeen characters of an IAM unique id, always the same for the same ARN. */
async function idSuffix(arn: string): Promise<string> {
  const bytes = await sha256(utf8(arn))
  return [...bytes.subarray(0, 17)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte & 31]).join('')
}
