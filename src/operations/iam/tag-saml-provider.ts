import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchSamlProvider, onSamlProvider, ownSamlProviderArn } from './saml-provider.ts'
import { providerArn, tagPairs, tags, tooManyTags, uniqueTags } from './shapes.ts'

export const tagSamlProvider = signedOperation({
  service: 'iam',
  name: 'TagSAMLProvider',
  input: structure({ SAMLProviderArn: required(providerArn), Tags: required(tags) }),
  ...onSamlProvider,
  tags: (input) => ({ kind: 'add', tags: tagPairs(input.Tags) }),
  async run(input, { accounts, caller }) {
    const arn = ownSamlProviderArn(input.SAMLProviderArn, caller)
    const pairs = uniqueTags(input.Tags)
    const tagged = await accounts.change(caller.account, (account) => account.tagSamlProvider(arn, pairs, []))
    if (tagged === 'none') throw noSuchSamlProvider(arn)
    if (tagged === 'limit') throw tooManyTags()
    return undefined
  },
})
