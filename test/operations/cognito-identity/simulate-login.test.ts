import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encode, identityProvider } from '../../logins/saml/identity-provider.ts'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { FOR_AMR, iam, trustPolicy } from '../support/callers.ts'
import { GUEST, getCredentials, poolWith, role, USER } from '../support/credentials.ts'
import { createDeveloperPool, DEVELOPER, signIn, stateWithUsers } from '../support/developers.ts'
import { deployOutsideLocalMode, ISSUER } from '../support/outside-local-mode.ts'
import { createPool, getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
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
import { RemoteSts, STORE } from '../support/remote-sts.ts'
import { simulate, simulated } from '../support/simulations.ts'

const HAND_BACK = 'cognito-identity.amazonaws.com'
const MISCONFIGURED = 'Invalid identity pool configuration. Check assigned IAM roles for this pool.'
const REFUSED = { Code: 'InvalidIdentityPoolConfigurationException', Message: MISCONFIGURED }
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

describe('SimulateLogin tells of the role', () => {
  it.each<[string, object, object, string | undefined, object, object]>([
    ['that there is none', { Roles: {} }, {}, undefined, { Reason: 'no_role' }, REFUSED],
    [
      'that the client may not have the one it asks for',
      ROLES,
      {},
      role('app-admin'),
      { Reason: 'custom_role' },
      { Code: 'NotAuthorizedException', Message: `Access to Role '${role('app-admin')}' is forbidden.` },
    ],
    [
      'that the client asks for what it would have anyway',
      ROLES,
      {},
      USER,
      { RoleArn: USER, ChosenBy: { ...BY_DEFAULT, Custom: true } },
      { Code: 'Issued' },
    ],
    [
      'that it comes from the token',
      { Roles: {}, RoleMappings: { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } } },
      { 'cognito:preferred_role': role('app-preferred') },
      undefined,
      { RoleArn: role('app-preferred'), ChosenBy: { By: 'token', MappingKey: OIDC_ARN, Custom: false } },
      { Code: 'Issued' },
    ],
    [
      'that it is of another account',
      { Roles: {}, RoleMappings: { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } } },
      { 'cognito:preferred_role': 'arn:aws:iam::123456789012:role/x' },
      undefined,
      { Reason: 'foreign_role', RoleArn: 'arn:aws:iam::123456789012:role/x' },
      REFUSED,
    ],
  ])('%s', async (_, roles, claims, CustomRoleArn, Role, Answer) => {
    const found = await simulated(await poolWith(roles), { Logins: await login(OIDC, claims), CustomRoleArn })
    expect(found.Role).toEqual(Role)
    expect(found.Answer).toEqual(Answer)
  })

  it('what each statement of its trust policy misses, with the values', async () => {
    const pool = await poolWith({ Roles: { authenticated: role('simulated-denied') } })
    await createRole('simulated-denied', trustPolicy('us-east-1:other', FOR_AMR('unauthenticated')))
    const found = await simulated(pool, { Logins: await login() })
    const prefix = 'cognito-identity.amazonaws.com'
    expect(found.Trust).toEqual({
      Registered: true,
      Action: 'sts:AssumeRoleWithWebIdentity',
      Decision: 'implicit_deny',
      Statements: [
        {
          Sid: '',
          Effect: 'allow',
          Unmet: [
            {
              Element: 'condition',
              Operator: 'StringEquals',
              Key: `${prefix}:aud`,
              Wanted: ['us-east-1:other'],
              Found: [pool],
            },
            {
              Element: 'condition',
              Operator: 'ForAnyValue:StringLike',
              Key: `${prefix}:amr`,
              Wanted: ['unauthenticated'],
              Found: ['authenticated', OIDC, `${OIDC_ARN}:OIDC:ann`],
            },
          ],
        },
      ],
    })
    expect(found.Answer).toEqual({
      ...REFUSED,
      Reason: {
        Reason: 'trust_denied',
        Failed: [`statement 1: StringEquals ${prefix}:aud, ForAnyValue:StringLike ${prefix}:amr`],
      },
    })
  })

  it('that its trust policy cannot be read', async () => {
    const name = 'simulated-malformed'
    const record = { arn: role(name), name, path: '/', id: 'AROAMALFORMED', tags: [], createdAt: Date.now() }
    const broken = { ...record, trustPolicy: '{', maxSessionDuration: 3600 }
    await env.ACCOUNT.getByName(LOCAL_ACCOUNT).createRole(broken, 'test')
    const found = await simulated(await poolWith({ Roles: { unauthenticated: role(name) } }))
    expect(found).toMatchObject({
      Trust: { Registered: true, Malformed: expect.any(String) },
      Answer: { ...REFUSED, Reason: { Reason: 'trust_denied' } },
    })
  })

  it('that it allows less time than the pool asks for', async () => {
    const tags = { IdentityPoolTags: { 'edge-identity:session-seconds': '3601' } }
    const pool = await poolWith({ Roles: { unauthenticated: role('simulated-short') } }, tags)
    await createRole('simulated-short', trustPolicy(pool))
    expect(await simulated(pool)).toMatchObject({
      Session: { DurationSeconds: 3601 },
      Trust: { Decision: 'allow' },
      Answer: { ...REFUSED, Reason: { Reason: 'duration_exceeds_role', Maximum: 3600 } },
    })
  })

  it("that it lacks the policy by which the pool's guests are narrowed", async () => {
    const tags = { IdentityPoolTags: { 'edge-identity:guest-policy': 'not-there' } }
    const pool = await poolWith(ROLES, { ...ALL_PROVIDERS, ...tags })
    expect(await simulated(pool)).toEqual({
      Logins: [],
      Identity: { IdentityId: idIn(pool), Guest: true },
      Role: expect.objectContaining({ RoleArn: GUEST }),
      Tags: {},
      Answer: { ...REFUSED, Reason: { Reason: 'guest_policy_missing', GuestPolicy: 'not-there' } },
    })
    expect((await simulated(pool, { Logins: await login() })).Answer).toEqual({ Code: 'Issued' })
  })

  it('that nobody registered it, outside local mode', async () => {
    const serve = await deployOutsideLocalMode()
    const options = { serve, url: `${ISSUER}/`, signed: OTHER_ACCOUNT_KEY }
    const pool = await createPool({}, options)
    const unregistered = `arn:aws:iam::${OTHER_ACCOUNT}:role/nobodys`
    const roles = { IdentityPoolId: pool, Roles: { unauthenticated: unregistered } }
    succeededEmpty(await call('SetIdentityPoolRoles', roles, options))
    expect(await simulated(pool, {}, options)).toMatchObject({
      Role: { RoleArn: unregistered },
      Trust: { Registered: false },
      Answer: { ...REFUSED, Reason: { Reason: 'role_not_found' } },
    })
    const { IdentityId } = succeeded(
      await call<{ IdentityId: string }>('GetId', { IdentityPoolId: pool }, { serve, url: `${ISSUER}/` }),
    )
    const real = await call('GetCredentialsForIdentity', { IdentityId }, { serve, url: `${ISSUER}/` })
    expectFault(real, REFUSED.Code, REFUSED.Message)
  })

  it('that another STS decides, which is not asked', async () => {
    const sts = new RemoteSts(idp.network)
    const serve = await deploy({ STS_ENDPOINT: STORE })
    const pool = await poolWith({ Roles: { unauthenticated: role('simulated-remote') } })
    await createRole('simulated-remote', trustPolicy('us-east-1:other'))
    expect(await simulated(pool, {}, { serve })).toMatchObject({
      Trust: { Registered: true, Decision: 'implicit_deny' },
      Answer: { Code: 'DecidedByRemoteSts' },
    })
    expect(sts.sent).toEqual([])
  })
})

describe('SimulateLogin of a grant of R2', () => {
  const KEY = {
    accountId: '0123456789abcdef0123456789abcdef',
    accessKeyId: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
    secretAccessKey: 'b73a1f64b56373b1b7b184e08354c1c2fe4065ce1e240a0c5778e367c518edc9',
  }
  const R2_SETTING = { [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(KEY) }
  const grant = (path: string) => `arn:aws:r2::${LOCAL_ACCOUNT}:grant/photos/GetObject+PutObject/${path}`
  const BY_SUB = grant(`users/\${sub}/`)
  const BY_TEAM = grant(`\${aws:PrincipalTag/team}/\${sub}/`)

  it('tells the prefix, and gives no credentials out', async () => {
    const serve = await deploy(R2_SETTING)
    const pool = await poolWith({ Roles: { unauthenticated: BY_SUB } })
    const IdentityId = await getId(pool)
    const answer = await simulate(pool, { IdentityId }, { serve })
    expect(succeeded(answer)).toEqual({
      Logins: [],
      Identity: { IdentityId, Guest: true },
      Role: { RoleArn: BY_SUB, ChosenBy: { By: 'default', Role: 'unauthenticated', Custom: false } },
      Tags: {},
      Session: { DurationSeconds: 3600 },
      R2: { Bucket: 'photos', Actions: ['GetObject', 'PutObject'], Prefix: `users/${IdentityId}/` },
      Answer: { Code: 'Issued' },
    })
  })

  it.each<[string, string, object, object]>([
    [
      'a tag is missing',
      BY_TEAM,
      R2_SETTING,
      { Reason: 'r2_path_unsafe', Variable: 'aws:PrincipalTag/team', Why: 'missing' },
    ],
    ['there is no key', BY_SUB, {}, { Reason: 'r2_not_configured' }],
  ])('tells that %s', async (_, arn, settings, Reason) => {
    const serve = await deploy({ ...settings })
    const pool = await poolWith({ Roles: { unauthenticated: arn } })
    expect(await simulated(pool, {}, { serve })).toMatchObject({
      R2: { Bucket: 'photos' },
      Answer: { ...REFUSED, Reason },
    })
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
