import { Fault, optional, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { noSuchSamlProvider } from './faults.ts'
import { onSamlProvider, ownSamlProviderArn, readMetadata, refuseEncryption } from './saml-provider.ts'
import { encryptionMode, metadataDocument, privateKey, privateKeyId, providerArn } from './shapes.ts'

/** Replaces a provider's metadata, as when the identity provider has a new key. */
export const updateSamlProvider = signedOperation({
  service: 'iam',
  name: 'UpdateSAMLProvider',
  input: structure({
    SAMLProviderArn: required(providerArn),
    SAMLMetadataDocument: optional(metadataDocument),
    AssertionEncryptionMode: optional(encryptionMode),
    AddPrivateKey: optional(privateKey),
    RemovePrivateKey: optional(privateKeyId),
  }),
  ...onSamlProvider,
  async run(input, { accounts, caller }) {
    const arn = ownSamlProviderArn(input.SAMLProviderArn, caller)
    refuseEncryption(input)
    const document = input.SAMLMetadataDocument
    if (document === undefined) throw new Fault('InvalidInput', 'There is nothing to update.')
    const metadata = await readMetadata(document)
    const replaced = await accounts.change(caller.account, (account) =>
      account.replaceSamlMetadata(arn, metadata, document),
    )
    if (replaced === 'none') throw noSuchSamlProvider(arn)
    return { SAMLProviderArn: arn }
  },
})
