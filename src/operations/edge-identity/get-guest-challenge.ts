import { poolTagOf } from '../../base/ids.ts'
import { workChallenge } from '../../guests/index.ts'
import { required, structure } from '../../protocol/index.ts'
import { guestKeys } from '../../tokens/index.ts'
import { publicOperation } from '../operation.ts'
import { guestProofsOf, guestWorkOf, poolId } from '../pool/index.ts'
import { currentRing, passNetwork, poolOfId } from '../sign-in/index.ts'
import { poolWithProofs } from './guest-proofs.ts'

/**
 * Which proofs the pool takes before it makes a guest; and where it takes work, a piece of it for this client. Nothing is kept of
 * that. Not of AWS's API.
 */
export const getGuestChallenge = publicOperation({
  service: 'edge-identity',
  name: 'GetGuestChallenge',
  input: structure({ IdentityPoolId: required(poolId) }),
  limitedBy: (given) => poolTagOf(given('IdentityPoolId')),
  async run({ IdentityPoolId }, context) {
    const pool = await poolWithProofs(poolOfId(IdentityPoolId), context)
    const proofs = guestProofsOf(pool)
    if (!proofs.includes('work')) return { Proofs: proofs }
    const keys = await guestKeys(await currentRing(context))
    const asker = { pool: pool.id, network: await passNetwork(pool.id, context, keys) }
    const { expires, text } = await workChallenge(asker, guestWorkOf(pool), keys, context.world)
    return { Proofs: proofs, Challenge: text, Expiration: expires }
  },
})
