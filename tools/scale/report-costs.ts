import { dollars, figure, table } from '../lib/table.ts'
import { plannedRate, SERVICE } from './capacity.ts'
import { dollarsPerMillion, dollarsPerMillionOfMix, EXCHANGES } from './costs.ts'
import { ASSUMED, valuesOf } from './inputs.ts'
import { ARCHIVE, LOGS } from './record.ts'

const assumed = valuesOf(ASSUMED)
const MONTH_SECONDS = 30 * 86_400

/** Rows and dollars of a million of each exchange. */
export function costsBlock() {
  const rows = EXCHANGES.map((exchange) => {
    const { kv, object, rows: rowDollars, total, worker } = dollarsPerMillion(exchange)
    const parts = [worker, object, rowDollars, kv].map((part) => dollars(part, 3))
    const { read, written } = exchange.rows
    return [exchange.name, written, read, ...parts, dollars(total)]
  })
  const headings = ['A million of', 'rows written, each', 'read, each', 'Worker', 'object', 'rows', 'KV', 'total']
  return table(headings, rows)
}

/** A month of the mix. */
export function monthBlock() {
  const { total } = dollarsPerMillionOfMix()
  const [logged, archived] = [LOGS, ARCHIVE].map(({ once, stored }) => once + stored)
  const rows = [1, 1000 / 60, plannedRate(SERVICE.planned), assumed.load].map((perSecond) => {
    const millions = (perSecond * MONTH_SECONDS) / 1e6
    const sums = [total, logged ?? 0, archived ?? 0].map((perMillion) => dollars(perMillion * millions, 0))
    return [figure(perSecond * 60), figure(millions), ...sums]
  })
  const headings = [
    'Requests a minute',
    'millions a month',
    'exchanges',
    `record, ${LOGS.kept}`,
    `record, ${ARCHIVE.kept}`,
  ]
  return table(headings, rows)
}
