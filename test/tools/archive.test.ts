import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { MAX_RECORD_BYTES } from '../../src/audit/limits.ts'
import { configOf, PROJECT_CONFIG } from '../../tools/deploy/wrangler-config.ts'
import { ASSUMED } from '../../tools/scale/inputs.ts'
import { allIn } from '../../tools/scale/report-record.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const SCRIPT = join(root, 'docs', 'examples', 'logpush-job.mjs')
const page = readFileSync(join(root, 'docs', 'archive.md'), 'utf8')
const SETTINGS = {
  CLOUDFLARE_ACCOUNT_ID: 'account',
  BUCKET: 'edge-identity-audit',
  R2_ACCESS_KEY_ID: 'key',
  R2_SECRET_ACCESS_KEY: 'se+cr/et',
}

const jobOf = (env: Record<string, string> = {}) =>
  JSON.parse(execFileSync(process.execPath, [SCRIPT], { env: { ...SETTINGS, ...env }, encoding: 'utf8' }))

describe('the Logpush job of docs/archive.md', () => {
  it('sends every record of this Worker, and no address of a request', () => {
    const { filter, ...job } = jobOf()
    expect(job).toEqual({
      name: 'edge-identity-audit',
      dataset: 'workers_trace_events',
      enabled: true,
      destination_conf:
        'r2://edge-identity-audit/audit/{DATE}?account-id=account&access-key-id=key&secret-access-key=se%2Bcr%2Fet',
      output_options: { output_type: 'ndjson', field_names: ['EventTimestampMs', 'Outcome', 'Exceptions', 'Logs'] },
      max_upload_interval_seconds: 300,
      max_upload_records: 1_000_000,
    })
    const { durable_objects, name } = configOf(PROJECT_CONFIG, '')
    const { where } = JSON.parse(filter)
    expect(where).toEqual({
      and: [
        { key: 'ScriptName', operator: 'eq', value: name },
        { key: 'Entrypoint', operator: '!eq', value: 'IdentityPool' },
      ],
    })
    expect(durable_objects.bindings.map(({ class_name }) => class_name)).toContain('IdentityPool')
    // Cloudflare docs, Logpush filters: about 1,000 bytes.
    expect(filter.length).toBeLessThan(1000)
  })

  it('leaves out objects that write no line: what they were to log would not be kept', () => {
    const files = readdirSync(join(root, 'src', 'pools'), { recursive: true, encoding: 'utf8' })
    const logging = files
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /\bconsole(?:Log)?\b/.test(readFileSync(join(root, 'src', 'pools', file), 'utf8')))
    expect(files).toContain('identity-pool.ts')
    expect(logging).toEqual([])
  })

  it('is that of another Worker on demand', () => {
    const { filter, name } = jobOf({ WORKER: 'edge-identity-staging' })
    expect(name).toBe('edge-identity-staging-audit')
    expect(JSON.parse(filter).where.and[0].value).toBe('edge-identity-staging')
  })

  it('is not printed while something is missing', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [SCRIPT], { env: { BUCKET: 'b' }, encoding: 'utf8' })
    expect({ status, stderr, stdout }).toEqual({
      status: 2,
      stderr: 'Set CLOUDFLARE_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY.\n',
      stdout: '',
    })
  })
})

describe('docs/archive.md', () => {
  it('has the limits and prices of the code and of the model', () => {
    const { parts, sum } = allIn()
    const record = parts.slice(1).reduce((all, [, part]) => all + part, 0)
    const left = 16_384 - MAX_RECORD_BYTES
    for (const said of [
      `A record has at most ${MAX_RECORD_BYTES / 1024} KiB`,
      `${left.toLocaleString('en-US')} characters are left`,
      `a million renewals cost $${sum.toFixed(2)} all in, of which $${record.toFixed(2)} are for the record`,
      `head_sampling_rate = ${ASSUMED.logSample.value}`,
      `--expire-days ${365 * ASSUMED.recordYears.value}`,
      'invocation_logs = false',
      'logpush = true',
    ])
      expect(page).toContain(said)
  })
})
