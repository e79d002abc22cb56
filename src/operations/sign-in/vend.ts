import { parseArn } from '../../base/arn.ts'
import { ok, type Result } from '../../base/result.ts'
import {
  type AssumeRejected,
  type AssumeRequest,
  askRemoteSts,
  issueEmbedded,
  parseR2Grant,
  r2Credentials,
  STS_PROFILES,
  type TemporaryCredentials,
  type TokenForm,
  vendsOf,
} from '../../credentials/index.ts'
import { sessionKey } from '../../tokens/index.ts'
import type { RequestContext } from '../operation.ts'
import { currentRing } from './signing.ts'

type Assumed = Result<TemporaryCredentials, AssumeRejected>

/**
 * Credentials for a role from wherever they come: R2 for its grants, else the STS of the role. The record gets
 * where, or why not. `mintToken` is called only if a token leaves us.
 */
export async function vend(
  request: AssumeRequest,
  mintToken: (form: TokenForm) => Promise<string>,
  context: RequestContext,
): Promise<Assumed> {
  const { r2AccessKeys, sts, world } = context
  const grant = parseR2Grant(request.roleArn)
  if (grant) {
    const key = grant.ok ? r2AccessKeys.get(grant.value.account) : undefined
    return recorded('r2', await r2Credentials(request, key, world), context)
  }
  const target = sts.forRole(request.roleArn)
  if (target.kind === 'embedded') return vendEmbedded(request, context)
  const { endpoint } = target
  const remote = { endpoint, profile: STS_PROFILES[target.profile], mintToken, world }
  return recorded(endpoint, await askRemoteSts(request, remote), context)
}

/** Credentials from the embedded STS, by the role's record in its own account; or from R2, where that is what the role vends. */
export async function vendEmbedded(request: AssumeRequest, context: RequestContext) {
  const { assumed, broker } = await askEmbedded(request, context)
  return recorded(broker, assumed, context)
}

/** Whether the embedded STS would give the role, where it is the one to ask: all is done that it does, and thrown away. */
export async function mayAssume(
  request: AssumeRequest,
  context: RequestContext,
): Promise<Result<void, AssumeRejected>> {
  if (parseR2Grant(request.roleArn) || context.sts.forRole(request.roleArn).kind === 'remote') return ok(undefined)
  const { assumed } = await askEmbedded(request, context)
  if (assumed.ok) return ok(undefined)
  context.note({ decision: reasonOf(assumed.error) })
  return assumed
}

async function askEmbedded(request: AssumeRequest, context: RequestContext) {
  const { issuer, localMode, r2AccessKeys, world } = context
  const role = await roleRecord(request.roleArn, context)
  const key = await sessionKey(await currentRing(context))
  const sts = { issuer, role, acceptUnregistered: localMode, sessionKey: key, r2AccessKeys, world }
  const vends = role && vendsOf(role)
  const broker = vends?.ok && vends.value.kind === 'grant' ? 'r2' : 'embedded'
  return { assumed: await issueEmbedded(request, sts), broker }
}

/** The record of a role, from its own account. One without an access key has no records here, and its object is left alone. */
export async function roleRecord(
  arn: string,
  { accounts, knownAccounts, position }: Pick<RequestContext, 'accounts' | 'knownAccounts' | 'position'>,
) {
  const account = parseArn(arn)?.account ?? ''
  return knownAccounts.has(account) ? accounts.role(account, arn, position) : undefined
}

function recorded<A extends Assumed>(broker: string, assumed: A, { note }: RequestContext): A {
  if (assumed.ok) {
    const { accessKeyId, expiration, upstream } = assumed.value
    const credentials = { accessKeyId, expiration: new Date(expiration * 1000).toISOString() }
    note({ response: { credentials }, decision: { broker, ...(upstream && { upstream: { ...upstream } }) } })
  } else {
    note({ decision: { broker, ...reasonOf(assumed.error) } })
  }
  return assumed
}

/** A reason as the record has it: its name, and whatever else it says. */
function reasonOf(rejected: AssumeRejected) {
  if (!('upstream' in rejected)) return { ...rejected }
  const { upstream, ...reason } = rejected
  return { ...reason, upstream: { ...upstream } }
}
