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
    await accounts.tell(caller.account, (directory) => directory.poolIsGone(id.text))
    if (deleted.kind === 'no_pool') throw noSuchPool(input.IdentityPoolId)
    return undefined
  },
})
