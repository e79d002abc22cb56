import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { onProvider, ownProvider } from './oidc-provider-arn.ts'
import { pageMembers, pageOfTags } from './page.ts'
import { providerArn } from './shapes.ts'

const NAME = 'ListOpenIDConnectProviderTags'

export const listOpenIdConnectProviderTags = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({ OpenIDConnectProviderArn: required(providerArn), ...pageMembers }),
  ...onProvider,
  async run(input, context) {
    const provider = await ownProvider(input.OpenIDConnectProviderArn, context)
    return pageOfTags(provider.tags, input, { operation: NAME, of: provider.arn })
  },
})
