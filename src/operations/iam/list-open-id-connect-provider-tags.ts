import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchProvider, onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { describeTags, providerArn } from './shapes.ts'

/** All tags on one page: there are at most fifty. */
export const listOpenIdConnectProviderTags = signedOperation({
  service: 'iam',
  name: 'ListOpenIDConnectProviderTags',
  input: structure({ OpenIDConnectProviderArn: required(providerArn) }),
  resource: onProvider,
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    const providers = await accounts.ask(caller.account, (account) => account.oidcProviders())
    const provider = providers.find((candidate) => candidate.arn === arn)
    if (!provider) throw noSuchProvider(arn)
    return { Tags: describeTags(provider.tags) ?? [], IsTruncated: false }
  },
})
