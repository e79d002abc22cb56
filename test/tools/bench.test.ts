import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../../tools/commands/bench.mjs', import.meta.url))
/** Building both bundles and starting every server, on a busy machine. */
const QUICK_ENOUGH_MS = 120_000

const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
afterAll(() => rmSync(folder, { recursive: true }))

it(
  'measures every operation, its floors and its growth, counts what a request does, and ends well, whoever has keys',
  async () => {
    const file = join(folder, 'figures.json')
    const args = [SCRIPT, '--quick', '--only', 'operations,spread,flood,growth,backup', '--json', file]
    const foreign = { AWS_ACCESS_KEY_ID: 'AKIAFOREIGNFOREIGN00', AWS_SECRET_ACCESS_KEY: 'foreign' }
    await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...foreign } })
    const { backup, flood, growth, operations, rows, spread } = JSON.parse(readFileSync(file, 'utf8'))
    expect(operations.map(({ counts, id }: Measured) => [id, counts])).toEqual([
      ['discovery', does({ objectCalls: 0, loggedBytes: 0 })],
      ['guest', does({ rowsWritten: 1 })],
      ['known', does({})],
      ['token-RS256', does({})],
      ['token-ES256', does({})],
      ['credentials', does({})],
      ['credentials-r2', does({})],
      ['credentials-remote', does({ fetches: 1 })],
      ['describe', does({ loggedBytes: 0 })],
    ])
    for (const { fair, floor, service } of operations as Measured[])
      for (const side of [service, floor, fair]) {
        expect(side.requests).toBeGreaterThan(0)
        expect(side.perSecond).toBeGreaterThan(0)
        expect(side.p99).toBeGreaterThanOrEqual(side.p50)
      }
    for (const { counts, fairRecordBytes, id } of operations as Measured[])
      expect(Math.abs(fairRecordBytes - counts.loggedBytes), id).toBeLessThanOrEqual(0.05 * counts.loggedBytes)
    expect(rows).toEqual({ guest: 1, user: 3, repeated: 0 })
    expect(spread.map(({ counts, id }: Measured) => [id, counts])).toEqual([
      ['guest', does({ rowsWritten: 1 })],
      ['known', does({})],
      ['credentials', does({})],
    ])
    for (const { bare } of spread) expect(bare.throughput.median).toBeGreaterThan(0)
    expect(flood.made).toBeGreaterThan(0)
    expect(flood.made).toBeLessThanOrEqual(flood.budget)
    expect(flood.refused).toBeGreaterThan(0)
    expect(flood.ofMany.made).toBeGreaterThanOrEqual(flood.ofMany.budget)
    expect(flood.ofMany.made).toBeLessThanOrEqual(flood.ofMany.budget + 100)
    for (const side of [flood.quiet, flood.flooded]) expect(side.requests).toBeGreaterThan(0)
    expect(backup).toMatchObject({
      identities: 1_100,
      exported: { seconds: expect.any(Number) },
      imported: { seconds: expect.any(Number) },
    })
    expect(growth.sizes).toEqual([100, 1000])
    for (const { bySize } of growth.operations) expect(bySize.map(({ p50 }: Figures) => p50 > 0)).toEqual([true, true])
  },
  QUICK_ENOUGH_MS,
)

interface Measured {
  id: string
  counts: Counts
  service: Figures
  floor: Figures
  fair: Figures
  fairRecordBytes: number
}

type Counts = Record<'objectCalls' | 'fetches' | 'kvCalls' | 'rowsWritten' | 'loggedBytes', number>
type Figures = Record<'requests' | 'perSecond' | 'p50' | 'p99', number>

/** What a hot request does, per request: one call of an object, one record, and what is named. */
function does(counts: Partial<Counts>) {
  return { objectCalls: 1, fetches: 0, kvCalls: 0, rowsWritten: 0, loggedBytes: expect.any(Number), ...counts }
}
