import { parseArn } from '../../base/arn.ts'
import type { Result } from '../../base/result.ts'
import {
  type AssumeRejected,
  type AssumeRequest,
  explainTrust,
  parseR2Grant,
  prefixOf,
  type R2Grant,
  type RoleRecord,
  trustPolicyOf,
  vendsOf,
} from '../../credentials/index.ts'
import type { Fault } from '../../protocol/index.ts'
import { assumeFault, poolMisconfigured } from '../faults.ts'
import type { SignedContext } from '../operation.ts'
import {
  assumeFaultAtSts,
  type Grant,
  type Identified,
  roleRecord,
  sessionFor,
  tokenClaims,
  vend,
  vendEmbedded,
} from '../sign-in/index.ts'

/** What came of the question whether an identity would be given its role. */
export interface JudgedRole {
  Session?: object
  /** What the role's trust policy says, by the role's record here. */
  Trust?: object
  /** What a grant of R2 comes to. */
  R2?: object
  /** What the client would be told, with the reason that only the record would have. */
  Answer: { Code: string; Message?: string; Reason?: object }
}

/**
 * Whether the role would be given, and why. Where this service makes the credentials, it makes them and throws them
 * away, so that every check runs. Another STS is not asked: the trust policy that is registered here is then advice.
 */
export async function judgeRole(
  identified: Identified,
  { role, tags }: Grant,
  context: SignedContext,
): Promise<JudgedRole> {
  const found = await sessionFor(identified, role, tokenClaims(identified, tags), context)
  if (!found.ok) return { Answer: refused(poolMisconfigured(), found.error) }
  const session = found.value
  const { narrowing, roleArn } = session
  const r2 = parseR2Grant(roleArn)
  const judged = r2
    ? { ...describeSession(session), ...(r2.ok && { R2: describeGrant(r2.value, session) }) }
    : { ...describeSession(session, { Narrowing: narrowing.kind }), ...(await describeRole(session, context)) }
  if (!r2 && context.sts.forRole(roleArn).kind === 'remote')
    return { ...judged, Answer: { Code: 'DecidedByRemoteSts' } }
  return { ...judged, Answer: answerTo(await vend(session, noToken, unlogged(context)), assumeFault) }
}

/** The same for a role of the embedded STS that somebody asks for themselves, with a token. */
export async function judgeAssuming(session: AssumeRequest, context: SignedContext): Promise<JudgedRole> {
  const judged = { ...describeSession(session), ...(await describeRole(session, context)) }
  return { ...judged, Answer: answerTo(await vendEmbedded(session, unlogged(context)), assumeFaultAtSts) }
}

const describeSession = ({ durationSeconds }: AssumeRequest, more?: object) => ({
  Session: { DurationSeconds: durationSeconds, ...more },
})

function answerTo(
  assumed: Result<unknown, AssumeRejected>,
  faultOf: (rejected: AssumeRejected) => Fault,
): JudgedRole['Answer'] {
  return assumed.ok ? { Code: 'Issued' } : refused(faultOf(assumed.error), assumed.error)
}

/** What a client would be told, and why if that is not said elsewhere. */
export function refused({ code, message }: Fault, why?: object): JudgedRole['Answer'] {
  return { Code: code, Message: message, ...(why && { Reason: inPascalCase(why) }) }
}

/** A log would tell of a role that is given out, and of a policy that keeps users out. */
function unlogged(context: SignedContext): SignedContext {
  const silent = () => {}
  return {
    ...context,
    world: { ...context.world, log: { info: silent, text: silent, warn: silent, error: context.world.log.error } },
  }
}

const noToken = () => Promise.reject(new Error('a simulation sends no token'))

function describeGrant({ bucket, path, permitted }: R2Grant, { identity }: AssumeRequest): object {
  const prefix = prefixOf(path, identity)
  return { Bucket: bucket, ...inPascalCase(permitted), ...(prefix.ok && { Prefix: prefix.value }) }
}

/** What a role says itself: whom it trusts, and which grant of R2 it vends if it does. */
async function describeRole(session: AssumeRequest, context: SignedContext): Promise<Pick<JudgedRole, 'Trust' | 'R2'>> {
  const record = await roleRecord(session.roleArn, context)
  if (!record) return { Trust: { Registered: false } }
  const vends = context.sts.forRole(session.roleArn).kind === 'embedded' ? vendsOf(record) : undefined
  const grant = vends?.ok && vends.value.kind === 'grant' ? vends.value.grant : undefined
  return { Trust: describeTrust(record, session, context), ...(grant && { R2: describeGrant(grant, session) }) }
}

function describeTrust(record: RoleRecord, session: AssumeRequest, { issuer, world }: SignedContext): object {
  const { account = '', partition = 'aws' } = parseArn(session.roleArn) ?? {}
  const policy = trustPolicyOf(record, issuer)
  if (!policy.ok) return { Registered: true, Malformed: policy.error.detail }
  const question = { ...session, role: { account, partition, tags: record.tags }, issuer, now: world.now() }
  return { Registered: true, ...inPascalCase(explainTrust(policy.value, question)) }
}

/** Our own words as members of an answer of AWS's kind, all the way down. Not for maps with keys from outside. */
export function inPascalCase(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [pascal(name), deep(item)]))
}

function deep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deep)
  return typeof value === 'object' && value !== null ? inPascalCase(value) : value
}

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
