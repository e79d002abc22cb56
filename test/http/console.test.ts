import { describe, expect, it } from 'vitest'
import { deploy } from '../support/deployment.ts'

const HOST = 'console.example.com'

/** The files of a build. */
const ASSETS = {
  fetch: async (url: string) =>
    /\/console\/(?:index\.html|app-0123ABCD\.js)$/.test(url)
      ? new Response(`file ${new URL(url).pathname}`)
      : new Response('', { status: 404 }),
}

/** As deployed, with an issuer of another host. */
const DEPLOYED = {
  ASSETS,
  LOCAL_MODE: undefined,
  ISSUER: 'https://id.example.com',
  STS_ENDPOINT: 'embedded',
  KEY_ENCRYPTION_KEY: btoa('k'.repeat(32)),
  CONSOLE_HOST: HOST,
}

async function get(path: string, { host = HOST, ...settings }: Record<string, unknown> = {}) {
  const serve = await deploy({ ...DEPLOYED, ...settings })
  return serve(new Request(`https://${host}${path}`, { headers: { host: String(host) }, redirect: 'manual' }))
}

describe('the console', () => {
  it.each(['/console', '/console/'])('is one page, at %s of its host', async (path) => {
    const answer = await get(path)
    expect([answer.status, await answer.text()]).toEqual([200, 'file /console/index.html'])
    expect(answer.headers.get('content-type')).toBe('text/html;charset=UTF-8')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
  })

  it('is where its host leads', async () => {
    const answer = await get('/')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/console'])
  })

  it.each(['/console', '/console/app-0123ABCD.js', '/console/settings.json'])(
    'lets %s run no script from elsewhere, be in no frame, and be read by no other origin',
    async (path) => {
      const { headers } = await get(path)
      const policy = headers.get('content-security-policy') ?? ''
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self';",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ])
        expect(policy).toContain(part)
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('set-cookie')).toBeNull()
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
    },
  )

  it('may ask the provider of its operators, and nobody else', async () => {
    const OPERATOR_OIDC = JSON.stringify({ issuer: 'https://login.example.com/tenant', clientId: 'console' })
    const answer = await get('/console/settings.json', { OPERATOR_OIDC })
    expect(answer.headers.get('content-security-policy')).toContain("connect-src 'self' https://login.example.com;")
    expect(await answer.json()).toEqual({
      version: expect.any(String),
      local: false,
      issuer: 'https://id.example.com',
      signIn: { kind: 'oidc', issuer: 'https://login.example.com/tenant', clientId: 'console' },
    })
  })

  it('says that Cloudflare Access stands in front of it', async () => {
    const given = { issuer: 'https://team.cloudflareaccess.com', clientId: 'tag', access: true }
    const answer = await get('/console/settings.json', { OPERATOR_OIDC: JSON.stringify(given) })
    expect(await answer.json()).toMatchObject({ signIn: { kind: 'access' } })
  })

  it('is cached for ever where a file is named by its content, and not at all where it is missing', async () => {
    expect((await get('/console/app-0123ABCD.js')).headers.get('cache-control')).toContain('immutable')
    const missing = await get('/console/app-00000000.js')
    expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store'])
  })

  it.each([
    ['on the host of the issuer', { host: 'id.example.com' }],
    ['on any other host', { host: 'other.example.com' }],
    ['without a host of its own', { CONSOLE_HOST: undefined }],
    ['where its files are not', { ASSETS: undefined }],
  ])('is not there %s', async (_where, settings) => {
    for (const path of ['/console', '/console/settings.json', '/console/app-0123ABCD.js']) {
      const answer = await get(path, settings)
      expect(answer.status).toBe(404)
      expect(await answer.text()).not.toContain('file /')
    }
  })

  it.each(['/console/../worker.js', '/console/%2e%2e/x', '/console/index.html', '/console/app.js', '/consoles'])(
    'has nothing at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )
})
