import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchProvider } from './faults.ts'
import { onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { clientId, providerArn } from './shapes.ts'

export const removeClientIdFromOpenIdConnectProvider = signedOperation({
  service: 'iam',
  name: 'RemoveClientIDFromOpenIDConnectProvider',
  input: structure({ OpenIDConnectProviderArn: required(providerArn), ClientID: required(clientId) }),
  ...onProvider,
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    const removed = await accounts.change(caller.account, (account) => account.removeClientId(arn, input.ClientID))
    if (removed === 'none') throw noSuchProvider(arn)
    return undefined
  },
})
