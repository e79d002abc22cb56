import { required, structure } from '../../protocol/index.ts'
import { noSuchDeveloperUser, noSuchPool, refusalReason, unlinkFault } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import {
  addressed,
  developerProviderOfUser,
  developerUser,
  identityId,
  identityIn,
  onPool,
  poolId,
} from '../pool/index.ts'
import { checkDeveloperProvider } from '../sign-in/index.ts'

export const unlinkDeveloperIdentity = signedOperation({
  service: 'cognito-identity',
  name: 'UnlinkDeveloperIdentity',
  input: structure({
    IdentityId: required(identityId),
    IdentityPoolId: required(poolId),
    DeveloperProviderName: required(developerProviderOfUser),
    DeveloperUserIdentifier: required(developerUser),
  }),
  ...onPool,
  async run(input, context) {
    const { caller, note, operationId, pools } = context
    const pool = addressed(input.IdentityPoolId, caller)
    await checkDeveloperProvider(pool, input.DeveloperProviderName, context)
    const id = identityIn(pool, input.IdentityId)
    const login = { provider: input.DeveloperProviderName, subject: input.DeveloperUserIdentifier }
    const unlinked = await pools.unlinkDeveloper(id, pool, caller.account, login, operationId)
    if (unlinked.kind === 'no_pool') throw noSuchPool(input.IdentityPoolId)
    if (unlinked.kind === 'no_developer_user') throw noSuchDeveloperUser(input.DeveloperUserIdentifier)
    if (unlinked.kind !== 'unlinked') {
      note({ decision: { reason: refusalReason(unlinked) } })
      throw unlinkFault(unlinked, input.IdentityId)
    }
    return undefined
  },
})
