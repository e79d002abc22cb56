import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { onSamlProvider, ownSamlProvider } from './saml-provider.ts'
import { describeTags, providerArn } from './shapes.ts'

/** All tags on one page: there are at most fifty. */
export const listSamlProviderTags = signedOperation({
  service: 'iam',
  name: 'ListSAMLProviderTags',
  input: structure({ SAMLProviderArn: required(providerArn) }),
  resource: onSamlProvider,
  async run(input, context) {
    const { tags } = await ownSamlProvider(input.SAMLProviderArn, context.caller, context)
    return { Tags: describeTags(tags) ?? [], IsTruncated: false }
  },
})
