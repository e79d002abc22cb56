import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { onProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { providerArn } from './shapes.ts'

/** Deleting what is not there is no error, as the IAM reference says of this operation. */
export const deleteOpenIdConnectProvider = signedOperation({
  service: 'iam',
  name: 'DeleteOpenIDConnectProvider',
  input: structure({ OpenIDConnectProviderArn: required(providerArn) }),
  ...onProvider,
  async run(input, { accounts, caller }) {
    const arn = ownProviderArn(input.OpenIDConnectProviderArn, caller)
    await accounts.change(caller.account, (account) => account.deleteOidcProvider(arn))
    return undefined
  },
})
