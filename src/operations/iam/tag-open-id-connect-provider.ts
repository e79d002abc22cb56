import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchProvider, onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { providerArn, tagPairs, tags, tooManyTags, uniqueTags } from './shapes.ts'

export const tagOpenIdConnectProvider = signedOperation({
  service: 'iam',
  name: 'TagOpenIDConnectProvider',
  input: structure({ OpenIDConnectProviderArn: required(providerArn), Tags: required(tags) }),
  ...onProvider,
  tags: (input) => ({ kind: 'add', tags: tagPairs(input.Tags) }),
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    const pairs = uniqueTags(input.Tags)
    const tagged = await accounts.change(caller.account, (account) => account.tagOidcProvider(arn, pairs, []))
    if (tagged === 'none') throw noSuchProvider(arn)
    if (tagged === 'limit') throw tooManyTags()
    return undefined
  },
})
