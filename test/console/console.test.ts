import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bed, CHROMIUM, startBed } from './support/bed.ts'

const MAX_GZIP_BYTES = 80 * 1024

describe.skipIf(CHROMIUM === undefined)('the console, in Chromium', () => {
  let bed: Bed
  beforeAll(async () => {
    bed = await startBed()
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

  it('comes to a page by its address, after the sign-in, and says where there is none', async () => {
    const tab = await bed.operator('#/nowhere')
    await tab.page.getByRole('heading', { name: 'Not found' }).waitFor()
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('is small, and painted at once', async () => {
    const tab = await bed.tab()
    const script = await tab.page.getAttribute('script[src]', 'src')
    const text = await fetch(`${bed.service.url}${script}`).then((answer) => answer.text())
    expect(gzipSync(text).byteLength).toBeLessThan(MAX_GZIP_BYTES)
    await tab.close()
  })
})
