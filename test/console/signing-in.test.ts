import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultIssuer, type IssuerConfig, issuerAddress } from '../../package/server/issuer-config.mjs'
import { freePort, LOCAL_ACCOUNT } from '../../tools/lib/local-service.ts'
import { type Access, startAccess } from './support/access.ts'
import { type Bed, CHROMIUM, startBed, type Tab } from './support/bed.ts'

const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['cognito-identity:*', 'edge-identity:*'], Resource: '*' }],
}
const roleOf = (match: object) => JSON.stringify({ match, account: LOCAL_ACCOUNT, policy: POLICY })

/** The issuer at which operators sign in: another than that of users. */
const staff = (url: string): IssuerConfig => ({
  ...defaultIssuer(url),
  name: 'staff',
  issuer: issuerAddress(url, 'staff'),
  clients: ['console'],
  redirectUris: [`${url}/console`],
})

describe.skipIf(CHROMIUM === undefined)('operators of a provider', () => {
  let bed: Bed
  beforeAll(async () => {
    const port = await freePort()
    const { issuer } = staff(`http://localhost:${port}`)
    bed = await startBed({
      port,
      issuers: (url) => [defaultIssuer(url), staff(url)],
      vars: {
        OPERATOR_OIDC: JSON.stringify({ issuer, clientId: 'console' }),
        OPERATOR_ROLE_admin: roleOf({ sub: 'grace' }),
      },
    })
  })
  afterAll(() => bed?.stop())

  async function signIn({ page }: Tab, name: string): Promise<void> {
    await page.getByRole('button', { name: /^Sign in at/ }).click()
    await page.fill('input[name=sub]', name)
    await page.click('button[value=yes]')
    await page.waitForURL(/\/console/)
  }

  it('come back from it to the page that they wanted, with what their role may do', async () => {
    const tab = await bed.tab('#/pools?region=eu-west-1')
    await tab.picture('sign-in-provider')
    expect(await tab.barriers()).toEqual([])
    await signIn(tab, 'grace')
    await tab.page.getByText('There is no pool in eu-west-1').waitFor()
    expect(new URL(tab.page.url()).search).toBe('')
    expect(await tab.page.textContent('.who')).toMatch(/^operator-admin\/[\w-]+ in 000000000000, until/)
    const kept = await tab.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
    expect(kept).toBe('{}')
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('are refused without a role, in the words of the service', async () => {
    const tab = await bed.tab()
    await signIn(tab, 'mallory')
    const alert = tab.page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('No role of operators matches the claims of this token.')
    await tab.close()
  })

  it('are not those whom somebody else sends to the page with a code', async () => {
    const tab = await bed.tab()
    await tab.page.evaluate(() => sessionStorage.setItem('edge-identity:sign-in', '{"state":"mine"}'))
    await tab.page.goto(`${bed.service.url}/console?code=stolen&state=another`)
    const alert = tab.page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('This sign-in was not begun in this tab.')
    await tab.close()
  })

  it('are never the users of a pool: their session opens nothing', async () => {
    const tab = await bed.tab()
    const { accessKeyId, secretAccessKey, sessionToken } = bed.sample.user.credentials
    await tab.page.getByLabel('Access key id').fill(accessKeyId)
    await tab.page.getByLabel('Secret').fill(secretAccessKey)
    await tab.page.getByText('It has a session token').click()
    await tab.page.getByLabel('Session token').fill(sessionToken)
    await tab.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    const alert = tab.page.getByRole('alert')
    await alert.waitFor()
    expect(await tab.page.getByRole('link', { name: 'sample' }).count()).toBe(0)
    await tab.close()
  })
})

describe.skipIf(CHROMIUM === undefined)('operators behind Cloudflare Access', () => {
  let [bed, access]: [Bed | undefined, Access | undefined] = [undefined, undefined]
  beforeAll(async () => {
    access = await startAccess()
    const { audience: clientId, issuer } = access
    bed = await startBed({
      vars: {
        OPERATOR_OIDC: JSON.stringify({ issuer, clientId, access: true }),
        OPERATOR_ROLE_admin: roleOf({ email: 'grace@example.com' }),
      },
    })
  })
  afterAll(async () => {
    await bed?.stop()
    await access?.stop()
  })

  it('are in at once, and refused where they did not come through it', async () => {
    const tab = await (bed as Bed).tab()
    const alert = tab.page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('The request did not come through Cloudflare Access.')
    const assertion = await (access as Access).assertion('grace@example.com')
    await tab.context.setExtraHTTPHeaders({ 'cf-access-jwt-assertion': assertion })
    await tab.page.reload()
    await tab.page.getByRole('link', { name: 'sample' }).waitFor()
    expect(tab.faults).toEqual([])
    await tab.close()
  })
})
