import { required, structure } from '../../protocol/index.ts'
import { notGrowing } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, onPool, poolId } from '../pool/index.ts'
import { spreadOf } from './describe-spread.ts'

/** Lets a growing pool stand still. A move of slots that was begun is brought to its end first. Not of AWS's API. */
export const pauseSpread = pausing('PauseSpread', true)

/** Lets a growing pool go on. Not of AWS's API. */
export const resumeSpread = pausing('ResumeSpread', false)

function pausing(name: string, paused: boolean) {
  return signedOperation({
    service: 'edge-identity',
    name,
    input: structure({ IdentityPoolId: required(poolId) }),
    ...onPool,
    async run({ IdentityPoolId }, { caller, pools, world }) {
      const found = await pools.pauseSpread(addressed(IdentityPoolId, caller), caller.account, paused)
      const described = spreadOf(found, IdentityPoolId, world.now())
      if (!described.Growth || described.Growth.Phase === 'Done') throw notGrowing()
      return described
    },
  })
}
