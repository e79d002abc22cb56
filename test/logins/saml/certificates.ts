import { utf8 } from '../../../src/base/bytes.ts'

/** A self-signed X.509 certificate around a key pair, in PEM; long expired, which in SAML metadata means nothing. */
export async function selfSigned({ publicKey, privateKey }: CryptoKeyPair, serialNumber = 1): Promise<string> {
  const spki = new Uint8Array((await crypto.subtle.exportKey('spki', publicKey)) as ArrayBuffer)
  const signedWith = publicKey.algorithm.name === 'ECDSA' ? ECDSA_SHA256 : RSA_SHA256
  const algorithm = tlv(SEQUENCE, signedWith)
  const name = tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, COMMON_NAME, tlv(UTF8_STRING, utf8('idp')))))
  const validity = tlv(SEQUENCE, tlv(UTC_TIME, utf8('200101000000Z')), tlv(UTC_TIME, utf8('210101000000Z')))
  const serial = tlv(INTEGER, Uint8Array.of(serialNumber))
  const body = tlv(SEQUENCE, serial, algorithm, name, validity, name, spki)
  const signature = await crypto.subtle.sign({ name: publicKey.algorithm.name, hash: 'SHA-256' }, privateKey, body)
  const certificate = tlv(SEQUENCE, body, algorithm, tlv(BIT_STRING, Uint8Array.of(0), new Uint8Array(signature)))
  return pem('CERTIFICATE', certificate)
}

export function pem(label: string, der: Uint8Array): string {
  const lines = der.toBase64().match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

const INTEGER = 0x02
const BIT_STRING = 0x03
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const SEQUENCE = 0x30
const SET = 0x31

/** DER of `2.5.4.3`, `sha256WithRSAEncryption` with its NULL, and `ecdsa-with-SHA256`. */
const COMMON_NAME = Uint8Array.fromHex('0603550403')
const RSA_SHA256 = Uint8Array.fromHex('06092a864886f70d01010b0500')
const ECDSA_SHA256 = Uint8Array.fromHex('06082a8648ce3d040302')

function tlv(tag: number, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const lengthBytes =
    length < 128 ? [length] : [...(length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff])]
  return Uint8Array.from([tag, ...lengthBytes, ...parts.flatMap((part) => [...part])])
}
