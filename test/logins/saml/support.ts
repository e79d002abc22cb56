import { err } from '../../../src/base/result.ts'
import type { SamlMetadata, SamlRejected } from '../../../src/logins/index.ts'
import { parseMetadata } from '../../../src/logins/saml/metadata.ts'
import { type Setting, START, testBed } from '../support.ts'
import { encode, identityProvider, type TestIdentityProvider } from './identity-provider.ts'

export const NOW = START * 1000
export const ARN = 'arn:aws:iam::000000000000:saml-provider/idp'
export const PROVIDER_ID = 'SAMLPAAAABBBBCCCCDDDDE'

export interface SamlBedOptions extends Setting {
  metadata?: SamlMetadata
  partition?: string
}

/** One SAML provider that the pool lists, and a verifier of a login under its ARN. */
export async function samlBed(identityProviderOfPool?: TestIdentityProvider) {
  const idp = identityProviderOfPool ?? (await identityProvider(NOW))
  const metadata = metadataOf(idp.metadata)
  const judge = (xml: string, options: SamlBedOptions = {}) => judgeToken(encode(xml), options)
  function judgeToken(
    token: string,
    { metadata: other = metadata, partition = 'aws', ...setting }: SamlBedOptions = {},
  ) {
    const bed = testBed(setting)
    return bed.verifier.verify({ provider: ARN, token }, [
      { kind: 'saml', arn: ARN, id: PROVIDER_ID, metadata: other, partition },
    ])
  }
  return { idp, metadata, judge, judgeToken }
}

function metadataOf(xml: string): SamlMetadata {
  const metadata = parseMetadata(xml)
  if (!metadata.ok) throw new Error(metadata.error)
  return metadata.value
}

/** The refusal for that reason. */
export function refusal(why: Extract<SamlRejected, { reason: 'saml' }>['why'], found?: string) {
  return err({ reason: 'saml', why, ...(found !== undefined && { found }) })
}
