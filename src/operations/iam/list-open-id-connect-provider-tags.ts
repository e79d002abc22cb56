import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { onProvider, ownProvider } from './oidc-provider-arn.ts'
import { describeTags, providerArn } from './shapes.ts'

/** All tags on one page: there are at most fifty. */
export const listOpenIdConnectProviderTags = signedOperation({
  service: 'iam',
  name: 'ListOpenIDConnectProviderTags',
  input: structure({ OpenIDConnectProviderArn: required(providerArn) }),
  resource: onProvider,
  async run(input, context) {
    const provider = await ownProvider(input.OpenIDConnectProviderArn, context)
    return { Tags: describeTags(provider.tags) ?? [], IsTruncated: false }
  },
})
