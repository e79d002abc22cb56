import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encode, identityProvider } from '../../logins/saml/identity-provider.ts'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { iam } from '../support/callers.ts'
import { GUEST, getCredentials, poolWith, role, USER } from '../support/credentials.ts'
import { createDeveloperPool, DEVELOPER, signIn, stateWithUsers } from '../support/developers.ts'
import { createPool, getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, CLIENT, GOOGLE, OIDC, type Providers, startProviders, USER_POOL } from '../support/providers.ts'
import { simulate, simulated } from '../support/simulations.ts'

const HAND_BACK = 'cognito-identity.amazonaws.com'
const MISMATCH = "Logins don't match. Please include at least one valid login for this identity or identity pool."
const ROLES = { Roles: { authenticated: USER, unauthenticated: GUEST } }
const BY_DEFAULT = { By: 'default', Role: 'authenticated', Custom: false }

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

const login = async (provider = OIDC, claims: object = {}, subject = 'ann') => ({
  [provider]: await idp.token(provider, subject, { ...claims }),
})
const idIn = (pool: string) =>
  expect.stringMatching(new RegExp(`^${pool.slice(0, 18)}-0000-8[0-9a-f]{3}-[0-9a-f-]{17}$`))

async function createRole(RoleName: string, AssumeRolePolicyDocument: string, more: Record<string, string> = {}) {
  await iam('CreateRole', { RoleName, AssumeRolePolicyDocument, ...more })
}

describe('SimulateLogin of a guest', () => {
  it('tells the identity, the role and the session, and that there would be credentials', async () => {
    const pool = await poolWith(ROLES)
    expect(await simulated(pool)).toEqual({
      Logins: [],
      Guest: { WouldBeMade: true },
      Identity: { IdentityId: idIn(pool), Guest: true },
      Role: { RoleArn: GUEST, ChosenBy: { By: 'default', Role: 'unauthenticated', Custom: false } },
      Tags: {},
      Session: { DurationSeconds: 3600, Narrowing: 'guest' },
      Trust: { Registered: false },
      Answer: { Code: 'Issued' },
    })
  })

  it('takes a known one by its id', async () => {
    const pool = await poolWith(ROLES)
    const IdentityId = await getId(pool)
    expect((await simulated(pool, { IdentityId })).Identity).toEqual({ IdentityId, Guest: true })
  })

  it('tells that the pool takes none', async () => {
    const pool = await poolWith(ROLES, { AllowUnauthenticatedIdentities: false })
    expect(await simulated(pool)).toEqual({
      Logins: [],
      Guest: { WouldBeMade: false, RefusedBy: 'guests_refused' },
      Answer: {
        Code: 'NotAuthorizedException',
        Message: 'Unauthenticated access is not supported for this identity pool.',
      },
    })
  })
})

describe('SimulateLogin of a user', () => {
  it('tells claims, rule, tags and the whole of the trust policy', async () => {
    const rule = (Value: string, name: string) => ({
      Claim: 'cognito:groups',
      MatchType: 'Contains',
      Value,
      RoleARN: role(name),
    })
    const mapping = {
      Type: 'Rules',
      AmbiguousRoleResolution: 'Deny',
      RulesConfiguration: { Rules: [rule('board', 'app-board'), rule('staff', 'simulated-staff')] },
    }
    const key = `${USER_POOL}:${CLIENT[USER_POOL]}`
    const pool = await poolWith({ Roles: {}, RoleMappings: { [key]: mapping } })
    const map = { IdentityPoolId: pool, IdentityProviderName: USER_POOL, PrincipalTags: { team: 'custom:team' } }
    succeeded(await call('SetPrincipalTagAttributeMap', map))
    const statement = (Action: string) => ({
      Sid: Action.slice(4),
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action,
      Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': pool } },
    })
    const Statement = [statement('sts:AssumeRoleWithWebIdentity'), statement('sts:TagSession')]
    await createRole('simulated-staff', JSON.stringify({ Version: '2012-10-17', Statement }))
    const Logins = await login(USER_POOL, { 'cognito:groups': ['staff'], 'custom:team': 'blue' })
    const IdentityId = await getId(pool, Logins)
    const claims = JSON.parse(atob(Logins[USER_POOL]?.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''))
    expect(await simulated(pool, { Logins })).toEqual({
      Logins: [{ Provider: USER_POOL, Accepted: true, Subject: 'ann', ClientId: CLIENT[USER_POOL], Claims: claims }],
      Identity: { IdentityId, Guest: false },
      Role: {
        RoleArn: role('simulated-staff'),
        ChosenBy: { By: 'rule', MappingKey: key, Rule: 2, Custom: false },
      },
      Tags: { team: 'blue' },
      Session: { DurationSeconds: 3600, Narrowing: 'none' },
      Trust: {
        Registered: true,
        Action: 'sts:AssumeRoleWithWebIdentity',
        Decision: 'allow',
        Statements: [
          { Sid: 'AssumeRoleWithWebIdentity', Effect: 'allow', Unmet: [] },
          {
            Sid: 'TagSession',
            Effect: 'allow',
            Unmet: [
              {
                Element: 'action',
                Negated: false,
                Wanted: ['sts:TagSession'],
                Found: ['sts:AssumeRoleWithWebIdentity'],
              },
            ],
          },
        ],
      },
      Answer: { Code: 'Issued' },
    })
  })

  it('takes one whom the pool does not know yet', async () => {
    const pool = await poolWith(ROLES)
    const { Identity, Role } = await simulated(pool, { Logins: await login() })
    expect({ Identity, Role }).toEqual({
      Identity: { IdentityId: idIn(pool), Guest: false },
      Role: { RoleArn: USER, ChosenBy: BY_DEFAULT },
    })
  })

  it('takes a developer user by the token that the backend got', async () => {
    const pool = await createDeveloperPool()
    succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, ...ROLES }))
    const { IdentityId, Token } = await signIn(pool, 'ann', { PrincipalTags: { team: 'blue' } })
    expect(await simulated(pool, { IdentityId, Logins: { [HAND_BACK]: Token } })).toMatchObject({
      Logins: [{ Provider: DEVELOPER, Accepted: true, Subject: 'ann' }],
      Identity: { IdentityId, Guest: false },
      Tags: { team: 'blue' },
      Answer: { Code: 'Issued' },
    })
    const { Token: other } = await signIn(pool, 'bob')
    expect(await simulated(pool, { IdentityId, Logins: { [HAND_BACK]: other } })).toEqual({
      Logins: [{ Provider: HAND_BACK, Accepted: false, Reason: 'other_identity', Details: {} }],
      Answer: { Code: 'NotAuthorizedException', Message: MISMATCH },
    })
  })

  it('tells what is wrong with each login, and which clients would do', async () => {
    const pool = await poolWith(ROLES)
    const Logins = {
      ...(await login(OIDC, { aud: 'another-app' })),
      ...(await login(GOOGLE)),
      'unlisted.example': await idp.token('unlisted.example', 'ann'),
    }
    expect(await simulated(pool, { Logins })).toEqual({
      Logins: [
        {
          Provider: OIDC,
          Accepted: false,
          Reason: 'audience',
          Details: { found: 'another-app', kind: 'oidc' },
          Accepts: [CLIENT[OIDC]],
        },
        { Provider: GOOGLE, Accepted: true, Subject: 'ann', ClientId: CLIENT[GOOGLE], Claims: expect.any(Object) },
        {
          Provider: 'unlisted.example',
          Accepted: false,
          Reason: 'provider_not_listed',
          Details: { provider: 'unlisted.example' },
          Accepts: [],
        },
      ],
      Answer: { Code: 'NotAuthorizedException', Message: 'Invalid login token. Incorrect token audience.' },
    })
  })

  it.each<[string, string, () => Promise<string>, string]>([
    ['is forged', OIDC, () => idp.forged(OIDC, 'ann'), 'signature'],
    ['has expired', OIDC, () => idp.token(OIDC, 'ann', { exp: 1_000_000_000 }), 'expired'],
    ['is no token', OIDC, async () => 'x', 'not_a_jwt'],
    ['is of another provider', GOOGLE, () => idp.token(OIDC, 'ann'), 'issuer_mismatch'],
  ])('tells that a login %s', async (_, provider, token, Reason) => {
    const found = await simulated(await poolWith(ROLES), { Logins: { [provider]: await token() } })
    expect(found.Logins).toEqual([expect.objectContaining({ Provider: provider, Accepted: false, Reason })])
    expect(found.Answer.Code).toBe('NotAuthorizedException')
    expect(found).not.toHaveProperty('Identity')
  })
})

describe('SimulateLogin with an identity', () => {
  it.each<[string, (pool: string) => Promise<[string, Record<string, string>?]>, (id: string) => object]>([
    [
      'that there is not',
      async (pool) => [`${pool.slice(0, 18)}-0000-8000-8000-000000000000`],
      (id) => ({ Code: 'ResourceNotFoundException', Message: `Identity '${id}' not found.` }),
    ],
    [
      'of another pool',
      async () => [await getId(await createPool())],
      (id) => ({ Code: 'ResourceNotFoundException', Message: `Identity '${id}' not found.` }),
    ],
    [
      'of a user, without a login',
      async (pool) => [await getId(pool, await login())],
      (id) => ({ Code: 'NotAuthorizedException', Message: `Access to Identity '${id}' is forbidden.` }),
    ],
    [
      'of another user',
      async (pool) => [await getId(pool, await login()), await login(OIDC, {}, 'bob')],
      () => ({ Code: 'NotAuthorizedException', Message: MISMATCH }),
    ],
    [
      'that is disabled, because it was merged into another',
      async (pool) => {
        const guest = await getId(pool)
        const Logins = await login()
        await getId(pool, Logins)
        succeeded(await getCredentials(guest, Logins))
        return [guest]
      },
      (id) => ({ Code: 'NotAuthorizedException', Message: `Access to Identity '${id}' is forbidden.` }),
    ],
  ])('%s tells what the client would be told', async (_, made, answer) => {
    const pool = await poolWith(ROLES)
    const [IdentityId, Logins] = await made(pool)
    const found = await simulated(pool, { IdentityId, Logins })
    expect(found.Answer).toEqual(answer(IdentityId))
    expect(found).not.toHaveProperty('Role')
  })

  it('that was merged tells the one that it is now, to whoever has its login', async () => {
    const pool = await poolWith(ROLES)
    const guest = await getId(pool)
    const Logins = await login()
    const user = await getId(pool, Logins)
    succeeded(await getCredentials(guest, Logins))
    expect((await simulated(pool, { IdentityId: guest, Logins })).Identity).toEqual({ IdentityId: user, Guest: false })
  })
})

describe('SimulateLogin changes nothing:', () => {
  it('no identity is made, no login linked, no identities are merged', async () => {
    const pool = await createDeveloperPool(ALL_PROVIDERS)
    succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, ...ROLES }))
    const [ann, google] = [await login(), await login(GOOGLE)]
    const [user, guest] = [await getId(pool, ann), await getId(pool)]
    const { IdentityId, Token } = await signIn(pool, 'ann')
    const before = await stateWithUsers(pool)
    for (const input of [
      {},
      { Logins: google },
      { IdentityId: user, Logins: { ...ann, ...google } },
      { IdentityId: guest, Logins: google },
      { IdentityId: guest, Logins: ann },
      { IdentityId, Logins: { [HAND_BACK]: Token, ...ann } },
    ])
      expect((await simulated(pool, input)).Answer).toEqual({ Code: 'Issued' })
    expect(await stateWithUsers(pool)).toEqual(before)
    expect(await getId(pool, google)).not.toBe(user)
  })

  it('a SAML assertion is not used up', async () => {
    const saml = await identityProvider(Date.now())
    const { SAMLProviderArn: arn } = await iam('CreateSAMLProvider', {
      Name: 'simulated',
      SAMLMetadataDocument: saml.metadata,
    })
    const pool = await poolWith(ROLES, { SamlProviderARNs: [arn] })
    const Logins = { [arn]: encode(await saml.respond({ nameId: 'ann@example.com', attributes: {} })) }
    for (let n = 0; n < 2; n++)
      expect(await simulated(pool, { Logins })).toMatchObject({
        Logins: [{ Provider: arn, Accepted: true, Subject: expect.any(String) }],
        Answer: { Code: 'Issued' },
      })
    expect(await identitiesOf(pool)).toEqual([])
    const IdentityId = await getId(pool, Logins)
    expect((await simulated(pool, { IdentityId, Logins })).Answer).toEqual({ Code: 'Issued' })
    succeeded(await getCredentials(IdentityId, Logins))
  })
})

describe('SimulateLogin is for those who may', () => {
  it('simulate logins of that pool', async () => {
    const [mine, other] = [await poolWith(ROLES), await poolWith(ROLES)]
    const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
    const Statement = [{ Effect: 'Allow', Action: 'edge-identity:SimulateLogin', Resource: arnOf(mine) }]
    const key = { accessKeyId: 'SIMULATOR', secretAccessKey: 'secret-of-a-key-that-may-simulate-0001' }
    const policy = { Version: '2012-10-17', Statement }
    const setting = { secret: key.secretAccessKey, account: LOCAL_ACCOUNT, user: 'simulator', policy }
    const options = { signed: key, serve: await deploy({ ACCESS_KEY_SIMULATOR: JSON.stringify(setting) }) }
    expect((await simulated(mine, {}, options)).Answer).toEqual({ Code: 'Issued' })
    const action = 'edge-identity:SimulateLogin'
    const why = `because no identity-based policy allows the ${action} action`
    expectFault(
      await simulate(other, {}, options),
      'AccessDeniedException',
      `User: arn:aws:iam::${LOCAL_ACCOUNT}:user/simulator is not authorized to perform: ${action} on resource: ${arnOf(other)} ${why}`,
    )
    expectFault(
      await simulate(mine, {}, { signed: LIMITED_KEY }),
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: ${action} on resource: ${arnOf(mine)} ${why}`,
    )
  })

  it('sign, as the account of the pool, in its region, for this service', async () => {
    const pool = await poolWith(ROLES)
    const notFound = `IdentityPool '${pool}' not found.`
    expectFault(await simulate(pool, {}, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', notFound)
    expectFault(await simulate(pool, {}, { region: 'eu-west-1' }), 'ResourceNotFoundException', notFound)
    expect((await simulate(pool, {}, { signed: false })).body).toMatchObject({
      __type: 'MissingAuthenticationTokenException',
    })
    const headers = { 'x-amz-target': 'EdgeIdentity.SimulateLogin' }
    const forCognito = await call('SimulateLogin', { IdentityPoolId: pool }, { headers })
    expect(forCognito.body).toMatchObject({ __type: 'InvalidSignatureException' })
  })
})

describe('The log of SimulateLogin', () => {
  it('has no record of an answer, whatever it says, and one of a refusal, without the token', async () => {
    const pool = await poolWith(ROLES)
    const Logins = await login(OIDC, { aud: 'another-app' })
    log.clear()
    await simulated(pool, { Logins })
    await simulated(pool, { Logins: await login() })
    expect(log.records()).toEqual([])
    const answer = await simulate(pool, { Logins }, { signed: LIMITED_KEY })
    expect(log.records()).toEqual([
      expect.objectContaining({
        eventSource: 'edge-identity.amazonaws.com',
        eventName: 'SimulateLogin',
        errorCode: 'AccessDeniedException',
        readOnly: true,
        requestID: answer.headers.get('x-amzn-RequestId'),
        requestParameters: { identityPoolId: pool, logins: { [OIDC]: 'HIDDEN_DUE_TO_SECURITY_REASONS' } },
      }),
    ])
    expect(log.lines().join()).not.toContain(Logins[OIDC]?.split('.')[2])
  })

  it('has no warning of a role that nobody registered, because none is given out', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('never-registered') } })
    log.clear()
    await simulated(pool)
    expect(log.lines()).toEqual([])
  })
})
