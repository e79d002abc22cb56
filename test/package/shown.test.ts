import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { isOpenToOthers, localHosts } from '../../package/server/local-mode.mjs'
import { logLine } from '../../package/server/log-lines.mjs'
import { readable } from '../../package/server/refusals.mjs'

/** A line as workerd writes it. */
const written = (level: string, message: string) => logLine(JSON.stringify({ timestamp: '0', level, message }))
const record = (fields: object) => written('info', JSON.stringify({ level: 'info', ...fields }))

const REFUSED = record({
  event: 'audit',
  eventName: 'GetId',
  errorCode: 'NotAuthorizedException',
  errorMessage: 'not\n  allowed\u001b[31m',
  requestID: 'r',
})
const ISSUED = record({ event: 'audit', eventName: 'GetId', requestID: 'r' })
const WARNING = written('warn', '{"level":"warn","event":"client_paused","seconds":10}')
const UNTOLD = written('error', 'Uncaught Error: x')
const OF_THE_RUNTIME = logLine('*** Fatal: out of memory')
const ROUTINE = written('warning', 'NOSENTRY an alarm was set anew')

describe('what is shown of the log', () => {
  it.each([
    ['info', [true, true, true, true, true, true]],
    ['refusals', [true, false, true, true, true, false]],
    ['warn', [false, false, true, true, true, false]],
    ['error', [false, false, false, true, true, false]],
    ['none', [false, false, false, false, false, false]],
  ] as const)('depends on the level: %s', (level, expected) => {
    const lines = [REFUSED, ISSUED, WARNING, UNTOLD, OF_THE_RUNTIME, ROUTINE]
    expect(lines.map((line) => readable(line, level) !== undefined)).toEqual(expected)
  })

  it('is one line for a refusal, whatever its message holds', () => {
    expect(readable(REFUSED, 'refusals')).toBe('refused  GetId  NotAuthorizedException  not allowed [31m  r')
    expect(readable(WARNING, 'refusals')).toBe('client_paused seconds=10')
    expect(readable(UNTOLD, 'refusals')).toBe('Uncaught Error: x')
  })
})

describe('the hosts of local mode', () => {
  it.each([
    ['127.0.0.1', undefined, ''],
    ['localhost', 'a, b,', 'a,b'],
    ['0.0.0.0', 'a', `${hostname().toLowerCase()},a`],
    ['192.0.2.1', '192.0.2.1', '192.0.2.1'],
  ])('that listens on %s, with %s', (host, further, expected) => {
    expect(localHosts(host, further)).toBe(expected)
  })

  it.each([
    ['127.0.0.1', false],
    ['::1', false],
    ['0.0.0.0', true],
    ['::', true],
    ['192.0.2.1', true],
  ])('%s is open to others: %s', (host, expected) => {
    expect(isOpenToOthers(host)).toBe(expected)
  })
})
