import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { FOR_AMR, iam, trustPolicy } from '../support/callers.ts'
import { GUEST, poolWith, role, USER } from '../support/credentials.ts'
import { deployOutsideLocalMode, ISSUER } from '../support/outside-local-mode.ts'
import { createPool, getId, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'
import { RemoteSts, STORE } from '../support/remote-sts.ts'
import { simulate, simulated } from '../support/simulations.ts'

const MISCONFIGURED = 'Invalid identity pool configuration. Check assigned IAM roles for this pool.'
const REFUSED = { Code: 'InvalidIdentityPoolConfigurationException', Message: MISCONFIGURED }
const ROLES = { Roles: { authenticated: USER, unauthenticated: GUEST } }
const BY_DEFAULT = { By: 'default', Role: 'authenticated', Custom: false }

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

const login = async (provider = OIDC, claims: object = {}, subject = 'ann') => ({
  [provider]: await idp.token(provider, subject, { ...claims }),
})
const idIn = (pool: string) =>
  expect.stringMatching(new RegExp(`^${pool.slice(0, 18)}-0000-8[0-9a-f]{3}-[0-9a-f-]{17}$`))

async function createRole(RoleName: string, AssumeRolePolicyDocument: string, more: Record<string, string> = {}) {
  await iam('CreateRole', { RoleName, AssumeRolePolicyDocument, ...more })
}

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
      Guest: { WouldBeMade: true },
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
