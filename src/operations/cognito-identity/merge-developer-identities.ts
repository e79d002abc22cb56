import { required, structure } from '../../protocol/index.ts'
import { noSuchDeveloperUser, noSuchPool, tooManyLoginsFault } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, developerProviderOfUser, developerUser, onPool, poolId } from '../pool/index.ts'
import { checkDeveloperProvider } from '../sign-in/index.ts'

/** Makes one identity of those of two developer users; the destination's survives. */
export const mergeDeveloperIdentities = signedOperation({
  service: 'cognito-identity',
  name: 'MergeDeveloperIdentities',
  input: structure({
    SourceUserIdentifier: required(developerUser),
    DestinationUserIdentifier: required(developerUser),
    DeveloperProviderName: required(developerProviderOfUser),
    IdentityPoolId: required(poolId),
  }),
  ...onPool,
  async run(input, context) {
    const { caller, pools } = context
    const pool = addressed(input.IdentityPoolId, caller)
    const provider = input.DeveloperProviderName
    await checkDeveloperProvider(pool, provider, context)
    const users = { source: input.SourceUserIdentifier, destination: input.DestinationUserIdentifier }
    const merged = await pools.mergeDevelopers(pool, caller.account, { provider, ...users })
    switch (merged.kind) {
      case 'no_pool':
        throw noSuchPool(input.IdentityPoolId)
      case 'no_developer_user':
        throw noSuchDeveloperUser(merged.subject)
      case 'second_login':
      case 'too_many_logins':
        throw tooManyLoginsFault(merged)
      case 'merged':
        return { IdentityId: `${pool.region}:${merged.uuid}` }
    }
  },
})
