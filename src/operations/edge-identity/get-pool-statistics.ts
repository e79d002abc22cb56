import { type Counts, identitiesIn, poolStatistics, type Statistics } from '../../pools/index.ts'
import { required, structure } from '../../protocol/index.ts'
import { noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, onPool, poolId } from '../pool/index.ts'

/** How many identities a pool has, as they were counted last. Who asks has them counted anew if that is long ago. Not of AWS's API. */
export const getPoolStatistics = signedOperation({
  service: 'edge-identity',
  name: 'GetPoolStatistics',
  input: structure({ IdentityPoolId: required(poolId) }),
  ...onPool,
  async run({ IdentityPoolId }, { caller, pools }) {
    const id = addressed(IdentityPoolId, caller)
    const found = await poolStatistics(pools, id, caller.account)
    if (found.kind !== 'statistics') throw noSuchPool(IdentityPoolId)
    const { counted, counting } = found
    return {
      IdentityPoolId: id.text,
      Statistics: counted && { AsOf: new Date(counted.at), ...describe(counted.counts) },
      Counting: counting && describeProgress(counting),
    }
  },
})

function describe(counts: Counts) {
  const { blocked, disabled, guests, logins, members, unusedGuests, unusedMembers } = counts
  return {
    Identities: identitiesIn(counts),
    ...{ Guests: guests, Users: members, Disabled: disabled, Blocked: blocked },
    ...{ GuestsUnused: unusedGuests, UsersUnused: unusedMembers },
    Providers: [...logins]
      .sort((a, b) => b.logins - a.logins || (a.provider < b.provider ? -1 : 1))
      .map(({ developer, logins: count, provider }) => ({ Provider: provider, Developer: developer, Logins: count })),
  }
}

function describeProgress({ identities, share, since }: NonNullable<Statistics['counting']>) {
  return { BeginDate: new Date(since), Identities: identities, Percent: Math.floor(100 * share) }
}
