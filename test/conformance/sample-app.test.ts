import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultIssuer } from '../../package/server/issuer-config.mjs'
import { freePort } from '../../tools/lib/local-service.ts'
import { tour } from '../../tools/lib/tour.ts'
import { pathOf } from './support/is-on-path.ts'
import { type Service, startService } from './support/service.ts'

const EXAMPLES = fileURLToPath(new URL('../../docs/examples/', import.meta.url))
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].map(pathOf).find((path) => path !== undefined)
const PAGES = ['sdk.html', 'amplify.html']

describe.skipIf(CHROMIUM === undefined)('the sample app, on an origin of its own, in Chromium', () => {
  let service: Service
  let apps: ChildProcess[]
  let [address, simple] = ['', '']
  let browser: Browser
  let sample: Awaited<ReturnType<typeof tour>>
  beforeAll(async () => {
    const ports = [await freePort(), await freePort()] as const
    ;[address = '', simple = ''] = ports.map((port) => `http://localhost:${port}`)
    const redirectUris = [`${simple}/`, ...PAGES.map((page) => `${address}/${page}`)]
    service = await startService({ issuers: (url) => [defaultIssuer(url, redirectUris)] })
    sample = await tour(service.url, defaultIssuer(service.url))
    apps = [start('browser/serve.mjs', String(ports[0])), start('sign-in.mjs', String(ports[1]))]
    await Promise.all(apps.map(opened))
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser?.close()
    for (const app of apps ?? []) app.kill()
    await service?.stop()
  })

  const start = (script: string, port: string) =>
    spawn(process.execPath, [join(EXAMPLES, script), sample.poolId, service.url, port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })

  async function signIn(page: Page, back: string): Promise<void> {
    await page.click('#sign-in')
    await page.fill('input[name=sub]', sample.user.name)
    await page.click('button[value=yes]')
    await page.waitForURL(back)
  }

  it.each(PAGES)('%s shows a guest, then the user who signs in at the login page, then a guest again', async (name) => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${address}/${name}`)
    const guest = await shown(page)
    expect(guest).toEqual({
      who: 'a guest',
      identity: expect.stringMatching(/^us-east-1:[0-9a-f-]{36}$/),
      role: expect.stringContaining(':assumed-role/sample-guest/'),
      s3: expect.stringMatching(/^NotImplemented: Edge Identity does not serve s3/),
    })

    await signIn(page, `${address}/${name}`)
    expect(await shown(page)).toEqual({
      who: 'a user',
      identity: sample.user.identityId,
      role: expect.stringContaining(':assumed-role/sample-user/'),
      s3: guest.s3,
    })

    await page.click('#sign-out')
    await page.waitForFunction(() => document.querySelector('#who')?.textContent === 'a guest')
    expect(await shown(page)).toMatchObject({ who: 'a guest', role: guest.role })
    await context.close()
  })

  it('gives the page of README.md an ID token and credentials', async () => {
    const page = await browser.newPage()
    await page.goto(simple)
    await signIn(page, `${simple}/`)
    await page.waitForFunction(() => document.querySelector('#result')?.textContent !== '')
    expect(JSON.parse((await page.textContent('#result')) ?? '')).toEqual({
      IdentityId: sample.user.identityId,
      AccessKeyId: expect.stringMatching(/^ASIA/),
      Expiration: expect.any(String),
      id_token: expect.stringMatching(/^ey/),
    })
    await page.close()
  })

  it('lets the login page send nobody to a page that the issuer does not know', async () => {
    const page = await browser.newPage()
    const stranger = `${address}/` // not one of the redirect URIs
    await page.goto(
      `${service.url}/issuers/test/authorize?client_id=my-app&redirect_uri=${encodeURIComponent(stranger)}`,
    )
    expect(await page.textContent('[role=alert]')).toContain('is no redirect URI of this issuer')
    await page.close()
  })
})

/** Resolves once an example serves. It ends if its pages cannot be built. */
async function opened(app: ChildProcess): Promise<void> {
  const broken = once(app, 'exit').then(() => Promise.reject(new Error('The example did not start.')))
  await Promise.race([once(app.stdout ?? app, 'data'), broken])
  broken.catch(() => {})
}

/** What a page shows once it has done everything. */
async function shown(page: Page): Promise<Record<string, string>> {
  await page.waitForSelector('body[data-state=done]')
  const entries = await Promise.all(
    ['who', 'identity', 'role', 's3'].map(async (id) => [id, (await page.textContent(`#${id}`)) ?? '']),
  )
  return Object.fromEntries(entries)
}
