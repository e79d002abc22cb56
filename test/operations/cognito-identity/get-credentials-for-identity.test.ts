import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, expectFault, type JsonAnswer } from '../../support/client.ts'
import { callerOf, FOR_AMR, iam, signingKeyOf, trustPolicy, type Vended } from '../support/callers.ts'
import { createPool, getId, succeeded, succeededEmpty } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  CLIENT,
  GOOGLE,
  OIDC,
  OIDC_ARN,
  type Providers,
  startProviders,
  USER_POOL,
} from '../support/providers.ts'

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`
const USER = role('app-user')
const GUEST = role('app-guest')
const USER_POOL_CLIENT = `${USER_POOL}:${CLIENT[USER_POOL]}`
const MISCONFIGURED = 'Invalid identity pool configuration. Check assigned IAM roles for this pool.'

interface Output {
  IdentityId: string
  Credentials: Vended
}

const getCredentials = (IdentityId: string, Logins?: Record<string, string>, CustomRoleArn?: string) =>
  call<Output>('GetCredentialsForIdentity', { IdentityId, Logins, CustomRoleArn })

const expectMisconfigured = (answer: JsonAnswer<unknown>) =>
  expectFault(answer, 'InvalidIdentityPoolConfigurationException', MISCONFIGURED)

/** The name of the role in whose session these credentials are. */
async function roleOf(answer: JsonAnswer<Output>): Promise<string> {
  const { Arn } = await callerOf(signingKeyOf(succeeded(answer).Credentials))
  return /^arn:aws:sts::000000000000:assumed-role\/(.+)\/CognitoIdentityCredentials$/.exec(Arn)?.[1] ?? Arn
}

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

async function poolWith(roles: object, settings: object = ALL_PROVIDERS): Promise<string> {
  const pool = await createPool(settings)
  succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, ...roles }))
  return pool
}

describe('GetCredentialsForIdentity', () => {
  const DEFAULTS = { Roles: { authenticated: USER, unauthenticated: GUEST } }

  it('answers the identity and credentials for an hour', async () => {
    const now = Math.floor(Date.now() / 1000)
    const guest = await getId(await poolWith(DEFAULTS))
    const answer = succeeded(await getCredentials(guest))
    expect(answer).toEqual({
      IdentityId: guest,
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
        SecretKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
        SessionToken: expect.stringMatching(/^\S{100,2048}$/),
        Expiration: expect.closeTo(now + 3600, -1),
      },
    })
    expect(Number.isInteger(answer.Credentials.Expiration)).toBe(true)
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

describe('Role mappings of type Token', () => {
  let user: string
  const roles = [role('editor'), role('viewer')]
  const login = async (claims: object) => ({ [USER_POOL]: await idp.token(USER_POOL, 'ann', { ...claims }) })
  const mapped = async (AmbiguousRoleResolution: string) => {
    const RoleMappings = { [USER_POOL_CLIENT]: { Type: 'Token', AmbiguousRoleResolution } }
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings })
    user = await getId(pool, await login({}))
  }
  beforeEach(() => mapped('Deny'))

  it.each([
    ['the preferred role', { 'cognito:preferred_role': roles[1], 'cognito:roles': roles }, undefined, 'viewer'],
    ['the role that is asked for', { 'cognito:preferred_role': roles[1], 'cognito:roles': roles }, roles[0], 'editor'],
    ['the role that is asked for without a preferred one', { 'cognito:roles': roles }, roles[1], 'viewer'],
    ['the role that is asked for out of a text', { 'cognito:roles': roles.join(',') }, roles[0], 'editor'],
  ])('give %s', async (_what, claims, customRole, name) => {
    expect(await roleOf(await getCredentials(user, await login(claims), customRole))).toBe(name)
  })

  it.each([
    ['no role', {}],
    ['several roles and no preferred one', { 'cognito:roles': roles }],
    ['an empty preferred role', { 'cognito:roles': roles, 'cognito:preferred_role': '' }],
  ])('deny a token with %s, naming the mapping, or give the default role, as the pool says', async (_what, claims) => {
    const message = `The ambiguous role mapping rules for: ${USER_POOL_CLIENT} denied this request.`
    expectFault(await getCredentials(user, await login(claims)), 'NotAuthorizedException', message)
    await mapped('AuthenticatedRole')
    expect(await roleOf(await getCredentials(user, await login(claims)))).toBe('app-user')
  })

  it('deny a role that the token does not offer', async () => {
    const message = `Access to Role '${role('admin')}' is forbidden.`
    const tokens = [{ 'cognito:roles': roles }, { 'cognito:roles': [`${role('admin')}x`] }, {}]
    for (const claims of tokens)
      expectFault(await getCredentials(user, await login(claims), role('admin')), 'NotAuthorizedException', message)
  })

  it.each([
    ['of another account', 'arn:aws:iam::123456789012:role/editor'],
    ['that is no role', 'arn:aws:iam::000000000000:user/ann'],
    ['that is no ARN', 'editor'],
  ])('refuse a preferred role %s', async (_what, preferred) => {
    expectMisconfigured(await getCredentials(user, await login({ 'cognito:preferred_role': preferred })))
  })

  it('leave logins of other providers to the default role', async () => {
    const RoleMappings = { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings })
    const google = { [GOOGLE]: await idp.token(GOOGLE, '1001', { 'cognito:preferred_role': roles[0] }) }
    expect(await roleOf(await getCredentials(await getId(pool, google), google))).toBe('app-user')
  })
})

describe('Role mappings of type Rules', () => {
  const rule = (Claim: string, MatchType: string, Value: string, name: string) => ({
    Claim,
    MatchType,
    Value,
    RoleARN: role(name),
  })
  const login = async (claims: object) => ({ [OIDC]: await idp.token(OIDC, 'ann', { ...claims }) })
  const userWith = async (AmbiguousRoleResolution: string, ...Rules: object[]) => {
    const mapping = { Type: 'Rules', AmbiguousRoleResolution, RulesConfiguration: { Rules } }
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings: { [OIDC_ARN]: mapping } })
    return getId(pool, await login({}))
  }
  const denied = [
    'NotAuthorizedException',
    `The ambiguous role mapping rules for: ${OIDC_ARN} denied this request.`,
  ] as const

  it.each([
    ['Equals', 'staff', true],
    ['Equals', 'Staff', false],
    ['Equals', 'staff2', false],
    ['StartsWith', 'staff2', true],
    ['StartsWith', 'a staff', false],
    ['Contains', 'a staff2', true],
    ['Contains', 'sta ff', false],
    ['NotEqual', 'other', true],
    ['NotEqual', 'staff', false],
    ['NotEqual', undefined, false],
    ['Equals', undefined, false],
    ['Equals', ['other', 'staff'], true],
    ['NotEqual', ['other', 'staff'], false],
  ])('match %s staff against %j: %s', async (match, group, matches) => {
    const user = await userWith('Deny', rule('group', match, 'staff', 'ruled'))
    const answer = await getCredentials(user, await login({ group }))
    if (matches) expect(await roleOf(answer)).toBe('ruled')
    else expectFault(answer, ...denied)
  })

  it('are tried in order, and the first that matches gives the role', async () => {
    const user = await userWith(
      'Deny',
      rule('group', 'Equals', 'nobody', 'first'),
      rule('group', 'Equals', 'staff', 'second'),
      rule('group', 'StartsWith', 's', 'third'),
    )
    const staff = await login({ group: 'staff' })
    expect(await roleOf(await getCredentials(user, staff))).toBe('second')
    expect(await roleOf(await getCredentials(user, staff, role('third')))).toBe('third')
    const message = `Access to Role '${role('first')}' is forbidden.`
    expectFault(await getCredentials(user, staff, role('first')), 'NotAuthorizedException', message)
  })

  it('go by the token of the call, and keep nothing of earlier ones', async () => {
    const user = await userWith('AuthenticatedRole', rule('admin', 'Equals', 'true', 'admin'))
    expect(await roleOf(await getCredentials(user, await login({ admin: true })))).toBe('admin')
    expect(await roleOf(await getCredentials(user, await login({})))).toBe('app-user')
  })

  it('see no claims but those of the token itself', async () => {
    const user = await userWith('Deny', rule('constructor', 'NotEqual', 'x', 'ruled'))
    expectFault(await getCredentials(user, await login({})), ...denied)
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

describe('The audit log of GetCredentialsForIdentity', () => {
  const log = vi.spyOn(console, 'log')
  const warn = vi.spyOn(console, 'warn')
  const error = vi.spyOn(console, 'error')
  beforeEach(() => {
    vi.clearAllMocks()
  })

  const lines = () => [log, warn, error].flatMap(({ mock }) => mock.calls.map((line) => line.join(' ')))
  const records = () =>
    lines()
      .map((line) => JSON.parse(line))
      .filter(({ event }) => /^credentials_/.test(event))
  /** What every record has. */
  const common = (answer: JsonAnswer<unknown>) => ({
    level: 'info',
    requestId: answer.headers.get('x-amzn-RequestId'),
    operation: 'GetCredentialsForIdentity',
    clientAddress: expect.stringMatching(/^2001:2::/),
    broker: 'embedded',
  })

  it('has one record of each issuance: who, in which role, by which login, and no token or secret', async () => {
    const pool = await poolWith({ Roles: { authenticated: USER } })
    const token = await idp.token(OIDC, 'ann')
    const user = await getId(pool, { [OIDC]: token })
    const answer = await getCredentials(user, { [OIDC]: token })
    const { AccessKeyId, Expiration, SecretKey, SessionToken } = succeeded(answer).Credentials
    expect(records()).toEqual([
      {
        event: 'credentials_issued',
        ...common(answer),
        account: '000000000000',
        pool,
        identity: user,
        guest: false,
        providers: [OIDC],
        role: USER,
        accessKeyId: AccessKeyId,
        expiration: Expiration,
      },
    ])
    for (const secret of [token, token.split('.')[2] ?? '', SecretKey, SessionToken])
      expect(lines().join()).not.toContain(secret)
  })

  it.each([
    ['no role', {}, undefined, { reason: 'no_role' }],
    [
      'a foreign role',
      { 'cognito:preferred_role': 'arn:aws:iam::123456789012:role/x' },
      undefined,
      { reason: 'foreign_role', role: 'arn:aws:iam::123456789012:role/x' },
    ],
    ['an undecided mapping', {}, undefined, { reason: 'ambiguous' }],
    ['a role that is not offered', {}, USER, { reason: 'custom_role' }],
  ])('has one record of a refusal for %s', async (_what, claims, customRole, why) => {
    const RoleMappings = { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }
    const pool = await poolWith({ Roles: {}, ...(why.reason !== 'no_role' && { RoleMappings }) })
    const token = await idp.token(OIDC, 'ann', { ...claims })
    const user = await getId(pool, { [OIDC]: token })
    const answer = await getCredentials(user, { [OIDC]: token }, customRole)
    const { __type: fault, message } = answer.body as unknown as Record<string, string>
    expect(records()).toEqual([
      {
        event: 'credentials_refused',
        ...common(answer),
        account: '000000000000',
        pool,
        identity: user,
        guest: false,
        providers: [OIDC],
        ...why,
        fault,
        message,
      },
    ])
    expect(lines().join()).not.toContain(token)
  })

  it('has one record of a refusal before any role is chosen, about the identity that was named', async () => {
    const pool = await poolWith({ Roles: { authenticated: USER } })
    const token = await idp.token(OIDC, 'ann')
    const user = await getId(pool, { [OIDC]: token })
    const forged = await idp.forged(OIDC, 'ann')
    const unknown = `${pool.slice(0, 18)}-0000-8000-8000-000000000000`
    for (const [id, logins] of [
      [user, undefined],
      [user, { [OIDC]: forged }],
      [user, { [OIDC]: await idp.token(OIDC, 'bob') }],
      [unknown, undefined],
    ] as const) {
      vi.clearAllMocks()
      const answer = await getCredentials(id, logins)
      const { __type: fault, message } = answer.body as unknown as Record<string, string>
      expect(records()).toEqual([{ event: 'credentials_refused', ...common(answer), identity: id, fault, message }])
      expect(lines().join()).not.toContain(forged)
    }
  })

  it('says why STS refused, which the caller is not told', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('refusing') } })
    const policy = trustPolicy(pool, FOR_AMR('authenticated'))
    await iam('CreateRole', { RoleName: 'refusing', AssumeRolePolicyDocument: policy })
    expectMisconfigured(await getCredentials(await getId(pool)))
    expect(records()).toMatchObject([
      { event: 'credentials_refused', guest: true, providers: [], role: role('refusing'), reason: 'trust_denied' },
    ])
  })

  it('warns of a role that nobody registered, which local mode accepts', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('unregistered') } })
    succeeded(await getCredentials(await getId(pool)))
    expect(lines().filter((line) => line.includes('not registered'))).toEqual([
      JSON.stringify({
        level: 'warn',
        event: 'role not registered, assumed without a trust policy',
        role: role('unregistered'),
      }),
    ])
  })
})
