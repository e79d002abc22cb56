import { dayOf } from '../../base/days.ts'
import { keptNames } from '../../logins/index.ts'
import { identityDetails, lastUsedDaysOf } from '../../pools/index.ts'
import { integer, optional, pageToken, readPageToken, required, string, structure } from '../../protocol/index.ts'
import { badPageToken, invalidParameter, noSuchPool } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { addressed, nextToken, onPool, ownPool, poolId, providerName } from '../pool/index.ts'
import { describeDetails, STATES } from './identity-details.ts'
import { MAX_DETAILS } from './limits.ts'

const NAME = 'ListIdentityDetails'

/** Identities of a pool with all that is kept of them, by id. A page may be short although another follows. Not of AWS's API. */
export const listIdentityDetails = signedOperation({
  service: 'edge-identity',
  name: NAME,
  // It gives out who people are, so that its successes are recorded too.
  readOnly: false,
  input: structure({
    IdentityPoolId: required(poolId),
    MaxResults: required(integer({ min: 1, max: MAX_DETAILS })),
    NextToken: optional(nextToken),
    State: optional(string({ values: ['Guest', 'User', 'Disabled'] })),
    Provider: optional(providerName),
    UnusedSince: optional(string({ min: 10, max: 10, pattern: '\\d{4}-\\d{2}-\\d{2}' })),
  }),
  ...onPool,
  async run({ IdentityPoolId, MaxResults: limit, NextToken, Provider, State, UnusedSince }, context) {
    const { caller, pools } = context
    const id = addressed(IdentityPoolId, caller)
    const scope = JSON.stringify([id.text, State, Provider, UnusedSince])
    const after = NextToken === undefined ? '' : readPageToken(NextToken, NAME, scope)
    if (after === undefined) throw badPageToken()
    const filter = {
      state: State && STATES[State],
      providers: Provider === undefined ? undefined : keptNames(Provider),
      usedBefore: UnusedSince === undefined ? undefined : await lastNoteBefore(UnusedSince, IdentityPoolId, context),
    }
    const listed = await identityDetails(pools, id, caller.account, { after, limit, ...filter })
    if (listed.kind === 'no_pool') throw noSuchPool(IdentityPoolId)
    return {
      IdentityPoolId: id.text,
      Identities: await describeDetails(listed.identities, id, context),
      NextToken: listed.next === undefined ? undefined : pageToken(NAME, scope, listed.next),
    }
  },
})

/**
 * Before which day a use must be noted last of an identity that was not used on a day or later: one note stands for all uses of as
 * many days as the pool says.
 */
async function lastNoteBefore(since: string, poolId: string, context: SignedContext): Promise<number> {
  const day = Date.parse(since)
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(since))
    throw invalidParameter('UnusedSince must be a day, such as 2026-11-27.')
  const days = lastUsedDaysOf((await ownPool(poolId, context)).settings)
  if (days === undefined)
    throw invalidParameter('UnusedSince: the tag edge-identity:last-used-days of the pool is off.')
  return dayOf(day) - (days - 1)
}
