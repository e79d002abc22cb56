import type { SamlProviderRecord } from '../../account/index.ts'
import { parseSamlMetadata, type SamlMetadata } from '../../logins/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'
import type { SignedContext, TagPairs } from '../operation.ts'
import type { Services } from '../services.ts'
import { noSuchSamlProvider } from './faults.ts'
import { accountOf, newRecordArn } from './record-arn.ts'

export function samlProviderArn(name: string, caller: Caller): string {
  return newRecordArn(caller, `saml-provider/${name}`)
}

/** The caller's own provider ARN, or the fault for one that cannot exist in the caller's account. */
export function ownSamlProviderArn(text: string, caller: Caller): string {
  if (accountOf(text, 'saml-provider/', 'a SAML provider') !== caller.account) throw noSuchSamlProvider(text)
  return text
}

/** The record of the caller's own provider, or the fault for there being none. */
export async function ownSamlProvider(text: string, { accounts, caller }: SignedContext): Promise<SamlProviderRecord> {
  const arn = ownSamlProviderArn(text, caller)
  const [provider] = await accounts.read(caller.account, (account) => account.samlProvidersNamed([arn]))
  if (!provider) throw noSuchSamlProvider(arn)
  return provider
}

/** A document that logins can be judged by. Nothing else is stored. */
export async function readMetadata(document: string): Promise<SamlMetadata> {
  const metadata = await parseSamlMetadata(document)
  if (metadata.ok) return metadata.value
  throw new Fault('InvalidInput', 'Could not parse metadata.')
}

/** Identity pools take no encrypted assertions, so that a provider that sends them would let nobody in. */
export function refuseEncryption(input: {
  AssertionEncryptionMode?: unknown
  AddPrivateKey?: unknown
  RemovePrivateKey?: unknown
}): void {
  const { AddPrivateKey, AssertionEncryptionMode, RemovePrivateKey } = input
  if ([AddPrivateKey, AssertionEncryptionMode, RemovePrivateKey].some((member) => member !== undefined))
    throw new Fault('InvalidInput', 'Encrypted assertions are not supported.')
}

/** When a provider lapses: when its metadata does, else after a hundred years, as IAM has it. */
export function validUntil({ createdAt, metadata }: SamlProviderRecord): Date {
  if (metadata.validUntil !== undefined) return new Date(metadata.validUntil)
  const end = new Date(createdAt)
  end.setUTCFullYear(end.getUTCFullYear() + 100)
  return end
}

type ProviderNamed = { SAMLProviderArn: string }

/** For operations on one provider: the resource that the caller's policy is asked about, and its tags. */
export const onSamlProvider = {
  resource: (input: ProviderNamed) => input.SAMLProviderArn,
  async record(
    { SAMLProviderArn: arn }: ProviderNamed,
    { account }: Caller,
    { accounts }: Services,
  ): Promise<TagPairs> {
    const [provider] = await accounts.read(account, (object) => object.samlProvidersNamed([arn]))
    return provider?.tags ?? []
  },
}
