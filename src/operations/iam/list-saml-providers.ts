import { structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { samlProviderArn, validUntil } from './saml-provider.ts'

export const listSamlProviders = signedOperation({
  service: 'iam',
  name: 'ListSAMLProviders',
  input: structure({}),
  resource: (_input, caller) => samlProviderArn('*', caller),
  async run(_input, { accounts, caller }) {
    const providers = await accounts.read(caller.account, (account) => account.samlProviders())
    return {
      SAMLProviderList: providers.map((provider) => ({
        Arn: provider.arn,
        ValidUntil: validUntil(provider),
        CreateDate: new Date(provider.createdAt),
      })),
    }
  },
})
