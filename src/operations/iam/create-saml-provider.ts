import { MAX_SAML_PROVIDERS } from '../../account/index.ts'
import { optional, required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { alreadyExists, quotaExceeded } from './faults.ts'
import { uniqueId } from './ids.ts'
import { readMetadata, refuseEncryption, samlProviderArn } from './saml-provider.ts'
import {
  describeTags,
  encryptionMode,
  metadataDocument,
  privateKey,
  samlProviderName,
  tags,
  tagsCreated,
  uniqueTags,
} from './shapes.ts'

/** Registers a SAML identity provider by its metadata. */
export const createSamlProvider = signedOperation({
  service: 'iam',
  name: 'CreateSAMLProvider',
  input: structure({
    SAMLMetadataDocument: required(metadataDocument),
    Name: required(samlProviderName),
    Tags: optional(tags),
    AssertionEncryptionMode: optional(encryptionMode),
    AddPrivateKey: optional(privateKey),
  }),
  resource: (input, caller) => samlProviderArn(input.Name, caller),
  tags: (input) => tagsCreated('TagSAMLProvider', input.Tags),
  async run(input, { accounts, caller, operationId, world }) {
    refuseEncryption(input)
    const provider = {
      arn: samlProviderArn(input.Name, caller),
      id: uniqueId('SAMLP', world),
      metadata: await readMetadata(input.SAMLMetadataDocument),
      tags: uniqueTags(input.Tags ?? []),
      createdAt: world.now(),
    }
    const created = await accounts.change(caller.account, (account) =>
      account.createSamlProvider(provider, input.SAMLMetadataDocument, operationId),
    )
    if (created === 'exists') throw alreadyExists(`Provider with name ${input.Name}`)
    if (created === 'limit') throw quotaExceeded('SAMLProvidersPerAccount', MAX_SAML_PROVIDERS)
    return { SAMLProviderArn: provider.arn, Tags: describeTags(provider.tags) }
  },
})
