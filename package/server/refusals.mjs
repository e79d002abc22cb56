/** What a person reads of the service's log: a refusal is one line, and whatever else is a record is a readable one. */
import { styleText } from 'node:util'
import { objectIn } from './log-lines.mjs'

/** What is shown: each shows what those behind it show. */
export const LOG_LEVELS = /** @type {const} */ (['info', 'refusals', 'warn', 'error', 'none'])

const MAX_REASON_CHARS = 300

/**
 * The line to show for one of the log; `undefined` for none.
 *
 * @param {import('./log-lines.mjs').LogLine} line
 * @param {(typeof LOG_LEVELS)[number]} shown
 * @param {NodeJS.WriteStream | undefined} [stream] where it goes, for its colours; none without one
 */
export function readable({ level, text }, shown, stream) {
  const record = objectIn(text)
  const refusal = refusalIn(record)
  const rank = LOG_LEVELS.indexOf(level === 'info' && refusal ? 'refusals' : level)
  if (shown === 'none' || rank < LOG_LEVELS.indexOf(shown)) return undefined
  if (refusal) return `${colour('yellow', 'refused', stream)}  ${refusal.join('  ')}`
  if (typeof record?.event !== 'string') return text
  const { event, level: _, ...fields } = record
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  return colour(level === 'error' ? 'red' : level === 'warn' ? 'yellow' : 'dim', event, stream) + details.join('')
}

/**
 * Operation, code, reason and request id of a request that was refused.
 *
 * @param {Record<string, unknown> | undefined} record
 * @returns {string[] | undefined}
 */
function refusalIn(record) {
  if (record?.event === 'audit' && typeof record.errorCode === 'string')
    return words(record.eventName, record.errorCode, record.errorMessage, record.requestID)
  if (record?.event === 'refused') return words(record.operation, record.code, record.message, record.requestId)
  return undefined
}

/** @param {unknown[]} parts */
function words(...parts) {
  return parts.flatMap((part) => (typeof part === 'string' && part !== '' ? inOneLine(part) : []))
}

/** @param {string} text */
function inOneLine(text) {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return line.length > MAX_REASON_CHARS ? `${line.slice(0, MAX_REASON_CHARS)}…` : line
}

/**
 * @param {'red' | 'yellow' | 'dim'} name
 * @param {string} text
 * @param {NodeJS.WriteStream | undefined} stream
 */
function colour(name, text, stream) {
  return stream?.isTTY && stream.hasColors?.() && !process.env.NO_COLOR ? styleText(name, text) : text
}
