import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bed, CHROMIUM, startBed } from './support/bed.ts'

const MAX_GZIP_BYTES = 80 * 1024

/** A key of the settings, whose secret can be looked for. */
const SECRET = 'c0a1f5e2b97d4d868a4e1f0c6d2b9e5731'
const POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const ACCESS_KEY = { secret: SECRET, account: '000000000000', policy: POLICY }

/** Every place of the menu. */
const PLACES = ['pools', 'identities', 'live', 'why', 'providers', 'roles', 'keys', 'connect', 'health']

describe.skipIf(CHROMIUM === undefined)('the console, in Chromium', () => {
  let bed: Bed
  beforeAll(async () => {
    bed = await startBed({ vars: { ACCESS_KEY_OPERATOR: JSON.stringify(ACCESS_KEY) } })
  })
  afterAll(() => bed?.stop())

  it('opens with the access key of local mode, and shows the pools', async () => {
    const tab = await bed.tab()
    expect(await tab.barriers()).toEqual([])
    await tab.picture('sign-in')
    await tab.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await tab.page.getByRole('link', { name: 'sample' }).waitFor()
    expect(await tab.barriers()).toEqual([])
    await tab.picture('pools')
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('says in the words of the service why a key is not taken, and what to do', async () => {
    const tab = await bed.tab()
    await tab.page.getByLabel('Secret').fill('wrong')
    await tab.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    const alert = tab.page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('Sign in again')
    expect(await tab.page.getByLabel('Secret').inputValue()).toBe('')
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('keeps no secret where a script or another tab could find it', async () => {
    const tab = await bed.operator('#/pools')
    const kept = await tab.page.evaluate(async () => [
      JSON.stringify({ ...localStorage, ...sessionStorage }),
      document.cookie,
      (await indexedDB.databases()).length,
    ])
    expect(kept).toEqual(['{}', '', 0])
    const other = await tab.context.newPage()
    await other.goto(`${bed.service.url}/console#/pools`)
    await other.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    await tab.close()
  })

  it('sends no secret, and shows none, on any page of the menu', async () => {
    const { close, faults, page } = await bed.tab()
    const sent: string[] = []
    page.on('request', (request) =>
      sent.push(JSON.stringify([request.url(), request.headers(), request.postData() ?? ''])),
    )
    await page.getByLabel('Access key id').fill('OPERATOR')
    await page.getByLabel('Secret').fill(SECRET)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    const shown: string[] = []
    for (const place of PLACES) {
      await page.goto(`${bed.service.url}/console#/${place}`)
      await page.locator('.menu [aria-current=page]').waitFor()
      await page.waitForFunction(() => document.querySelector('.loaded[aria-busy=true]') === null)
      shown.push(await page.content())
    }
    expect(await page.locator('.menu a').count()).toBe(PLACES.length)
    expect(sent.length).toBeGreaterThan(PLACES.length)
    expect([...sent, ...shown].filter((text) => text.includes(SECRET))).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  it('comes to a page by its address, after the sign-in, and says where there is none', async () => {
    const tab = await bed.operator('#/nowhere')
    await tab.page.getByRole('heading', { name: 'Not found' }).waitFor()
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('is small', async () => {
    const tab = await bed.tab()
    const script = await tab.page.getAttribute('script[src]', 'src')
    const text = await fetch(`${bed.service.url}${script}`).then((answer) => answer.text())
    expect(gzipSync(text).byteLength).toBeLessThan(MAX_GZIP_BYTES)
    await tab.close()
  })

  it('is used with the keyboard alone', async () => {
    const { close, faults, page } = await bed.tab()
    await page.getByLabel('Access key id').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'sample' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    for (let presses = 0; presses < 20 && (await focused()) !== 'sample'; presses++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL(/#\/pool\//)
    expect(faults).toEqual([])
    await close()
  })

  it('forgets who is signed in when nothing is done for a while, and says so', async () => {
    const { close, page } = await bed.tab()
    await page.clock.install()
    await page.reload()
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.clock.fastForward('14:00')
    await page.keyboard.press('Shift')
    await page.clock.fastForward('14:00')
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(1)
    await page.clock.fastForward('16:00')
    await page.getByText('Nothing was done for 15 minutes.').waitFor()
    await close()
  })

  it('forgets who is signed in while the machine sleeps, also when a key wakes it', async () => {
    const { close, page } = await bed.tab()
    await page.clock.install()
    await page.reload()
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    // Time goes on, and no timer runs.
    await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + 16 * 60_000)
    await page.keyboard.press('Shift')
    await page.getByText('Nothing was done for 15 minutes.').waitFor()
    await close()
  })

  it('says that the service does not answer, and goes on when it does', async () => {
    const tab = await bed.operator('#/pools')
    await tab.page.getByRole('link', { name: 'sample' }).waitFor()
    await tab.context.setOffline(true)
    await tab.page.getByLabel('Region').fill('eu-west-1')
    await tab.page.getByText('The service does not answer.').waitFor()
    await bed.service.restart()
    await tab.context.setOffline(false)
    await tab.page.getByRole('button', { name: 'Try again' }).click()
    await tab.page.getByText('There is no pool in eu-west-1').waitFor()
    await tab.close()
  })

  it('lists the calls that it made, as commands that make them too', async () => {
    const tab = await bed.operator('#/pools')
    await tab.page.getByText('made this page').click()
    const call = tab.page.getByRole('listitem').filter({ hasText: 'cognito-identity:ListIdentityPools' })
    await call.getByRole('button', { name: 'Copy as command' }).first().click()
    const line = await tab.page.evaluate(() => navigator.clipboard.readText())
    expect(line).toBe(
      `aws cognito-identity list-identity-pools --max-results 60 --endpoint-url ${bed.service.url} --region us-east-1`,
    )
    await tab.close()
  })

  it('shows what anybody called a pool as text', async () => {
    const marks = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>']
    for (const mark of marks)
      await bed.admin.signed('CreateIdentityPool', {
        IdentityPoolName: mark.replace(/[^\w\s+=,.@-]/g, '-'),
        AllowUnauthenticatedIdentities: true,
      })
    const tab = await bed.operator(`#/${encodeURIComponent(marks[0] ?? '')}`)
    await tab.page.getByRole('heading', { name: 'Not found' }).waitFor()
    await tab.page.goto(`${bed.service.url}/console#/pools?region=${encodeURIComponent(marks[1] ?? '')}`)
    await tab.page.getByRole('link', { name: 'sample' }).waitFor()
    expect(await tab.page.getByLabel('Region').inputValue()).toBe('us-east-1')
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('shows the region of the address, also on the way back', async () => {
    const tab = await bed.operator('#/pools')
    const region = tab.page.getByLabel('Region')
    await region.fill('eu-west-1')
    await tab.page.getByText('There is no pool in eu-west-1').waitFor()
    await tab.page.goBack()
    await tab.page.getByRole('link', { name: 'sample' }).waitFor()
    expect(await region.inputValue()).toBe('us-east-1')
    await tab.close()
  })

  it('names the place in the menu, and the calls of all parts of a pool', async () => {
    const tab = await bed.operator(`#/pool/${encodeURIComponent(bed.sample.poolId)}`)
    await tab.page.getByRole('link', { name: 'Settings' }).click()
    await tab.page.getByRole('heading', { name: 'Name and flows' }).waitFor()
    await tab.page.getByText('made this page').click()
    await tab.page.getByText('edge-identity:GetPoolSettings').waitFor()
    expect(await tab.page.locator('.menu [aria-current]').allTextContents()).toEqual(['Pools'])
    await tab.close()
  })

  it('shows a pool that is called by a blank', async () => {
    const { IdentityPoolId } = (await bed.admin.signed('CreateIdentityPool', {
      IdentityPoolName: ' ',
      AllowUnauthenticatedIdentities: false,
    })) as { IdentityPoolId: string }
    const tab = await bed.operator('#/pools')
    await tab.page.getByRole('link', { name: '(a blank name)' }).click()
    await tab.page.getByRole('button', { name: /^Delete the pool/ }).click()
    await tab.page.getByLabel(`Type ${IdentityPoolId} to go on`).fill(IdentityPoolId)
    await tab.page.getByRole('button', { name: 'Delete for good' }).click()
    await tab.page.getByRole('link', { name: 'sample' }).waitFor()
    expect(await tab.page.getByRole('link', { name: '(a blank name)' }).count()).toBe(0)
    await tab.close()
  })

  it('goes on with other pages when one cannot show its answer', async () => {
    const tab = await bed.operator('#/roles')
    await tab.page.route(`${bed.service.url}/`, (call) => call.fulfill({ json: {} }))
    await tab.page.getByRole('link', { name: 'Pools' }).click()
    await tab.page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor()
    await tab.page.unroute(`${bed.service.url}/`)
    await tab.page.getByRole('link', { name: 'Roles' }).click()
    await tab.page.getByRole('link', { name: 'sample-user' }).waitFor()
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('leaves an operator alone who has gone elsewhere before an answer came', async () => {
    const tab = await bed.operator('#/pools/new')
    let answer = () => {}
    await tab.page.route(`${bed.service.url}/`, async (call) => {
      const isOfForm = call.request().headers()['x-amz-target']?.endsWith('CreateIdentityPool')
      if (isOfForm) await new Promise<void>((resolve) => (answer = resolve))
      await call.continue()
    })
    await tab.page.getByLabel('Name').fill('slow')
    const done = tab.page.waitForResponse((one) =>
      /CreateIdentityPool/.test(one.request().headers()['x-amz-target'] ?? ''),
    )
    await tab.page.getByRole('button', { name: 'Create the pool' }).click()
    await tab.page.getByRole('link', { name: 'Roles' }).click()
    await tab.page.getByRole('link', { name: 'sample-user' }).waitFor()
    answer()
    await done
    await tab.page.waitForTimeout(100)
    expect(new URL(tab.page.url()).hash).toBe('#/roles')
    await tab.close()
  })
})
