import { required, structure } from '../../protocol/index.ts'
import { noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, onPool, poolId } from '../pool/index.ts'

export const deleteIdentityPool = signedOperation({
  service: 'cognito-identity',
  name: 'DeleteIdentityPool',
  input: structure({ IdentityPoolId: required(poolId) }),
  ...onPool,
  async run(input, { accounts, caller, operationId, pools }) {
    const id = addressed(input.IdentityPoolId, caller)
    await accounts.ask(caller.account, (account) => account.poolIsClosing(id.text))
    const deleted = await pools.delete(id, caller.account, operationId)
    // Without a pool, the entry stays as it is for a minute: the pool may be about to be made.
    if (deleted.kind === 'no_pool') throw noSuchPool(input.IdentityPoolId)
    await accounts.tell(caller.account, (directory) => directory.poolIsGone(id.text))
    return undefined
  },
})
