import { beforeAll, describe, expect, it } from 'vitest'
import { parseMetadata } from '../../../src/logins/saml/metadata.ts'
import { encode } from './identity-provider.ts'
import { withSignature } from './signing.ts'
import { refusal, samlBed } from './support.ts'

/**
 * How many times as much as a row of ordinary responses one document may cost that says as much as it can. A row takes
 * about as long as the dearest document, so that both are slowed down alike on a busy machine.
 */
const BUDGET = 10
const ROW = Array.from({ length: 20 })

let bed: Awaited<ReturnType<typeof samlBed>>
let forge: (xml: string) => string
let ordinary: string

beforeAll(async () => {
  bed = await samlBed()
  forge = (await withSignature('rsa-sha256')).sign
  ordinary = encode(await bed.idp.respond())
})

/** What a piece of work costs, in rows of ordinary responses. Each is timed several times, and the shortest counts. */
async function costOf(work: () => unknown): Promise<number> {
  const works: number[] = []
  const ordinaries: number[] = []
  for (let run = 0; run < 4; run++) {
    works.push(await timeOf(work))
    ordinaries.push(
      await timeOf(async () => {
        for (const _ of ROW) await bed.judgeToken(ordinary)
      }),
    )
  }
  return Math.min(...works) / Math.max(Math.min(...ordinaries), 1)
}

async function timeOf(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const namespaces = (count: number) =>
  Array.from({ length: count }, (_, i) => `xmlns:n${i}="${'u'.repeat(200)}${i}"`).join(' ')

const FILLINGS: [string, string][] = [
  ['elements', '<x/>'.repeat(1_400)],
  ['attributes', `<x ${Array.from({ length: 30 }, (_, i) => `a${i}=""`).join(' ')}/>`.repeat(45)],
  ['nesting', ('<x>'.repeat(36) + '</x>'.repeat(36)).repeat(38)],
  ['text', 'x'.repeat(31_000)],
  ['references', '&amp;'.repeat(6_000)],
  ['character references', '&#x41;'.repeat(5_000)],
  [
    'namespaces that each element repeats',
    `<x ${namespaces(30)}>${Array.from({ length: 1_370 }, (_, i) => `<n${i % 30}:x/>`).join('')}</x>`,
  ],
  ['prefixed attributes', `<x ${namespaces(30)}>${'<x n0:a="" n1:a="" n2:a="" n3:a=""/>'.repeat(270)}</x>`],
  ['IDs', Array.from({ length: 690 }, (_, i) => `<x ID="_${i}"/>`).join('')],
]

describe('a document within the limits', () => {
  it.each(FILLINGS)('costs little, forged and full of %s', async (_what, filling) => {
    const rewrite = (xml: string) =>
      xml.replace('</saml:Subject>', (end) => `${end}<saml:Advice>${filling}</saml:Advice>`)
    const token = encode(forge(await bed.idp.respond({ rewrite })))
    expect(token.length).toBeLessThanOrEqual(50_000)
    expect(await bed.judgeToken(token)).toEqual(refusal('signature'))
    expect(await costOf(() => bed.judgeToken(token))).toBeLessThan(BUDGET)
  })

  it.each([
    ['open tags', '<x>'.repeat(12_000)],
    ['open brackets', '<'.repeat(37_000)],
    ['quotes', `<x a="${"'".repeat(37_000)}`],
    ['attribute names', `<x ${'a '.repeat(18_000)}`],
    ['spaces', `<x${' '.repeat(37_000)}`],
    ['ampersands', `<x>${'&'.repeat(37_000)}`],
    ['end tags', '</x>'.repeat(9_000)],
    ['comments', '<!--'.repeat(9_000)],
    ['one name', `<${'x'.repeat(37_000)}`],
    ['signatures', `<x>${'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'.repeat(600)}</x>`],
  ])('costs little, unread and full of %s', async (_what, xml) => {
    const token = encode(xml)
    expect(await bed.judgeToken(token)).toMatchObject({ ok: false })
    expect(await costOf(() => bed.judgeToken(token))).toBeLessThan(BUDGET)
  })
})

describe('metadata within the limits', () => {
  const ROOM_OF_METADATA = 490_000
  it.each([
    ['elements', '<x/>'.repeat(9_900), true],
    ['attributes', `<x ${Array.from({ length: 30 }, (_, i) => `a${i}=""`).join(' ')}/>`.repeat(300), true],
    ['text', 'x'.repeat(ROOM_OF_METADATA), true],
    ['references', '&amp;'.repeat(ROOM_OF_METADATA / 5), true],
    ['comments', '<!-- x -->'.repeat(ROOM_OF_METADATA / 10), true],
    ['comments that do not end', '<!--'.repeat(ROOM_OF_METADATA / 4), false],
    ['open tags', '<x>'.repeat(ROOM_OF_METADATA / 3), false],
  ])('costs little, full of %s', async (_what, filling, accepted) => {
    const xml = bed.idp.metadata.replace('</EntityDescriptor>', (end) => `<Extensions>${filling}</Extensions>${end}`)
    expect(parseMetadata(xml)).toMatchObject({ ok: accepted })
    expect(await costOf(() => parseMetadata(xml))).toBeLessThan(BUDGET)
  })
})
