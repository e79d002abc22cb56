import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { STOPPED } from '../../tools/identity/import.ts'
import { BackupService } from './backup-service.ts'
import { outcome } from './command-run.ts'

const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'
const COMMAND = fileURLToPath(new URL('../../tools/commands/identity.mjs', import.meta.url))
const TIME = '2026-11-01T00:00:00.000Z'
const GUEST = {
  id: `${POOL.slice(0, 18)}-0000-8000-8000-000000000000`,
  state: 'guest',
  created: TIME,
  changed: TIME,
  logins: [],
}

let service: BackupService
let env: Record<string, string>
let folder: string
beforeEach(async () => {
  service = new BackupService()
  folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
  env = { ...(await service.start()), TMPDIR: folder, INIT_CWD: folder }
  service.put(GUEST)
})
afterEach(() => {
  service.stop()
  rmSync(folder, { recursive: true })
})

/** Runs the command until the service has got this call, and stops it there as Ctrl-C does. */
async function stoppedAt(call: number, ...args: string[]) {
  const child = spawn(process.execPath, [COMMAND, ...args, '--pool', POOL], { env: { ...process.env, ...env } })
  const stderr = text(child.stderr)
  await new Promise<void>((resolve) => {
    service.before = (_, number) => {
      if (number < call) return
      resolve()
      return new Promise(() => {})
    }
  })
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  service.before = () => {}
  return { code, stderr: await stderr }
}

it('an import that is stopped says what the pool does until it is over', async () => {
  const lines = [
    { format: 'edge-identity-backup', version: 1, pool: POOL, time: TIME, settingsVersion: 7, identities: 1 },
    GUEST,
    { identities: 1, logins: 0, sha256: '' },
  ]
  writeFileSync(join(folder, 'pool.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const args = ['import', '--file', 'pool.jsonl', '--corrected']
  expect(await stoppedAt(2, ...args)).toEqual({ code: 130, stderr: `\n${STOPPED}\n` })
  expect(await outcome('identity', [...args, '--pool', POOL], env)).toMatchObject({ code: 0, stderr: '' })
})

it('an export that is stopped says how it goes on, and leaves nothing where it goes to standard output', async () => {
  const stopped = { code: 130, stderr: '\nThe export was stopped. The same command goes on with it.\n' }
  expect(await stoppedAt(2, 'export', '--file', 'pool.jsonl')).toEqual(stopped)
  expect(readdirSync(folder)).toEqual(['pool.jsonl.part'])
  rmSync(join(folder, 'pool.jsonl.part'))
  expect(await stoppedAt(2, 'export')).toEqual({ code: 130, stderr: '' })
  expect(readdirSync(folder)).toEqual([])
})

it('an export that is refused at once leaves no draft', async () => {
  service.before = () => {
    throw { __type: 'AccessDeniedException', message: 'no' }
  }
  expect(await outcome('identity', ['export', '--file', 'pool.jsonl', '--pool', POOL], env)).toMatchObject({ code: 1 })
  expect(existsSync(join(folder, 'pool.jsonl.part'))).toBe(false)
})
