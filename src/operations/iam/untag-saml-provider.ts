import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchSamlProvider, onSamlProvider, ownSamlProviderArn } from './saml-provider.ts'
import { providerArn, tagKeys } from './shapes.ts'

export const untagSamlProvider = signedOperation({
  service: 'iam',
  name: 'UntagSAMLProvider',
  input: structure({ SAMLProviderArn: required(providerArn), TagKeys: required(tagKeys) }),
  ...onSamlProvider,
  tags: (input) => ({ kind: 'remove', keys: input.TagKeys }),
  async run(input, { accounts, caller }) {
    const arn = ownSamlProviderArn(input.SAMLProviderArn, caller)
    const untagged = await accounts.change(caller.account, (account) => account.tagSamlProvider(arn, [], input.TagKeys))
    if (untagged === 'none') throw noSuchSamlProvider(arn)
    return undefined
  },
})
