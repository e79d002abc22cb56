import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { pageMembers, pageOfTags } from './page.ts'
import { onSamlProvider, ownSamlProvider } from './saml-provider.ts'
import { providerArn } from './shapes.ts'

const NAME = 'ListSAMLProviderTags'

export const listSamlProviderTags = signedOperation({
  service: 'iam',
  name: NAME,
  input: structure({ SAMLProviderArn: required(providerArn), ...pageMembers }),
  ...onSamlProvider,
  async run(input, context) {
    const { arn, tags } = await ownSamlProvider(input.SAMLProviderArn, context.caller, context)
    return pageOfTags(tags, input, { operation: NAME, of: arn })
  },
})
