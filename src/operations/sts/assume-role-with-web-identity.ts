import { parseArn } from '../../base/arn.ts'
import { regionOf } from '../../base/ids.ts'
import { seconds } from '../../base/world.ts'
import {
  checkSessionPolicy,
  type EmbeddedCredentials,
  MAX_SESSION_SECONDS,
  MAX_SESSION_TOKEN_BYTES,
  MIN_SESSION_SECONDS,
  type Narrowing,
  vendsOf,
} from '../../credentials/index.ts'
import { isProviderName, unverifiedIssuer } from '../../logins/index.ts'
import { Fault, integer, list, optional, required, string, structure } from '../../protocol/index.ts'
import { verifyOwnToken } from '../../tokens/index.ts'
import { publicOperation, type RequestContext } from '../operation.ts'
import { checkActing, currentRing, roleRecord, tokenId, vendEmbedded, webIdentityOf } from '../sign-in/index.ts'
import { assumeFaultAtSts, notAuthorized, sessionPolicyFault, tokenFault } from './faults.ts'
import { holderOfFederatedToken, type TokenHolder } from './federated-token.ts'
import { CLOCK_TOLERANCE_SECONDS } from './limits.ts'

const NAME = 'AssumeRoleWithWebIdentity'
const DEFAULT_SECONDS = 3600

/** As the API model prints it. */
const roleArn = string({
  min: 20,
  max: 2048,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
})

/**
 * A role for the holder of one of our own tokens, as clients of the basic flow ask for it, or of a token of an OpenID provider that the
 * account of the role has registered. Served where the embedded STS is in use; elsewhere such clients talk to the STS that
 * this deployment uses.
 */
export const assumeRoleWithWebIdentity = publicOperation({
  service: 'sts',
  name: NAME,
  input: structure({
    RoleArn: required(roleArn),
    RoleSessionName: required(string({ min: 2, max: 64, pattern: '[\\w+=,.@-]*' })),
    WebIdentityToken: required(string({ min: 4, max: 20000, sensitive: true })),
    ProviderId: optional(string({ min: 4, max: 2048, recordedIf: isProviderName })),
    PolicyArns: optional(list(structure({ arn: optional(roleArn) }), { max: 10 })),
    Policy: optional(string({ min: 1, max: 2048, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' })),
    DurationSeconds: optional(integer({ min: MIN_SESSION_SECONDS, max: MAX_SESSION_SECONDS })),
    MinimumSessionTokenSize: optional(integer({ min: 0, max: MAX_SESSION_TOKEN_BYTES })),
  }),
  limitedBy: () => 'sts',
  async run(input, context) {
    const { DurationSeconds: durationSeconds = DEFAULT_SECONDS, RoleArn: role, RoleSessionName: sessionName } = input
    const holder = await holderOf(input, context)
    context.note({ actor: holder.actor, account: parseArn(role)?.account, ...holder.noted })
    context.note({ decision: { role } })
    await checkHolder(holder, role, context)
    const narrowing = narrowingOf(input)
    const request = {
      identity: holder.identity,
      roleArn: role,
      sessionName,
      durationSeconds,
      region: holder.region,
      narrowing,
      clientAddress: context.clientAddress,
      minimumTokenSize: input.MinimumSessionTokenSize,
    }
    const assumed = await vendEmbedded(request, context)
    if (!assumed.ok) throw assumeFaultAtSts(assumed.error)
    const narrower = checkSessionPolicy(
      input.Policy,
      (input.PolicyArns ?? []).flatMap(({ arn }) => arn ?? []),
    )
    if (!narrower.ok) {
      context.note({ decision: { ...narrower.error } })
      throw sessionPolicyFault(narrower.error)
    }
    return answerOf(holder, assumed.value)
  },
})

/**
 * Refuses an identity that may act no more the credentials of R2, which open something by themselves and cannot be recalled. A session
 * of the embedded STS opens nothing before its pool was asked.
 */
async function checkHolder({ identity }: TokenHolder, roleArn: string, context: RequestContext): Promise<void> {
  const { audience: pool, federated, provenAt = 0, subject } = identity
  const role = federated ? undefined : await roleRecord(roleArn, context)
  const vends = role && vendsOf(role)
  if (!vends?.ok || vends.value.kind === 'session') return
  await checkActing({ pool, identity: subject, provenAt }, context, (reason) => {
    context.note({ decision: { reason } })
    return notAuthorized()
  })
}

/** Session policies. They are judged after the role, as at AWS; what they leave is nothing that this service would look into. */
function narrowingOf({
  Policy,
  PolicyArns = [],
}: {
  Policy?: string | undefined
  PolicyArns?: readonly { arn?: string | undefined }[] | undefined
}): Narrowing {
  const policyArns = PolicyArns.flatMap(({ arn }) => arn ?? [])
  if (Policy === undefined && policyArns.length === 0) return { kind: 'none' }
  return { kind: 'own', policy: Policy, policyArns }
}

function answerOf({ identity, provider }: TokenHolder, credentials: EmbeddedCredentials) {
  const { accessKeyId, assumedRoleArn, assumedRoleId, expiration, secretAccessKey, sessionToken } = credentials
  return {
    SubjectFromWebIdentityToken: identity.subject,
    Audience: identity.audience,
    AssumedRoleUser: { Arn: assumedRoleArn, AssumedRoleId: assumedRoleId },
    Credentials: {
      SessionToken: sessionToken,
      SecretAccessKey: secretAccessKey,
      Expiration: new Date(expiration * 1000),
      AccessKeyId: accessKeyId,
    },
    Provider: provider,
    SessionTokenSize: sessionToken.length,
    SessionTokenUtilization: Math.min(100, Math.ceil((sessionToken.length / MAX_SESSION_TOKEN_BYTES) * 100)),
  }
}

type TokenInput = { ProviderId?: string | undefined; RoleArn: string; WebIdentityToken: string }

/** Who holds the token that was brought: an identity of a pool by one of ours, else somebody whom a registered provider knows. */
async function holderOf(
  { ProviderId, RoleArn, WebIdentityToken }: TokenInput,
  context: RequestContext,
): Promise<TokenHolder> {
  if (context.sts.forRole(RoleArn).kind !== 'embedded')
    throw new Fault('AccessDenied', 'This deployment does not serve STS. Call the STS that it is configured with.')
  if (ProviderId !== undefined)
    throw new Fault('InvalidIdentityToken', 'ProviderId is for OAuth access tokens, which are not accepted here.')
  context.note({ decision: { tokenId: await tokenId(WebIdentityToken) } })
  const issuer = unverifiedIssuer(WebIdentityToken)
  if (issuer !== undefined && issuer !== context.issuer)
    return holderOfFederatedToken({ issuer, roleArn: RoleArn, token: WebIdentityToken }, context)
  return holderOfOwnToken(WebIdentityToken, context)
}

async function holderOfOwnToken(token: string, context: RequestContext): Promise<TokenHolder> {
  const { issuer, world } = context
  const view = await currentRing(context)
  const options = { view, issuer, now: world.now(), clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS }
  const verified = await verifyOwnToken(token, options)
  if (!verified.ok) {
    context.note({ decision: { ...verified.error } })
    throw tokenFault(verified.error, seconds(world.now()))
  }
  const { aud, iat, sub } = verified.value
  const region = regionOf(aud)
  return {
    identity: { ...webIdentityOf(verified.value), provenAt: iat },
    actor: { kind: 'web_identity', subject: sub, issuer },
    region,
    provider: 'cognito-identity.amazonaws.com',
    noted: { region, decision: { pool: aud, identity: sub } },
  }
}
