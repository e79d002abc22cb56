import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchProvider, onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { describeTags, providerArn } from './shapes.ts'

export const getOpenIdConnectProvider = signedOperation({
  service: 'iam',
  name: 'GetOpenIDConnectProvider',
  input: structure({ OpenIDConnectProviderArn: required(providerArn) }),
  resource: onProvider,
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    const providers = await accounts.ask(caller.account, (account) => account.oidcProviders())
    const provider = providers.find((candidate) => candidate.arn === arn)
    if (!provider) throw noSuchProvider(arn)
    return {
      Url: provider.url.replace(/^https?:\/\//, ''),
      ClientIDList: provider.clientIds,
      ThumbprintList: provider.thumbprints,
      CreateDate: new Date(provider.createdAt),
      Tags: describeTags(provider.tags),
    }
  },
})
