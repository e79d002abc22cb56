import { base32Characters } from '../../base/base32.ts'
import { sha256, utf8 } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import {
  openOperatorSession,
  openR2Session,
  openSession,
  type R2AccessKey,
  type Session,
} from '../../credentials/index.ts'
import { asksAbout, type PolicyDocument } from '../../policy/index.ts'
import { operatorSessionKey, type RingView, sessionKey } from '../../tokens/index.ts'
import type { Caller } from '../caller.ts'
import type { OperatorRole } from '../operators.ts'
import { operatorIn } from './operators.ts'

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

/** The access keys of a deployment, by id. */
export type AccessKeys = Pick<ReadonlyMap<string, AccessKey>, 'get' | 'has'>

/** What a signature is checked with, and who it proves. */
export interface Credential {
  secret: string
  caller: (region: string) => Caller
}

export type CredentialUnknown = { reason: 'unknown' | 'expired' }

/** What credentials are found in. `now`: epoch seconds. */
export interface CredentialSources {
  accessKeys: AccessKeys
  operatorRoles: readonly OperatorRole[]
  /** By account. */
  r2AccessKeys: ReadonlyMap<string, R2AccessKey>
  ring: () => Promise<RingView>
  now: number
}

/**
 * Finds the credential of an access key id: one of the operator's; or, with a session token, one that we vended, for this service or
 * for R2, or that of an operator who has signed in.
 */
export async function findCredential(
  accessKeyId: string,
  sessionToken: string | undefined,
  sources: CredentialSources,
): Promise<Result<Credential, CredentialUnknown>> {
  const { accessKeys, now, ring } = sources
  if (sessionToken === undefined) {
    const key = accessKeys.get(accessKeyId)
    return key ? ok({ secret: key.secret, caller: await userOf(accessKeyId, key) }) : err({ reason: 'unknown' })
  }
  const ofR2 = await openR2Session(sessionToken, accessKeyId, sources)
  if (ofR2) return ofR2.ok ? ok(vended({ ...ofR2.value, accessKeyId, audience: '', subject: '' })) : ofR2
  const session = await openSession(sessionToken, accessKeyId, { sessionKey: await sessionKey(await ring()), now })
  if (!session.ok)
    return session.error.reason === 'unknown' ? findOperator(accessKeyId, sessionToken, sources) : session
  return ok(vended(session.value))
}

function vended({ accessKeyId, secret, ...facts }: Session): Credential {
  const { account, arn, userId } = facts
  return {
    secret,
    caller: (region) => ({ kind: 'session', account, arn, userId, accessKeyId, region, session: facts }),
  }
}

/** The credential of an operator, whose role must still be there. */
async function findOperator(
  accessKeyId: string,
  sessionToken: string,
  { now, operatorRoles, ring }: CredentialSources,
): Promise<Result<Credential, CredentialUnknown>> {
  if (operatorRoles.length === 0) return err({ reason: 'unknown' })
  const key = await operatorSessionKey(await ring())
  const session = await openOperatorSession(sessionToken, accessKeyId, { key, now })
  if (!session.ok) return session
  const role = operatorRoles.find(({ name }) => name === session.value.role)
  if (!role) return err({ reason: 'unknown' })
  return ok({ secret: session.value.secret, caller: await operatorIn(role, session.value.name, accessKeyId) })
}

/** Whether a policy asks what only the pool, role or provider itself can answer: its tags, or the ARN of a pool. */
export function asksAboutTags(policy: PolicyDocument): boolean {
  return asksAbout(policy, (key) => /^(?:aws|iam):resourcetag\/|^cognito-identity:identitypoolarn$/.test(key))
}

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
  return base32Characters(bytes.subarray(0, 17))
}
