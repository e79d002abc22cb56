import { issuerName } from '../../base/issuer-name.ts'
import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { onProvider, ownProvider } from './oidc-provider-arn.ts'
import { describeTags, providerArn } from './shapes.ts'

export const getOpenIdConnectProvider = signedOperation({
  service: 'iam',
  name: 'GetOpenIDConnectProvider',
  input: structure({ OpenIDConnectProviderArn: required(providerArn) }),
  ...onProvider,
  async run(input, context) {
    const provider = await ownProvider(input.OpenIDConnectProviderArn, context)
    return {
      Url: issuerName(provider.url),
      ClientIDList: provider.clientIds,
      ThumbprintList: provider.thumbprints,
      CreateDate: new Date(provider.createdAt),
      Tags: describeTags(provider.tags),
    }
  },
})
