import { beforeAll, describe, expect, it } from 'vitest'
import { err, ok } from '../../../src/base/result.ts'
import { parseMetadata } from '../../../src/logins/saml/metadata.ts'
import { selfSigned } from './certificates.ts'
import { ENTITY_ID, identityProvider, rsaKeys, type TestIdentityProvider } from './identity-provider.ts'
import { NOW } from './support.ts'

let idp: TestIdentityProvider
let xml: string
let certificate: string

beforeAll(async () => {
  idp = await identityProvider(NOW)
  xml = idp.metadata
  certificate = base64Of(idp.certificate)
})

function base64Of(pem: string): string {
  return pem.replace(/-----[^-]*-----|\s/g, '')
}

const KEY = /<KeyDescriptor.*<\/KeyDescriptor>/
const ROLE = /<IDPSSODescriptor.*<\/IDPSSODescriptor>/

describe('metadata', () => {
  it('of an identity provider says who it is and which keys may sign', () => {
    expect(parseMetadata(xml)).toEqual(ok({ entityId: ENTITY_ID, certificates: [certificate] }))
  })

  it('may have its certificate broken into lines', () => {
    const broken = xml.replace(certificate, (text) => `\n${text.replace(/.{64}/g, '$&\n')}\n`)
    expect(parseMetadata(broken)).toEqual(ok({ entityId: ENTITY_ID, certificates: [certificate] }))
  })

  it('may have comments, which hide nothing', () => {
    const commented = `<!-- made by hand -->${xml.replace('<IDPSSO', '<!-- <IDPSSODescriptor> --><IDPSSO')}<!-- end -->`
    expect(parseMetadata(commented)).toEqual(ok({ entityId: ENTITY_ID, certificates: [certificate] }))
    expect(parseMetadata(xml.replace(ROLE, '<!--$&-->'))).toEqual(err('not_an_identity_provider'))
  })

  it('may be a list of that one entity', () => {
    const list = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${xml}</EntitiesDescriptor>`
    expect(parseMetadata(list)).toMatchObject({ ok: true, value: { entityId: ENTITY_ID } })
    const two = list.replace('</EntitiesDescriptor>', `${xml}$&`)
    expect(parseMetadata(two)).toEqual(err('not_an_identity_provider'))
  })

  it('may give other roles to its entity', () => {
    const more = xml.replace('<IDPSSODescriptor', '<SPSSODescriptor protocolSupportEnumeration="x"/>$&')
    expect(parseMetadata(more)).toMatchObject({ ok: true })
  })

  it('lapses with the first of its parts', () => {
    const dated = xml
      .replace(/<EntityDescriptor/, '$& validUntil="2040-01-02T00:00:00Z"')
      .replace('<IDPSSODescriptor', '$& validUntil="2040-01-01T00:00:00Z"')
    expect(parseMetadata(dated)).toMatchObject({ ok: true, value: { validUntil: Date.UTC(2040, 0, 1) } })
    expect(parseMetadata(dated.replace('2040-01-01T00:00:00Z', 'soon'))).toEqual(err('valid_until'))
  })

  it.each([
    ['another root', (text: string) => text.replaceAll('EntityDescriptor', 'Entity')],
    ['another namespace', (text: string) => text.replace('SAML:2.0:metadata', 'SAML:1.0:metadata')],
    ['no entity id', (text: string) => text.replace(/entityID="[^"]*"/, '')],
    ['an empty entity id', (text: string) => text.replace(/entityID="[^"]*"/, 'entityID=""')],
    [
      'an entity id that is too long',
      (text: string) => text.replace(/entityID="[^"]*"/, `entityID="${'e'.repeat(1025)}"`),
    ],
    ['the role of a service provider only', (text: string) => text.replaceAll('IDPSSO', 'SPSSO')],
    ['two such roles', (text: string) => text.replace(ROLE, '$&$&')],
    [
      'an older protocol only',
      (text: string) => text.replace(/(protocolSupportEnumeration=")[^"]*/, '$1urn:oasis:names:tc:SAML:1.1:protocol'),
    ],
  ])('is refused with %s', (_what, change) => {
    expect(parseMetadata(change(xml))).toEqual(err('not_an_identity_provider'))
  })

  it.each([
    ['a document type', (text: string) => `<!DOCTYPE EntityDescriptor>${text}`],
    ['an entity', (text: string) => `<!DOCTYPE x [<!ENTITY e "e">]>${text.replace(ENTITY_ID, '&e;')}`],
    ['a processing instruction', (text: string) => `<?xml-stylesheet href="x"?>${text}`],
    ['a comment that is not closed', (text: string) => text.replace('<IDPSSO', '<!-- $&')],
    ['an element that is not closed', (text: string) => text.replace('</IDPSSODescriptor>', '')],
    [
      'more than ten thousand elements and attributes',
      (text: string) => text.replace(KEY, (key) => key + '<x y=""/>'.repeat(5_000)),
    ],
    [
      'more than forty levels',
      (text: string) => text.replace(KEY, (key) => `${key}${'<x>'.repeat(39)}${'</x>'.repeat(39)}`),
    ],
    ['no XML', (text: string) => text.replaceAll('<', '[')],
  ])('is refused with %s', (_what, change) => {
    expect(parseMetadata(change(xml))).toEqual(err('not_xml'))
  })

  it('is refused when it is too short or too long', () => {
    expect(parseMetadata(xml.slice(0, 999))).toEqual(err('size'))
    expect(parseMetadata(xml + ' '.repeat(500_001 - xml.length))).toEqual(err('size'))
    expect(parseMetadata(xml + ' '.repeat(500_000 - xml.length))).toMatchObject({ ok: true })
  })
})

describe('the certificates of metadata', () => {
  const withKeys = (keys: readonly string[], attribute = 'use="signing"') =>
    xml.replace(KEY, (key) =>
      keys.map((text) => key.replace(certificate, text).replace('use="signing"', attribute)).join(''),
    )

  it('are several, each once, in their order', async () => {
    const other = base64Of((await identityProvider(NOW)).certificate)
    expect(parseMetadata(withKeys([other, certificate, other]))).toMatchObject({
      ok: true,
      value: { certificates: [other, certificate] },
    })
  })

  it('count if their use is not given, and do not if it is encryption', () => {
    expect(parseMetadata(withKeys([certificate], ''))).toMatchObject({ ok: true })
    expect(parseMetadata(withKeys([certificate], 'use="encryption"'))).toEqual(err('no_usable_key'))
  })

  it('are refused when there is none, or more than ten', async () => {
    expect(parseMetadata(withKeys([]).padEnd(1000))).toEqual(err('no_usable_key'))
    const keys = await rsaKeys()
    const eleven = await Promise.all(Array.from({ length: 11 }, (_, serial) => selfSigned(keys, serial)))
    expect(parseMetadata(withKeys(eleven.map(base64Of)))).toEqual(err('too_many_certificates'))
    expect(parseMetadata(withKeys(eleven.slice(1).map(base64Of)))).toMatchObject({ ok: true })
  })

  it('with a key that is too small are passed over', async () => {
    const small = base64Of(await selfSigned(await rsaKeys(1024)))
    expect(parseMetadata(withKeys([small]))).toEqual(err('no_usable_key'))
    expect(parseMetadata(withKeys([small, certificate]))).toMatchObject({
      ok: true,
      value: { certificates: [certificate] },
    })
  })

  it.each([
    ['no base64', '***'],
    ['no certificate', 'AAAA'],
    ['markup', '<x/>'],
    ['nothing', ''],
    ['too long', 'A'.repeat(4_100)],
  ])('are refused when one is %s', (_what, text) => {
    expect(parseMetadata(withKeys([certificate, text]))).toEqual(err('certificate'))
  })
})
