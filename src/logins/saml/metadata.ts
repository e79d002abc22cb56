import { err, ok, type Result } from '../../base/result.ts'
import { publicKeyOf } from './certificates.ts'
import {
  MAX_CERTIFICATES,
  MAX_ENTITY_ID_CHARS,
  MAX_METADATA_CHARS,
  MAX_METADATA_NODES,
  MIN_METADATA_CHARS,
} from './limits.ts'
import { METADATA, PROTOCOL, SIGNATURE } from './names.ts'
import { timeOf } from './time.ts'
import type { SamlMetadata } from './types.ts'
import { attributeOf, childrenNamed, descendantsOf, is, parseXml, textOf, type XmlElement } from './xml.ts'

export type MetadataRefused =
  /** Shorter or longer than accepted. */
  | 'size'
  /** Not XML, too large in some other way, or with a document type or processing instructions. */
  | 'not_xml'
  /** Not the metadata of one SAML 2.0 identity provider. */
  | 'not_an_identity_provider'
  | 'valid_until'
  /** One that is none, or is longer than any real one. */
  | 'certificate'
  | 'too_many_certificates'
  /** There are certificates, but none with an RSA key of 2048 to 8192 bits or an EC key on P-256. */
  | 'no_usable_key'

/** Reads a metadata document: an entity with one SAML 2.0 identity provider role, by itself or as the only entity of a list. */
export function parseMetadata(xml: string): Result<SamlMetadata, MetadataRefused> {
  if (xml.length < MIN_METADATA_CHARS || xml.length > MAX_METADATA_CHARS) return err('size')
  const root = parseXml(withoutComments(xml), MAX_METADATA_NODES)
  if (!root) return err('not_xml')
  const entity = soleEntity(root)
  const role = entity && soleRole(entity)
  const entityId = attributeOf(entity, 'entityID') ?? ''
  if (!role || entityId === '' || entityId.length > MAX_ENTITY_ID_CHARS) return err('not_an_identity_provider')

  const lapses = [root, entity, role].flatMap((element) => attributeOf(element, 'validUntil') ?? []).map(timeOf)
  if (lapses.includes(undefined)) return err('valid_until')
  const certificates = signingCertificates(role)
  if (!certificates.ok) return certificates
  const validUntil = lapses.length > 0 && { validUntil: Math.min(...lapses.map(Number)) }
  return ok({ entityId, certificates: certificates.value, ...validUntil })
}

function soleEntity(root: XmlElement): XmlElement | undefined {
  const entities = [root, ...descendantsOf(root)].filter((element) => is(element, METADATA, 'EntityDescriptor'))
  return entities.length === 1 && (entities[0] === root || is(root, METADATA, 'EntitiesDescriptor'))
    ? entities[0]
    : undefined
}

function soleRole(entity: XmlElement): XmlElement | undefined {
  const roles = childrenNamed(entity, METADATA, 'IDPSSODescriptor').filter((role) =>
    attributeOf(role, 'protocolSupportEnumeration')?.split(/\s+/).includes(PROTOCOL),
  )
  return roles.length === 1 ? roles[0] : undefined
}

function signingCertificates(role: XmlElement): Result<string[], MetadataRefused> {
  const given = childrenNamed(role, METADATA, 'KeyDescriptor')
    .filter((key) => (attributeOf(key, 'use') ?? 'signing') === 'signing')
    .flatMap((key) => childrenNamed(key, SIGNATURE, 'KeyInfo'))
    .flatMap((info) => childrenNamed(info, SIGNATURE, 'X509Data'))
    .flatMap((data) => childrenNamed(data, SIGNATURE, 'X509Certificate'))
    .map((certificate) => textOf(certificate)?.replace(/\s+/g, '') ?? '')
  const certificates = [...new Set(given)]
  if (certificates.length > MAX_CERTIFICATES) return err('too_many_certificates')
  const keys = certificates.map(publicKeyOf)
  if (keys.some((key) => !key.ok && key.error === 'no_certificate')) return err('certificate')
  const usable = certificates.filter((_certificate, index) => keys[index]?.ok)
  return usable.length > 0 ? ok(usable) : err('no_usable_key')
}

/**
 * Metadata is often commented by hand. Comments go before anything is parsed, so that one parser sees one document; one
 * that is not closed stays, and is refused.
 */
function withoutComments(xml: string): string {
  const [before = '', ...parts] = xml.split('<!--')
  return (
    before + parts.map((part) => (part.includes('-->') ? part.slice(part.indexOf('-->') + 3) : `<!--${part}`)).join('')
  )
}
