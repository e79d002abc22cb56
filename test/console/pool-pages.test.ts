import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plan, readIdentityText, serviceApi, summaryOf } from '../../package/file/index.ts'
import { LOCAL_KEY } from '../../tools/lib/local-service.ts'
import { type Bed, CHROMIUM, startBed, type Tab } from './support/bed.ts'

const NARROW = { id: 'NARROW', secret: 'n'.repeat(32) }
/** A key that may read and list, and change nothing. It may not have counts. */
const READER = {
  secret: NARROW.secret,
  account: '000000000000',
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'cognito-identity:Describe*',
          'cognito-identity:List*',
          'cognito-identity:Get*',
          'edge-identity:GetPoolSettings',
          'edge-identity:DescribeSpread',
          'iam:Get*',
          'iam:List*',
        ],
        Resource: '*',
      },
    ],
  },
}

describe.skipIf(CHROMIUM === undefined)('the pages of a pool, in Chromium', () => {
  let bed: Bed
  beforeAll(async () => {
    bed = await startBed({ vars: { [`ACCESS_KEY_${NARROW.id}`]: JSON.stringify(READER) } })
  })
  afterAll(() => bed?.stop())

  const well = async (tab: Tab, name: string) => {
    expect(await tab.barriers()).toEqual([])
    await tab.picture(name)
    expect(tab.faults).toEqual([])
  }
  const tokenOf = async (claims: object) => {
    const url = `${bed.service.url}/issuers/test/id-token`
    const headers = { accept: 'application/jwt', 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(claims) })
    return (await answer.text()).trim()
  }
  const asReader = async (hash: string) => {
    const tab = await bed.tab(hash)
    await tab.page.getByLabel('Access key id').fill(NARROW.id)
    await tab.page.getByLabel('Secret').fill(NARROW.secret)
    await tab.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await tab.page.getByRole('button', { name: 'Sign out' }).waitFor()
    return tab
  }

  it('makes a pool, shows its counts, and deletes it once its name is typed', async () => {
    const tab = await bed.operator('#/pools/new')
    const { page } = tab
    await page.getByLabel('Name').fill('shop')
    await page.getByLabel('Guests are allowed').check()
    await page.getByRole('button', { name: 'Create the pool' }).click()
    await page.getByRole('heading', { name: 'shop' }).waitFor()
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByText('Guests are allowed and have no role').waitFor()
    await page.getByText('Counted at').waitFor()
    await page.getByRole('button', { name: 'Delete the pool…' }).click()
    const button = page.getByRole('button', { name: 'Delete for good' })
    expect(await button.isDisabled()).toBe(true)
    await page.getByLabel('Type shop to go on').fill('shop')
    await button.click()
    await page.getByRole('link', { name: 'sample' }).waitFor()
    expect(await page.getByRole('link', { name: 'shop' }).count()).toBe(0)
    await page.getByText('nothing found').or(page.getByText('finding')).first().waitFor()
    await well(tab, 'pool-list')
    await tab.close()
  })

  it('shows who there is in a pool', async () => {
    const tab = await bed.operator(`#/pool/${bed.sample.poolId}/overview`)
    await tab.page.getByRole('table', { name: 'Logins by provider' }).waitFor()
    await tab.page.getByText('One object keeps this pool').waitFor()
    await well(tab, 'pool-overview')
    await tab.close()
  })

  it('shows the list to a key that may not have counts, and a refusal where it may not write', async () => {
    const tab = await asReader('#/pools')
    await tab.page.getByText('not allowed').first().waitFor()
    await tab.page.getByRole('link', { name: 'Create a pool' }).click()
    await tab.page.getByLabel('Name').fill('mine')
    await tab.page.getByRole('button', { name: 'Create the pool' }).click()
    await tab.page.getByRole('alert').getByText('CreateIdentityPool').first().waitFor()
    await tab.page.goto(`${bed.service.url}/console#/pool/${bed.sample.poolId}/overview`)
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  /** What a page must show as text. */
  const MARK = '<img src=x onerror=alert(1)>'
  const SECRET = 'consumer-secret-of-x'
  const OIDC = () => `arn:aws:iam::000000000000:oidc-provider/${bed.sample.user.provider}`
  const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`

  /** A pool with everything that settings may have. */
  async function richPool(IdentityPoolName: string): Promise<string> {
    const { IdentityPoolId } = await bed.admin.signed('CreateIdentityPool', {
      IdentityPoolName,
      AllowUnauthenticatedIdentities: true,
    })
    const { Version } = await bed.admin.own('GetPoolSettings', { IdentityPoolId })
    await bed.admin.own('SetPoolSettings', {
      IdentityPoolId,
      IfVersion: Version,
      IdentityPoolName,
      AllowUnauthenticatedIdentities: true,
      OpenIdConnectProviderARNs: [OIDC()],
      SupportedLoginProviders: { 'accounts.google.com': '1.apps.example', 'api.twitter.com': `key;${SECRET}` },
      CognitoIdentityProviders: [
        { ProviderName: 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC', ClientId: 'client1' },
      ],
      IdentityPoolTags: { team: 'blue', 'edge-identity:session-seconds': '7200' },
      Roles: { authenticated: role('sample-user'), unauthenticated: role('sample-guest') },
      RoleMappings: {
        [OIDC()]: {
          Type: 'Rules',
          AmbiguousRoleResolution: 'Deny',
          RulesConfiguration: {
            Rules: [
              { Claim: 'groups', MatchType: 'Contains', Value: MARK, RoleARN: role('sample-user') },
              { Claim: 'groups', MatchType: 'Equals', Value: 'staff', RoleARN: role('sample-user') },
            ],
          },
        },
      },
      PrincipalTagMaps: { [OIDC()]: { PrincipalTags: { tenant: MARK } } },
      TokenAudiences: [{ Audience: 'https://rich.example', Guests: false, Claims: [] }],
    })
    return IdentityPoolId
  }

  it('shows every setting as text, and no secret', async () => {
    const pool = await richPool('rich')
    const tab = await bed.operator(`#/pool/${pool}/settings`)
    await tab.page.getByText(`tenant from the claim ${MARK}`).waitFor()
    await tab.page.getByText('As JSON').click()
    await tab.page.getByText('made this page').click()
    await well(tab, 'pool-settings')
    expect(await tab.page.content()).not.toContain(SECRET)
    await tab.close()
  })

  it('lets a growing pool stand still, and go on', async () => {
    const { IdentityPoolId } = await bed.admin.signed('CreateIdentityPool', {
      IdentityPoolName: 'growing',
      AllowUnauthenticatedIdentities: true,
      IdentityPoolTags: { 'edge-identity:shards': '2' },
    })
    // A pool without identities grows fast: it is caught at some number of objects.
    const ResourceArn = `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${IdentityPoolId}`
    let isPaused = false
    for (let shards = 4; shards <= 256 && !isPaused; shards *= 2) {
      await bed.admin.signed('TagResource', { ResourceArn, Tags: { 'edge-identity:shards': String(shards) } })
      isPaused = await bed.admin.own('PauseSpread', { IdentityPoolId }).then(
        () => true,
        () => false,
      )
      while (!isPaused && (await bed.admin.own('DescribeSpread', { IdentityPoolId })).Growth.Phase !== 'Done')
        await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(isPaused).toBe(true)
    const tab = await bed.operator(`#/pool/${IdentityPoolId}`)
    const { page } = tab
    await page.getByRole('heading', { name: 'Its growth is paused' }).waitFor()
    await well(tab, 'pool-growth')
    await page.getByRole('button', { name: 'Let it go on' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Let it go on' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await bed.admin.own('DescribeSpread', { IdentityPoolId })).toMatchObject({ Growth: { Paused: false } })
    const grown = page.getByRole('heading', { name: 'It has grown' })
    while ((await grown.count()) === 0) {
      const again = page.getByRole('button', { name: 'Look again' })
      if ((await again.count()) > 0) await again.click()
      await page.waitForTimeout(200)
    }
    expect(await page.getByRole('button', { name: 'Pause its growth' }).count()).toBe(0)
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('says of an address without the id of a pool that there is none', async () => {
    for (const id of ['no-pool', 'us-east-1:x', encodeURIComponent('../x:y')]) {
      const tab = await bed.operator(`#/pool/${id}`)
      const told = tab.page.getByRole('alert').first()
      await told.waitFor()
      expect(await told.textContent()).not.toContain('access key')
      expect(tab.faults).toEqual([])
      await tab.close()
    }
  })

  it('has forms that change nothing unless somebody types', async () => {
    const pool = await richPool('left alone')
    const tab = await bed.operator(`#/pool/${pool}/settings`)
    const { page } = tab
    const parts = ['general', 'providers', 'roles', 'attributes', 'audiences', 'tags'].map((part) => `settings/${part}`)
    for (const part of [...parts, `mappings/${encodeURIComponent(OIDC())}`]) {
      await page.goto(`${bed.service.url}/console#/pool/${pool}/${part}`)
      await page.getByRole('button', { name: 'Review the change' }).click()
      await page.getByText('Nothing is different yet.').waitFor()
    }
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('says what a change does before it is saved, and what somebody else changed meanwhile', async () => {
    const pool = await richPool('edited')
    const tab = await bed.operator(`#/pool/${pool}/settings/general`)
    const { page } = tab
    await page.getByLabel('Guests are allowed').uncheck()
    await page.getByRole('button', { name: 'Review the change' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Guests are served no more').waitFor()
    await bed.admin.signed('TagResource', {
      ResourceArn: `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${pool}`,
      Tags: { team: 'red' },
    })
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await dialog.getByText('Nothing was saved').waitFor()
    expect(await dialog.getByText('"team": "red"').count()).toBeGreaterThan(0)
    await well(tab, 'pool-conflict')
    await dialog.getByRole('button', { name: 'Save on top of it' }).click()
    await page.getByText('not allowed', { exact: true }).first().waitFor()
    expect(await bed.admin.own('GetPoolSettings', { IdentityPoolId: pool })).toMatchObject({
      AllowUnauthenticatedIdentities: false,
      IdentityPoolTags: { team: 'red' },
      SupportedLoginProviders: { 'api.twitter.com': `key;${SECRET}` },
    })
    await tab.close()
  })

  it('takes what a provider had along when it leaves, and keeps the secret that nobody typed', async () => {
    const pool = await richPool('leaving')
    const tab = await bed.operator(`#/pool/${pool}/settings/providers`)
    const { page } = tab
    await page.getByLabel('X: consumer key').waitFor()
    await well(tab, 'pool-providers')
    await page.getByLabel('Google: client id').fill('2.apps.example')
    await page.getByRole('button', { name: 'Remove OpenID Connect provider 1' }).click()
    await page.getByRole('button', { name: 'Review the change' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(`Users of ${bed.sample.user.provider} can no longer sign in`).waitFor()
    expect(await page.content()).not.toContain(SECRET)
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    const after = await bed.admin.own('GetPoolSettings', { IdentityPoolId: pool })
    expect(after).toMatchObject({
      SupportedLoginProviders: { 'accounts.google.com': '2.apps.example', 'api.twitter.com': `key;${SECRET}` },
    })
    expect([after.RoleMappings, after.PrincipalTagMaps, after.OpenIdConnectProviderARNs]).toEqual([
      undefined,
      {},
      undefined,
    ])
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('has a field for each tag that it knows, roles and attributes, by keyboard alone', async () => {
    const pool = await richPool('tagged')
    const tab = await bed.operator(`#/pool/${pool}/settings/tags`)
    const { page } = tab
    await page.getByLabel('New guests a day').waitFor()
    await well(tab, 'pool-tags')
    await page.getByLabel('New guests a day').focus()
    await page.keyboard.type('1000')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('At most 1000 new guests are made a day.').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('cell', { name: '1000' }).waitFor()
    await page.goto(`${bed.service.url}/console#/pool/${pool}/settings/attributes`)
    await page.getByLabel('Claim').first().waitFor()
    expect(await tab.barriers()).toEqual([])
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('lists audiences of tokens for relying parties, and switches these tokens on and off', async () => {
    const pool = await richPool('federated')
    const tab = await bed.operator(`#/pool/${pool}/settings/audiences`)
    const { page } = tab
    await page.getByRole('button', { name: 'Add an audience' }).click()
    await page.getByRole('textbox', { name: 'Audience', exact: true }).last().fill('https://vault.example')
    await page.getByRole('textbox', { name: 'Claims' }).last().fill('account amr')
    await page.getByRole('button', { name: 'Review the change' }).click()
    await page.getByRole('dialog').getByText('https://vault.example gets tokens: users, as the id').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('cell', { name: 'with the claims account, amr, for 3600 seconds' }).waitFor()
    await page.goto(`${bed.service.url}/console#/pool/${pool}/settings/audiences`)
    await page.getByRole('button', { name: 'Give them out…' }).click()
    await page.getByRole('button', { name: 'Give them out', exact: true }).click()
    await page.getByText('The account gives out such tokens.').waitFor()
    await well(tab, 'pool-audiences')
    const stop = page.getByRole('button', { name: 'Stop giving them out…' })
    await stop.click()
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await stop.waitFor({ state: 'detached' })
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('shows to whoever may not change a pool what the service says', async () => {
    const tab = await asReader(`#/pool/${bed.sample.poolId}/settings/roles`)
    const { page } = tab
    await page.getByLabel('Role of guests').fill('')
    await page.getByRole('button', { name: 'Review the change' }).click()
    await page.getByRole('dialog').getByText('Guests get no credentials').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('dialog').getByText('not authorized to perform: edge-identity:SetPoolSettings').waitFor()
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('judges a login by rules that are not saved yet, and forgets the token', async () => {
    const pool = await richPool('mapped')
    const tab = await bed.operator(`#/pool/${pool}/mappings`)
    const { page } = tab
    await page.getByRole('button', { name: 'What would it come to?' }).click()
    await page.getByText('The app would get credentials').or(page.getByText('The app would be refused')).waitFor()
    await well(tab, 'pool-mappings')
    await page.getByRole('link', { name: bed.sample.user.provider }).click()
    await page.getByRole('button', { name: 'Add a rule' }).click()
    const rule = page
      .getByRole('listitem')
      .filter({ has: page.getByLabel('Claim') })
      .nth(2)
    await rule.getByLabel('Claim').fill('sub')
    await rule.getByLabel('Value').fill('ada')
    await rule.getByLabel('Role').fill(role('sample-user'))
    await page.getByRole('button', { name: 'Move rule 3 up' }).click()
    await page.getByRole('button', { name: 'Move rule 2 up' }).click()
    const token = await tokenOf({ sub: 'ada', groups: [MARK, 'staff'] })
    await page.getByLabel('Token', { exact: true }).fill(token)
    await page.getByRole('button', { name: 'What would it come to?' }).click()
    await page.getByText('Rule 1 of the mapping').waitFor()
    expect(await page.getByText('This rule decided in the last simulation.').count()).toBe(1)
    expect(await page.getByLabel('Token', { exact: true }).inputValue()).toBe('')
    await page.getByText('made this page').click()
    expect(await page.content()).not.toContain(token)
    await well(tab, 'pool-mapping')
    expect((await bed.admin.own('GetPoolSettings', { IdentityPoolId: pool })).RoleMappings[OIDC()]).toMatchObject({
      RulesConfiguration: { Rules: [{ Value: MARK }, { Value: 'staff' }] },
    })
    await page.getByRole('button', { name: 'Review the change' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { name: 'Role mappings' }).waitFor()
    expect((await bed.admin.own('GetPoolSettings', { IdentityPoolId: pool })).RoleMappings[OIDC()]).toMatchObject({
      RulesConfiguration: { Rules: [{ Value: 'ada' }, { Value: MARK }, { Value: 'staff' }] },
    })
    await tab.close()
  })

  it('says which check refuses a token', async () => {
    const tab = await bed.operator(`#/pool/${bed.sample.poolId}/mappings`)
    const { page } = tab
    await page.getByLabel('Who').selectOption(bed.sample.user.provider)
    await page.getByLabel('Token', { exact: true }).fill('eyJhbGciOiJub25lIn0.e30.')
    await page.getByRole('button', { name: 'What would it come to?' }).click()
    await page.getByText('The app would be refused').waitFor()
    expect(tab.faults).toEqual([])
    await tab.close()
  })

  it('writes a pool as identity.yaml, by which nothing is left to change', async () => {
    const pool = await richPool('as code')
    const tab = await bed.operator(`#/pool/${pool}/code`)
    const { page } = tab
    const yaml = await page.getByRole('figure', { name: 'identity.yaml' }).locator('pre').textContent()
    await well(tab, 'pool-code')
    expect(await page.content()).not.toContain(SECRET)
    const api = serviceApi({ endpoint: bed.service.url, region: 'us-east-1', credentials: LOCAL_KEY })
    const planned = await plan(readIdentityText(yaml ?? ''), api, { X_CONSUMER_SECRET: SECRET })
    expect(summaryOf(planned)).toMatchObject({ changes: [] })
    await tab.close()
  })

  it('explains who may have a role, and whether a pool can give it out', async () => {
    const { poolId } = bed.sample
    const other = 'us-east-1:00000000-0000-4000-8000-000000000000'
    const issuer = 'cognito-identity.amazonaws.com'
    const statement = (Condition: object) => ({
      Effect: 'Allow',
      Principal: { Federated: issuer },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition,
    })
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        statement({ StringEquals: { [`${issuer}:aud`]: other, 'sts:RoleSessionName': MARK } }),
        { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' },
      ],
    })
    await bed.admin.query('iam', 'CreateRole', { RoleName: 'odd', AssumeRolePolicyDocument, Description: MARK })
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    })
    await bed.admin.query('iam', 'PutRolePolicy', { RoleName: 'odd', PolicyName: 'read', PolicyDocument })
    const tab = await bed.operator('#/roles')
    const { page } = tab
    await page.getByText(`users of ${poolId}`).waitFor()
    await well(tab, 'role-list')
    await page.getByRole('link', { name: 'odd' }).click()
    await page.getByText('It has no condition on amr').waitFor()
    await page.getByText('s3:GetObject').waitFor()
    await page.getByText('these are no identities of a pool').waitFor()
    await page.goto(`${bed.service.url}/console#/pool/${poolId}/mappings`)
    await page.getByRole('link', { name: 'sample-user' }).click()
    await page.getByText('By aud and amr, users of').waitFor()
    await page.goto(`${bed.service.url}/console#/roles/odd?pool=${encodeURIComponent(poolId)}&to=authenticated`)
    await page.getByText(`no statement for users has aud ${poolId}`).waitFor()
    await page.getByRole('figure', { name: 'Inline policy read' }).waitFor()
    await well(tab, 'role')
    const offer = page.getByText('A trust policy for them alone')
    expect(await offer.count()).toBe(1)
    // A pool that the operator cannot read may be that of whoever made the address.
    const stranger = encodeURIComponent('us-east-1:00000000-0000-4000-8000-00000000000f')
    await page.goto(`${bed.service.url}/console#/roles/odd?pool=${stranger}&to=authenticated`)
    await page.getByText('nobody knows whose it is').waitFor()
    expect(await offer.count()).toBe(0)
    await tab.close()
  })

  it('tells what the token of a workload would come to at a role, and shows the token nowhere', async () => {
    const { provider } = bed.sample.user
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::000000000000:oidc-provider/${provider}` },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [`${provider}:sub`]: 'job:build' } },
        },
      ],
    })
    await bed.admin.query('iam', 'CreateRole', { RoleName: 'jobs', AssumeRolePolicyDocument })
    const tab = await bed.operator('#/roles/jobs')
    const { page } = tab
    const steps = page.getByRole('list', { name: 'What the token would come to' })
    const tryToken = async (token: string) => {
      await page.getByRole('textbox', { name: 'Token' }).fill(token)
      await page.getByRole('button', { name: 'What would it come to?' }).click()
      await steps.waitFor()
    }
    const token = await tokenOf({ sub: 'job:build' })
    await tryToken(token)
    await steps.getByText('The client would get credentials').waitFor()
    expect(await page.getByRole('textbox', { name: 'Token' }).inputValue()).toBe('')
    await steps.getByText('condition keys, which the trust policy may ask about').click()
    await steps.getByText(`${provider}:sub`).waitFor()
    await well(tab, 'role-token')
    await page.getByText('made this page').click()
    await page.getByText('SimulateAssumeRoleWithWebIdentity').first().waitFor()
    expect(await page.content()).not.toContain(token)
    await tryToken(await tokenOf({ sub: 'job:other' }))
    await steps.getByText('The trust policy does not allow it').waitFor()
    await steps.getByText(`StringEquals ${provider}:sub: wanted job:build, found job:other`).waitFor()
    await tryToken('no.to.ken')
    await steps.getByText('The client would be refused').waitFor()
    await tab.close()
  })

  it('shows the providers of the account, and to whom it may not', async () => {
    const tab = await bed.operator('#/providers')
    const { page } = tab
    await page.getByText('No SAML provider is registered.').waitFor()
    await page.getByRole('link', { name: bed.sample.user.provider }).waitFor()
    await well(tab, 'provider-list')
    await page.getByRole('link', { name: bed.sample.user.provider }).click()
    await page.getByText('my-app', { exact: true }).waitFor()
    await well(tab, 'provider')
    await page.goto(`${bed.service.url}/console#/roles/nobody`)
    await page.getByRole('alert').getByText('Check the id and its region').waitFor()
    expect(tab.faults).toEqual([])
    await tab.close()
  })
})
