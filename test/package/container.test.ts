import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../package/server/ports.mjs'
import { VERSION } from '../../src/base/version.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The folder that the image has, but for its packages. */
let app: string
let env: Record<string, string | undefined>
beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'edge-identity-'))
  const built = run([join(ROOT, 'tools', 'commands', 'bundle.mjs'), '--out', app])
  expect(built).toMatchObject({ status: 0, stderr: '' })
  mkdirSync(join(app, 'node_modules'))
  for (const name of ['workerd', '@cloudflare'])
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name))
  const port = String(await freePort())
  env = { PATH: process.env.PATH, PORT: port, STATE: join(app, 'data'), TOKEN_ALG: 'ES256', LOCAL_HOSTS: 'id.test' }
})
afterAll(() => rmSync(app, { recursive: true, force: true, maxRetries: 5 }))

const run = (args: readonly string[]) => spawnSync(process.execPath, args, { cwd: app, env, encoding: 'utf8' })
const entry = (...args: string[]) => run(['server/container.mjs', ...args])
const healthCheck = () => run(['server/check-health.mjs'])

describe('the entry point of the image', () => {
  let server: ChildProcessWithoutNullStreams
  afterAll(() => void server?.kill('SIGKILL'))

  it('serves other containers by its names, with the settings of its environment, and is well', async () => {
    expect(healthCheck().status).toBe(1)
    server = spawn(process.execPath, ['server/container.mjs'], { cwd: app, env: env as NodeJS.ProcessEnv })
    const told = String(await once(server.stdout, 'data'))
    const names = [hostname().toLowerCase(), 'edge-identity', 'host.docker.internal', 'id.test']
    expect(told).toContain(`Edge Identity ${VERSION} serves on port ${env.PORT}, as localhost and ${names.join(', ')}.`)
    expect(healthCheck()).toMatchObject({ status: 0, stdout: expect.stringContaining('"status":"ok"') })
    const asked = (host: string) =>
      spawnSync(
        'curl',
        ['-s', '-H', `Host: ${host}`, `http://127.0.0.1:${env.PORT}/.well-known/openid-configuration`],
        {
          encoding: 'utf8',
        },
      ).stdout
    for (const name of names) expect(asked(`${name}:${env.PORT}`)).toContain('ES256')
    const answer = await fetch(`http://127.0.0.1:${env.PORT}/issuers/test/id-token`, {
      method: 'POST',
      body: '{"sub":"a"}',
    })
    expect(await answer.json()).toEqual({ id_token: expect.stringMatching(/^ey/) })
    expect(asked('evil.example')).toContain('Set LOCAL_HOSTS to name others.')
  })

  it('ends when the engine asks it to', async () => {
    server.kill('SIGTERM')
    expect(await once(server, 'exit')).toEqual([0, null])
    expect(healthCheck().status).toBe(1)
  })

  it('says what it can, which version it is, and what cannot be meant', () => {
    expect(entry('--version')).toMatchObject({ status: 0, stdout: `${VERSION}\n` })
    expect(entry('--help').stdout).toContain('--var NAME:VALUE')
    expect(entry('--vor', 'x')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^There is no option --vor\. Did you mean --var\?\n/),
    })
  })
})

describe('the Dockerfile', () => {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const argumentsOf = (instruction: string) =>
    lines.flatMap((line) => (line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1)] : []))

  it('copies what exists, and no more than .dockerignore lets through', () => {
    const copied = argumentsOf('COPY').flatMap((line) =>
      line.startsWith('--from=') ? [] : line.split(' ').slice(0, -1),
    )
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    const [first, ...allowed] = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(first).toBe('*')
    expect(allowed.map((line) => line.slice(1)).sort()).toEqual([...copied].sort())
  })

  it('starts and checks what the bundle has, as a user who is not root', () => {
    const started = [
      ...argumentsOf('ENTRYPOINT'),
      ...argumentsOf('HEALTHCHECK').map((line) => line.replace(/^.*?CMD /, '')),
    ]
    const files = started.map((line) => JSON.parse(line)[1])
    expect(files).toEqual(['server/container.mjs', 'server/check-health.mjs'])
    expect(files.filter((file) => !existsSync(join(app, file)))).toEqual([])
    expect(argumentsOf('USER')).toEqual(['1000'])
    expect(lines.indexOf('USER 1000')).toBeLessThan(lines.findIndex((line) => line.startsWith('ENTRYPOINT')))
  })
})
