import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditRecord, type Facts } from '../../src/audit/record.ts'

const COMMAND = fileURLToPath(new URL('../../tools/commands/find-records.mjs', import.meta.url))
const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'
const ANN = 'us-east-1:0f1e2d3c-0000-4978-8695-aaaaaaaaaaaa'
const BOB = 'us-east-1:0f1e2d3c-0000-4978-8695-bbbbbbbbbbbb'

/** Minutes after midnight. */
const at = (minute: number) => Date.UTC(2026, 10, 26, 0, minute)

function recordOf(name: string, minute: number, identity: string, more: Facts = {}): string {
  const requested = {
    requestId: `request-${name}`,
    eventId: `event-${name}`,
    time: at(minute),
    service: 'cognito-identity',
    operation: 'GetCredentialsForIdentity',
    readOnly: false,
    management: false,
    sourceAddress: '192.0.2.1',
    userAgent: 'a "quoted" agent',
  }
  return auditRecord(requested, { decision: { pool: POOL, identity }, account: '000000000000', ...more }, undefined)
}

/** As Logpush writes an event with the fields that docs/archive.md asks for. */
function traceEvent(minute: number, ...messages: string[]): string {
  const Logs = messages.map((text) => ({ Level: 'log', Message: [text], TimestampMs: at(minute) }))
  return JSON.stringify({ EventTimestampMs: at(minute), Outcome: 'ok', Exceptions: [], Logs })
}

const lineOf = (record: string) => `{"level":"info","event":"audit",${record.slice(1)}`
const WARNING = '{"level":"warn","event":"provider_keys_unavailable","issuer":"idp.example"}'
const RECORDS = {
  first: recordOf('first', 1, ANN),
  second: recordOf('second', 2, BOB, { response: { credentials: { accessKeyId: 'AKIA2' } } }),
  third: recordOf('third', 90, ANN),
}

const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
const archive = join(folder, 'archive')
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  const { first, second, third } = RECORDS
  mkdirSync(join(archive, '20261126'), { recursive: true })
  const early = [traceEvent(1, lineOf(first)), traceEvent(2, WARNING, lineOf(second)), traceEvent(3)]
  writeFileSync(join(archive, '20261126', '20261126T000000Z.log.gz'), gzipSync(`${early.join('\n')}\n`))
  // Delivered once more, in a file of its own, and of two parts.
  const late = [gzipSync(`${traceEvent(1, lineOf(first))}\n`), gzipSync(`${traceEvent(90, lineOf(third))}\n`)]
  writeFileSync(join(archive, '20261126', '20261126T013000Z.log.gz'), Buffer.concat(late))
  writeFileSync(
    join(folder, 'cut.log'),
    `${traceEvent(5, `${lineOf(first).slice(0, 90)}<<<Logpush: messages truncated>>>`)}\n`,
  )
  writeFileSync(join(folder, 'other.log'), `not an event\n${traceEvent(1, lineOf(first))}\n`)
})

interface Outcome {
  code: unknown
  found: unknown[]
  stderr: string
}

function find(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [COMMAND, ...args],
      { cwd: folder, env: { ...process.env, INIT_CWD: folder } },
      (error, stdout, stderr) => {
        const found = stdout.split('\n').filter((line) => line !== '')
        resolve({ code: error?.code ?? 0, found, stderr })
      },
    ),
  )
}

describe('find-records', () => {
  const { first, second, third } = RECORDS
  it.each<[string, string[], string[]]>([
    ['all, each once', [], [first, second, third]],
    ['that of a request', ['--with', 'request-second'], [second]],
    ['those of an identity', ['--with', ANN], [first, third]],
    ['those of an identity at a time', ['--with', ANN, '--from', '2026-11-26T01'], [third]],
    ['those before a time', ['--to', '2026-11-26T00:02'], [first]],
    ['that of an access key', ['--with', 'AKIA2', '--with', BOB], [second]],
    ['those with a value that JSON escapes', ['--with', 'a "quoted" agent', '--with', BOB], [second]],
    ['none for a part of a value', ['--with', ANN.slice(0, -1)], []],
    ['none where one of two values is missing', ['--with', 'AKIA2', '--with', ANN], []],
  ])('finds %s', async (_, args, records) => {
    expect(await find(archive, ...args)).toEqual({ code: 0, found: records, stderr: '' })
  })

  it('says what Logpush cut, and what is no event of it', async () => {
    expect(await find('cut.log', 'other.log')).toEqual({
      code: 1,
      found: [first],
      stderr: 'Lines that are no events of Logpush: 1\nEvents that Logpush cut, with records or without: 1\n',
    })
  })

  it.each([
    [[], 'Name files of Logpush, or folders. --help tells more.\n'],
    [['nowhere'], `There is no ${join(folder, 'nowhere')}.\n`],
  ])('refuses %j', async (args, stderr) => {
    expect(await find(...args)).toEqual({ code: 2, found: [], stderr })
  })
})
