import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultIssuer } from '../../package/server/issuer-config.mjs'
import { testIssuers } from '../../package/server/issuers.ts'
import { type Bed, CHROMIUM, startBed, type Tab } from './support/bed.ts'
import { pathOn, requestIdOf } from './support/decisions.ts'
import { narrowKey, signedIn, tabTo } from './support/narrow.ts'

/** Text that would do something if it became markup. */
const MARK = '"><img src=x onerror="document.title=1"><script>alert(1)</script>'

const BACKEND = 'login.example'

/** Of somebody who may look at people, and at nobody's subject, and change nothing. */
const NARROW = narrowKey('edge-identity:GetIdentityDetail', 'edge-identity:ListIdentityDetails')

describe.skipIf(CHROMIUM === undefined)('people and decisions in the console', () => {
  let bed: Bed
  /** One tab for all, in which an operator is signed in. */
  let tab: Tab
  beforeAll(async () => {
    bed = await startBed({ vars: { ACCESS_KEY_NARROW: JSON.stringify(NARROW) } })
    const { poolId: IdentityPoolId } = bed.sample
    const pool = await bed.admin.signed('DescribeIdentityPool', { IdentityPoolId })
    await bed.admin.signed('UpdateIdentityPool', { ...pool, DeveloperProviderName: BACKEND })
    tab = await bed.operator('#/why')
  })

  /** Goes to an address of the console, as a link does, and waits until the page of before is gone. */
  const open = (hash: string) =>
    tab.page.evaluate(
      (to) =>
        new Promise<void>((resolve) => {
          addEventListener('hashchange', () => requestAnimationFrame(() => setTimeout(resolve)), { once: true })
          location.hash = to
        }),
      hash,
    )

  afterAll(() => bed?.stop())

  /** The page has no barrier and no fault, and pictures of it were made. */
  async function isWell(tab: Tab, name: string): Promise<void> {
    await tab.picture(name)
    expect(await tab.barriers()).toEqual([])
    expect(tab.faults).toEqual([])
  }

  /** An identity of the pool, with these subjects at its providers. */
  async function seeded(Name: string, Logins?: Record<string, string>): Promise<string> {
    const { IdentityId } = await bed.admin.own('SeedIdentity', { IdentityPoolId: bed.sample.poolId, Name, Logins })
    return IdentityId
  }

  const addressOf = (id: string, part = 'detail') =>
    `#/identity/${encodeURIComponent(bed.sample.poolId)}/${encodeURIComponent(id)}/${part}`

  const detail = (IdentityId: string) =>
    bed.admin.own('GetIdentityDetail', { IdentityPoolId: bed.sample.poolId, IdentityId })

  describe('identities', () => {
    const list = () => `#/identities/${encodeURIComponent(bed.sample.poolId)}`

    it('are chosen by pool, and listed page by page with filters that are in the address', async () => {
      await seeded('marked', { [BACKEND]: MARK })
      for (let n = 0; n < 50; n++) await seeded(`guest-${n}`)
      await open('#/identities')
      await tab.page.getByRole('link', { name: 'sample', exact: true }).click()
      const rows = tab.page.locator('table.rows tbody tr')
      await rows.nth(49).waitFor()
      expect(await rows.count()).toBe(50)
      await tab.page.getByRole('button', { name: 'Next' }).click()
      await expect.poll(() => rows.count()).toBeLessThan(50)
      await tab.page.getByLabel('State').selectOption('User')
      await tab.page.getByRole('button', { name: 'Show' }).click()
      await tab.page.getByText(MARK).waitFor()
      expect(tab.page.url()).toContain('/all?state=User')
      await expect.poll(() => rows.count()).toBe(2)
      await isWell(tab, 'identities')
      expect(await tab.page.locator('pre').textContent()).toMatch(/^npm run identity -- list --pool \S+ --state user /)
      await tab.page.getByLabel('Not used since').fill('2026-02-31')
      await tab.page.keyboard.press('Enter')
      await tab.page.getByText('UnusedSince must be a day').waitFor()
      expect(tab.faults).toEqual([])
    })

    it('are found by login, by token and by id, and nobody is told as nobody', async () => {
      const { poolId, user } = bed.sample
      await open(`${list()}/find`)
      await tab.page.getByLabel('Provider', { exact: true }).fill(user.provider)
      await tab.page.getByLabel('Subject').fill(MARK)
      await tab.page.getByRole('button', { name: 'Find', exact: true }).click()
      await tab.page.getByText('Nobody in this pool has the login').waitFor()
      await tab.page.getByRole('button', { name: 'Was the user erased?' }).click()
      await tab.page.getByText('knows of no erasure').waitFor()
      await isWell(tab, 'find')
      await tab.page.getByLabel('Subject').fill('ada')
      await tab.page.keyboard.press('Enter')
      await tab.page.waitForURL(`**/console${addressOf(user.identityId, '').slice(0, -1)}`)
      await tab.page.goBack()
      const issuers = testIssuers(bed.service.url, [defaultIssuer(bed.service.url)])
      const token = (await Object.values(issuers)[0]?.idToken({ sub: 'ada', aud: 'another' })) ?? ''
      await tab.page.getByLabel('Token').fill(token)
      await tab.page.getByRole('button', { name: 'Find by token' }).click()
      await tab.page.getByRole('heading', { name: 'Timeline' }).waitFor()
      expect(await tab.page.content()).not.toContain(token.split('.')[2])
      await tab.page.goBack()
      expect(await tab.page.getByLabel('Token').inputValue()).toBe('')
      await tab.page.getByLabel('Identity id').fill(bed.sample.guest.identityId)
      await tab.page.keyboard.press('Enter')
      await tab.page.getByText('A guest has no login.').waitFor()
      expect(tab.page.url()).toContain(encodeURIComponent(poolId))
      expect(tab.faults).toEqual([])
    })
  })

  describe('an identity', () => {
    it('is shown with logins and timeline, and its logins are linked and taken off after a dry run', async () => {
      const id = await seeded('changing', { [BACKEND]: `changing ${MARK}` })
      await open(addressOf(id))
      await tab.page.getByRole('button', { name: 'Link a login' }).click()
      await tab.page.getByLabel('Provider', { exact: true }).fill(bed.sample.user.provider)
      await tab.page.getByLabel('Subject').fill('ada')
      await tab.page.keyboard.press('Enter')
      await tab.page.getByText(`The login belongs to identity '${bed.sample.user.identityId}'`).waitFor()
      await tab.page.getByLabel('Subject').fill('grace')
      await tab.page.keyboard.press('Enter')
      await tab.page.getByText('would be linked to').waitFor()
      expect((await detail(id)).Logins).toHaveLength(1)
      await isWell(tab, 'identity-link')
      await tab.page.getByRole('button', { name: 'Link it' }).click()
      await tab.page.getByText('has the login.').waitFor()
      expect((await detail(id)).Logins).toHaveLength(2)
      await tab.page.getByRole('button', { name: 'Done' }).click()
      await isWell(tab, 'identity')
      await tab.page.getByRole('button', { name: `Take off the login of ${BACKEND}` }).click()
      await tab.page.getByRole('button', { name: 'See what it would do' }).click()
      await tab.page.getByText('The login would be taken off.').waitFor()
      await tab.page.getByRole('button', { name: 'Take it off' }).click()
      await tab.page.getByText('The login was taken off.').waitFor()
      expect((await detail(id)).Logins).toMatchObject([{ Subject: 'grace' }])
      expect(tab.faults).toEqual([])
    })

    it('is merged, after what would come of it is told', async () => {
      const [source, id] = [
        await seeded('source', { [BACKEND]: 'source' }),
        await seeded('stays', { [BACKEND]: 'stays' }),
      ]
      const guest = await seeded('guest-0')
      await open(addressOf(id))
      await tab.page.getByRole('button', { name: 'Merge' }).click()
      await tab.page.getByLabel('The other identity').fill(guest)
      await tab.page.getByLabel('Which one stays?').selectOption('other')
      await tab.page.getByRole('button', { name: 'See what it would do' }).click()
      await tab.page.getByText('The destination is a guest').waitFor()
      await tab.page.getByLabel('Which one stays?').selectOption('this')
      await tab.page.getByLabel('The other identity').fill(source)
      await tab.page.keyboard.press('Enter')
      await tab.page.getByText('One login would go to').waitFor()
      await tab.page.getByRole('button', { name: 'Merge them' }).click()
      await tab.page.getByText(/^Both are/).waitFor()
      expect(await detail(id)).toMatchObject({ ForwardedFrom: [source], Logins: [{}, {}] })
      await tab.page.getByRole('button', { name: 'Done' }).click()
      await tab.page.getByRole('link', { name: source }).click()
      await tab.page.getByText('Merged into another').waitFor()
      expect(tab.faults).toEqual([])
    })

    it('is blocked, unblocked and revoked, with what is still valid', async () => {
      const id = await seeded('stopped', { [BACKEND]: 'stopped' })
      await open(addressOf(id))
      await tab.page.getByRole('button', { name: 'Block' }).click()
      await tab.page.getByLabel('It ends').selectOption('at')
      await tab.page.getByLabel('Time (UTC)').fill('2020-01-01')
      await tab.page.getByLabel('Reason').fill(MARK)
      await tab.page.getByRole('button', { name: 'Block it' }).click()
      await tab.page.getByText('Until must be a time to come').waitFor()
      await tab.page.getByLabel('It ends').selectOption('24')
      await tab.page.getByRole('button', { name: 'Block it' }).click()
      await tab.page.getByRole('heading', { name: 'What is still valid' }).waitFor()
      await isWell(tab, 'identity-blocked')
      expect(await detail(id)).toMatchObject({ Blocked: true, BlockReason: MARK })
      await tab.page.getByRole('button', { name: 'Done' }).click()
      await tab.page.getByText('The block ends').waitFor()
      // With the keyboard alone.
      await tabTo(tab, 'Unblock')
      await tab.page.keyboard.press('Enter')
      await tabTo(tab, 'Unblock it')
      await tab.page.keyboard.press('Enter')
      await tab.page.getByText('The user can sign in again.').waitFor()
      expect((await detail(id)).Blocked).toBeUndefined()
      await tabTo(tab, 'Done')
      await tab.page.keyboard.press('Enter')
      await tab.page.getByRole('button', { name: 'Block', exact: true }).waitFor()
      await tabTo(tab, 'Block')
      expect(await tab.page.getByRole('dialog').count()).toBe(0)
      await tab.page.getByRole('button', { name: 'Revoke sessions' }).click()
      await tab.page.getByRole('button', { name: 'Revoke them' }).click()
      await tab.page.getByText('Statement for policies at AWS').waitFor()
      expect((await detail(id)).TokensValidFrom).toBeGreaterThan(0)
      expect(tab.faults).toEqual([])
    })

    it('shows hashes and refusals to whoever may not see subjects and change nothing', async () => {
      const id = await seeded('hidden', { [BACKEND]: 'hidden-subject' })
      const narrow = await signedIn(bed, 'NARROW', NARROW, addressOf(id))
      await narrow.page.getByText('Your key may not see subjects').waitFor()
      expect(await narrow.page.content()).not.toContain('hidden-subject')
      await narrow.page.getByRole('button', { name: 'Revoke sessions' }).click()
      await narrow.page.getByRole('button', { name: 'Revoke them' }).click()
      const alert = narrow.page.getByRole('alert')
      await alert.getByText('AccessDeniedException').waitFor()
      expect(await alert.getByRole('link', { name: /^Why/ }).getAttribute('href')).toMatch(/^#\/why\/[0-9a-f-]{36}$/)
      await isWell(narrow, 'identity-refused')
      await narrow.close()
    })

    it('is erased when its id was typed, for a receipt that anybody can verify and that is there again', async () => {
      const id = await seeded('erased', { [BACKEND]: 'erased' })
      await open(addressOf(id, 'erase'))
      await tab.page.getByLabel('Case').fill('not a case')
      await tab.page.getByRole('button', { name: 'See what would be deleted' }).click()
      await tab.page.getByRole('alert').waitFor()
      await tab.page.getByLabel('Case').fill('case-4711')
      await tab.page.keyboard.press('Enter')
      await tab.page.getByText('This would be deleted').waitFor()
      const sure = tab.page.getByRole('button', { name: 'Erase for good' })
      expect(await sure.isDisabled()).toBe(true)
      await isWell(tab, 'erase')
      expect((await detail(id)).IdentityId).toBe(id)
      await tab.page.getByLabel('Type the identity id').fill(id)
      await sure.click()
      await tab.page.getByText('The user is erased.').waitFor()
      const jws = (await tab.page.locator('figure', { hasText: 'Receipt' }).first().locator('pre').textContent()) ?? ''
      const keys = createRemoteJWKSet(new URL(`${bed.service.url}/.well-known/erasure-keys`))
      const { payload } = await jwtVerify(jws, keys, { typ: 'erasure-receipt+jwt', algorithms: ['EdDSA'] })
      expect(payload).toMatchObject({ ids: [id], reason: 'case-4711' })
      const [saved] = await Promise.all([
        tab.page.waitForEvent('download'),
        tab.page.getByRole('link', { name: 'Save it as a file' }).click(),
      ])
      expect(saved.suggestedFilename()).toBe(`receipt-${payload.jti}.jwt`)
      await isWell(tab, 'erased')
      await tab.page.getByRole('link', { name: 'Detail' }).click()
      await tab.page.getByRole('link', { name: 'look for it' }).click()
      await tab.page.getByRole('button', { name: 'See what would be deleted' }).click()
      await tab.page.getByText('The user was erased before.').waitFor()
      expect(await tab.page.getByText(jws).count()).toBe(1)
      expect(tab.faults).toEqual([])
    })
  })

  describe('why', () => {
    const requestId = (operation: string, input: object) => requestIdOf(bed, MARK, operation, input)

    it('shows where a refused login ended, why, and what to do', async () => {
      const { poolId: IdentityPoolId, user } = bed.sample
      const issuer = testIssuers(bed.service.url, [defaultIssuer(bed.service.url)])
      const token = await Object.values(issuer)[0]?.idToken({ sub: 'ada', aud: MARK })
      await open(`#/why/${await requestId('GetId', { IdentityPoolId, Logins: { [user.provider]: token } })}`)
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
    })

    it('shows the role of granted credentials and why it is that one', async () => {
      const { guest, poolId } = bed.sample
      await open(`#/why/${await requestId('GetCredentialsForIdentity', { IdentityId: guest.identityId })}`)
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
    })

    it('teaches where nothing is asked, finds the last refusal, and says what may be if there is no record', async () => {
      const { poolId: IdentityPoolId } = bed.sample
      const last = await requestId('GetId', { IdentityPoolId, Logins: { 'accounts.google.com': MARK } })
      await open('#/why')
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
      expect(tab.faults).toEqual([])
    })
  })
})
