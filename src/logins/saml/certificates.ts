import { type CertifiedKey, nodeCrypto } from '../../base/node-crypto.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { MAX_RSA_BITS, MIN_RSA_BITS } from '../limits.ts'
import { MAX_CERTIFICATE_CHARS } from './limits.ts'

/** A public key that signatures may be verified with. */
export interface PublicKey {
  type: 'rsa' | 'ec'
  pem: string
}

/**
 * The key in a certificate, which is given as PEM or as base64 of its DER. RSA keys of 2048 to 8192 bits are of use here,
 * and ECDSA keys on P-256. A certificate is but a vessel for a key: who issued it and when it expires is not looked at
 * (SAML V2.0 Metadata Interoperability Profile, section 2.6.1).
 */
export function publicKeyOf(certificate: string): Result<PublicKey, 'no_certificate' | 'unusable_key'> {
  const key = keyIn(certificate)
  if (!key) return err('no_certificate')
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails
  const pem = () => key.export({ type: 'spki', format: 'pem' })
  const { asymmetricKeyType: type } = key
  if (type === 'rsa' && modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS) return ok({ type, pem: pem() })
  return type === 'ec' && namedCurve === 'prime256v1' ? ok({ type, pem: pem() }) : err('unusable_key')
}

function keyIn(certificate: string): CertifiedKey | undefined {
  const base64 = certificate.replace(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '')
  if (base64.length > MAX_CERTIFICATE_CHARS) return undefined
  try {
    return new (nodeCrypto().X509Certificate)(Uint8Array.fromBase64(base64)).publicKey
  } catch {
    return undefined
  }
}
