import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultIssuer } from '../../package/server/issuer-config.mjs'
import { testIssuers } from '../../package/server/issuers.ts'
import { jsonCall } from '../../tools/lib/client.ts'
import { type Bed, CHROMIUM, startBed, type Tab } from './support/bed.ts'

/** Text that would do something if it became markup. */
const MARK = '"><img src=x onerror="document.title=1"><script>alert(1)</script>'

describe.skipIf(CHROMIUM === undefined)('people and decisions in the console', () => {
  let bed: Bed
  beforeAll(async () => {
    bed = await startBed()
  })
  afterAll(() => bed?.stop())

  /** The page has no barrier and no fault, and pictures of it were made. */
  async function isWell(tab: Tab, name: string): Promise<void> {
    await tab.picture(name)
    expect(await tab.barriers()).toEqual([])
    expect(tab.faults).toEqual([])
  }

  describe('why', () => {
    /** Makes a public call, and gives the id of its request. */
    async function requestId(operation: string, input: object): Promise<string> {
      const call = jsonCall(operation, input)
      const answer = await fetch(bed.service.url, { ...call, headers: { ...call.headers, 'user-agent': MARK } })
      return answer.headers.get('x-amzn-requestid') ?? ''
    }

    /** The path that a page shows: how each step ended, and what it is called. */
    async function pathOn(tab: Tab): Promise<string[]> {
      const steps = tab.page.locator('ol.steps > li')
      await steps.first().waitFor()
      return Promise.all(
        (await steps.all()).map(async (step) => {
          const title = await step.locator('.step-title strong').textContent()
          return `${await step.getAttribute('class')}: ${title}`
        }),
      )
    }

    it('shows where a refused login ended, why, and what to do', async () => {
      const { poolId: IdentityPoolId, user } = bed.sample
      const issuer = testIssuers(bed.service.url, [defaultIssuer(bed.service.url)])
      const token = await Object.values(issuer)[0]?.idToken({ sub: 'ada', aud: MARK })
      const tab = await bed.operator(
        `#/why/${await requestId('GetId', { IdentityPoolId, Logins: { [user.provider]: token } })}`,
      )
      expect(await pathOn(tab)).toEqual([
        'plain: GetId',
        'good: Identity pool',
        `bad: Login of ${user.provider}`,
        'skipped: Identity',
        'bad: Refused',
      ])
      const login = tab.page.locator('ol.steps > li').nth(2)
      expect(await login.textContent()).toMatch(/made for another client.*audience.*What to do: Add the client id/s)
      expect(await login.textContent()).toContain(MARK)
      await isWell(tab, 'why-refused')
      await tab.close()
    })

    it('shows the role of granted credentials and why it is that one', async () => {
      const { guest, poolId } = bed.sample
      const tab = await bed.operator(
        `#/why/${await requestId('GetCredentialsForIdentity', { IdentityId: guest.identityId })}`,
      )
      expect(await pathOn(tab)).toEqual([
        'plain: GetCredentialsForIdentity',
        'good: Identity pool',
        'plain: Logins',
        'good: Identity',
        'good: Role',
        'good: Embedded STS',
        'good: Granted',
      ])
      expect(await tab.page.locator('ol.steps').textContent()).toContain('It is the role of the pool for guests.')
      expect(await tab.page.getByRole('link', { name: guest.identityId }).getAttribute('href')).toBe(
        `#/identity/${encodeURIComponent(poolId)}/${encodeURIComponent(guest.identityId)}`,
      )
      await isWell(tab, 'why-granted')
      await tab.close()
    })

    it('teaches where nothing is asked, finds the last refusal, and says what may be if there is no record', async () => {
      const { poolId: IdentityPoolId } = bed.sample
      const last = await requestId('GetId', { IdentityPoolId, Logins: { 'accounts.google.com': MARK } })
      const tab = await bed.operator('#/why')
      await tab.page.getByText('judged step by step').waitFor()
      await isWell(tab, 'why')
      await tab.page.getByRole('link', { name: 'The last refusal' }).click()
      await tab.page.waitForURL(`**/console#/why/${last}`)
      expect(await pathOn(tab)).toEqual([
        'plain: GetId',
        'good: Identity pool',
        'bad: Login of accounts.google.com',
        'skipped: Identity',
        'bad: Refused',
      ])
      await requestId('GetId', { IdentityPoolId: 'us-east-1:00000000-0000-0000-0000-000000000000' })
      await tab.page.getByRole('link', { name: 'The last refusal' }).click()
      await tab.page.getByText("IdentityPool 'us-east-1:0").first().waitFor()
      expect((await pathOn(tab)).slice(1, 3)).toEqual(['bad: Identity pool', 'skipped: Logins'])
      await tab.page.getByLabel('Request id').fill('00000000-0000-0000-0000-000000000000')
      await tab.page.keyboard.press('Enter')
      await tab.page.getByText('No decision of request').waitFor()
      await tab.page.getByText('about a minute after its request').waitFor()
      await isWell(tab, 'why-unknown')
      await tab.close()
    })
  })
})
