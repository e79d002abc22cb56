import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchProvider, tooManyClientIds } from './faults.ts'
import { onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { clientId, providerArn } from './shapes.ts'

export const addClientIdToOpenIdConnectProvider = signedOperation({
  service: 'iam',
  name: 'AddClientIDToOpenIDConnectProvider',
  input: structure({ OpenIDConnectProviderArn: required(providerArn), ClientID: required(clientId) }),
  ...onProvider,
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    const added = await accounts.change(caller.account, (account) => account.addClientId(arn, input.ClientID))
    if (added === 'none') throw noSuchProvider(arn)
    if (added === 'limit') throw tooManyClientIds()
    return undefined
  },
})
