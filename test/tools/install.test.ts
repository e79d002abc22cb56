import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { freePort } from '../../package/server/ports.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** What a start reads before anything is installed. */
const NEEDED = ['package.json', 'package-lock.json', 'tools/commands', 'tools/lib', 'package/server']

/** Projects as they were just cloned, with nothing installed. */
const clones: string[] = []
afterAll(() => {
  for (const clone of clones) rmSync(clone, { recursive: true, force: true, maxRetries: 5 })
})

function cloned(): string {
  const clone = mkdtempSync(join(tmpdir(), 'edge-identity-'))
  clones.push(clone)
  for (const path of NEEDED) cpSync(join(ROOT, path), join(clone, path), { recursive: true })
  return clone
}

describe.concurrent('the first start', () => {
  it.each([['--version'], ['--help'], ['--prot', '8788']])('installs nothing for %s', async (...args) => {
    const start = begin(cloned(), 'http://127.0.0.1:9', args)
    const { stderr } = await ended(start)
    expect(stderr).not.toContain('Installing')
  })

  it('says in a line that there is no network, whatever an install that was broken off has left', async () => {
    const clone = cloned()
    mkdirSync(join(clone, 'node_modules', 'workerd'), { recursive: true })
    writeFileSync(join(clone, 'node_modules', '.package-lock.json'), '{"packages":')
    const registry = `http://127.0.0.1:${await freePort()}`
    const { code, stderr } = await ended(begin(clone, registry))
    // A busy machine takes long enough to be told how far it is.
    const lines = stderr.split('\n').map((line) => line.trim())
    expect({ code, lines: lines.filter((line) => line !== '' && !/fetched|has not answered/.test(line)) }).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/^Installing \d+ packages, once…$/),
        `${new URL(registry).host} cannot be reached (ECONNREFUSED). npm tries again…`,
        `The registry at ${registry} cannot be reached (ECONNREFUSED). The first start needs a network, or a proxy that npm knows. Start again once it is there.`,
      ],
    })
  })

  it('tells that it waits for a registry that never answers, and Ctrl-C ends npm too', async () => {
    const registry = createServer().listen(0, '127.0.0.1')
    await once(registry, 'listening')
    const start = begin(cloned(), `http://127.0.0.1:${(registry.address() as AddressInfo).port}`)
    const [connection] = await once(registry, 'connection')
    // Only npm holds it.
    const over = once(
      connection.resume().on('error', () => {}),
      'close',
    )
    await heard(start.stderr, 'The registry of npm has not answered for')
    start.kill('SIGINT')
    expect(await once(start, 'close')).toEqual([130, null])
    await over
    registry.close()
  })
})

function begin(clone: string, registry: string, args: readonly string[] = []) {
  const env = { ...process.env, npm_config_registry: registry, npm_config_cache: join(clone, 'cache') }
  return spawn(process.execPath, [join(clone, 'tools', 'commands', 'start.mjs'), ...args], { cwd: clone, env })
}

async function ended(child: ChildProcessWithoutNullStreams) {
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { code, stderr }
}

function heard(stream: NodeJS.ReadableStream, sentence: string): Promise<void> {
  let all = ''
  return new Promise((resolve, reject) => {
    stream.on('end', () => reject(new Error(`Nobody said "${sentence}": ${all}`)))
    stream.on('data', (part) => {
      all += String(part)
      if (all.includes(sentence)) resolve()
    })
  })
}
