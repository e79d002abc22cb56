import { dollars, table } from '../lib/table.ts'
import { renewal } from './costs.ts'
import { ARCHIVE, SAMPLE, WAYS } from './record.ts'

/** What a million records cost by each way to keep them. */
export function recordBlock() {
  const rows = WAYS.map(({ kept, name, once, stored }) => [
    name,
    dollars(once, 3),
    dollars(stored, 3),
    kept,
    dollars(once + stored),
  ])
  return table(['A million records in', 'written', 'stored', 'kept', 'together'], rows)
}

/** A million renewals with everything that is paid for. */
export function allIn(): { parts: readonly [string, number][]; sum: number } {
  const { total } = renewal()
  const parts: [string, number][] = [
    ['the exchanges', total],
    ['their records, to R2 by Logpush', ARCHIVE.once],
    [`their storage, ${ARCHIVE.kept}`, ARCHIVE.stored],
    ['a sample in Workers Logs', SAMPLE],
  ]
  return { parts, sum: parts.reduce((all, [, part]) => all + part, 0) }
}

export function allInBlock() {
  const { parts, sum } = allIn()
  const rows = [...parts, ['all in', sum] as const].map(([name, part]) => [name, dollars(part, 3)])
  return table(['A million renewals', 'dollars'], rows)
}
