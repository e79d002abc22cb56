import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchSamlProvider } from './faults.ts'
import { onSamlProvider, ownSamlProvider, validUntil } from './saml-provider.ts'
import { describeTags, providerArn } from './shapes.ts'

export const getSamlProvider = signedOperation({
  service: 'iam',
  name: 'GetSAMLProvider',
  input: structure({ SAMLProviderArn: required(providerArn) }),
  ...onSamlProvider,
  async run(input, context) {
    const { accounts, caller } = context
    const provider = await ownSamlProvider(input.SAMLProviderArn, context)
    const document = await accounts.read(caller.account, (account) => account.samlMetadataDocument(provider.arn))
    if (document === undefined) throw noSuchSamlProvider(provider.arn)
    return {
      SAMLProviderUUID: provider.id,
      SAMLMetadataDocument: document,
      CreateDate: new Date(provider.createdAt),
      ValidUntil: validUntil(provider),
      Tags: describeTags(provider.tags),
    }
  },
})
