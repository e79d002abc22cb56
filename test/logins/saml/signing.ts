import { createHash, createSign } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { pem, selfSigned } from './certificates.ts'
import { rsaKeys } from './identity-provider.ts'

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

export interface SigningOptions {
  digest?: { uri: string; hash: string }
  prefixes?: string[]
}

/** A key, and a way to put its signature in place of that of an assertion: with algorithms that `samlify` lacks. */
export async function withSignature(
  method: 'rsa-sha256' | 'rsa-sha384' | 'ecdsa-sha256',
  options: SigningOptions = {},
) {
  const keys = method === 'ecdsa-sha256' ? await ecKeys() : await rsaKeys()
  const key = pem(
    'PRIVATE KEY',
    new Uint8Array((await crypto.subtle.exportKey('pkcs8', keys.privateKey)) as ArrayBuffer),
  )
  const uri = MORE + method
  const { digest = { uri: `${MORE}sha384`, hash: 'sha384' }, prefixes = [] } = options
  function sign(xml: string): string {
    const signed = new SignedXml({ privateKey: key, signatureAlgorithm: uri, canonicalizationAlgorithm: EXCLUSIVE })
    signed.SignatureAlgorithms[uri] = signer(uri, method.slice(method.indexOf('-') + 1))
    signed.HashAlgorithms[digest.uri] = hasher(digest.uri, digest.hash)
    signed.addReference({
      xpath: "/*/*[local-name()='Assertion']",
      transforms: [ENVELOPED, EXCLUSIVE],
      digestAlgorithm: digest.uri,
      inclusiveNamespacesPrefixList: prefixes,
    })
    const unsigned = xml.replace(/<ds:Signature .*?<\/ds:Signature>/g, '')
    const reference = "/*/*[local-name()='Assertion']/*[local-name()='Issuer']"
    signed.computeSignature(unsigned, { prefix: 'ds', location: { reference, action: 'after' } })
    return signed.getSignedXml()
  }
  return { certificate: await selfSigned(keys), sign }
}

function ecKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]) as Promise<CryptoKeyPair>
}

function signer(uri: string, hash: string) {
  return class {
    getSignature = (text: string, key: string) =>
      createSign(hash).update(text).sign({ key, dsaEncoding: 'ieee-p1363' }, 'base64')
    verifySignature = () => false
    getAlgorithmName = () => uri
  } as never
}

function hasher(uri: string, hash: string) {
  return class {
    getHash = (text: string) => createHash(hash).update(text).digest('base64')
    getAlgorithmName = () => uri
  }
}
