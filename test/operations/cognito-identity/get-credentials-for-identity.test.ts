import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { callerOf, FOR_AMR, iam, signingKeyOf, trustPolicy } from '../support/callers.ts'
import { expectMisconfigured, GUEST, getCredentials, poolWith, role, roleOf, USER } from '../support/credentials.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('GetCredentialsForIdentity', () => {
  const DEFAULTS = { Roles: { authenticated: USER, unauthenticated: GUEST } }

  it('answers the identity and credentials for an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const now = Math.floor(Date.now() / 1000)
    const guest = await getId(await poolWith(DEFAULTS))
    const answer = succeeded(await getCredentials(guest))
    expect(answer).toEqual({
      IdentityId: guest,
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
        SecretKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
        SessionToken: expect.stringMatching(/^\S{100,2048}$/),
        Expiration: now + 3600,
      },
    })
  })

  it('gives guests and users the default role of their kind', async () => {
    const pool = await poolWith(DEFAULTS)
    const login = { [OIDC]: await idp.token(OIDC, 'ann') }
    expect(await roleOf(await getCredentials(await getId(pool)))).toBe('app-guest')
    expect(await roleOf(await getCredentials(await getId(pool, login), login))).toBe('app-user')
  })

  it('gives new credentials at every call', async () => {
    const guest = await getId(await poolWith(DEFAULTS))
    const [one, two] = [await getCredentials(guest), await getCredentials(guest)].map(succeeded)
    expect(one?.Credentials.AccessKeyId).not.toBe(two?.Credentials.AccessKeyId)
    expect(one?.Credentials.SecretKey).not.toBe(two?.Credentials.SecretKey)
    expect(one?.Credentials.SessionToken).not.toBe(two?.Credentials.SessionToken)
  })

  it('works where the basic flow is off, and ignores a signature', async () => {
    const pool = await poolWith(DEFAULTS, { ...ALL_PROVIDERS, AllowClassicFlow: false })
    const IdentityId = await getId(pool)
    succeeded(await getCredentials(IdentityId))
    const signed = { accessKeyId: 'unknown', secretAccessKey: 'unknown' }
    succeeded(await call('GetCredentialsForIdentity', { IdentityId }, { signed }))
  })

  it('is refused where the pool has no role for such an identity', async () => {
    const bare = await createPool(ALL_PROVIDERS)
    const login = { [OIDC]: await idp.token(OIDC, 'ann') }
    expectMisconfigured(await getCredentials(await getId(bare)))
    expectMisconfigured(await getCredentials(await getId(bare, login), login))
    const usersOnly = await poolWith({ Roles: { authenticated: USER } })
    expectMisconfigured(await getCredentials(await getId(usersOnly)))
    const guestsOnly = await poolWith({ Roles: { unauthenticated: GUEST } })
    expectMisconfigured(await getCredentials(await getId(guestsOnly, login), login))
  })

  it('works again from the call after the roles were set', async () => {
    const pool = await createPool()
    const guest = await getId(pool)
    expectMisconfigured(await getCredentials(guest))
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { unauthenticated: GUEST } })
    expect(await roleOf(await getCredentials(guest))).toBe('app-guest')
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: {} })
    expectMisconfigured(await getCredentials(guest))
  })

  it('takes a CustomRoleArn that is the default role anyway, and no other', async () => {
    const pool = await poolWith(DEFAULTS)
    const guest = await getId(pool)
    const login = { [OIDC]: await idp.token(OIDC, 'ann') }
    const user = await getId(pool, login)
    expect(await roleOf(await getCredentials(guest, undefined, GUEST))).toBe('app-guest')
    expect(await roleOf(await getCredentials(user, login, USER))).toBe('app-user')
    const forbidden = (arn: string) => ['NotAuthorizedException', `Access to Role '${arn}' is forbidden.`] as const
    expectFault(await getCredentials(guest, undefined, USER), ...forbidden(USER))
    expectFault(await getCredentials(user, login, role('admin')), ...forbidden(role('admin')))
  })
})

describe('Registered roles', () => {
  const create = async (name: string, policy: string, more: Record<string, string> = {}) =>
    iam('CreateRole', { RoleName: name, AssumeRolePolicyDocument: policy, ...more })

  it('are assumed by whom their trust policy trusts, under the id that IAM gave them', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('guests/trusting') } })
    const { Role } = await create('trusting', trustPolicy(pool, FOR_AMR('unauthenticated')), { Path: '/guests/' })
    const { Credentials } = succeeded(await getCredentials(await getId(pool)))
    expect(await callerOf(signingKeyOf(Credentials))).toEqual({
      UserId: `${Role.RoleId}:CognitoIdentityCredentials`,
      Account: '000000000000',
      Arn: 'arn:aws:sts::000000000000:assumed-role/trusting/CognitoIdentityCredentials',
    })
  })

  it('may name our issuer as any other OIDC provider', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('by-issuer') } })
    const policy = trustPolicy(pool, {}, 'arn:aws:iam::000000000000:oidc-provider/localhost')
    await create('by-issuer', policy.replaceAll('cognito-identity.amazonaws.com', 'localhost'))
    expect(await roleOf(await getCredentials(await getId(pool)))).toBe('by-issuer')
  })

  it.each([
    ['another pool', (_pool: string) => trustPolicy('us-east-1:00000000-0000-4000-8000-000000000000')],
    ['users alone', (pool: string) => trustPolicy(pool, FOR_AMR('authenticated'))],
    ['another provider', (pool: string) => trustPolicy(pool, {}, 'accounts.google.com')],
    [
      'an issuer of another account',
      (pool: string) => trustPolicy(pool, {}, 'arn:aws:iam::123456789012:oidc-provider/localhost'),
    ],
    [
      'sessions of another name',
      (pool: string) => trustPolicy(pool, { StringLike: { 'sts:RoleSessionName': 'app-*' } }),
    ],
    ['other addresses', (pool: string) => trustPolicy(pool, { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } })],
  ])('are not assumed where the trust policy trusts %s', async (what, policy) => {
    const name = `not-${what.replaceAll(' ', '-')}`
    const pool = await poolWith({ Roles: { unauthenticated: role(name) } })
    await create(name, policy(pool))
    expectMisconfigured(await getCredentials(await getId(pool)))
  })

  it('tell users of one provider from those of another', async () => {
    const pool = await poolWith({ Roles: { authenticated: role('google-only') } })
    await create('google-only', trustPolicy(pool, FOR_AMR('accounts.google.com')))
    const google = { [GOOGLE]: await idp.token(GOOGLE, '1001') }
    const oidc = { [OIDC]: await idp.token(OIDC, 'ann') }
    expect(await roleOf(await getCredentials(await getId(pool, google), google))).toBe('google-only')
    expectMisconfigured(await getCredentials(await getId(pool, oidc), oidc))
  })

  it('follow their trust policy as it is changed', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('changing') } })
    const guest = await getId(pool)
    await create('changing', trustPolicy(pool, FOR_AMR('authenticated')))
    expectMisconfigured(await getCredentials(guest))
    const PolicyDocument = trustPolicy(pool, FOR_AMR('unauthenticated'))
    await iam('UpdateAssumeRolePolicy', { RoleName: 'changing', PolicyDocument })
    expect(await roleOf(await getCredentials(guest))).toBe('changing')
  })
})
