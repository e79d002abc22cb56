import { list, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchProvider, tooManyThumbprints } from './faults.ts'
import { MAX_THUMBPRINTS } from './limits.ts'
import { onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { providerArn, thumbprint } from './shapes.ts'

export const updateOpenIdConnectProviderThumbprint = signedOperation({
  service: 'iam',
  name: 'UpdateOpenIDConnectProviderThumbprint',
  input: structure({ OpenIDConnectProviderArn: required(providerArn), ThumbprintList: required(list(thumbprint)) }),
  ...onProvider,
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    if (input.ThumbprintList.length > MAX_THUMBPRINTS) throw tooManyThumbprints()
    const replaced = await accounts.change(caller.account, (account) =>
      account.replaceThumbprints(arn, input.ThumbprintList),
    )
    if (replaced === 'none') throw noSuchProvider(arn)
    return undefined
  },
})
