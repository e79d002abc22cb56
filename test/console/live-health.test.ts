import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bed, CHROMIUM, startBed, type Tab } from './support/bed.ts'

const MARK = `<img src=x onerror="document.title='owned'">`
const SECRET = 'mark-of-a-secret-0123456789-abcdef'
const NARROW = {
  secret: SECRET,
  account: '000000000000',
  user: 'narrow',
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'cognito-identity:List*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      { Effect: 'Deny', Action: ['iam:CreateRole', 'iam:DeleteRole'], Resource: 'arn:aws:iam::000000000000:role/x' },
    ],
  },
}
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe.skipIf(CHROMIUM === undefined)('live, keys, health and connect, in Chromium', () => {
  let bed: Bed
  beforeAll(async () => {
    bed = await startBed({
      vars: {
        ACCESS_KEY_NARROW: JSON.stringify(NARROW),
        OPERATOR_OIDC: JSON.stringify({ issuer: 'https://login.example.com', clientId: 'console' }),
        OPERATOR_ROLE_admin: JSON.stringify({
          match: { groups: MARK },
          account: '000000000000',
          policy: NARROW.policy,
        }),
      },
    })
  })
  afterAll(() => bed?.stop())

  /** What every page must be, and pictures of it to look at. */
  async function isWell(tab: Tab, name: string): Promise<void> {
    expect(await tab.barriers()).toEqual([])
    await tab.picture(name)
    expect(tab.faults).toEqual([])
    expect(await tab.page.title()).not.toBe('owned')
    expect(await tab.page.content()).not.toContain(SECRET)
  }

  /** A request of an app that the service refuses or grants, with a mark where a client can put one. */
  const asApp = (operation: string, input: object) =>
    fetch(bed.service.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityService.${operation}`,
        'user-agent': MARK,
      },
      body: JSON.stringify(input),
    })

  async function asNarrow(hash: string): Promise<Tab> {
    const tab = await bed.tab(hash)
    await tab.page.getByLabel('Access key id').fill('NARROW')
    await tab.page.getByLabel('Secret').fill(SECRET)
    await tab.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    return tab
  }

  it('live follows what happens, filters it, pauses, and shows a record', async () => {
    const tab = await bed.operator('#/live')
    const rows = tab.page.locator('table.rows tbody tr')
    await rows.filter({ hasText: 'WatchDecisions' }).waitFor()
    const pool = bed.sample.poolId
    await asApp('GetId', { IdentityPoolId: pool })
    await asApp('GetId', { IdentityPoolId: pool, Logins: { [MARK]: 'not.a.token' } })
    await rows.filter({ hasText: 'not_a_jwt' }).waitFor()
    await isWell(tab, 'live')
    expect(await tab.page.getByRole('img').first().getAttribute('aria-label')).toBe(
      'Sign-ins and refusals of the last ten minutes: granted 1, not_a_jwt 1',
    )
    await tab.page.getByLabel('Outcome').selectOption('refused')
    await expect.poll(() => rows.count()).toBe(1)
    expect(tab.page.url()).toContain('outcome=refused')
    await tab.page.getByRole('button', { name: /^Record of GetId/ }).click()
    expect(await tab.page.getByRole('dialog').textContent()).toContain(JSON.stringify(MARK).slice(1, -1))
    await tab.page.keyboard.press('Escape')
    expect(await rows.getByRole('link', { name: 'Why' }).getAttribute('href')).toMatch(/^#\/why\/[0-9a-f-]{36}$/)
    await tab.page.getByRole('button', { name: 'Pause' }).click()
    await tab.page.getByText('Paused: nothing is asked or sent.').waitFor()
    await tab.close()
  })

  it('live asks no more when the operator may not watch', async () => {
    const tab = await asNarrow('#/live')
    await tab.page.getByRole('alert').waitFor()
    await tab.page.getByText('Paused: nothing is asked or sent.').waitFor()
    await tab.close()
  })

  it('keys shows the rings with their times, and access keys and roles with what they may do', async () => {
    const tab = await bed.operator('#/keys')
    await tab.page.getByRole('heading', { name: /^RS256: tokens of identities/ }).waitFor()
    const content = (await tab.page.locator('main').textContent()) ?? ''
    for (const text of [
      'Signing',
      'NARROW',
      'Allows cognito-identity:List*, with conditions',
      'Denies iam:CreateRole, iam:DeleteRole',
    ])
      expect(content).toContain(text)
    expect(content).toContain(`groups is ${MARK}`)
    await isWell(tab, 'keys')
    await tab.close()
  })

  it('health shows the parts, asks STS when it is told to, and lists settings by name', async () => {
    const tab = await bed.operator('#/health')
    await tab.page.getByText('Everything that was asked is well.').waitFor()
    const rows = tab.page.locator('table.rows tbody tr')
    expect(await rows.filter({ hasText: 'Decisions' }).count()).toBe(0)
    await tab.page.getByLabel('Ask KV and each STS too').check()
    await rows.filter({ hasText: 'keeps decisions' }).waitFor()
    expect(await tab.page.locator('.names').textContent()).toContain('ACCESS_KEY_NARROW')
    await isWell(tab, 'health')
    await tab.close()
  })

  it('connect takes nothing from an address that is no pool', async () => {
    const query = new URLSearchParams({ region: 'x$(id)', pool: "us-east-1:$(id)');evil('" })
    const tab = await bed.operator(`#/connect?${query}`)
    await tab.page.getByText('Try it: a guest gets credentials').waitFor()
    expect(await tab.page.locator('main').textContent()).not.toMatch(/\(id\)|evil/)
    await tab.close()
  })

  it('connect shows what clients need, and for AWS the very text of npm run connect:aws', async () => {
    const tab = await bed.operator('#/connect')
    await tab.page.getByText(`identityPoolId: '${bed.sample.poolId}'`).first().waitFor()
    const content = (await tab.page.locator('main').textContent()) ?? ''
    expect(content).toContain(`export AWS_ENDPOINT_URL_COGNITO_IDENTITY=${bed.service.url}`)
    expect(content).toContain(`The issuer ${bed.service.url} must be an https URL.`)
    await isWell(tab, 'connect-local')
    await tab.page.route('**/console/settings.json', async (route) => {
      const answer = await (await route.fetch()).json()
      await route.fulfill({ json: { ...answer, issuer: 'https://id.example.com' } })
    })
    await tab.page.getByLabel('Region').fill('eu-west-1')
    await tab.page.getByText('There is no pool in eu-west-1.').waitFor()
    await tab.page.getByLabel('Region').fill('us-east-1')
    await tab.page.getByText('template.json, for CloudFormation').waitFor()
    await tab.page.getByLabel('Users bring attributes').check()
    const command = ['--issuer', 'https://id.example.com', '--pool', bed.sample.poolId, '--tags', '--format']
    for (const [format, title] of [
      ['cloudformation', 'template.json, for CloudFormation'],
      ['terraform', 'edge-identity.tf.json, for Terraform'],
    ] as const) {
      const printed = execFileSync(process.execPath, ['tools/commands/connect-aws.mjs', ...command, format], {
        ...{
          cwd: ROOT,
          encoding: 'utf8' as const,
          stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'],
        },
      })
      const shown = await tab.page.locator('figure', { hasText: title }).locator('pre').textContent()
      expect(shown).toBe(printed.trimEnd())
    }
    await isWell(tab, 'connect')
    await tab.close()
  })

  it.each([
    ['#/live', 'WatchDecisions'],
    ['#/keys', 'DescribeService'],
    ['#/health', 'DescribeService'],
  ])('%s says that the policy of a key does not allow it', async (hash, operation) => {
    const tab = await asNarrow(hash)
    const alert = tab.page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain(`not authorized to perform: edge-identity:${operation}`)
    expect(tab.faults).toEqual([])
    await tab.close()
  })
})
