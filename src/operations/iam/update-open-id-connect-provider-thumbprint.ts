import { Fault, list, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { MAX_THUMBPRINTS } from './limits.ts'
import { noSuchProvider, onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { providerArn, thumbprint } from './shapes.ts'

export const updateOpenIdConnectProviderThumbprint = signedOperation({
  service: 'iam',
  name: 'UpdateOpenIDConnectProviderThumbprint',
  input: structure({ OpenIDConnectProviderArn: required(providerArn), ThumbprintList: required(list(thumbprint)) }),
  ...onProvider,
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    if (input.ThumbprintList.length > MAX_THUMBPRINTS)
      throw new Fault('InvalidInput', 'Thumbprint list must contain fewer than 5 entries.')
    const replaced = await accounts.change(caller.account, (account) =>
      account.replaceThumbprints(arn, input.ThumbprintList),
    )
    if (replaced === 'none') throw noSuchProvider(arn)
    return undefined
  },
})
