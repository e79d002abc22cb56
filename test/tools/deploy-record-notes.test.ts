import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { recordNotes } from '../../tools/deploy/record-notes.ts'
import { configOf, PROJECT_CONFIG } from '../../tools/deploy/wrangler-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
afterAll(() => rmSync(folder, { recursive: true }))

const QUIET = 'invocation_logs = false\n'
const REDACTED = 'enabled = true\nredact_query_string = true\n'

function notesOf(tables: string, env = ''): string[] {
  const file = join(folder, 'wrangler.toml')
  writeFileSync(file, `name = "a"\n${tables}`)
  return recordNotes(configOf(file, env))
}

const LOST = 'No audit record is kept: logs are off, and so is logpush (docs/archive.md).'
const PART = 'Only 5 % of the audit records are kept: logs are sampled, and logpush is off (docs/archive.md).'
const TWICE = 'logpush is on and nothing is sampled: each record is paid for twice (docs/archive.md).'
const LOUD = 'invocation_logs is not off: each request is at least three log events, and one of them is its record.'
const TOKENS = 'redact_query_string is off: tokens that were sent in addresses stay in the logs.'

describe('the configuration of the project', () => {
  it('keeps each record once, and the queries of addresses, in which tokens may be, out of the logs', () => {
    const { logpush, observability } = configOf(PROJECT_CONFIG, '')
    expect(logpush).toBeUndefined()
    expect(observability).toEqual({
      enabled: true,
      redact_query_string: true,
      logs: { enabled: true, head_sampling_rate: 1, invocation_logs: false },
    })
    expect(recordNotes(configOf(PROJECT_CONFIG, ''))).toEqual([])
  })
})

describe('a deployment hears of its record', () => {
  it.each<[string, string, string[]]>([
    ['logs that keep all', `[observability]\n${REDACTED}[observability.logs]\n${QUIET}`, []],
    ['nothing about logs', '', [LOST]],
    ['logs that are off', `[observability]\nenabled = false\n[observability.logs]\n${QUIET}`, [LOST]],
    ['logs alone that are off', `[observability]\n${REDACTED}[observability.logs]\nenabled = false\n`, [LOST]],
    ['a sample', `[observability]\n${REDACTED}head_sampling_rate = 0.05\n[observability.logs]\n${QUIET}`, [PART]],
    [
      'a sample of logs',
      `[observability]\n${REDACTED}[observability.logs]\nhead_sampling_rate = 0.05\n${QUIET}`,
      [PART],
    ],
    ['lines of the platform', '[observability]\nenabled = true\nredact_query_string = true\n', [LOUD]],
    ['whole addresses', `[observability]\nenabled = true\n[observability.logs]\n${QUIET}`, [TOKENS]],
    ['logpush', 'logpush = true\n', []],
    [
      'logpush beside a sample',
      `logpush = true\n[observability]\n${REDACTED}[observability.logs]\nhead_sampling_rate = 0.01\n${QUIET}`,
      [],
    ],
    ['logpush beside all', `logpush = true\n[observability]\n${REDACTED}[observability.logs]\n${QUIET}`, [TWICE]],
    [
      'another system that has it',
      `[observability]\n${REDACTED}[observability.logs]\npersist = false\ndestinations = ["elsewhere"]\n${QUIET}`,
      [],
    ],
    ['no system that has it', `[observability]\n${REDACTED}[observability.logs]\npersist = false\n${QUIET}`, [LOST]],
  ])('%s', (_, tables, notes) => {
    expect(notesOf(tables)).toEqual(notes)
  })

  it('as its environment has it, which inherits what it does not say', () => {
    const logs = `[observability]\n${REDACTED}[observability.logs]\n${QUIET}`
    expect(notesOf(`${logs}[env.staging]\nvars = {}\n`, 'staging')).toEqual([])
    expect(notesOf(`${logs}[env.staging.observability]\nenabled = false\n`, 'staging')).toEqual([LOST])
    expect(notesOf(`${logs}[env.staging]\nlogpush = true\n`, 'staging')).toEqual([TWICE])
  })
})
