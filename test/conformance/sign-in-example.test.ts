import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../tools/lib/local-service.ts'

const EXAMPLE = fileURLToPath(new URL('../../docs/examples/sign-in.mjs', import.meta.url))
const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'
const VERIFIER = 'a'.repeat(43)

let example: ChildProcess
let issuer: string

beforeAll(async () => {
  const port = await freePort()
  issuer = `http://localhost:${port}`
  example = spawn(process.execPath, [EXAMPLE, POOL, 'http://localhost:8787', String(port)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (example.stdout) await once(example.stdout, 'data')
})

afterAll(() => void example.kill())

it('serves a page for the pool and the service that it was started for', async () => {
  const page = await (await fetch(issuer)).text()
  expect(page).toContain(`IdentityPoolId: '${POOL}'`)
  expect(page).toContain("fetch('http://localhost:8787'")
})

it('signs a user in by the forms of its provider, and gives the page an ID token', async () => {
  const code_challenge = createHash('sha256').update(VERIFIER).digest('base64url')
  const app = { client_id: 'my-app', redirect_uri: `${issuer}/` }
  const question = { ...app, response_type: 'code', scope: 'openid', code_challenge, code_challenge_method: 'S256' }
  const browser = new Browser()
  const signIn = await browser.open(`${issuer}/auth?${new URLSearchParams(question)}`)
  const consent = await browser.open(signIn.form, { prompt: 'login', login: 'ada', password: 'any' })
  const { url } = await browser.open(consent.form, { prompt: 'consent' })

  const code = new URL(url).searchParams.get('code') ?? ''
  const body = new URLSearchParams({ ...app, grant_type: 'authorization_code', code, code_verifier: VERIFIER })
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body })
  const { id_token } = (await answer.json()) as { id_token: string }
  expect(decodeJwt(id_token)).toMatchObject({ iss: issuer, aud: 'my-app', sub: 'ada' })
})

/** Follows redirects with their cookies, and finds where the form of a page goes. */
class Browser {
  readonly #cookies = new Map<string, string>()

  async open(address: string, form?: Record<string, string>): Promise<{ url: string; form: string }> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const sent = form && { method: 'POST', body: new URLSearchParams(form) }
    const answer = await fetch(address, { redirect: 'manual', headers: { cookie }, ...sent })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location) return this.open(new URL(location, address).href)
    const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(await answer.text()) ?? []
    return { url: address, form: new URL(action, address).href }
  }
}
