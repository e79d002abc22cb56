import { err, ok, type Result } from '../../base/result.ts'
import { MAX_TOKEN_CHARS } from '../limits.ts'
import { MAX_ID_CHARS, MAX_RESPONSE_NODES } from './limits.ts'
import { ASSERTION, PROTOCOL, SIGNATURE, SUCCESS } from './names.ts'
import type { SamlRefusal } from './types.ts'
import { attributeOf, childrenNamed, descendantsOf, is, onlyChild, parseXml, type XmlElement } from './xml.ts'

/** A response whose shape leaves no doubt about what is signed. Nothing in it is verified. */
export interface UnverifiedResponse {
  response: XmlElement
  /** What the signature is in and has to cover: the response, or its assertion. */
  signed: XmlElement
  signature: XmlElement
}

/**
 * Takes a login token apart: base64 of a successful SAML response with exactly one assertion, which is not encrypted, no
 * ID twice, and signatures nowhere but directly in the response or in the assertion. Of two the outer one counts, since
 * it covers the inner.
 */
export function readResponse(token: string): Result<UnverifiedResponse, SamlRefusal> {
  const text = decoded(token)
  if (text === undefined) return err('not_base64')
  const response = parseXml(text, MAX_RESPONSE_NODES)
  if (!response) return err('not_plain_xml')
  if (!isVersion2(response, PROTOCOL, 'Response')) return err('not_a_response')
  if (!isSuccess(response)) return err('status')

  const elements = [response, ...descendantsOf(response)]
  const assertion = onlyAssertion(response, elements)
  if (!assertion) return err('assertion')
  if (hasDuplicateId(elements)) return err('duplicate_id')
  return findSignature(response, assertion, elements)
}

/** The assertion directly in a response, if there is no other anywhere and none that is encrypted. */
export function onlyAssertion(response: XmlElement, elements: readonly XmlElement[]): XmlElement | undefined {
  const assertions = elements.filter(
    (element) => is(element, ASSERTION, 'Assertion') || is(element, ASSERTION, 'EncryptedAssertion'),
  )
  const assertion = onlyChild(response, ASSERTION, 'Assertion')
  return assertions.length === 1 && assertion && isVersion2(assertion, ASSERTION, 'Assertion') ? assertion : undefined
}

function findSignature(
  response: XmlElement,
  assertion: XmlElement,
  elements: readonly XmlElement[],
): Result<UnverifiedResponse, SamlRefusal> {
  const places = [response, assertion].map((parent) => childrenNamed(parent, SIGNATURE, 'Signature'))
  const [outer, inner] = places.map(([signature]) => signature)
  const signature = outer ?? inner
  if (!signature || places.some((signatures) => signatures.length > 1)) return err('signature_place')
  const wellPlaced = places.flat().length
  const isSole = (name: string) => elements.filter((element) => element.localName === name).length === wellPlaced
  if (!['Signature', 'SignedInfo', 'SignatureValue'].every(isSole)) return err('signature_place')
  return ok({ response, signed: outer ? response : assertion, signature })
}

/** One text has one encoding: the alphabet of base64 alone, with its padding. White space is skipped, as XML has it. */
function decoded(token: string): string | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined
  try {
    const bytes = Uint8Array.fromBase64(token, { lastChunkHandling: 'strict' })
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function isVersion2(element: XmlElement, namespace: string, name: string): boolean {
  const id = attributeOf(element, 'ID') ?? ''
  return (
    is(element, namespace, name) &&
    attributeOf(element, 'Version') === '2.0' &&
    id.length <= MAX_ID_CHARS &&
    /^[A-Za-z_][\w.-]*$/.test(id)
  )
}

function isSuccess(response: XmlElement): boolean {
  const status = onlyChild(response, PROTOCOL, 'Status')
  return attributeOf(status && onlyChild(status, PROTOCOL, 'StatusCode'), 'Value') === SUCCESS
}

/** However a vocabulary spells its ID attribute, no value may be there twice. */
function hasDuplicateId(elements: readonly XmlElement[]): boolean {
  const ids = elements
    .flatMap((element) => [...element.attributes])
    .filter((attribute) => attribute.localName?.toLowerCase() === 'id')
    .map((attribute) => attribute.value)
  return new Set(ids).size < ids.length
}
