import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { ExclusiveCanonicalization } from 'xml-crypto'
import { ENTITY_ID, encode, encrypted, identityProvider } from './identity-provider.ts'
import { withSignature } from './signing.ts'
import { NOW, refusal, samlBed } from './support.ts'
import { operate } from './surgery.ts'

let bed: Awaited<ReturnType<typeof samlBed>>

beforeAll(async () => {
  bed = await samlBed()
})

/** A good response, to be changed by those who did not sign it. */
const good = (signs: 'assertion' | 'response' | 'both' = 'assertion') =>
  bed.idp.respond({ signs, attributes: { a: ['b'] } })

describe('what is signed', () => {
  it.each([
    ['the NameID', (xml: string) => xml.replace('>alice<', '>mallory<')],
    ['an attribute', (xml: string) => xml.replace('>b<', '>admin<')],
    [
      'a namespace',
      (xml: string) => xml.replace(/xmlns:xs="[^"]*"/, 'xmlns:xs="urn:x"').replace('xsi:type', 'xs:type'),
    ],
    ['a time', (xml: string) => xml.replace(/(Data NotOnOrAfter=")20/, '$130')],
    ['an element more', (xml: string) => xml.replace('</saml:Subject>', '$&<saml:Advice/>')],
    [
      'the digest',
      (xml: string) => xml.replace(/DigestValue>(.)/, (_, first) => `DigestValue>${first === 'A' ? 'B' : 'A'}`),
    ],
    ['the signature value', (xml: string) => xml.replace(/SignatureValue>.{4}/, 'SignatureValue>AAAA')],
    ['white space', (xml: string) => xml.replace('<saml:Subject>', '\n$&')],
  ])('cannot be changed: %s', async (_what, change) => {
    for (const signs of ['assertion', 'response', 'both'] as const)
      expect(await bed.judge(change(await good(signs))), signs).toEqual(refusal('signature'))
  })

  it('is the response if that is signed, even around a signed assertion', async () => {
    const xml = (await good('both')).replace(/ Destination="[^"]*"/, '')
    expect(await bed.judge(xml)).toEqual(refusal('signature'))
  })

  it('is all that is read: what surrounds a signed assertion adds nothing', async () => {
    const xml = (await good()).replace(
      '<samlp:Status>',
      '<samlp:Extensions><NameID>mallory</NameID></samlp:Extensions>$&',
    )
    expect(await bed.judge(xml)).toMatchObject({
      ok: true,
      value: { subject: 'alice', claims: { sub: 'alice', a: 'b' } },
    })
  })
})

describe('a signature', () => {
  it('must be there', async () => {
    const stripped = (await good()).replace(/<ds:Signature .*?<\/ds:Signature>/, '')
    expect(await bed.judge(stripped)).toEqual(refusal('signature_place'))
  })

  it('with a key of its own is not believed, whatever certificate it brings', async () => {
    const stranger = await identityProvider(NOW)
    const xml = await stranger.respond()
    expect(xml).toContain('<ds:X509Certificate>')
    expect(await bed.judge(xml)).toEqual(refusal('signature'))
  })

  it('is believed whatever certificate it brings', async () => {
    const swapped = (await good()).replace(/(X509Certificate>)[^<]*/, '$1AAAA')
    expect(await bed.judge(swapped)).toMatchObject({ ok: true })
    const without = (await good()).replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '')
    expect(await bed.judge(without)).toMatchObject({ ok: true })
  })

  it.each([
    [
      'a second SignedInfo',
      (xml: string) => xml.replace(/<ds:SignedInfo>.*<\/ds:SignedInfo>/, '$&$&'),
      'signature_place',
    ],
    [
      'a SignedInfo somewhere else',
      (xml: string) => xml.replace('<samlp:Status>', '<samlp:Extensions><SignedInfo/></samlp:Extensions>$&'),
      'signature_place',
    ],
    [
      'a second SignatureValue',
      (xml: string) => xml.replace(/<ds:SignatureValue>.*<\/ds:SignatureValue>/, '$&$&'),
      'signature_place',
    ],
    [
      'a second Reference',
      (xml: string) => xml.replace(/<ds:Reference .*<\/ds:Reference>/, '$&$&'),
      'signature_method',
    ],
    [
      'a second DigestValue',
      (xml: string) => xml.replace(/<ds:DigestValue>.*<\/ds:DigestValue>/, '$&$&'),
      'signature_method',
    ],
    ['an Object', (xml: string) => xml.replace('</ds:Signature>', '<ds:Object/>$&'), 'signature_method'],
    [
      'a double in the same place',
      (xml: string) => xml.replace(/<ds:Signature .*<\/ds:Signature>/, '$&$&'),
      'signature_place',
    ],
    [
      'a foreign namespace',
      (xml: string) => xml.replaceAll('ds:DigestMethod', 'saml:DigestMethod'),
      'signature_method',
    ],
  ] as const)('is refused with %s', async (_what, change, why) => {
    expect(await bed.judge(change(await good()))).toEqual(refusal(why))
  })

  it.each([
    ['in the subject', 'saml:Subject'],
    ['in its own copy', 'ds:Signature'],
  ])('does not count %s', async (_what, name) => {
    const xml = operate(await good(), ({ assertion, document, signature }) => {
      const place = document.getElementsByTagName(name)[0]
      if (place === signature) assertion.replaceChild(document.createElementNS('urn:x', 'x:Was'), signature)
      else place?.appendChild(signature)
      if (place === signature) document.getElementsByTagName('x:Was')[0]?.appendChild(signature)
    })
    expect(await bed.judge(xml)).toEqual(refusal('signature_place'))
  })

  it.each([
    ['the whole document', '""'],
    ['another element', '"#_other"'],
    ['an XPointer', '"#xpointer(/)"'],
    ['a file', '"file:///etc/passwd"'],
  ])('is refused when it refers to %s', async (_what, uri) => {
    const xml = (await good()).replace(/URI="[^"]*"/, `URI=${uri}`)
    expect(await bed.judge(xml)).toEqual(refusal('signature_method'))
  })

  it('is refused when it refers to the response around its assertion', async () => {
    const xml = await good()
    const id = /<samlp:Response [^>]*ID="([^"]*)"/.exec(xml)?.[1]
    expect(await bed.judge(xml.replace(/URI="[^"]*"/, `URI="#${id}"`))).toEqual(refusal('signature_method'))
  })
})

describe('an algorithm', () => {
  const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'

  it('with SHA-1 is refused', async () => {
    const xml = await bed.idp.respond({ signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' })
    expect(xml).toContain('SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"')
    expect(await bed.judge(xml)).toEqual(refusal('signature_method'))
  })

  it('with a SHA-1 digest is refused', async () => {
    const digest = { uri: 'http://www.w3.org/2000/09/xmldsig#sha1', hash: 'sha1' }
    const { certificate, sign } = await withSignature('rsa-sha256', { digest })
    const metadata = { ...bed.metadata, certificates: [certificate] }
    expect(await bed.judge(sign(await good()), { metadata })).toEqual(refusal('signature_method'))
  })

  it.each(['http://www.w3.org/2000/09/xmldsig#hmac-sha1', 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'])(
    'that is symmetric is refused, although the public key is no secret: %s',
    async (method) => {
      const xml = operate(
        (await good()).replace(/(SignatureMethod Algorithm=")[^"]*/, `$1${method}`),
        ({ signature }) => {
          const info = signature.firstChild
          const value = signature.childNodes[1]
          if (!info || !value) throw new Error('no signature')
          const text = new ExclusiveCanonicalization().process(info as never, {})
          const hash = method.endsWith('sha1') ? 'sha1' : 'sha256'
          value.textContent = createHmac(hash, bed.idp.certificate).update(text).digest('base64')
        },
      )
      expect(await bed.judge(xml)).toEqual(refusal('signature_method'))
    },
  )

  it.each([
    ['SignatureMethod', 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1'],
    ['SignatureMethod', 'constructor'],
    ['SignatureMethod', '__proto__'],
    ['SignatureMethod', ''],
    ['DigestMethod', 'http://www.w3.org/2001/04/xmldsig-more#md5'],
    ['DigestMethod', 'toString'],
    ['CanonicalizationMethod', 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'],
    ['CanonicalizationMethod', `${EXCLUSIVE}WithComments`],
    ['CanonicalizationMethod', 'http://www.w3.org/TR/1999/REC-xpath-19991116'],
  ])('is refused as a %s: %s', async (element, algorithm) => {
    const xml = (await good()).replace(new RegExp(`(${element} Algorithm=")[^"]*`), `$1${algorithm}`)
    expect(await bed.judge(xml)).toEqual(refusal('signature_method'))
  })

  it.each([
    [
      'XPath',
      '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>1</ds:XPath></ds:Transform>',
    ],
    ['XSLT', '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'],
    ['base64', '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"/>'],
    ['with comments', `<ds:Transform Algorithm="${EXCLUSIVE}WithComments"/>`],
    ['inclusive', '<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'],
  ])('is refused as a transform: %s', async (_name, transform) => {
    const xml = await good()
    const last = new RegExp(`<ds:Transform Algorithm="${EXCLUSIVE}"/>`)
    for (const change of [
      xml.replace(last, transform),
      xml.replace(last, `${transform}$&`),
      xml.replace(last, `$&${transform}`),
    ])
      expect(await bed.judge(change)).toEqual(refusal('signature_method'))
  })

  it.each([
    ['nothing', ''],
    ['canonicalisation alone', `<ds:Transform Algorithm="${EXCLUSIVE}"/>`],
    [
      'the enveloped signature alone',
      '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>',
    ],
    [
      'both the wrong way round',
      `<ds:Transform Algorithm="${EXCLUSIVE}"/><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>`,
    ],
  ])('is refused when the transforms are %s', async (_what, transforms) => {
    const xml = (await good()).replace(
      /<ds:Transforms>.*<\/ds:Transforms>/,
      `<ds:Transforms>${transforms}</ds:Transforms>`,
    )
    expect(await bed.judge(xml)).toEqual(refusal('signature_method'))
  })

  it.each([
    ['truncates', '<ds:HMACOutputLength>1</ds:HMACOutputLength>', 'SignatureMethod'],
    ['has parameters', '<ds:Parameters/>', 'DigestMethod'],
    [
      'keeps too many prefixes',
      `<x:InclusiveNamespaces xmlns:x="${EXCLUSIVE}" PrefixList="${'a '.repeat(200)}"/>`,
      'CanonicalizationMethod',
    ],
  ])('is refused when it %s', async (_what, child, element) => {
    const xml = (await good()).replace(
      new RegExp(`<ds:${element} ([^>]*)/>`),
      `<ds:${element} $1>${child}</ds:${element}>`,
    )
    expect(await bed.judge(xml)).toEqual(refusal('signature_method'))
  })
})

describe('an assertion', () => {
  it('must be the only one, even if both are signed', async () => {
    const rewrite = (xml: string) =>
      xml.replace(/<saml:Assertion.*<\/saml:Assertion>/, (one) => one + one.replace('_assertion', '_second'))
    expect(await bed.judge(await bed.idp.respond({ signs: 'response', rewrite }))).toEqual(refusal('assertion'))
  })

  it('must be there', async () => {
    const rewrite = (xml: string) => xml.replace(/<saml:Assertion.*<\/saml:Assertion>/, '')
    expect(await bed.judge(await bed.idp.respond({ signs: 'response', rewrite }))).toEqual(refusal('assertion'))
  })

  it('must not be encrypted', async () => {
    const xml = await encrypted(await good('response'))
    expect(xml).toContain('EncryptedAssertion')
    expect(await bed.judge(xml)).toEqual(refusal('assertion'))
  })

  it('must not come with an encrypted one', async () => {
    const xml = (await good()).replace('</samlp:Response>', '<saml:EncryptedAssertion/>$&')
    expect(await bed.judge(xml)).toEqual(refusal('assertion'))
  })

  it.each([
    [
      'another element has its ID',
      (xml: string, id: string) => xml.replace('<samlp:Status>', `<samlp:Status ID="${id}">`),
    ],
    [
      'another element has its ID as Id',
      (xml: string, id: string) => xml.replace('<samlp:Status>', `<samlp:Status Id="${id}">`),
    ],
    [
      'another element has its ID as xml:id',
      (xml: string, id: string) => xml.replace('<samlp:Status>', `<samlp:Status xml:id="${id}">`),
    ],
    ['its response has its ID', (xml: string, id: string) => xml.replace(/"_response-\d+"/, `"${id}"`)],
  ])('is refused when %s', async (_what, change) => {
    const xml = await good()
    const id = /<saml:Assertion [^>]*ID="([^"]*)"/.exec(xml)?.[1] ?? ''
    expect(await bed.judge(change(xml, id))).toEqual(refusal('duplicate_id'))
  })
})

describe('XML beyond elements and text', () => {
  const DOCTYPE = '<!DOCTYPE samlp:Response [<!ENTITY who "mallory">]>'
  const laughs = [...'bcdefghij'].map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')
  it.each([
    ['a comment in the NameID', (xml: string) => xml.replace('>alice<', '>ali<!---->ce<')],
    ['a comment before a suffix', (xml: string) => xml.replace('>alice<', '>alice<!---->.evil.example.com<')],
    ['a comment in the DigestValue', (xml: string) => xml.replace(/DigestValue>/, 'DigestValue><!--AAAA-->')],
    ['a comment after the response', (xml: string) => `${xml}<!-- -->`],
    ['a document type', (xml: string) => `<!DOCTYPE samlp:Response>${xml}`],
    ['an entity', (xml: string) => DOCTYPE + xml.replace('>alice<', '>&who;<')],
    ['a billion laughs', (xml: string) => `<!DOCTYPE r [<!ENTITY a "ha">${laughs}]>${xml.replace('>alice<', '>&j;<')}`],
    [
      'an external entity',
      (xml: string) => `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${xml.replace('alice', '&x;')}`,
    ],
    ['an entity nobody declared', (xml: string) => xml.replace('>alice<', '>&nbsp;<')],
    ['a processing instruction', (xml: string) => xml.replace('>alice<', '>ali<?x ?>ce<')],
    ['a style sheet', (xml: string) => `<?xml-stylesheet href="x"?>${xml}`],
    ['a second XML declaration', (xml: string) => `<?xml version="1.0"?>${xml}<?xml version="1.0"?>`],
    ['XML 1.1', (xml: string) => `<?xml version="1.1"?>${xml}`],
    ['another encoding', (xml: string) => `<?xml version="1.0" encoding="UTF-16"?>${xml}`],
    ['a CDATA section', (xml: string) => xml.replace('>alice<', '><![CDATA[alice]]><')],
    ['a bare ampersand', (xml: string) => xml.replace('>alice<', '>a & b<')],
    ['a control character', (xml: string) => xml.replace('>alice<', '>ali\u0001ce<')],
    ['a reference to a control character', (xml: string) => xml.replace('>alice<', '>ali&#0;ce<')],
    ['a reference beyond Unicode', (xml: string) => xml.replace('>alice<', '>ali&#x110000;ce<')],
    ['an attribute twice', (xml: string) => xml.replace('Version="2.0"', 'Version="2.0" Version="2.0"')],
    ['an attribute without quotes', (xml: string) => xml.replace('Version="2.0"', 'Version=2.0')],
    ['an element that is not closed', (xml: string) => xml.replace('</saml:Subject>', '')],
    [
      'elements that overlap',
      (xml: string) => xml.replace('</saml:NameID>', '').replace('</saml:Subject>', '</saml:Subject></saml:NameID>'),
    ],
    ['a second root', (xml: string) => xml + xml],
    ['text after the root', (xml: string) => `${xml}mallory`],
    ['text before the root', (xml: string) => `mallory${xml}`],
    ['a byte order mark', (xml: string) => `\ufeff${xml}`],
    ['a prefix nobody declared', (xml: string) => xml.replace('<samlp:Status>', '<y:x/>$&')],
    [
      'a prefix of an attribute nobody declared',
      (xml: string) => xml.replace('<samlp:Status>', '<samlp:Status y:x="">'),
    ],
    ['nothing', () => ''],
    ['white space', () => '  \n'],
  ])('is refused: %s', async (_what, change) => {
    expect(await bed.judge(change(await good()))).toEqual(refusal('not_plain_xml'))
  })

  it.each([
    ['nesting', (n: number) => '<x>'.repeat(n) + '</x>'.repeat(n), 37, 39],
    ['elements and attributes', (n: number) => '<x y=""/>'.repeat(n), 700, 750],
    [
      'attributes of one element',
      (n: number) => `<x ${Array.from({ length: n }, (_, i) => `a${i}=""`).join(' ')}/>`,
      32,
      33,
    ],
    ['a namespace', (n: number) => `<x xmlns:y="${'u'.repeat(n)}"/>`, 256, 257],
  ])('is bounded: %s', async (_what, content, most, more) => {
    const withContent = async (n: number) =>
      bed.judge(
        (await good()).replace(
          '<samlp:Status>',
          (status) => `<samlp:Extensions>${content(n)}</samlp:Extensions>${status}`,
        ),
      )
    expect(await withContent(most)).toMatchObject({ ok: true })
    expect(await withContent(more)).toEqual(refusal('not_plain_xml'))
  })
})

describe('a token', () => {
  it.each([
    ['of the other alphabet', (token: string) => token.replaceAll('A', '_')],
    ['with a character of no alphabet', (token: string) => token.replace('A', '*')],
    ['without its padding', (token: string) => token.replace(/=+$/, '')],
    ['with more padding', (token: string) => `${token}=`],
    ['that goes on after its padding', (token: string) => `${token}AAAA`],
    [
      'with surplus bits',
      (token: string) => token.replace(/.(?==+$)/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
    ],
    ['cut short', (token: string) => token.slice(0, -5)],
    ['that is too long', (token: string) => token + ' '.repeat(50_001 - token.length)],
    ['that is not UTF-8', () => btoa('\xff\xfe<samlp:Response/>')],
    ['that is XML itself', () => '<samlp:Response/>'],
    ['that is a JWT', () => 'eyJhbGciOiJub25lIn0.e30.'],
  ])('is refused %s', async (_what, change) => {
    const token = padded(encode(await good()), encode)
    expect(await bed.judgeToken(token)).toMatchObject({ ok: true })
    expect(await bed.judgeToken(change(token))).toEqual(refusal('not_base64'))
  })

  it('is refused when it is compressed', async () => {
    const stream = new Blob([await good()]).stream().pipeThrough(new CompressionStream('deflate-raw'))
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
    expect(await bed.judgeToken(bytes.toBase64())).toMatchObject({ ok: false, error: { reason: 'saml', why: /not_/ } })
  })

  it('is judged by what the pool trusts, not by what it names', async () => {
    expect(
      await bed.judge(await good(), { metadata: { ...bed.metadata, entityId: 'https://other.example.com' } }),
    ).toEqual(refusal('issuer', ENTITY_ID))
  })
})

/** The token with white space in its XML, so that it ends in padding. */
function padded(token: string, encoded: typeof encode): string {
  const xml = new TextDecoder().decode(Uint8Array.fromBase64(token))
  return [xml, `${xml}\n`, `${xml}\n\n`].map(encoded).find((candidate) => candidate.endsWith('==')) ?? token
}
