import { parseArn } from '../../base/arn.ts'
import {
  checkSessionPolicy,
  type EmbeddedCredentials,
  MAX_SESSION_TOKEN_BYTES,
  type Narrowing,
} from '../../credentials/index.ts'
import { isProviderName } from '../../logins/index.ts'
import { Fault, integer, list, optional, required, string, structure } from '../../protocol/index.ts'
import { publicOperation, type RequestContext } from '../operation.ts'
import {
  assumeFaultAtSts,
  DEFAULT_SESSION_SECONDS,
  judgeWebIdentity,
  notAuthorized,
  notServed,
  roleSessionName,
  roleSessionSeconds,
  type TokenHolder,
  tokenId,
  vendEmbedded,
  webIdentityToken,
  whyHolderStopped,
} from '../sign-in/index.ts'
import { sessionPolicyFault } from './faults.ts'

const NAME = 'AssumeRoleWithWebIdentity'

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
    RoleSessionName: required(roleSessionName),
    WebIdentityToken: required(webIdentityToken),
    ProviderId: optional(string({ min: 4, max: 2048, recordedIf: isProviderName })),
    PolicyArns: optional(list(structure({ arn: optional(roleArn) }), { max: 10 })),
    Policy: optional(string({ min: 1, max: 2048, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' })),
    DurationSeconds: optional(roleSessionSeconds),
    MinimumSessionTokenSize: optional(integer({ min: 0, max: MAX_SESSION_TOKEN_BYTES })),
  }),
  limitedBy: () => 'sts',
  async run(input, context) {
    const {
      DurationSeconds: durationSeconds = DEFAULT_SESSION_SECONDS,
      RoleArn: role,
      RoleSessionName: sessionName,
    } = input
    const holder = await holderOf(input, context)
    context.note({ decision: { role } })
    const reason = await whyHolderStopped(holder, role, context)
    if (reason !== undefined) {
      context.note({ decision: { reason } })
      throw notAuthorized()
    }
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

type TokenInput = { ProviderId?: string | undefined; RoleArn: string; WebIdentityToken: string }

/** Who holds the token that was brought, also for the record; or the fault for a token that is not taken. */
async function holderOf(
  { ProviderId, RoleArn: roleArn, WebIdentityToken: token }: TokenInput,
  context: RequestContext,
): Promise<TokenHolder> {
  const elsewhere = notServed(roleArn, context)
  if (elsewhere) throw elsewhere
  if (ProviderId !== undefined)
    throw new Fault('InvalidIdentityToken', 'ProviderId is for OAuth access tokens, which are not accepted here.')
  context.note({ decision: { tokenId: await tokenId(token) } })
  const judged = await judgeWebIdentity({ roleArn, token }, context)
  if (!judged.ok) {
    context.note({ decision: judged.error.why })
    throw judged.error.fault
  }
  const { actor, noted } = judged.value
  context.note({ actor, account: parseArn(roleArn)?.account, ...noted })
  return judged.value
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
