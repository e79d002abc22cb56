import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchProvider, onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { providerArn, tagKeys } from './shapes.ts'

export const untagOpenIdConnectProvider = signedOperation({
  service: 'iam',
  name: 'UntagOpenIDConnectProvider',
  input: structure({ OpenIDConnectProviderArn: required(providerArn), TagKeys: required(tagKeys) }),
  ...onProvider,
  tags: (input) => ({ kind: 'remove', keys: input.TagKeys }),
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    const untagged = await accounts.change(caller.account, (account) => account.tagOidcProvider(arn, [], input.TagKeys))
    if (untagged === 'none') throw noSuchProvider(arn)
    return undefined
  },
})
