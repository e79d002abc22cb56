import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { GUEST, USER } from '../support/credentials.ts'
import { createPool, getId, type ListedPools, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC_ARN, startProviders } from '../support/providers.ts'

interface Settings extends Record<string, unknown> {
  Version: number
}

const OURS: CallOptions = { service: 'edge-identity' }
const get = (IdentityPoolId: string, options: CallOptions = {}) =>
  call<Settings>('GetPoolSettings', { IdentityPoolId }, { ...OURS, ...options })
const set = (input: object, options: CallOptions = {}) =>
  call<Settings>('SetPoolSettings', input, { ...OURS, ...options })
const settingsOf = async (pool: string) => succeeded(await get(pool))

const CHANGED = 'The pool was changed meanwhile. Read it again.'

/** Everything that a pool may have, as one request. */
const FULL = {
  IdentityPoolName: 'all',
  AllowUnauthenticatedIdentities: false,
  AllowClassicFlow: false,
  ...ALL_PROVIDERS,
  DeveloperProviderName: 'login.example.app',
  IdentityPoolTags: { team: 'blue', 'edge-identity:session-seconds': '900' },
  Roles: { authenticated: USER, unauthenticated: GUEST },
  RoleMappings: {
    [GOOGLE]: {
      Type: 'Rules',
      AmbiguousRoleResolution: 'Deny',
      RulesConfiguration: { Rules: [{ Claim: 'hd', MatchType: 'Equals', Value: 'example.com', RoleARN: USER }] },
    },
  },
  PrincipalTagMaps: { [OIDC_ARN]: { UseDefaults: false, PrincipalTags: { tenant: 'org' } } },
}

let log: CapturedLog
beforeAll(async () => void (await startProviders()))
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

describe('SetPoolSettings', () => {
  it('sets everything at once, which is then read back, also by the calls of AWS', async () => {
    const IdentityPoolId = await createPool()
    const { Version } = await settingsOf(IdentityPoolId)
    const after = succeeded(await set({ IdentityPoolId, IfVersion: Version, ...FULL }))
    expect(after).toEqual({ IdentityPoolId, ...FULL, Version: expect.any(Number) })
    expect(after.Version).toBeGreaterThan(Version)
    expect(await settingsOf(IdentityPoolId)).toEqual(after)
    const { PrincipalTagMaps, RoleMappings, Roles, ...pool } = FULL
    expect(succeeded(await call('DescribeIdentityPool', { IdentityPoolId }))).toEqual({ IdentityPoolId, ...pool })
    expect(succeeded(await call('GetIdentityPoolRoles', { IdentityPoolId }))).toEqual({
      IdentityPoolId,
      Roles,
      RoleMappings,
    })
    const map = await call('GetPrincipalTagAttributeMap', { IdentityPoolId, IdentityProviderName: OIDC_ARN })
    expect(succeeded(map)).toMatchObject(PrincipalTagMaps[OIDC_ARN] ?? {})
    const listed = succeeded(await call<ListedPools>('ListIdentityPools', { MaxResults: 60 }))
    expect(listed.IdentityPools).toContainEqual({ IdentityPoolId, IdentityPoolName: 'all' })
  })

  it('takes away what is left out, but for the developer provider', async () => {
    const IdentityPoolId = await createPool()
    const { Version } = succeeded(
      await set({ IdentityPoolId, IfVersion: (await settingsOf(IdentityPoolId)).Version, ...FULL }),
    )
    const after = succeeded(await set({ IdentityPoolId, IfVersion: Version, IdentityPoolName: 'bare' }))
    expect(after).toEqual({
      IdentityPoolId,
      IdentityPoolName: 'bare',
      AllowUnauthenticatedIdentities: false,
      DeveloperProviderName: FULL.DeveloperProviderName,
      PrincipalTagMaps: {},
      Version: expect.any(Number),
    })
  })

  it('changes nothing for another version, unless it would come to the same', async () => {
    const IdentityPoolId = await createPool()
    const IfVersion = (await settingsOf(IdentityPoolId)).Version
    const first = succeeded(await set({ IdentityPoolId, IfVersion, IdentityPoolName: 'first' }))
    const second = await set({ IdentityPoolId, IfVersion, IdentityPoolName: 'second' })
    expectFault(second, 'ConcurrentModificationException', CHANGED)
    expect(await settingsOf(IdentityPoolId)).toEqual(first)
    expect(succeeded(await set({ IdentityPoolId, IfVersion, IdentityPoolName: 'first' }))).toEqual(first)
  })

  it('lets one of several that come at once win', async () => {
    const IdentityPoolId = await createPool()
    const IfVersion = (await settingsOf(IdentityPoolId)).Version
    const names = ['a', 'b', 'c', 'd']
    const answers = await Promise.all(names.map((name) => set({ IdentityPoolId, IfVersion, IdentityPoolName: name })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400])
    const won = names[answers.findIndex(({ status }) => status === 200)]
    expect((await settingsOf(IdentityPoolId)).IdentityPoolName).toBe(won)
  })

  it('works on pools of several objects, whose users see it at once', async () => {
    const IdentityPoolTags = { 'edge-identity:shards': '2' }
    const IdentityPoolId = await createPool({ IdentityPoolTags })
    await getId(IdentityPoolId)
    const IfVersion = (await settingsOf(IdentityPoolId)).Version
    succeeded(await set({ IdentityPoolId, IfVersion, IdentityPoolName: 'closed', IdentityPoolTags }))
    expectFault(
      await call('GetId', { IdentityPoolId }),
      'NotAuthorizedException',
      'Unauthenticated access is not supported for this identity pool.',
    )
  })

  it.each<[string, object, string, string]>([
    [
      'a mapping of a provider that is not listed',
      { RoleMappings: { [GOOGLE]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } } },
      'InvalidParameterException',
      `(${GOOGLE}) is not a valid RoleMapping ProviderName or is not a configured provider.`,
    ],
    [
      'tags of a provider that is not listed',
      { PrincipalTagMaps: { [GOOGLE]: { UseDefaults: true } } },
      'ResourceNotFoundException',
      `Identity provider '${GOOGLE}' not found in this identity pool.`,
    ],
    [
      'a role of another account',
      { Roles: { authenticated: 'arn:aws:iam::111122223333:role/x' } },
      'NotAuthorizedException',
      "Access to Role 'arn:aws:iam::111122223333:role/x' is forbidden.",
    ],
    [
      'a tag that this service does not know',
      { IdentityPoolTags: { 'edge-identity:colour': 'blue' } },
      'InvalidParameterException',
      'edge-identity:colour is not a tag that this service knows.',
    ],
  ])('refuses %s, and changes nothing', async (_, settings, code, message) => {
    const IdentityPoolId = await createPool()
    const before = await settingsOf(IdentityPoolId)
    const answer = await set({ IdentityPoolId, IfVersion: before.Version, IdentityPoolName: 'x', ...settings })
    expectFault(answer, code, message)
    expect(await settingsOf(IdentityPoolId)).toEqual(before)
  })

  it('finds no pool of another account', async () => {
    const IdentityPoolId = await createPool()
    const missing = `IdentityPool '${IdentityPoolId}' not found.`
    const signed = { signed: OTHER_ACCOUNT_KEY }
    expectFault(await get(IdentityPoolId, signed), 'ResourceNotFoundException', missing)
    const answer = await set({ IdentityPoolId, IfVersion: 1, IdentityPoolName: 'x' }, signed)
    expectFault(answer, 'ResourceNotFoundException', missing)
  })
})

describe('the permission for settings', () => {
  const key = (Action: string[]) => ({
    ACCESS_KEY_EDITOR01: JSON.stringify({
      secret: 'e'.repeat(32),
      account: LOCAL_ACCOUNT,
      policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
    }),
  })
  const EDITOR = { accessKeyId: 'EDITOR01', secretAccessKey: 'e'.repeat(32) }
  const ALL = [
    'edge-identity:SetPoolSettings',
    'cognito-identity:UpdateIdentityPool',
    'cognito-identity:SetIdentityPoolRoles',
    'cognito-identity:SetPrincipalTagAttributeMap',
    'cognito-identity:TagResource',
    'cognito-identity:UntagResource',
    'iam:PassRole',
  ]
  const asked = async (Action: string[], settings: object) => {
    const pool = await createPool({ IdentityPoolTags: { team: 'blue' } })
    const { Version: IfVersion } = await settingsOf(pool)
    const serve = await deploy(key(Action))
    return set({ IdentityPoolId: pool, IfVersion, IdentityPoolName: 'x', ...settings }, { serve, signed: EDITOR })
  }

  it('is enough with everything that the change does', async () => {
    const Roles = { authenticated: USER }
    expect((await asked(ALL, { Roles })).status).toBe(200)
  })

  it.each(ALL)('is not enough without %s', async (action) => {
    const answer = await asked(
      ALL.filter((one) => one !== action),
      { Roles: { authenticated: USER } },
    )
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(action === 'iam:PassRole' ? 'is forbidden' : action)
  })

  it('is that of AWS to read, besides our own', async () => {
    const pool = await createPool()
    const resource = `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
    const answer = await get(pool, { signed: LIMITED_KEY })
    expectFault(
      answer,
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:GetPoolSettings on resource: ${resource} ` +
        'because no identity-based policy allows the edge-identity:GetPoolSettings action',
    )
  })
})
