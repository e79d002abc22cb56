import { parseArn } from '../../base/arn.ts'
import type { Result } from '../../base/result.ts'
import { conditionKeysOf, parseRoleArn } from '../../credentials/index.ts'
import { optional, required, structure, type Value } from '../../protocol/index.ts'
import { invalidParameter } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { anyArn } from '../pool/index.ts'
import {
  DEFAULT_SESSION_SECONDS,
  judgeWebIdentity,
  type NoHolder,
  notAuthorized,
  roleSessionName,
  roleSessionSeconds,
  type TokenHolder,
  webIdentityToken,
  whyHolderStopped,
} from '../sign-in/index.ts'
import { checkClientAddress, clientAddress } from './client-address.ts'
import { type JudgedRole, judgeAssuming, refused } from './judge-role.ts'

const SESSION_NAME = 'simulated'

/** What a simulation found before it ended. It has values of the token, so it goes to the signed caller and into no record. */
interface Found extends Partial<JudgedRole> {
  Token?: object
  Tags?: Readonly<Record<string, string>>
}

const shape = structure({
  RoleArn: required(anyArn),
  WebIdentityToken: required(webIdentityToken),
  RoleSessionName: optional(roleSessionName),
  DurationSeconds: optional(roleSessionSeconds),
  ClientAddress: optional(clientAddress),
})

/**
 * What AssumeRoleWithWebIdentity of the embedded STS would decide for this token, step by step, until it would refuse: for a token of an
 * OpenID provider that the account has registered, as workloads bring them, and for one of our own. Nothing is issued. Not of
 * AWS's API.
 */
export const simulateAssumeRoleWithWebIdentity = signedOperation({
  service: 'edge-identity',
  name: 'SimulateAssumeRoleWithWebIdentity',
  readOnly: true,
  input: shape,
  resource: ({ RoleArn }) => RoleArn,
  async record({ RoleArn }, { account }, { accounts }) {
    const named = parseRoleArn(RoleArn)
    if (named?.account !== account) return []
    return (await accounts.read(account, (object) => object.role(named.name)))?.tags ?? []
  },
  async run(input, context) {
    const { RoleArn: roleArn, WebIdentityToken: token } = input
    const { account } = context.caller
    checkClientAddress(input.ClientAddress)
    if (parseArn(roleArn)?.account !== account)
      throw invalidParameter(`RoleArn must be the ARN of a role of the account ${account}.`)
    const judged = await judgeWebIdentity({ roleArn, token }, context)
    const found = describeToken(judged)
    if (!judged.ok) return { ...found, Answer: refused(judged.error.fault) }
    const reason = await whyHolderStopped(judged.value, roleArn, context)
    if (reason !== undefined) return { ...found, Answer: refused(notAuthorized(), { reason }) }
    return { ...found, ...(await judgeAssuming(sessionOf(judged.value, input, context), context)) }
  },
})

function describeToken(judged: Result<TokenHolder, NoHolder>): Found {
  if (!judged.ok) {
    const { reason, provider, expected, ...details } = judged.error.why
    if (reason === undefined) return {}
    return { Token: { Provider: provider, Accepted: false, Reason: reason, Details: details, Accepts: expected } }
  }
  const { identity, provider } = judged.value
  const { audience, principalTags = {}, subject } = identity
  const ConditionKeys = Object.fromEntries(conditionKeysOf(identity))
  return {
    Token: { Provider: provider, Accepted: true, Subject: subject, Audience: audience, ConditionKeys },
    ...(Object.keys(principalTags).length > 0 && { Tags: principalTags }),
  }
}

function sessionOf({ identity, region }: TokenHolder, input: Value<typeof shape>, context: SignedContext) {
  const { ClientAddress, DurationSeconds, RoleArn, RoleSessionName } = input
  return {
    identity,
    roleArn: RoleArn,
    sessionName: RoleSessionName ?? SESSION_NAME,
    durationSeconds: DurationSeconds ?? DEFAULT_SESSION_SECONDS,
    region,
    narrowing: { kind: 'none' as const },
    clientAddress: ClientAddress ?? context.clientAddress,
  }
}
