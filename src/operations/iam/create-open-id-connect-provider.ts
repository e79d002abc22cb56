import { MAX_CLIENT_IDS, MAX_OIDC_PROVIDERS } from '../../account/index.ts'
import { list, optional, required, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { alreadyExists, quotaExceeded, tooManyClientIds, tooManyThumbprints } from './faults.ts'
import { MAX_THUMBPRINTS } from './limits.ts'
import { checkIssuerUrl, oidcProviderArn } from './oidc-provider-arn.ts'
import { clientId, describeTags, tags, tagsCreated, thumbprint, uniqueTags } from './shapes.ts'

/** Registers an issuer. Its thumbprints are kept and returned; TLS is verified by public roots alone. */
export const createOpenIdConnectProvider = signedOperation({
  service: 'iam',
  name: 'CreateOpenIDConnectProvider',
  input: structure({
    Url: required(string({ min: 1, max: 255 })),
    ClientIDList: optional(list(clientId)),
    ThumbprintList: optional(list(thumbprint)),
    Tags: optional(tags),
  }),
  resource: (input, caller) => oidcProviderArn(input.Url, caller),
  tags: (input) => tagsCreated('TagOpenIDConnectProvider', input.Tags),
  async run(input, { accounts, caller, localMode, operationId, world }) {
    checkIssuerUrl(input.Url, localMode)
    const clientIds = [...new Set(input.ClientIDList ?? [])]
    const thumbprints = input.ThumbprintList ?? []
    if (clientIds.length > MAX_CLIENT_IDS) throw tooManyClientIds()
    if (thumbprints.length > MAX_THUMBPRINTS) throw tooManyThumbprints()
    const provider = {
      arn: oidcProviderArn(input.Url, caller),
      url: input.Url,
      clientIds,
      thumbprints,
      tags: uniqueTags(input.Tags ?? []),
      createdAt: world.now(),
    }
    const created = await accounts.change(caller.account, (account) =>
      account.createOidcProvider(provider, operationId),
    )
    if (created === 'exists') throw alreadyExists(`Provider with url ${input.Url}`)
    if (created === 'limit') throw quotaExceeded('OpenIdConnectProvidersPerAccount', MAX_OIDC_PROVIDERS)
    return { OpenIDConnectProviderArn: provider.arn, Tags: describeTags(provider.tags) }
  },
})
