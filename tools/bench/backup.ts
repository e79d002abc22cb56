import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../lib/bootstrap.mjs'
import { LOCAL_KEY } from '../lib/local-service.ts'
import { seededInChunks } from './growth.ts'
import { createPool } from './operations.ts'
import { type Stage, serviceWorker } from './stage.ts'
import { serve } from './workerd.ts'

/** How long all identities of a pool take into a file, and from there into another pool, by the command line. */
export interface Backup {
  identities: number
  bytes: number
  exported: Run
  imported: Run
}

interface Run {
  seconds: number
  /** Most memory of the command, in KiB. */
  residentKiB: number | undefined
}

/** How often the memory of the command is looked at, in milliseconds. */
const LOOK_EVERY_MS = 50

/** Half of the identities are guests, and half are users of one login, as in the pools that grow. */
export async function backup(stage: Stage, identities: number, progress: (line: string) => void): Promise<Backup> {
  const issuer = await stage.issuer()
  const seeding = await serviceWorker(stage, { name: 'backup', script: await stage.instrumented() })
  const server = await serve(seeding)
  const from = await createPool(server.url, issuer)
  const half = Math.ceil(identities / 2)
  await seededInChunks(server.url, { poolId: from, count: identities - half, stride: identities })
  await seededInChunks(server.url, { poolId: from, provider: issuer.name, count: half, stride: identities })
  const into = await createPool(server.url, issuer)
  await server.stop()
  progress(`  ${identities} identities in place`)
  const { url } = await stage.start({ ...seeding, script: await stage.production() })
  const file = join(stage.folder, 'pool.jsonl')
  const exported = await run(['export', '--pool', from, '--file', file], url)
  progress(`  exported in ${exported.seconds.toFixed(1)} s`)
  const imported = await run(['import', '--pool', into, '--file', file, '--new-ids'], url)
  progress(`  imported in ${imported.seconds.toFixed(1)} s`)
  return { identities, bytes: statSync(file).size, exported, imported }
}

async function run(args: readonly string[], url: string): Promise<Run> {
  const start = performance.now()
  const command = join(root, 'tools', 'commands', 'identity.mjs')
  // Also where whoever runs the bench has keys and endpoints of AWS.
  const key = { AWS_ACCESS_KEY_ID: LOCAL_KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: LOCAL_KEY.secretAccessKey }
  const env = { ...process.env, ...key, AWS_ENDPOINT_URL_COGNITO_IDENTITY: url }
  const child = spawn(process.execPath, [command, ...args], { env })
  let residentKiB: number | undefined
  const looking = setInterval(() => {
    residentKiB = peakOf(child.pid) ?? residentKiB
  }, LOOK_EVERY_MS)
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'close'), text(child.stdout)])
  clearInterval(looking)
  if (code !== 0) throw new Error(`identity ${args[0]} ended with ${code}: ${complaint}`)
  return { seconds: (performance.now() - start) / 1_000, residentKiB }
}

/** Most memory that a process had so far, where the machine tells. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kib === undefined ? undefined : Number(kib)
  } catch {
    return undefined
  }
}
