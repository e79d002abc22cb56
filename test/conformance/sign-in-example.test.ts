import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { defaultIssuer } from '../../package/server/issuer-config.mjs'
import { freePort } from '../../tools/lib/local-service.ts'

const EXAMPLE = fileURLToPath(new URL('../../docs/examples/sign-in.mjs', import.meta.url))
const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'

let example: ChildProcess
let address: string

beforeAll(async () => {
  const port = await freePort()
  address = `http://localhost:${port}`
  example = spawn(process.execPath, [EXAMPLE, POOL, 'http://localhost:8787', String(port)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (example.stdout) await once(example.stdout, 'data')
})

afterAll(() => void example.kill())

it('serves a page for the pool and the service that it was started for, and nothing else', async () => {
  const page = await (await fetch(address)).text()
  expect(page).toContain(`IdentityPoolId: '${POOL}'`)
  expect(page).toContain("fetch('http://localhost:8787'")
  expect((await fetch(`${address}/other`)).status).toBe(404)
})

it('sends users to the test issuer that npm start has, as the client that the issuer knows', async () => {
  const page = await (await fetch(address)).text()
  const { clients, issuer, redirectUris } = defaultIssuer('http://localhost:8787')
  expect(page).toContain(`const ISSUER = '${issuer}'`)
  expect(page).toContain(`client_id: '${clients[0]}'`)
  expect(redirectUris).toContain('http://localhost:9000/')
})
