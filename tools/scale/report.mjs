import { ASSUMED, LIMITS, MEASURED, PRICES } from './inputs.mjs'
import { capacityBlock, loadBlock, whatBreaksBlock } from './report-capacity.mjs'
import { costsBlock, monthBlock } from './report-costs.mjs'
import { cachesBlock, keptBlock, latencyBlock, roundTripsBlock, signInBlock } from './report-latency.mjs'
import { evennessBlock, queueBlock, skewBlock } from './report-shards.mjs'
import { summaryBlock } from './report-summary.mjs'
import { table } from './table.mjs'

export const SEED = 20261123

/** What makes each table of docs/scale.md, by the name of its block. @type {ReadonlyMap<string, (seed: number) => string>} */
export const TABLES = new Map([
  ['summary', summaryBlock],
  ['inputs', inputsBlock],
  ['capacity', capacityBlock],
  ['queue', queueBlock],
  ['load', loadBlock],
  ['breaks', whatBreaksBlock],
  ['evenness', evennessBlock],
  ['skew', skewBlock],
  ['round-trips', roundTripsBlock],
  ['caches', cachesBlock],
  ['latency', latencyBlock],
  ['kept', keptBlock],
  ['sign-in', signInBlock],
  ['costs', costsBlock],
  ['month', monthBlock],
])

/** All of them, in the order of the document. */
export function blocks(seed = SEED) {
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

function shown(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 })
}
