import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LoginRejected, VerifiedLogin } from '../../../src/logins/index.ts'
import { parseMetadata } from '../../../src/logins/saml/metadata.ts'
import { verifySamlLogin } from '../../../src/logins/saml/saml-login.ts'
import { testBed } from '../support.ts'
import { encode } from './identity-provider.ts'
import { ARN, PROVIDER_ID, samlBed } from './support.ts'

let bed: Awaited<ReturnType<typeof samlBed>>
let originals: string[]
let logins: (VerifiedLogin | LoginRejected)[]

beforeAll(async () => {
  bed = await samlBed()
  const attributes = { group: ['a', 'b'], mail: ['alice@example.com'] }
  originals = await Promise.all(
    (['assertion', 'response'] as const).map((signs) => bed.idp.respond({ signs, attributes })),
  )
  logins = originals.map((xml) => outcomeOf(encode(xml)))
  expect(logins).toMatchObject([{ subject: 'alice' }, { subject: 'alice' }])
})

const { world } = testBed()

function outcomeOf(token: string): VerifiedLogin | LoginRejected {
  const judged = verifySamlLogin(
    token,
    { kind: 'saml', arn: ARN, id: PROVIDER_ID, metadata: bed.metadata, partition: 'aws' },
    { world },
  )
  return judged.ok ? judged.value : judged.error
}

/** Whatever comes in: no exception, and nobody but whom the identity provider told of. */
function expectNothingNew(token: string, original: number) {
  const outcome = outcomeOf(token)
  if ('reason' in outcome) expect(outcome.reason).toMatch(/^saml/)
  else expect(outcome).toEqual(logins[original])
}

const original = fc.nat(1)
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const at = (text: string, where: number) => Math.floor(where * text.length)

/** Pieces that mean something to XML, SAML or XML Signature. */
const PIECES = [
  ...[
    '<',
    '>',
    '/',
    '"',
    "'",
    '&',
    ';',
    '=',
    ' ',
    '\n',
    '\0',
    'é',
    '\ud800',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?x ?>',
  ],
  ...[
    '&amp;',
    '&#0;',
    '&#x41;',
    '<x/>',
    '<x>',
    '</x>',
    ' ID="_x"',
    ' xmlns=""',
    ' xmlns:saml="urn:x"',
    'saml:',
    'samlp:',
  ],
  ...[
    '<saml:NameID>mallory</saml:NameID>',
    '<saml:Assertion/>',
    '<ds:Signature/>',
    '</ds:Signature>',
    '</saml:Assertion>',
  ],
  ...[
    'alice',
    'mallory',
    'urn:amazon:webservices',
    '2099-01-01T00:00:00Z',
    '_assertion-1',
    '_response-1',
    '#_response-1',
  ],
]

describe('a SAML login, ten thousand times and more', () => {
  it('is refused when it is made of random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(outcomeOf(Uint8Array.from(bytes).toBase64())).toMatchObject({ reason: 'saml' })
      }),
      { numRuns: 3_000 },
    )
  })

  it('is refused when it is made of random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(outcomeOf(text)).toMatchObject({ reason: 'saml' })
        expect(outcomeOf(encode(text))).toMatchObject({ reason: 'saml' })
      }),
      { numRuns: 2_000 },
    )
  })

  it('is refused when it is made of pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }), (pieces) => {
        expect(outcomeOf(encode(pieces.join('')))).toMatchObject({ reason: 'saml' })
      }),
      { numRuns: 2_000 },
    )
  })

  it('tells nothing new when characters of its token are changed', () => {
    fc.assert(
      fc.property(original, place, fc.string({ maxLength: 4 }), fc.nat(4), (which, where, inserted, removed) => {
        const token = encode(originals[which] ?? '')
        const index = at(token, where)
        expectNothingNew(token.slice(0, index) + inserted + token.slice(index + removed), which)
      }),
      { numRuns: 1_000 },
    )
  })

  it('tells nothing new when a piece of its XML is put in place of another', () => {
    fc.assert(
      fc.property(original, place, fc.constantFrom(...PIECES), fc.nat(8), (which, where, piece, removed) => {
        const xml = originals[which] ?? ''
        const index = at(xml, where)
        expectNothingNew(encode(xml.slice(0, index) + piece + xml.slice(index + removed)), which)
      }),
      { numRuns: 1_500 },
    )
  })

  it('tells nothing new when its elements are moved, copied or lost', () => {
    const operation = fc.constantFrom('move', 'copy', 'lose', 'wrap')
    fc.assert(
      fc.property(original, place, place, operation, (which, from, to, how) => {
        expectNothingNew(encode(rearranged(originals[which] ?? '', from, to, how)), which)
      }),
      { numRuns: 500 },
    )
  })

  it('tells nothing new when values are swapped for values of the other response', () => {
    fc.assert(
      fc.property(original, place, (which, where) => {
        const [xml = '', other = ''] = which === 0 ? originals : originals.toReversed()
        expectNothingNew(encode(swapped(xml, other, where)), which)
      }),
      { numRuns: 200 },
    )
  })
})

describe('metadata', () => {
  it('never makes its reader fail', () => {
    fc.assert(
      fc.property(place, fc.constantFrom(...PIECES), fc.nat(20), (where, piece, removed) => {
        const { metadata } = bed.idp
        const index = at(metadata, where)
        const read = parseMetadata(metadata.slice(0, index) + piece + metadata.slice(index + removed))
        if (read.ok) expect(read.value.certificates).toEqual(bed.metadata.certificates)
      }),
      { numRuns: 1_000 },
    )
  })
})

/** The elements of a document as stretches of its text. */
function elementsOf(xml: string): [number, number][] {
  const open: number[] = []
  return [...xml.matchAll(/<(\/?)[^>]*?(\/?)>/g)].flatMap(({ index, 0: tag, 1: closes, 2: empty }) => {
    if (!closes) open.push(index)
    return closes || empty ? [[open.pop() ?? 0, index + tag.length] as [number, number]] : []
  })
}

function rearranged(xml: string, from: number, to: number, how: string): string {
  const elements = elementsOf(xml)
  const [start, end] = elements[at(String('x').repeat(elements.length), from)] ?? [0, 0]
  const element = xml.slice(start, end)
  if (how === 'wrap') return `${xml.slice(0, start)}<x:x xmlns:x="urn:x">${element}</x:x>${xml.slice(end)}`
  const rest = how === 'copy' ? xml : xml.slice(0, start) + xml.slice(end)
  if (how === 'lose') return rest
  const ends = [...rest.matchAll(/<\/?[^>]+>/g)].map((tag) => tag.index)
  const place = ends[Math.floor(to * ends.length)] ?? 0
  return rest.slice(0, place) + element + rest.slice(place)
}

/** One text or attribute value replaced by that of the other response at the same place in order. */
function swapped(xml: string, other: string, where: number): string {
  const values = (text: string) => [...text.matchAll(/(?<=>)[^<]+|(?<==")[^"]*/g)]
  const index = Math.floor(where * values(xml).length)
  const [mine, theirs] = [values(xml)[index], values(other)[index]]
  return mine && theirs ? xml.slice(0, mine.index) + theirs[0] + xml.slice(mine.index + mine[0].length) : xml
}
