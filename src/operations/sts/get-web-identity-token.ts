import { seconds } from '../../base/world.ts'
import { Fault, list, optional, required, string, structure, type Value } from '../../protocol/index.ts'
import { AUDIENCE_ALGORITHMS, AUDIENCE_TOKEN_SECONDS, type AudienceAlgorithm } from '../../tokens/index.ts'
import type { SessionFacts } from '../caller.ts'
import { type SignedContext, signedOperation, type TagPairs } from '../operation.ts'
import { audience, isNoToken, tokenSeconds } from '../pool/index.ts'
import {
  checkAudiences,
  federationOff,
  payloadTooLarge,
  type RoleTokenDenied,
  roleForToken,
  signAudienceToken,
  type TokenRefused,
  whyStopped,
} from '../sign-in/index.ts'
import { deniedAtSts, sessionTooShort } from './faults.ts'

const tag = structure({
  Key: required(string({ min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' })),
  Value: required(string({ min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*', unrecorded: true })),
})

const input = structure({
  Audience: required(list(audience, { min: 1, max: 10 })),
  DurationSeconds: optional(tokenSeconds),
  SigningAlgorithm: required(string({ min: 5, max: 5 })),
  Tags: optional(list(tag, { max: 50 })),
})

/**
 * A token by which another relying party knows the identity of a session of the embedded STS. The inline policies of the role say
 * for whom: this is the one action of roles that is judged here. The pool has the last word on whether the identity may act.
 */
export const getWebIdentityToken = signedOperation({
  service: 'sts',
  name: 'GetWebIdentityToken',
  readOnly: false,
  management: false,
  input,
  // No policy of an access key is asked: that of the session's role is, in the operation.
  resource: null,
  async run(asked, context) {
    const { caller } = context
    if (caller.kind !== 'session') throw refused({ reason: 'no_session' }, context)
    const { session } = caller
    // Whoever is not known to a pool cannot be blocked by one, and is no user for whom this service could vouch.
    if (session.subject === '') throw refused({ reason: 'no_pool_identity' }, context)
    const { DurationSeconds: lifetimeSeconds = AUDIENCE_TOKEN_SECONDS } = asked
    const algorithm = algorithmOf(asked.SigningAlgorithm)
    const audiences = [...new Set(asked.Audience)]
    context.note({ decision: { pool: session.audience, identity: session.subject } })
    checkAudiences(audiences, context)
    const requestTags = uniqueTags(asked)
    const wanted = { algorithm, audiences, durationSeconds: lifetimeSeconds, requestTags, region: caller.region }
    const role = await roleForToken(session, wanted, context)
    if (!role.ok)
      throw role.error.reason === 'federation_disabled' ? federationOff() : refused(recordable(role.error), context)
    context.note({ decision: { audiences } })
    if (seconds(context.world.now()) + lifetimeSeconds > session.expiration) throw sessionTooShort()
    await checkIdentity(session, context)
    if (!session.claims) throw payloadTooLarge()
    const { account, audience: pool, expiration: endsBy, subject: identityId } = session
    const holder = { account, pool, identityId, role: role.value.arn, ...session.claims }
    const form = { ...role.value, algorithm, audiences, endsBy, lifetimeSeconds }
    const signed = await signAudienceToken(holder, { ...form, requestTags: Object.fromEntries(requestTags) }, context)
    if (!signed.ok) throw notSigned(signed.error, context)
    return { WebIdentityToken: signed.value.token, Expiration: new Date(signed.value.exp * 1000) }
  },
})

function notSigned(why: TokenRefused, context: SignedContext): Fault {
  switch (why.reason) {
    case 'payload_too_large':
      return payloadTooLarge()
    case 'outlives_session':
      return sessionTooShort()
    default:
      return refused(why, context)
  }
}

/** The API's model takes any text of five characters, and its description has these two. */
function algorithmOf(text: string): AudienceAlgorithm {
  const algorithm = AUDIENCE_ALGORITHMS.find((known) => known === text)
  if (algorithm) return algorithm
  const constraint = `Member must satisfy enum value set: [${AUDIENCE_ALGORITHMS.join(', ')}]`
  throw new Fault(
    'ValidationException',
    `1 validation error detected: Value '${text}' at 'signingAlgorithm' failed to satisfy constraint: ${constraint}`,
  )
}

/**
 * Refuses the session of an identity that may act no more, or of a pool in another account than the role: what its users have
 * tokens for is for their own operator to say. A session that began with a token is no newer than the token: nobody has signed in
 * anew for it.
 */
async function checkIdentity(session: SessionFacts, context: SignedContext): Promise<void> {
  const { account, audience: pool, issuedAt = 0, provenAt = issuedAt, subject: identity } = session
  const reason = await whyStopped({ account, pool, identity, provenAt }, context)
  if (reason !== undefined) throw refused({ reason }, context)
}

/** Keys are unique regardless of case, as those of all tags at STS. */
function uniqueTags({ Tags = [] }: Value<typeof input>): TagPairs {
  const folded = Tags.map(({ Key }) => Key.toLowerCase())
  if (new Set(folded).size < folded.length)
    throw new Fault('ValidationException', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  return Tags.map(({ Key, Value }) => [Key, Value] as const)
}

/** Without an audience that may be a token. */
function recordable(denied: RoleTokenDenied) {
  if (denied.reason !== 'token_denied') return { ...denied }
  const { audience, ...rest } = denied
  return { ...rest, ...(audience !== undefined && isNoToken(audience) && { audience }) }
}

function refused(why: { reason: string; decision?: string }, { caller, note }: SignedContext): Fault {
  const { decision, ...reason } = why
  note({ decision: { ...reason, ...(decision && { policyDecision: decision }) } })
  return deniedAtSts(caller.arn, decision === 'explicit_deny')
}
