/// <reference path="./node-crypto.d.ts" />
import { createHash, createVerify } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { err, ok, type Result } from '../../base/result.ts'
import type { PublicKey } from './certificates.ts'
import { MAX_PREFIX_LIST_CHARS } from './limits.ts'
import { ENVELOPED_SIGNATURE, EXCLUSIVE_C14N, SIGNATURE } from './names.ts'
import type { UnverifiedResponse } from './response.ts'
import type { SamlRefusal } from './types.ts'
import { attributeOf, childrenOf, onlyChild, textOf, type XmlElement } from './xml.ts'

/** Nothing with SHA-1, and nothing symmetric. */
const SIGNATURE_METHODS: ReadonlyMap<string, { type: PublicKey['type']; hash: string }> = new Map([
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', { type: 'rsa', hash: 'sha256' }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', { type: 'rsa', hash: 'sha384' }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', { type: 'rsa', hash: 'sha512' }],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', { type: 'ec', hash: 'sha256' }],
])

const DIGEST_METHODS: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
])

/**
 * The canonical text of what the response's signature covers, once one of `keys` has verified it: digest and signature,
 * both. Whatever is to be believed has to be read from that text, never from the document it came from.
 *
 * A signature's own say is limited to the choice among a few algorithms. It covers its parent and nothing else, as SAML
 * core, section 5.4, wants it, and keys that come along with it are not looked at.
 */
export function signedText(
  { text, signed, signature }: UnverifiedResponse,
  keys: readonly PublicKey[],
): Result<string, SamlRefusal> {
  const methods = methodsOf(signature, attributeOf(signed, 'ID') ?? '')
  if (!methods) return err('signature_method')
  const keyInfo = onlyChild(signature, SIGNATURE, 'KeyInfo')
  if (keyInfo) signature.removeChild(keyInfo)
  const covered = verified(text, signature, methods, keys)
  return covered === undefined ? err('signature') : ok(covered)
}

interface Methods {
  signature: string
  digest: string
}

/** The algorithms of a signature that has this one shape: one reference, to the element `id`, by its own value. */
function methodsOf(signature: XmlElement, id: string): Methods | undefined {
  const [info, value] = partsOf(signature, 'SignedInfo SignatureValue', 'SignedInfo SignatureValue KeyInfo')
  const [canonicalization, signatureMethod, reference] = partsOf(
    info,
    'CanonicalizationMethod SignatureMethod Reference',
  )
  const [transforms, digestMethod, digest] = partsOf(reference, 'Transforms DigestMethod DigestValue')
  const [enveloped, exclusive] = partsOf(transforms, 'Transform Transform')
  const signatureAlgorithm = attributeOf(signatureMethod, 'Algorithm') ?? ''
  const digestAlgorithm = attributeOf(digestMethod, 'Algorithm') ?? ''
  const isAsAllowed =
    attributeOf(reference, 'URI') === `#${id}` &&
    attributeOf(enveloped, 'Algorithm') === ENVELOPED_SIGNATURE &&
    hasNoParameters(enveloped) &&
    isExclusive(exclusive) &&
    isExclusive(canonicalization) &&
    SIGNATURE_METHODS.has(signatureAlgorithm) &&
    isEmpty(signatureMethod) &&
    DIGEST_METHODS.has(digestAlgorithm) &&
    isEmpty(digestMethod) &&
    isBase64(digest) &&
    isBase64(value)
  return isAsAllowed ? { signature: signatureAlgorithm, digest: digestAlgorithm } : undefined
}

/** An element's children, if their names are those of one of `shapes`, in that order. */
function partsOf(element: XmlElement | undefined, ...shapes: string[]): XmlElement[] {
  const parts = element ? childrenOf(element) : []
  const isSignature = parts.every((part) => part.namespaceURI === SIGNATURE)
  return isSignature && shapes.includes(parts.map((part) => part.localName).join(' ')) ? parts : []
}

/** Exclusive canonicalisation without comments, perhaps with a short list of prefixes to keep. */
function isExclusive(element: XmlElement | undefined): boolean {
  if (!element || attributeOf(element, 'Algorithm') !== EXCLUSIVE_C14N) return false
  const [list, ...others] = childrenOf(element)
  if (!list) return true
  const prefixes = attributeOf(list, 'PrefixList') ?? ''
  return (
    others.length === 0 &&
    list.namespaceURI === EXCLUSIVE_C14N &&
    list.localName === 'InclusiveNamespaces' &&
    prefixes.length <= MAX_PREFIX_LIST_CHARS
  )
}

/** Some signers write the list of prefixes into every transform; where it belongs to none, it means nothing. */
function hasNoParameters(transform: XmlElement | undefined): boolean {
  return transform !== undefined && childrenOf(transform).every((child) => child.localName === 'InclusiveNamespaces')
}

function isEmpty(element: XmlElement | undefined): boolean {
  return element !== undefined && childrenOf(element).length === 0
}

function isBase64(element: XmlElement | undefined): boolean {
  return /^\s*(?:[A-Za-z0-9+/]\s*)+(?:=\s*){0,2}$/.test(textOf(element) ?? '')
}

function verified(
  text: string,
  signature: XmlElement,
  methods: Methods,
  keys: readonly PublicKey[],
): string | undefined {
  try {
    const signed = new SignedXml({ publicCert: keys[0]?.pem, getCertFromKeyInfo: () => null })
    signed.idAttributes = ['ID']
    signed.HashAlgorithms = { [methods.digest]: hashWith(methods.digest) }
    signed.SignatureAlgorithms = { [methods.signature]: verifyWith(methods.signature, keys) }
    signed.loadSignature(signature)
    const covered = signed.checkSignature(text) ? signed.getSignedReferences() : []
    return covered.length === 1 ? covered[0] : undefined
  } catch {
    return undefined
  }
}

function hashWith(digestMethod: string) {
  const algorithm = DIGEST_METHODS.get(digestMethod) ?? ''
  return class {
    getHash = (text: string) => createHash(algorithm).update(text).digest('base64')
    getAlgorithmName = () => digestMethod
  }
}

/** Verifies with each of `keys` in turn, whichever key the caller names. ECDSA signatures are in the form of IEEE P1363. */
function verifyWith(signatureMethod: string, keys: readonly PublicKey[]) {
  const { hash = '', type } = SIGNATURE_METHODS.get(signatureMethod) ?? {}
  return class {
    getSignature = (): string => {
      throw new Error('only for verification')
    }
    verifySignature = (signedInfo: string, _key: unknown, value: string) =>
      keys.some(
        (key) =>
          key.type === type &&
          createVerify(hash).update(signedInfo).verify({ key: key.pem, dsaEncoding: 'ieee-p1363' }, value, 'base64'),
      )
    getAlgorithmName = () => signatureMethod
  }
}
