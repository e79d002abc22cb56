import { keptNames } from '../../logins/index.ts'
import { identityDetails } from '../../pools/index.ts'
import { integer, optional, pageToken, readPageToken, required, string, structure } from '../../protocol/index.ts'
import { badPageToken, noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, nextToken, onPool, poolId, providerName } from '../pool/index.ts'
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
  }),
  ...onPool,
  async run({ IdentityPoolId, MaxResults: limit, NextToken, Provider, State }, context) {
    const { caller, pools } = context
    const id = addressed(IdentityPoolId, caller)
    const scope = JSON.stringify([id.text, State, Provider])
    const after = NextToken === undefined ? '' : readPageToken(NextToken, NAME, scope)
    if (after === undefined) throw badPageToken()
    const filter = {
      state: State && STATES[State],
      providers: Provider === undefined ? undefined : keptNames(Provider),
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
