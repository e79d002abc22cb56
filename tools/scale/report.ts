import { table } from '../lib/table.ts'
import { ASSUMED, LIMITS, MEASURED, PRICES } from './inputs.ts'
import { capacityBlock, loadBlock, whatBreaksBlock } from './report-capacity.ts'
import { costsBlock, monthBlock } from './report-costs.ts'
import { evennessBlock, queueBlock, skewBlock } from './report-evenness.ts'
import { cachesBlock, keptBlock, latencyBlock, roundTripsBlock, signInBlock } from './report-latency.ts'
import { nearSignInBlock, placesBlock } from './report-places.ts'
import { allInBlock, recordBlock } from './report-record.ts'
import { growingBlock, settingsBlock, spreadBlock, spreadCostsBlock } from './report-spread.ts'
import { summaryBlock } from './report-summary.ts'

export const SEED = 20261123

/** What makes each table of docs/scale.md, by the name of its block. */
export const TABLES: ReadonlyMap<string, (seed: number) => string> = new Map([
  ['summary', summaryBlock],
  ['inputs', inputsBlock],
  ['capacity', capacityBlock],
  ['queue', queueBlock],
  ['load', loadBlock],
  ['breaks', whatBreaksBlock],
  ['spread', spreadBlock],
  ['evenness', evennessBlock],
  ['skew', skewBlock],
  ['settings', settingsBlock],
  ['growing', growingBlock],
  ['round-trips', roundTripsBlock],
  ['caches', cachesBlock],
  ['latency', latencyBlock],
  ['kept', keptBlock],
  ['sign-in', signInBlock],
  ['places', placesBlock],
  ['sign-in-places', nearSignInBlock],
  ['costs', costsBlock],
  ['spread-costs', spreadCostsBlock],
  ['month', monthBlock],
  ['record', recordBlock],
  ['all-in', allInBlock],
])

/** All of them, in the order of the document. */
export function blocks(seed: number = SEED): Map<string, string> {
  return new Map([...TABLES].map(([name, make]) => [name, make(seed)]))
}

function inputsBlock() {
  const groups = { measured: MEASURED, limit: LIMITS, price: PRICES, assumed: ASSUMED }
  const rows = Object.entries(groups).flatMap(([kind, inputs]) =>
    Object.values(inputs).map(({ source, unit, value, what }) => [
      kind,
      what,
      `${shown(value)} ${unit}`.trim(),
      source,
    ]),
  )
  return table(['Kind', 'What', 'Value', 'From'], rows)
}

function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 })
}
