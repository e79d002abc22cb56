import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { SignedXml } from 'xml-crypto'
import { canonicalText } from '../../../src/logins/saml/canonical.ts'
import { parseMetadata } from '../../../src/logins/saml/metadata.ts'
import { EXCLUSIVE_C14N } from '../../../src/logins/saml/names.ts'
import { parseXml } from '../../../src/logins/saml/xml.ts'
import { encode } from './identity-provider.ts'
import { withSignature } from './signing.ts'
import { refusal, samlBed } from './support.ts'

/**
 * xml-crypto brings an older parser, which repairs what it reads and tells the console about it. The service does not use
 * it. It stands here for all the other parsers of the world: identity providers', proxies', and those of later libraries.
 */
function readingOfTheOtherParser(xml: string): string | undefined {
  let reading: string | undefined
  const signed = new SignedXml({
    privateKey: 'none',
    signatureAlgorithm: 'none',
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  })
  signed.SignatureAlgorithms.none = class {
    getSignature = () => ''
    verifySignature = () => false
    getAlgorithmName = () => 'none'
  } as never
  signed.HashAlgorithms.none = class {
    getHash = (text: string) => {
      reading = text
      return ''
    }
    getAlgorithmName = () => 'none'
  }
  signed.addReference({ xpath: '/*', transforms: [EXCLUSIVE_C14N], digestAlgorithm: 'none', isEmptyUri: true })
  signed.computeSignature(xml)
  return reading
}

const METHODS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const
let written: unknown[][]

beforeEach(() => {
  written = []
  for (const method of METHODS) vi.spyOn(console, method).mockImplementation((...line) => void written.push(line))
})
afterEach(() => vi.restoreAllMocks())

/** Both readings of what the scan lets through are one, and nobody writes about it. `false` for what it refuses. */
function isReadAlike(xml: string): boolean {
  const root = parseXml(xml, 1_500)
  if (!root) return false
  const reading = canonicalText(root, [])
  expect(reading).toBeTypeOf('string')
  expect(readingOfTheOtherParser(xml)).toBe(reading)
  expect(written).toEqual([])
  return true
}

const NAMES = [
  ...['a', 'b', 'A', 'x:a', 'y:a', 'xml:a', 'xmlns:a', 'xml', 'xmlns', 'script', 'textarea', 'br', 'ID', '_', 'a.b-c'],
  ...['__proto__', 'constructor', 'hasOwnProperty', 'toString:a', 'x:valueOf', 'a:b:c', '1a', 'é', 'a\u00a0b', 'a/'],
]
const NAMESPACES = [...['xmlns', 'xmlns:x', 'xmlns:y', 'xmlns:xml', 'xmlns:xmlns', 'xmlns:toString', 'xmlns:__proto__']]
const VALUES = [
  ...[
    '',
    'u',
    'urn:x',
    'http://www.w3.org/1999/xhtml',
    '&#104;ttp://www.w3.org/1999/xhtml',
    '>',
    '/>',
    "'",
    '-->',
    ']]',
  ],
  ...[
    'http://www.w3.org/XML/1998/namespace',
    'http://www.w3.org/2000/xmlns/',
    ' a=&quot;b&quot;',
    'a\tb\r\nc\rd',
    '&#13;',
  ],
  ...[
    '&lt;/a&gt;',
    '&amp;amp;',
    '\u0080',
    '\u0085',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\u{1f600}',
    '&#x1F600;',
    '&nbsp;',
    '<',
  ],
]
const TEXTS = [
  ...VALUES,
  ' ',
  '\n',
  ']]>',
  '<!-- c -->',
  '<?p i?>',
  '<![CDATA[c]]>',
  '</a >',
  '&',
  '&#0;',
  '\0',
  '<br>',
]
const SPACES = ['', ' ', '\n', '\t', '\r', '  ', '\u00a0', '\u0080', '\u2028', '\ufeff', '\f']

/** Mostly what is plain, so that much is let through, with something odd now and then. */
const mostly = (plain: readonly string[], all: readonly string[]) =>
  fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...plain) }, { weight: 1, arbitrary: fc.constantFrom(...all) })

const attribute = fc
  .tuple(
    mostly([' ', '\n '], SPACES),
    fc.oneof(mostly(['a', 'b', 'ID', 'x:a'], NAMES), mostly(['xmlns', 'xmlns:x', 'xmlns:y'], NAMESPACES)),
    mostly(['=', ' = '], ['', '= ', '\u00a0=']),
    mostly(['"'], ["'", '']),
    mostly(['', 'u', 'urn:x', 'a\tb\r\nc\rd', '&amp;amp;', '>', '\u{1f600}'], VALUES),
  )
  .map(([space, name, equals, quote, value]) => `${space}${name}${equals}${quote}${value}${quote}`)

const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(
      mostly(['a', 'b', 'A', 'script', 'textarea', 'br'], NAMES),
      fc.array(attribute, { maxLength: 3 }),
      fc.array(tie('content'), { maxLength: 3 }),
      mostly([''], SPACES),
      fc.boolean(),
    )
    .map(([name, attributes, contents, space, isEmpty]) => {
      const start = `<${name}${attributes.join('')}`
      return contents.length === 0 && isEmpty ? `${start}${space}/>` : `${start}>${contents.join('')}</${name}${space}>`
    }),
  content: fc.oneof(
    { maxDepth: 4 },
    mostly(['', ' ', 'text', '&lt;/a&gt;', '>', 'a\r\nb\rc', '\u{1f600}', '&#13;'], TEXTS),
    tie('element'),
  ),
}))

const document = fc
  .tuple(mostly(['', '<?xml version="1.0"?>', '\n'], TEXTS), element, mostly(['', '\n'], [...TEXTS, '<a/>']))
  .map((parts) => parts.join(''))

describe('two parsers', () => {
  it('read alike what the scan lets through of documents of all kinds', () => {
    let alike = 0
    fc.assert(
      fc.property(document, (xml) => {
        if (isReadAlike(xml)) alike++
      }),
      { numRuns: 3_000 },
    )
    expect(alike).toBeGreaterThan(500)
  })

  it('read alike what it lets through of changed responses', async () => {
    const original = await (await samlBed()).idp.respond({ attributes: { group: ['a', 'b'] } })
    const odd = fc.constantFrom(...SPACES, ...NAMES, ...TEXTS, ...NAMESPACES.map((name) => ` ${name}="u"`))
    let alike = 0
    fc.assert(
      fc.property(fc.nat(original.length), odd, fc.nat(4), (at, inserted, removed) => {
        if (isReadAlike(original.slice(0, at) + inserted + original.slice(at + removed))) alike++
      }),
      { numRuns: 800 },
    )
    expect(alike).toBeGreaterThan(100)
  })

  it('are read by one of them as the other would not: the control of these tests', () => {
    expect(readingOfTheOtherParser('<a b></a>')).toBeDefined()
    expect(written.flat().join()).toContain('xmldom')
  })
})

describe('what parsers disagree about', () => {
  it.each([
    ['white space in an end tag', '<a></a >'],
    ['a line break in an end tag', '<a></a\n>'],
    ['the namespace of HTML', '<a xmlns="http://www.w3.org/1999/xhtml"/>'],
    ['the namespace of HTML in other words', '<a xmlns="&#104;ttp://www.w3.org/1999/xhtml"/>'],
    ['the namespace of HTML for a prefix', '<h:a xmlns:h="http://www.w3.org/1999/xhtml"/>'],
    ['a namespace that has to be escaped', '<a xmlns="&amp;"/>'],
    ['a namespace with a quote', `<a xmlns='"'/>`],
    ['white space that is none of XML', '<a\u00a0b="c"/>'],
    ['a name that every object has', '<a hasOwnProperty="b"/>'],
    ['a prefix that every object has', '<toString:a/>'],
    ['one attribute under two prefixes', '<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>'],
    ['two roots', '<a/><a/>'],
    ['text before the root', 'text<a/>'],
    ['text after the root', '<a/>text'],
    ['the end of a CDATA section', '<a>]]></a>'],
    ['a line end of XML 1.1', '<a>\u0085</a>'],
    ['a line separator', '<a>\u2028</a>'],
  ])('is refused: %s', (_what, xml) => {
    expect(parseXml(xml, 100)).toBeUndefined()
  })

  it.each([
    ['white space before the end of a start tag', '<a b="c"\n><d /></a>'],
    ['a name that differs in case from its parent', '<a><A></A></a>'],
    ['elements that HTML never closes', '<a><br></br><script>&lt;</script></a>'],
    ['no namespace within one', '<a xmlns="u"><b xmlns=""><c></c></b></a>'],
    ['white space around the root', '\n<a/>\n'],
  ])('is not refused: %s', (_what, xml) => {
    expect(isReadAlike(xml)).toBe(true)
  })
})

describe('the console', () => {
  let bed: Awaited<ReturnType<typeof samlBed>>
  let forge: (xml: string) => string

  beforeAll(async () => {
    bed = await samlBed()
    forge = (await withSignature('rsa-sha256')).sign
  })

  it.each([
    ['white space in end tags', '<A></A >'.repeat(1_380), 'not_plain_xml'],
    ['HTML', '<p xmlns="http://www.w3.org/1999/xhtml"><br></br></p>', 'not_plain_xml'],
    ['names of another case', '<A></A>'.repeat(1_380), 'signature'],
    ['references', '&amp;&#65;'.repeat(1_000), 'signature'],
  ] as const)('hears nothing of a response that anybody signed, full of %s', async (_what, filling, why) => {
    const rewrite = (xml: string) => xml.replace('</saml:Subject>', (end) => `${end}<saml:Advice></saml:Advice>`)
    const xml = forge(await bed.idp.respond({ rewrite })).replace(
      '<saml:Advice/>',
      () => `<saml:Advice>${filling}</saml:Advice>`,
    )
    written = []
    expect(await bed.judgeToken(encode(xml))).toEqual(refusal(why))
    expect(written).toEqual([])
  })

  it('hears nothing of any document at all', () => {
    fc.assert(
      fc.property(fc.oneof(document, fc.string({ unit: 'binary', maxLength: 100 })), (xml) => {
        parseXml(xml, 1_500)
        parseMetadata(bed.idp.metadata.replace('</EntityDescriptor>', () => `${xml}</EntityDescriptor>`))
        expect(written).toEqual([])
      }),
      { numRuns: 800 },
    )
  })
})
