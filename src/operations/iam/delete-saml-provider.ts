import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchSamlProvider } from './faults.ts'
import { onSamlProvider, ownSamlProviderArn } from './saml-provider.ts'
import { providerArn } from './shapes.ts'

export const deleteSamlProvider = signedOperation({
  service: 'iam',
  name: 'DeleteSAMLProvider',
  input: structure({ SAMLProviderArn: required(providerArn) }),
  ...onSamlProvider,
  async run(input, { accounts, caller }) {
    const arn = ownSamlProviderArn(input.SAMLProviderArn, caller)
    const deleted = await accounts.remove(caller.account, (account) => account.deleteSamlProvider(arn))
    if (deleted === 'none') throw noSuchSamlProvider(arn)
    return undefined
  },
})
