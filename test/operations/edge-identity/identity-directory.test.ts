import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT, type SigningKey } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createDeveloperPool, DEVELOPER, signIn } from '../support/developers.ts'
import { getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders, USER_POOL } from '../support/providers.ts'

interface Detail {
  IdentityId: string
  State: string
  Logins: { Provider: string; Developer: boolean; SubjectSha256: string; Subject?: string; LinkedOn?: string }[]
  ForwardsTo?: string
  ForwardedFrom?: string[]
  CreationDate: number
  LastModifiedDate: number
  LastUsedOn?: string
}

const own =
  <T>(name: string) =>
  (IdentityPoolId: string, input: object = {}, options: CallOptions = {}) =>
    call<T>(name, { IdentityPoolId, ...input }, { service: 'edge-identity', ...options })
const find = own<Detail>('FindIdentity')
const detail = own<Detail>('GetIdentityDetail')
const list = own<{ Identities: Detail[]; NextToken?: string }>('ListIdentityDetails')

/** As they may be around midnight. */
const TODAY = expect.stringMatching(/^20\d\d-[01]\d-[0-3]\d$/)
const IS_NOW = expect.closeTo(Date.now() / 1000, -2)
const NOBODY = 'No identity of this pool has that login.'
const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`

/** What the hash of a subject is, as `printf ann | sha256sum` has them. */
const HASHES: Readonly<Record<string, string>> = {
  ann: '49915e0d7d4b402e3017d010bc1c0e83cac6c797d6c16e66340fe3268693a6a1',
}

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

const tokens = async (logins: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    await Promise.all(Object.entries(logins).map(async ([name, user]) => [name, await idp.token(name, user)] as const)),
  )
const shown = (Provider: string, Subject: string, Developer = false) => ({
  Provider,
  Developer,
  SubjectSha256: HASHES[Subject] ?? expect.stringMatching(/^[0-9a-f]{64}$/),
  Subject,
  LinkedOn: TODAY,
})

describe.each([
  ['one object', {}],
  ['four objects', { IdentityPoolTags: { 'edge-identity:shards': '4' } }],
])('the directory of a pool of %s', (_, settings) => {
  let pool: string
  let guest: string
  let user: string
  let merged: string
  let shopper: string
  beforeAll(async () => {
    pool = await createDeveloperPool({ ...ALL_PROVIDERS, ...settings })
    guest = await getId(pool)
    merged = await getId(pool)
    user = await getId(pool, await tokens({ [OIDC]: 'ann' }))
    succeeded(
      await call('GetOpenIdToken', { IdentityId: merged, Logins: await tokens({ [OIDC]: 'ann', [GOOGLE]: 'ann' }) }),
    )
    shopper = (await signIn(pool, 'shopper')).IdentityId
  })

  it('finds who has a login, by its provider and subject, and tells what is kept', async () => {
    const Logins = [shown(GOOGLE, 'ann'), shown(OIDC, 'ann')]
    const found = succeeded(await find(pool, { Provider: OIDC, Subject: 'ann' }))
    const survivor = found.IdentityId
    expect([user, merged]).toContain(survivor)
    expect(found).toEqual({
      IdentityId: survivor,
      State: 'User',
      Logins,
      CreationDate: IS_NOW,
      LastModifiedDate: IS_NOW,
    })
    expect(succeeded(await find(pool, { Provider: GOOGLE, Subject: 'ann', Developer: false }))).toEqual(found)
    const loser = survivor === user ? merged : user
    expect(succeeded(await detail(pool, { IdentityId: survivor }))).toEqual({ ...found, ForwardedFrom: [loser] })
    expect(succeeded(await detail(pool, { IdentityId: loser }))).toEqual({
      IdentityId: loser,
      State: 'Disabled',
      Logins: [],
      ForwardsTo: survivor,
      ForwardedFrom: [],
      CreationDate: IS_NOW,
      LastModifiedDate: IS_NOW,
    })
  })

  it('finds a user of a backend, and tells users of providers from them where that is asked', async () => {
    const asked = { Provider: DEVELOPER, Subject: 'shopper' }
    const found = succeeded(await find(pool, asked))
    expect(found).toMatchObject({ IdentityId: shopper, Logins: [shown(DEVELOPER, 'shopper', true)] })
    expect(succeeded(await find(pool, { ...asked, Developer: true }))).toEqual(found)
    expectFault(await find(pool, { ...asked, Developer: false }), 'ResourceNotFoundException', NOBODY)
  })

  it('finds who a token is about that nobody verified', async () => {
    const [{ IdentityId }] = [succeeded(await find(pool, { Provider: OIDC, Subject: 'ann' }))]
    for (const Token of [
      await idp.token(OIDC, 'ann'),
      await idp.forged(OIDC, 'ann'),
      await idp.token(OIDC, 'ann', { exp: 1, aud: 'another', iss: `https://${OIDC}/` }),
      await idp.token(GOOGLE, 'ann', { iss: GOOGLE }),
    ])
      expect(succeeded(await find(pool, { Token })).IdentityId).toBe(IdentityId)
    const Token = await idp.token(USER_POOL, 'ann')
    expectFault(await find(pool, { Token }), 'ResourceNotFoundException', NOBODY)
  })

  it('lists all identities by id as they are told one by one, in pages of every size, and by state and provider', async () => {
    const ids = [guest, user, merged, shopper].sort()
    const { Identities } = succeeded(await list(pool, { MaxResults: 1000 }))
    expect(Identities.map(({ IdentityId }) => IdentityId)).toEqual(ids)
    for (const one of Identities) {
      const { ForwardedFrom, Logins, ...told } = succeeded(await detail(pool, { IdentityId: one.IdentityId }))
      expect(one).toEqual({ ...told, Logins: Logins.map(({ LinkedOn, ...login }) => login) })
    }
    for (const [filter, wanted] of [
      [{}, Identities],
      [{ State: 'Guest' }, Identities.filter(({ State }) => State === 'Guest')],
      [{ State: 'User', Provider: GOOGLE }, Identities.filter(({ Logins }) => Logins.length === 2)],
      [{ Provider: DEVELOPER }, Identities.filter(({ IdentityId }) => IdentityId === shopper)],
      [{ State: 'Disabled', Provider: OIDC }, []],
    ] as const)
      for (const MaxResults of [1, 2, 3, 4]) expect(await everyPage(pool, { ...filter, MaxResults })).toEqual(wanted)
  })

  it('does not find identities and logins that there are not, or that are of other pools', async () => {
    const other = await createDeveloperPool(ALL_PROVIDERS)
    const elsewhere = await getId(other, await tokens({ [OIDC]: 'eve' }))
    const similar = guest.slice(0, -1) + (guest.endsWith('0') ? '1' : '0')
    for (const IdentityId of [elsewhere, similar, pool, 'us-east-1:0'])
      expectFault(
        await detail(pool, { IdentityId }),
        'ResourceNotFoundException',
        `Identity '${IdentityId}' not found.`,
      )
    for (const asked of [
      { Provider: OIDC, Subject: 'eve' },
      { Provider: USER_POOL, Subject: 'ann' },
      { Provider: OIDC, Subject: 'ann', Developer: true },
    ])
      expectFault(await find(pool, asked), 'ResourceNotFoundException', NOBODY)
  })
})

async function everyPage(pool: string, input: object): Promise<Detail[]> {
  const found: Detail[] = []
  let NextToken: string | undefined
  do {
    const page = succeeded(await list(pool, { ...input, NextToken }))
    found.push(...page.Identities)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return found
}

describe('the calls of the directory', () => {
  let pool: string
  let IdentityId: string
  beforeAll(async () => {
    pool = await createDeveloperPool(ALL_PROVIDERS)
    IdentityId = await getId(pool, await tokens({ [OIDC]: 'ann-pr1vate' }))
  })

  const calls = () => [
    ['FindIdentity', find, { Provider: OIDC, Subject: 'ann-pr1vate' }] as const,
    ['GetIdentityDetail', detail, { IdentityId }] as const,
    ['ListIdentityDetails', list, { MaxResults: 10 }] as const,
  ]

  it('are for whoever may, and of the caller’s own pools', async () => {
    for (const [name, ask, input] of calls()) {
      expectFault(
        await ask(pool, input, { signed: LIMITED_KEY }),
        'AccessDeniedException',
        `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:${name} on resource: ${arnOf(pool)} because no identity-based policy allows the edge-identity:${name} action`,
      )
      const message = `IdentityPool '${pool}' not found.`
      expectFault(await ask(pool, input, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
      expectFault(await ask(pool, input, { region: 'eu-west-1' }), 'ResourceNotFoundException', message)
      const answer = await ask(pool, input, { signed: false })
      expectFault(answer, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
    }
  })

  it('leave a record each, which names the identities and nobody', async () => {
    for (const [eventName, ask, input] of calls()) {
      log.clear()
      succeeded<unknown>(await ask(pool, input))
      const [record, ...others] = log.records()
      expect(others).toEqual([])
      expect(record).toMatchObject({
        eventName,
        readOnly: false,
        requestParameters: { identityPoolId: pool },
        additionalEventData: { pool, identity: IdentityId, subjects: 'shown' },
      })
      expect(log.lines().join()).not.toContain('pr1vate')
    }
    log.clear()
    const second = await getId(pool)
    succeeded(await list(pool, { MaxResults: 10 }))
    const [firstIdentity, lastIdentity] = [IdentityId, second].sort()
    expect(log.records().at(-1)).toMatchObject({ additionalEventData: { pool, firstIdentity, lastIdentity } })
  })

  it.each([
    [{}],
    [{ Provider: OIDC }],
    [{ Subject: 'ann' }],
    [{ Provider: OIDC, Subject: 'ann', Token: 'a.b.c' }],
    [{ Token: 'a.b.c', Developer: false }],
  ])('FindIdentity refuses %o', async (input) => {
    const answer = await find(pool, input)
    expectFault(answer, 'InvalidParameterException', 'Give either Token, or Provider and Subject.')
  })

  it('FindIdentity says which tokens it cannot read', async () => {
    const unreadable = 'Token is not a JSON web token with iss and sub.'
    for (const Token of ['EAAB', 'a.b.c', await idp.token(OIDC, 'ann', { sub: undefined }), await idp.token(OIDC, '')])
      expectFault(await find(pool, { Token }), 'InvalidParameterException', unreadable)
    const { Token } = await signIn(pool, 'shopper')
    const message = 'Token is one of this service: its claim sub is the id of the identity.'
    expectFault(await find(pool, { Token }), 'InvalidParameterException', message)
  })

  it('ListIdentityDetails takes a token for the same list alone, and pages of at most 1000', async () => {
    await getId(pool)
    const { NextToken } = succeeded(await list(pool, { MaxResults: 1 }))
    expect(NextToken).toBeDefined()
    const invalid = ['InvalidParameterException', 'Invalid NextToken'] as const
    expectFault(await list(pool, { MaxResults: 1, NextToken, State: 'User' }), ...invalid)
    expectFault(await list(await createDeveloperPool(), { MaxResults: 1, NextToken }), ...invalid)
    const constraint = 'Member must have value less than or equal to 1000'
    const message = `1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: ${constraint}`
    expectFault(await list(pool, { MaxResults: 1001 }), 'ValidationException', message)
  })
})

describe('what providers know users by', () => {
  const keyOf = (name: string): SigningKey => ({
    accessKeyId: `READER${name}`,
    secretAccessKey: `secret-of-a-key-that-reads-${name}-0001`,
  })
  const READ = ['edge-identity:FindIdentity', 'edge-identity:GetIdentityDetail', 'edge-identity:ListIdentityDetails']
  const allow = (Action: string | string[], more = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })
  const subjects = 'edge-identity:ReadSubjects'
  const blue = { Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } } }
  const POLICIES: Readonly<Record<string, object[]>> = {
    NONE: [allow(READ)],
    ALL: [allow([...READ, subjects])],
    BLUE: [allow(READ), allow(subjects, blue)],
    DENIED: [allow('*'), { ...allow(subjects), Effect: 'Deny' }],
  }

  let serve: Serve
  let pools: string[]
  beforeAll(async () => {
    const settings = Object.entries(POLICIES).map(([name, Statement]) => {
      const { accessKeyId, secretAccessKey: secret } = keyOf(name)
      const policy = { Version: '2012-10-17', Statement }
      return [`ACCESS_KEY_${accessKeyId}`, JSON.stringify({ secret, account: LOCAL_ACCOUNT, user: 'reader', policy })]
    })
    serve = await deploy(Object.fromEntries(settings))
    pools = await Promise.all(
      [{ team: 'blue' }, { team: 'red' }].map((IdentityPoolTags) =>
        createDeveloperPool({ ...ALL_PROVIDERS, IdentityPoolTags }),
      ),
    )
    for (const pool of pools) await getId(pool, await tokens({ [OIDC]: 'ann' }))
  })

  it.each([
    ['NONE', [false, false]],
    ['ALL', [true, true]],
    ['BLUE', [true, false]],
    ['DENIED', [false, false]],
  ] as const)(
    'is for those with edge-identity:ReadSubjects on the pool, and a hash for others: %s',
    async (name, may) => {
      const options = { serve, signed: keyOf(name) }
      for (const [index, pool] of pools.entries()) {
        log.clear()
        const { Subject, ...hashed } = shown(OIDC, 'ann')
        const Logins = [may[index] ? { ...hashed, Subject } : hashed]
        const found = succeeded(await find(pool, { Provider: OIDC, Subject: 'ann' }, options))
        expect(found.Logins).toEqual(Logins)
        expect(succeeded(await detail(pool, { IdentityId: found.IdentityId }, options)).Logins).toEqual(Logins)
        const [{ LinkedOn, ...listed }] = Logins as [Detail['Logins'][number]]
        expect(succeeded(await list(pool, { MaxResults: 1 }, options)).Identities[0]?.Logins).toEqual([listed])
        const recorded = log.records().map(({ additionalEventData }) => additionalEventData?.subjects)
        expect(recorded).toEqual(Array(3).fill(may[index] ? 'shown' : 'hashed'))
      }
    },
  )
})
