import { parseArn } from '../../base/arn.ts'
import { regionOf } from '../../base/ids.ts'
import {
  checkSessionPolicy,
  MAX_SESSION_SECONDS,
  MAX_SESSION_TOKEN_BYTES,
  MIN_SESSION_SECONDS,
  type Narrowing,
  type TemporaryCredentials,
} from '../../credentials/index.ts'
import { isProviderName } from '../../logins/index.ts'
import { Fault, integer, list, optional, required, string, structure } from '../../protocol/index.ts'
import { type OwnClaims, verifyOwnToken } from '../../tokens/index.ts'
import { publicOperation, type RequestContext } from '../operation.ts'
import { currentRing, tokenId, vendEmbedded, webIdentityOf } from '../sign-in/index.ts'
import { assumeFaultAtSts, sessionPolicyFault, tokenFault } from './faults.ts'
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
 * A role for the holder of one of our own tokens, as clients of the basic flow ask for it. Served where the embedded STS
 * is in use; elsewhere such clients talk to the STS that this deployment uses.
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
    const claims = await tokenOf(input, context)
    const { aud, sub } = claims
    const actor = { kind: 'web_identity', subject: sub, issuer: context.issuer } as const
    const region = regionOf(aud)
    const decision = { pool: aud, identity: sub, role }
    context.note({ actor, account: parseArn(role)?.account, region, decision })
    const identity = webIdentityOf(claims)
    const narrowing = narrowingOf(input)
    const request = {
      identity,
      roleArn: role,
      sessionName,
      durationSeconds,
      region,
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
    return answerOf(claims, assumed.value)
  },
})

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

function answerOf({ aud, sub }: OwnClaims, credentials: TemporaryCredentials) {
  const { accessKeyId, assumedRoleArn, assumedRoleId, expiration, secretAccessKey, sessionToken } = credentials
  return {
    SubjectFromWebIdentityToken: sub,
    Audience: aud,
    AssumedRoleUser: { Arn: assumedRoleArn, AssumedRoleId: assumedRoleId },
    Credentials: {
      SessionToken: sessionToken,
      SecretAccessKey: secretAccessKey,
      Expiration: new Date(expiration * 1000),
      AccessKeyId: accessKeyId,
    },
    Provider: 'cognito-identity.amazonaws.com',
    SessionTokenSize: sessionToken.length,
    SessionTokenUtilization: Math.min(100, Math.ceil((sessionToken.length / MAX_SESSION_TOKEN_BYTES) * 100)),
  }
}

/** The claims of the token that was brought, which must be one of ours. */
async function tokenOf(
  {
    ProviderId,
    RoleArn,
    WebIdentityToken,
  }: { ProviderId?: string | undefined; RoleArn: string; WebIdentityToken: string },
  context: RequestContext,
): Promise<OwnClaims> {
  if (context.sts.forRole(RoleArn).kind !== 'embedded')
    throw new Fault('AccessDenied', 'This deployment does not serve STS. Call the STS that it is configured with.')
  if (ProviderId !== undefined)
    throw new Fault('InvalidIdentityToken', 'ProviderId is for OAuth access tokens, which are not accepted here.')
  const { issuer, world } = context
  const view = await currentRing(context)
  const options = { view, issuer, now: world.now(), clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS }
  const verified = await verifyOwnToken(WebIdentityToken, options)
  context.note({ decision: { tokenId: await tokenId(WebIdentityToken), ...(!verified.ok && verified.error) } })
  if (!verified.ok) throw tokenFault(verified.error)
  return verified.value
}
