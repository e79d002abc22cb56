import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { defaultIssuer } from '../../../package/server/issuer-config.mjs'
import { type Client, connect } from '../../../tools/lib/client.ts'
import { LOCAL_KEY } from '../../../tools/lib/local-service.ts'
import { type Tour, tour } from '../../../tools/lib/tour.ts'
import { pathOf } from '../../conformance/support/is-on-path.ts'
import { type Service, type ServiceOptions, startService } from '../../conformance/support/service.ts'

/** Debian's package `chromium`, or what else is called like it. The tests of the console are skipped without one. */
export const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].map(pathOf).find((path) => path !== undefined)

/** Pictures of each page, for people to look at. Nothing compares them. */
const PICTURES = fileURLToPath(new URL('../../../dist/console-pictures/', import.meta.url))
const WIDTHS = [360, 1920]

/** Between them nothing may be wider than the window either. */
const BETWEEN = [1000]

export interface Bed {
  service: Service
  /** The service's own client, with the keys of local mode. */
  admin: Client
  /** A pool with a guest and a user. */
  sample: Tour
  /** A tab of its own, at an address of the console, where nobody is signed in. */
  tab(hash?: string): Promise<Tab>
  /** The same, signed in with the access key of local mode. */
  operator(hash?: string): Promise<Tab>
  stop(): Promise<void>
}

export interface Tab {
  page: Page
  context: BrowserContext
  /**
   * What a page must never do: an error, something that its policy refused, a request to another origin. It is empty for a page
   * that is well.
   */
  faults: readonly string[]
  /** What axe finds that is serious or critical, in dark and in light. */
  barriers(): Promise<string[]>
  /** Pictures of the page at both widths, by this name, and a fault for whatever is wider than the window. */
  picture(name: string): Promise<void>
  close(): Promise<void>
}

/** A service with the sample pool, and a browser. */
export async function startBed(options: ServiceOptions = {}): Promise<Bed> {
  const service = await startService({
    issuers: (url) => [defaultIssuer(url, [`${url}/console`])],
    ...options,
  })
  const sample = await tour(service.url, defaultIssuer(service.url))
  const browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] })
  const tab = (hash = '') => openTab(browser, service.url, hash)
  return {
    service,
    admin: connect(service.url, LOCAL_KEY),
    sample,
    tab,
    async operator(hash) {
      const opened = await tab(hash)
      await opened.page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await opened.page.getByRole('button', { name: 'Sign out' }).waitFor()
      return opened
    },
    async stop() {
      await browser.close()
      await service.stop()
    },
  }
}

async function openTab(browser: Browser, url: string, hash: string): Promise<Tab> {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // A refusal of the service is an answer, which the browser writes down as an error of its own.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (origin !== url && protocol !== 'data:') faults.push(`request to ${request.url()}`)
  })
  await page.goto(`${url}/console${hash}`)
  return {
    page,
    context,
    faults,
    barriers: () => barriersOf(page),
    picture: (name) => picturesOf(page, name, faults),
    close: () => context.close(),
  }
}

async function barriersOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run())
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        found.push(...nodes.map(({ html }) => `${colorScheme}: ${id}: ${html}`))
  }
  return found
}

async function picturesOf(page: Page, name: string, faults: string[]): Promise<void> {
  mkdirSync(PICTURES, { recursive: true })
  const before = page.viewportSize()
  for (const width of [...BETWEEN, ...WIDTHS]) {
    await page.setViewportSize({ width, height: width < 500 ? 740 : 1080 })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (overflow > 0) faults.push(`${name} is ${overflow} pixels wider than ${width}`)
    if (WIDTHS.includes(width)) await page.screenshot({ path: join(PICTURES, `${name}-${width}.png`), fullPage: true })
  }
  if (before) await page.setViewportSize(before)
}
