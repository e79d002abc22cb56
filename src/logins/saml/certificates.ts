/// <reference path="./node-crypto.d.ts" />
import { X509Certificate } from 'node:crypto'
import { MAX_RSA_BITS, MIN_RSA_BITS } from '../limits.ts'

/** A public key that signatures may be verified with. */
export interface PublicKey {
  type: 'rsa' | 'ec'
  pem: string
}

/**
 * The key in a certificate, given as PEM or as base64 of its DER, or `undefined` for one that is of no use here: RSA of
 * 2048 to 8192 bits and ECDSA on P-256 are. A certificate is but a vessel for a key: who issued it and when it expires is
 * not looked at (SAML V2.0 Metadata Interoperability Profile, section 2.6.1). Throws if it is no certificate.
 */
export function publicKeyOf(certificate: string): PublicKey | undefined {
  const base64 = certificate.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, '')
  const { publicKey } = new X509Certificate(Uint8Array.fromBase64(base64))
  const { modulusLength = 0, namedCurve } = publicKey.asymmetricKeyDetails
  const pem = () => publicKey.export({ type: 'spki', format: 'pem' })
  const { asymmetricKeyType: type } = publicKey
  if (type === 'rsa' && modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS) return { type, pem: pem() }
  if (type === 'ec' && namedCurve === 'prime256v1') return { type, pem: pem() }
  return undefined
}
