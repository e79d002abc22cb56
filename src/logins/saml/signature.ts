import { nodeCrypto } from '../../base/node-crypto.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { canonicalText } from './canonical.ts'
import type { PublicKey } from './certificates.ts'
import { MAX_PREFIX_LIST_CHARS } from './limits.ts'
import { ENVELOPED_SIGNATURE, EXCLUSIVE_C14N, SIGNATURE } from './names.ts'
import type { UnverifiedResponse } from './response.ts'
import type { SamlRefusal } from './types.ts'
import { attributeOf, childrenNamed, childrenOf, textOf, type XmlElement } from './xml.ts'

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
 * both (XML Signature, section 3.2). Whatever is to be believed has to be read from that text, never from the document it
 * came from.
 *
 * A signature's own say is limited to the choice among a few algorithms. It covers its parent and nothing else, as SAML
 * core, section 5.4, wants it, and keys that come along with it are not looked at. The document is not parsed a second
 * time: what was judged is what is verified.
 */
export function signedText(
  { signed, signature }: UnverifiedResponse,
  keys: readonly PublicKey[],
): Result<string, SamlRefusal> {
  const claim = claimOf(signature, attributeOf(signed, 'ID') ?? '')
  if (!claim) return err('signature_method')
  const covered = canonicalText(withoutSignature(signed), claim.prefixes, signed)
  if (covered === undefined || digestOf(covered, claim.digestMethod) !== claim.digest) return err('signature')
  const info = canonicalText(claim.info, claim.infoPrefixes)
  return info !== undefined && isSigned(info, claim, keys) ? ok(covered) : err('signature')
}

/** What a signature of the one accepted shape says: one reference, to the element that it is in, by its own value. */
interface Claim {
  info: XmlElement
  infoPrefixes: readonly string[]
  prefixes: readonly string[]
  method: { type: PublicKey['type']; hash: string }
  digestMethod: string
  /** Base64 without white space, both. */
  digest: string
  value: string
}

function claimOf(signature: XmlElement, id: string): Claim | undefined {
  const [info, signatureValue] = partsOf(signature, 'SignedInfo SignatureValue', 'SignedInfo SignatureValue KeyInfo')
  const [canonicalization, signatureMethod, reference] = partsOf(
    info,
    'CanonicalizationMethod SignatureMethod Reference',
  )
  const [transforms, digestMethod, digestValue] = partsOf(reference, 'Transforms DigestMethod DigestValue')
  const [enveloped, exclusive] = partsOf(transforms, 'Transform Transform')
  const infoPrefixes = prefixesOf(canonicalization)
  const prefixes = prefixesOf(exclusive)
  const method = SIGNATURE_METHODS.get(algorithmOf(signatureMethod))
  const hash = DIGEST_METHODS.get(algorithmOf(digestMethod))
  const digest = base64In(digestValue)
  const value = base64In(signatureValue)
  const isOfItsParent =
    attributeOf(reference, 'URI') === `#${id}` &&
    algorithmOf(enveloped) === ENVELOPED_SIGNATURE &&
    hasNoParameters(enveloped) &&
    isEmpty(signatureMethod) &&
    isEmpty(digestMethod)
  if (!isOfItsParent || !info || !infoPrefixes || !prefixes || !method || !hash || !digest || !value) return undefined
  return { info, infoPrefixes, prefixes, method, digestMethod: hash, digest, value }
}

const algorithmOf = (element: XmlElement | undefined) => attributeOf(element, 'Algorithm') ?? ''

/** An element's children, if their names are those of one of `shapes`, in that order. */
function partsOf(element: XmlElement | undefined, ...shapes: string[]): XmlElement[] {
  const parts = element ? childrenOf(element) : []
  const isSignature = parts.every((part) => part.namespaceURI === SIGNATURE)
  return isSignature && shapes.includes(parts.map((part) => part.localName).join(' ')) ? parts : []
}

/** The short list of prefixes that exclusive canonicalisation without comments is to keep; `undefined` for any other. */
function prefixesOf(element: XmlElement | undefined): string[] | undefined {
  if (!element || algorithmOf(element) !== EXCLUSIVE_C14N) return undefined
  const [list, ...others] = childrenOf(element)
  if (!list) return []
  const prefixes = attributeOf(list, 'PrefixList') ?? ''
  const isAsAllowed =
    others.length === 0 &&
    list.namespaceURI === EXCLUSIVE_C14N &&
    list.localName === 'InclusiveNamespaces' &&
    prefixes.length <= MAX_PREFIX_LIST_CHARS
  return isAsAllowed ? prefixes.split(' ').filter((prefix) => prefix !== '') : undefined
}

/** Some signers write the list of prefixes into every transform; where it belongs to none, it means nothing. */
function hasNoParameters(transform: XmlElement | undefined): boolean {
  return transform !== undefined && childrenOf(transform).every((child) => child.localName === 'InclusiveNamespaces')
}

function isEmpty(element: XmlElement | undefined): boolean {
  return element !== undefined && childrenOf(element).length === 0
}

/** The base64 that an element holds, without its white space; `undefined` for anything else. */
function base64In(element: XmlElement | undefined): string | undefined {
  const text = (textOf(element) ?? '').replace(/[ \t\r\n]/g, '')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? text : undefined
}

/** A copy of an element without the signature in it: the transform `enveloped-signature`. */
function withoutSignature(signed: XmlElement): XmlElement {
  const copy = signed.cloneNode(true) as XmlElement
  for (const signature of childrenNamed(copy, SIGNATURE, 'Signature')) copy.removeChild(signature)
  return copy
}

function digestOf(text: string, hash: string): string {
  return nodeCrypto().createHash(hash).update(text).digest('base64')
}

/** Whether one of `keys` made the signature. ECDSA signatures are in the form of IEEE P1363 (RFC 4050, section 3.3). */
function isSigned(info: string, { method, value }: Claim, keys: readonly PublicKey[]): boolean {
  const verifies = ({ pem }: PublicKey) =>
    nodeCrypto().createVerify(method.hash).update(info).verify({ key: pem, dsaEncoding: 'ieee-p1363' }, value, 'base64')
  return keys.some((key) => key.type === method.type && verifies(key))
}
