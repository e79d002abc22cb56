import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../tools/lib/local-service.ts'

const FOLDER = fileURLToPath(new URL('../../tools/commands/', import.meta.url))
const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'

/** Stands where the service would be, and answers with the operation that was asked for. */
let service: Server
let endpoint: string

beforeAll(async () => {
  service = createServer((request, response) =>
    response.end(JSON.stringify({ target: request.headers['x-amz-target'] })),
  ).listen(0, 'localhost')
  await once(service, 'listening')
  endpoint = `http://localhost:${(service.address() as AddressInfo).port}`
})

afterAll(() => void service.close())

describe.each([
  ['explain-request', ['0b3f1c5e-7a0d-4c57-9f0e-2d1b6a9c8e41'], 'EdgeIdentity.ExplainRequest'],
  ['simulate-login', ['--pool', POOL], 'EdgeIdentity.SimulateLogin'],
])('%s', (name, args, target) => {
  it('asks the service that AWS_ENDPOINT_URL names', async () => {
    const { code, stdout } = await outcome(name, args, { AWS_ENDPOINT_URL: endpoint })
    expect({ code, answer: JSON.parse(stdout) }).toEqual({ code: 0, answer: { target } })
  })

  it('asks the service of --endpoint-url before that of the variable', async () => {
    const nobody = `http://localhost:${await freePort()}`
    const { code } = await outcome(name, [...args, '--endpoint-url', endpoint], { AWS_ENDPOINT_URL: nobody })
    expect(code).toBe(0)
  })

  it('says in one line that nobody answers', async () => {
    const nobody = `http://localhost:${await freePort()}`
    const { code, stderr } = await outcome(name, args, { AWS_ENDPOINT_URL: nobody })
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^http:\S+ cannot be reached: .*\n$/) })
  })
})

it('simulate-login says in one line that the file of a token cannot be read', async () => {
  const args = ['--pool', POOL, '--login', 'accounts.google.com=@no-such-file.txt']
  const { code, stderr } = await outcome('simulate-login', args, { AWS_ENDPOINT_URL: endpoint })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^The token cannot be read: .*\n$/) })
})

async function outcome(name: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [`${FOLDER}${name}.mjs`, ...args], { env: { ...process.env, ...env } })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, stdout, stderr }
}
