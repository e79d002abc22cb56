import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestHarness } from 'wrangler'
import { buildConsole } from '../../tools/lib/built-console.ts'

/** What the runtime tells of one invocation, as a tail Worker gets it and Logpush sends it on. */
interface TraceItem {
  /** `request` of a fetch, `rpcMethod` of a call of an object. */
  event: { request?: object; rpcMethod?: string } | null
  eventTimestamp: number
  outcome: string
  exceptions: unknown[]
  logs: { level: string; message: unknown[]; timestamp: number }[]
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FIND_RECORDS = join(ROOT, 'tools', 'commands', 'find-records.mjs')
const COLLECTOR = `const seen = []
export default {
  tail(items) { seen.push(...JSON.parse(JSON.stringify(items))) },
  fetch: () => Response.json(seen),
}`
/** The fields that docs/archive.md has Logpush send. */
const FIELDS = ['EventTimestampMs', 'Outcome', 'Exceptions', 'Logs']

const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

/** The project's own configuration, with a Worker that gets the trace events. */
function tailedConfig(): string {
  const project = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')
  // The configuration is in another folder than the project.
  const tailed = project.replaceAll(/"(?:\.\/)?(src\/[\w/-]+\.ts)"/g, (_, path) => JSON.stringify(join(ROOT, path)))
  return `tail_consumers = [{ service = "collector" }]\n${tailed}`
}

let harness: ReturnType<typeof createTestHarness>
let serviceUrl: string
let pool: string
let requestIds: string[]
beforeAll(async () => {
  vi.stubEnv('CLOUDFLARE_CF_FETCH_ENABLED', 'false')
  file('collector.js', COLLECTOR)
  await buildConsole(join(folder, 'dist', 'console'))
  const collector = 'name = "collector"\nmain = "collector.js"\ncompatibility_date = "2026-11-02"\n'
  harness = createTestHarness({
    root: folder,
    workers: [
      {
        configPath: file('service.toml', tailedConfig()),
        vars: { LOCAL_MODE: 'on', STS_ENDPOINT: 'embedded', ISSUER: 'http://localhost:8787' },
      },
      { configPath: file('collector.toml', collector) },
    ],
  })
  serviceUrl = (await harness.listen()).url.href
  const { answer } = await ask(
    'CreateIdentityPool',
    { IdentityPoolName: 'p', AllowUnauthenticatedIdentities: true },
    true,
  )
  pool = answer.IdentityPoolId
  const asked = [
    await ask('GetId', { IdentityPoolId: pool }),
    await ask('GetId', { IdentityPoolId: `${pool.slice(0, -1)}${pool.endsWith('0') ? 1 : 0}` }),
  ]
  requestIds = asked.map(({ requestId }) => requestId)
})
afterAll(async () => {
  await harness.close()
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

async function ask(operation: string, input: object, signed = false) {
  const body = JSON.stringify(input)
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AWSCognitoIdentityService.${operation}`,
  }
  const key = { accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1', service: 'cognito-identity' }
  const client = new AwsClient(key)
  const init = { method: 'POST', headers, body }
  const response = await fetch(signed ? await client.sign(serviceUrl, init) : new Request(serviceUrl, init))
  return {
    answer: (await response.json()) as { IdentityPoolId: string },
    requestId: response.headers.get('x-amzn-RequestId') ?? '',
  }
}

/** All trace events, when those of the last request and of the objects are there. */
async function traceItems(): Promise<TraceItem[]> {
  for (;;) {
    const response = await harness.getWorker('collector').fetch('http://collector/')
    const items = (await response.json()) as TraceItem[]
    const ofObjects = items.filter(({ event }) => event?.rpcMethod)
    if (ofObjects.length >= 2 && JSON.stringify(items).includes(requestIds.at(-1) ?? '?')) return items
    await setTimeout(10)
  }
}

/** A line of a file of Logpush. */
function pushed({ eventTimestamp, exceptions, logs, outcome }: TraceItem): string {
  const Logs = logs.map(({ level, message, timestamp }) => ({ Level: level, Message: message, TimestampMs: timestamp }))
  const line = { EventTimestampMs: eventTimestamp, Outcome: outcome, Exceptions: exceptions, Logs }
  expect(Object.keys(line)).toEqual(FIELDS)
  return `${JSON.stringify(line)}\n`
}

describe('The trace events of the runtime', () => {
  it('are one of each request, with its record alone, and those of its object, without a line', async () => {
    const items = await traceItems()
    const requests = items.filter(({ event }) => event?.request)
    expect(requests.map(({ exceptions, logs, outcome }) => [outcome, exceptions.length, logs.length])).toEqual([
      ['ok', 0, 1],
      ['ok', 0, 1],
      ['ok', 0, 1],
    ])
    const ofObjects = items.filter(({ event }) => event?.rpcMethod)
    expect(ofObjects.flatMap(({ logs }) => logs)).toEqual([])
    expect(items.length).toBe(requests.length + ofObjects.length)
  })

  it('are found again, as Logpush writes them', async () => {
    const requests = (await traceItems()).filter(({ event }) => event?.request)
    writeFileSync(join(folder, 'pushed.log.gz'), gzipSync(requests.map(pushed).join('')))
    const found = await Promise.all(requestIds.map((id) => findRecords(join(folder, 'pushed.log.gz'), '--with', id)))
    expect(found).toEqual([
      [expect.objectContaining({ eventName: 'GetId', requestID: requestIds[0] })],
      [expect.objectContaining({ errorCode: 'ResourceNotFoundException', requestID: requestIds[1] })],
    ])
  })
})

function findRecords(...args: string[]): Promise<unknown[]> {
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [FIND_RECORDS, ...args], (error, stdout) => {
      if (error) return reject(error)
      resolve(stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])))
    }),
  )
}

describe('The console as wrangler serves it', () => {
  it('comes through the Worker, with its policy, and not from the files beside it', async () => {
    const page = await fetch(`${serviceUrl}console`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const script = /\/console\/app-[0-9A-Z]{8}\.js/.exec(await page.text())?.[0] ?? ''
    const file = await fetch(new URL(script, serviceUrl))
    expect([file.status, file.headers.get('x-content-type-options')]).toEqual([200, 'nosniff'])
    expect((await fetch(`${serviceUrl}console/index.html`)).status).toBe(404)
  })
})
