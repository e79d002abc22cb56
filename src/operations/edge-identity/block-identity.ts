import { WITHOUT_END } from '../../pools/index.ts'
import { optional, required, string, structure } from '../../protocol/index.ts'
import { invalidParameter } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { identityId, onPool, poolId } from '../pool/index.ts'
import { MAX_BLOCK_REASON_CHARS } from './limits.ts'
import { restrictedIdentity } from './restricted-identity.ts'
import { denyStatement, stillValid } from './still-valid.ts'

/**
 * Lets nobody sign in as an identity from the next call on, until a time or until it is unblocked. It says what was given out
 * before and still counts. Not of AWS's API.
 */
export const blockIdentity = signedOperation({
  service: 'edge-identity',
  name: 'BlockIdentity',
  input: structure({
    IdentityPoolId: required(poolId),
    IdentityId: required(identityId),
    Until: optional(string({ min: 1, max: 20, pattern: '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z' })),
    Reason: optional(string({ min: 1, max: MAX_BLOCK_REASON_CHARS, unrecorded: true })),
  }),
  ...onPool,
  async run(input, context) {
    const until = input.Until === undefined ? WITHOUT_END : timeOf(input.Until)
    if (!(until > context.world.now()))
      throw invalidParameter('Until must be a time to come in UTC, such as 2030-01-31T12:00:00Z.')
    const restriction = { restriction: 'block', until, reason: input.Reason } as const
    const { identityId, pool } = await restrictedIdentity(input, restriction, context)
    const now = context.world.now()
    const left = stillValid(pool, now)
    return {
      IdentityId: identityId,
      BlockedUntil: until === WITHOUT_END ? undefined : new Date(until),
      ...left,
      // While it is blocked nothing new is given out, so that this may reach to the sessions of the last token.
      DenyStatement: denyStatement(context.issuer, identityId, left.TokensUntil ?? new Date(now + 1000)),
    }
  },
})

/** Milliseconds since the epoch; `NaN` for a day that no calendar has, which `Date` takes for one of the next month. */
function timeOf(text: string): number {
  const time = Date.parse(text)
  return Number.isNaN(time) || new Date(time).toISOString() !== text.replace('Z', '.000Z') ? Number.NaN : time
}

/** Ends a block. What is not blocked stays as it is. Not of AWS's API. */
export const unblockIdentity = signedOperation({
  service: 'edge-identity',
  name: 'UnblockIdentity',
  input: structure({ IdentityPoolId: required(poolId), IdentityId: required(identityId) }),
  ...onPool,
  async run(input, context) {
    const { identityId } = await restrictedIdentity(input, { restriction: 'unblock' }, context)
    return { IdentityId: identityId }
  },
})
