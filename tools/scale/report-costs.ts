import { dollars, figure, table } from '../lib/table.ts'
import { plannedRate, SERVICE } from './capacity.ts'
import { dollarsPerMillion, dollarsPerMillionOfMix, EXCHANGES } from './costs.ts'
import { ASSUMED, valuesOf } from './inputs.ts'

const assumed = valuesOf(ASSUMED)
const MONTH_SECONDS = 30 * 86_400

/** Rows and dollars of a million of each exchange. */
export function costsBlock() {
  const rows = EXCHANGES.map((exchange) => {
    const { kv, logs, object, rows: rowDollars, total, worker } = dollarsPerMillion(exchange)
    const parts = [worker, object, rowDollars, kv].map((part) => dollars(part, 3))
    const { read, written } = exchange.rows
    return [exchange.name, written, read, ...parts, dollars(total), dollars(logs)]
  })
  const headings = [
    'A million of',
    'rows written, each',
    'read, each',
    'Worker',
    'object',
    'rows',
    'KV',
    'total',
    'logs, on top',
  ]
  return table(headings, rows)
}

/** A month of the mix. */
export function monthBlock() {
  const { logs, total } = dollarsPerMillionOfMix()
  const rows = [1, 1000 / 60, plannedRate(SERVICE.planned), assumed.load].map((perSecond) => {
    const millions = (perSecond * MONTH_SECONDS) / 1e6
    const sums = [total, logs, logs / 100].map((perMillion) => dollars(perMillion * millions, 0))
    return [figure(perSecond * 60), figure(millions), ...sums]
  })
  const headings = ['Requests a minute', 'millions a month', 'exchanges', 'logs, all', 'logs, 1 %']
  return table(headings, rows)
}
