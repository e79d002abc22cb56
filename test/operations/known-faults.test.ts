import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault } from '../support/client.ts'
import {
  createDeveloperPool,
  DEVELOPER,
  identityOf,
  lookup,
  merge,
  signIn,
  stateWithUsers,
} from './support/developers.ts'
import {
  createPool,
  getId,
  identitiesOf,
  type ListedPools,
  stateOf,
  succeeded,
  succeededEmpty,
} from './support/pools.ts'
import { ALL_PROVIDERS, CLIENT, GOOGLE, OIDC, type Providers, startProviders, USER_POOL } from './support/providers.ts'

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`
const HAND_BACK = 'cognito-identity.amazonaws.com'
const UNVERIFIED = "Invalid login token. Couldn't verify signed token."

let idp: Providers
let pool: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createDeveloperPool(ALL_PROVIDERS)
  const Roles = { authenticated: role('user'), unauthenticated: role('guest') }
  await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles })
})

const login = async (provider: string, claims: object = {}) => ({
  [provider]: await idp.token(provider, 'ann', { ...claims }),
})

/** Faults that other implementations of this API had or have. */
describe('Not known here:', () => {
  it('an arbitrary CustomRoleArn is accepted', async () => {
    const forbidden = `Access to Role '${role('admin')}' is forbidden.`
    const Type = { Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' }
    const RoleMappings = { [`${USER_POOL}:${CLIENT[USER_POOL]}`]: Type }
    const offered = await login(USER_POOL, {
      'cognito:roles': [role('editor')],
      'cognito:preferred_role': role('editor'),
    })
    const { IdentityId: developer, Token } = await signIn(pool, 'ann')
    const callers = [
      { IdentityId: await getId(pool) },
      { IdentityId: await getId(pool, offered), Logins: offered },
      { IdentityId: developer, Logins: { [HAND_BACK]: Token } },
    ]
    for (const mapped of [false, true]) {
      const Roles = { authenticated: role('user'), unauthenticated: role('guest') }
      const mappings = mapped ? { RoleMappings } : {}
      succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles, ...mappings }))
      for (const caller of callers) {
        succeeded(await call('GetCredentialsForIdentity', caller))
        const answer = await call('GetCredentialsForIdentity', { ...caller, CustomRoleArn: role('admin') })
        expectFault(answer, 'NotAuthorizedException', forbidden)
      }
    }
  })

  it.each([
    ['GetOpenIdToken', {}],
    ['GetCredentialsForIdentity', {}],
    ['UnlinkIdentity', { LoginsToRemove: [GOOGLE] }],
  ])('a login is linked by %s although its token was never verified', async (operation, more) => {
    const guest = await getId(pool)
    const user = await getId(pool, await login(OIDC))
    const before = await stateOf(pool)
    const forged = { [GOOGLE]: await idp.forged(GOOGLE, 'ann') }
    for (const [IdentityId, Logins] of [
      [guest, forged],
      [user, { ...(await login(OIDC)), ...forged }],
    ] as const)
      expectFault(await call(operation, { IdentityId, Logins, ...more }), 'NotAuthorizedException', UNVERIFIED)
    expect(await stateOf(pool)).toEqual(before)
    expect([guest, user]).not.toContain(await getId(pool, await login(GOOGLE)))
  })

  it('a login that UnlinkIdentity is shown is linked on the way', async () => {
    const user = await getId(pool, await login(OIDC))
    const Logins = { ...(await login(OIDC)), ...(await login(GOOGLE)) }
    succeededEmpty(await call('UnlinkIdentity', { IdentityId: user, Logins, LoginsToRemove: ['www.amazon.com'] }))
    expect(succeeded(await call('DescribeIdentity', { IdentityId: user })).Logins).toEqual([OIDC])
  })

  it.each([[USER_POOL], [OIDC], [GOOGLE]])(
    'a refreshed token of the same user is rejected, or makes a new identity: %s',
    async (provider) => {
      const now = Math.floor(Date.now() / 1000)
      const first = await login(provider, { jti: 'first', iat: now - 3000, exp: now + 600, auth_time: now - 3000 })
      const refreshed = await login(provider, { jti: 'second', iat: now, exp: now + 3600, auth_time: now - 3000 })
      const IdentityId = await getId(pool, first)
      expect(await getId(pool, refreshed)).toBe(IdentityId)
      for (const operation of ['GetOpenIdToken', 'GetCredentialsForIdentity'])
        expect(succeeded(await call(operation, { IdentityId, Logins: refreshed })).IdentityId).toBe(IdentityId)
      expect(await identitiesOf(pool)).toHaveLength(1)
    },
  )

  it('a developer token is accepted by GetId, under any name', async () => {
    const { IdentityId, Token } = await signIn(pool, 'ann')
    const before = await stateWithUsers(pool)
    for (const key of [HAND_BACK, 'localhost', OIDC, GOOGLE, USER_POOL]) {
      const answer = await call('GetId', { IdentityPoolId: pool, Logins: { [key]: Token } })
      const message = "Invalid login token. Can't pass in a Cognito token."
      expectFault(answer, 'NotAuthorizedException', message)
    }
    const named = await call('GetId', { IdentityPoolId: pool, Logins: { [DEVELOPER]: Token } })
    expectFault(named, 'InvalidParameterException', 'Please provide a valid public provider.')
    expect(await stateWithUsers(pool)).toEqual(before)
    expect(await identityOf(pool, 'ann')).toBe(IdentityId)
  })

  it('a lookup, a merge or an unlinking reaches into another pool of the same developer provider', async () => {
    const other = await createDeveloperPool()
    const { IdentityId: here } = await signIn(pool, 'ann')
    const { IdentityId: there } = await signIn(other, 'ann')
    const { IdentityId: bob } = await signIn(other, 'bob')
    expect(here).not.toBe(there)
    expect(await identityOf(pool, 'ann')).toBe(here)
    expect(await identityOf(other, 'ann')).toBe(there)
    expect(await identityOf(pool, 'bob')).toBeUndefined()

    const before = await stateWithUsers(other)
    const notFound = (id: string) => ['ResourceNotFoundException', `Identity '${id}' not found.`] as const
    const noUser = ['ResourceNotFoundException', "Developer user 'bob' not found."] as const
    expectFault(await lookup(pool, { IdentityId: there }), ...notFound(there))
    expectFault(await lookup(pool, { IdentityId: there, DeveloperUserIdentifier: 'ann' }), ...notFound(there))
    expectFault(await merge(pool, 'bob', 'ann'), ...noUser)
    expectFault(await merge(pool, 'ann', 'bob'), ...noUser)
    const unlinked = { DeveloperProviderName: DEVELOPER, DeveloperUserIdentifier: 'bob' }
    const unlink = (IdentityId: string) =>
      call('UnlinkDeveloperIdentity', { IdentityPoolId: pool, IdentityId, ...unlinked })
    expectFault(await unlink(bob), ...notFound(bob))
    expectFault(await unlink(here), ...noUser)
    expect(await stateWithUsers(other)).toEqual(before)
  })

  it('a developer user that is merged with itself loses its identity', async () => {
    const { IdentityId, Token } = await signIn(pool, 'ann')
    succeeded(await call('GetCredentialsForIdentity', { IdentityId, Logins: { [HAND_BACK]: Token } }))
    const before = await stateWithUsers(pool)
    expect(succeeded(await merge(pool, 'ann', 'ann'))).toEqual({ IdentityId })
    expect(await stateWithUsers(pool)).toEqual(before)
    await signIn(pool, 'bob')
    succeeded(await merge(pool, 'bob', 'ann'))
    const merged = await stateWithUsers(pool)
    for (const [source, destination] of [
      ['bob', 'ann'],
      ['ann', 'bob'],
    ] as const)
      expect(succeeded(await merge(pool, source, destination))).toEqual({ IdentityId })
    expect(await stateWithUsers(pool)).toEqual(merged)
  })

  it.each([
    ['ListTagsForResource', {}],
    ['TagResource', { Tags: { team: 'blue' } }],
    ['UntagResource', { TagKeys: ['team'] }],
  ])('%s of an unknown ARN is answered as if it were known', async (operation, input) => {
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    const ResourceArn = `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${unknown}`
    const answer = await call(operation, { ResourceArn, ...input })
    expectFault(answer, 'ResourceNotFoundException', `IdentityPool '${unknown}' not found.`)
  })

  it('an empty Roles map, with which Terraform detaches roles, is refused or changes nothing', async () => {
    const RoleMappings = { [GOOGLE]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }
    const given = { IdentityPoolId: pool, Roles: { authenticated: role('user') }, RoleMappings }
    succeededEmpty(await call('SetIdentityPoolRoles', given))
    succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: {}, RoleMappings: {} }))
    expect(succeeded(await call('GetIdentityPoolRoles', { IdentityPoolId: pool }))).toEqual({ IdentityPoolId: pool })
  })

  it('a new name of a pool is answered but not kept', async () => {
    const region = 'ap-southeast-2'
    const IdentityPoolId = await createPool({ IdentityPoolName: 'old' }, { region })
    const settings = { IdentityPoolId, IdentityPoolName: 'new', AllowUnauthenticatedIdentities: true }
    expect(succeeded(await call('UpdateIdentityPool', settings, { region }))).toEqual(settings)
    expect(succeeded(await call('DescribeIdentityPool', { IdentityPoolId }, { region }))).toEqual(settings)
    const listed = succeeded(await call<ListedPools>('ListIdentityPools', { MaxResults: 60 }, { region }))
    expect(listed.IdentityPools).toEqual([{ IdentityPoolId, IdentityPoolName: 'new' }])
  })
})
