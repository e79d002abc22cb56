/** What workerd writes, as lines of a log. */

/**
 * Calls back for every line of a stream that is not empty.
 *
 * @param {import('node:stream').Readable | null | undefined} stream
 * @param {(line: string) => void} take
 */
export function eachLine(stream, take) {
  let rest = ''
  stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) if (part.trim() !== '') take(part.trimEnd())
  })
  stream?.on('end', () => {
    if (rest.trim() !== '') take(rest.trimEnd())
    rest = ''
  })
}

/**
 * One line of the service's log.
 *
 * @typedef {object} LogLine
 * @property {'info' | 'warn' | 'error'} level
 * @property {string} text a record of the service is a JSON text; anything else is a sentence of the runtime
 */

/**
 * A line of workerd, which wraps what the Worker writes and what it says itself in JSON.
 *
 * @param {string} line
 * @returns {LogLine}
 */
export function logLine(line) {
  const wrapped = objectIn(line)
  if (typeof wrapped?.message !== 'string') return { level: 'error', text: line }
  const { level, message } = wrapped
  // The runtime's mark for what is worth no report, such as an alarm that was set anew.
  if (message.startsWith('NOSENTRY')) return { level: 'info', text: message }
  const written = objectIn(message)?.level ?? level
  return { level: written === 'info' || written === 'warn' ? written : asLevel(written), text: message }
}

/**
 * @param {unknown} level
 * @returns {LogLine['level']}
 */
function asLevel(level) {
  if (level === 'error' || level === 'fatal') return 'error'
  return level === 'warning' ? 'warn' : 'info'
}

/**
 * @param {string} text
 * @returns {any} `undefined` for what is no JSON object
 */
export function objectIn(text) {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
