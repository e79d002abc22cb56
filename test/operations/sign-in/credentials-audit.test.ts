import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, type JsonAnswer } from '../../support/client.ts'
import { type CapturedLog, captureLog, tokenIdOf } from '../support/audit.ts'
import { FOR_AMR, iam, trustPolicy } from '../support/callers.ts'
import { expectMisconfigured, GUEST, getCredentials, poolWith, role, USER } from '../support/credentials.ts'
import { createDeveloperPool, DEVELOPER, signIn } from '../support/developers.ts'
import { getId, succeeded } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  CLIENT,
  OIDC,
  OIDC_ARN,
  type Providers,
  startProviders,
  USER_POOL,
} from '../support/providers.ts'

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'
const HAND_BACK = 'cognito-identity.amazonaws.com'
const R2_GRANT = `arn:aws:r2::000000000000:grant/photos/object-read-only/users/\${sub}/`

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

const login = async (claims: object = {}, provider = OIDC) => ({
  [provider]: await idp.token(provider, 'ann', { ...claims }),
})

/** The one record of a call. */
function recordOf(answer: JsonAnswer<unknown>) {
  const found = log.records().filter(({ requestID }) => requestID === answer.headers.get('x-amzn-RequestId'))
  expect(found).toHaveLength(1)
  return found[0]
}

const decisionOf = (answer: JsonAnswer<unknown>) => recordOf(answer)?.additionalEventData

/** A pool of the user pool whose groups map to roles by rules; the second one decides for admins. */
const RULES = {
  [`${USER_POOL}:${CLIENT[USER_POOL]}`]: {
    Type: 'Rules',
    AmbiguousRoleResolution: 'Deny',
    RulesConfiguration: {
      Rules: [
        { Claim: 'custom:plan', MatchType: 'Equals', Value: 'gold', RoleARN: role('app-gold') },
        { Claim: 'cognito:groups', MatchType: 'Contains', Value: 'admin', RoleARN: role('app-admin') },
      ],
    },
  },
}
const TOKEN = { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }

describe('The record of credentials', () => {
  it('is whole: who, by which login, in which role and why, where from; and no token or secret', async () => {
    const pool = await poolWith({ Roles: { authenticated: USER } })
    const logins = await login()
    const user = await getId(pool, logins)
    const answer = await getCredentials(user, logins)
    const { AccessKeyId, Expiration, SecretKey, SessionToken } = succeeded(answer).Credentials
    expect(recordOf(answer)).toEqual({
      eventVersion: '1.11',
      userIdentity: { type: 'Unknown' },
      eventTime: expect.stringMatching(/Z$/),
      eventSource: 'cognito-identity.amazonaws.com',
      eventName: 'GetCredentialsForIdentity',
      awsRegion: 'us-east-1',
      sourceIPAddress: expect.stringMatching(/^2001:2:/),
      requestParameters: { identityId: user, logins: { [OIDC]: HIDDEN } },
      responseElements: {
        identityId: user,
        credentials: { accessKeyId: AccessKeyId, expiration: new Date(Expiration * 1000).toISOString() },
      },
      additionalEventData: {
        pool,
        logins: [{ provider: OIDC, accepted: true }],
        identity: user,
        guest: false,
        role: USER,
        roleChosen: { by: 'default', role: 'authenticated', custom: false },
        tagKeys: [],
        broker: 'embedded',
      },
      requestID: answer.headers.get('x-amzn-RequestId'),
      eventID: expect.any(String),
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: false,
      recipientAccountId: '000000000000',
      eventCategory: 'Data',
    })
    const token = logins[OIDC] ?? ''
    for (const secret of [...token.split('.'), SecretKey, SessionToken]) {
      expect(secret.length).toBeGreaterThan(16)
      expect(log.lines().join()).not.toContain(secret)
    }
  })

  it.each<[string, string, object, object, string | undefined, object]>([
    [
      'the default',
      OIDC,
      {},
      {},
      undefined,
      { role: USER, roleChosen: { by: 'default', role: 'authenticated', custom: false } },
    ],
    [
      'the default, which the client asked for',
      OIDC,
      {},
      {},
      USER,
      { role: USER, roleChosen: { by: 'default', role: 'authenticated', custom: true } },
    ],
    [
      'the second rule',
      USER_POOL,
      RULES,
      { 'cognito:groups': ['staff', 'admin'] },
      undefined,
      {
        role: role('app-admin'),
        roleChosen: { by: 'rule', mappingKey: `${USER_POOL}:webclient1`, rule: 2, custom: false },
      },
    ],
    [
      'the second rule that matches, which the client asked for',
      USER_POOL,
      RULES,
      { 'cognito:groups': ['admin'], 'custom:plan': 'gold' },
      role('app-admin'),
      {
        role: role('app-admin'),
        roleChosen: { by: 'rule', mappingKey: `${USER_POOL}:webclient1`, rule: 2, custom: true },
      },
    ],
    [
      'the token',
      OIDC,
      TOKEN,
      { 'cognito:preferred_role': role('app-preferred') },
      undefined,
      { role: role('app-preferred'), roleChosen: { by: 'token', mappingKey: OIDC_ARN, custom: false } },
    ],
    [
      'the token, among the roles of which the client chose',
      OIDC,
      TOKEN,
      { 'cognito:roles': [role('app-a'), role('app-b')], 'cognito:preferred_role': role('app-a') },
      role('app-b'),
      { role: role('app-b'), roleChosen: { by: 'token', mappingKey: OIDC_ARN, custom: true } },
    ],
  ])('says that the role is that of %s', async (_, provider, RoleMappings, claims, customRole, decided) => {
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings })
    const logins = await login(claims, provider)
    const user = await getId(pool, logins)
    const answer = await getCredentials(user, logins, customRole)
    succeeded(answer)
    expect(decisionOf(answer)).toEqual({
      pool,
      logins: [{ provider, accepted: true }],
      identity: user,
      guest: false,
      ...decided,
      tagKeys: [],
      broker: 'embedded',
    })
  })

  it('says that a guest is one', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: GUEST } })
    const guest = await getId(pool)
    expect(decisionOf(await getCredentials(guest))).toEqual({
      pool,
      logins: [],
      identity: guest,
      guest: true,
      role: GUEST,
      roleChosen: { by: 'default', role: 'unauthenticated', custom: false },
      tagKeys: [],
      broker: 'embedded',
    })
  })

  it('names the tags of the session and not their values, and the token that was handed back', async () => {
    const pool = await createDeveloperPool()
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: USER } })
    const { IdentityId, Token } = await signIn(pool, 'ann-at-the-backend', { PrincipalTags: { team: 'crimson' } })
    const answer = await getCredentials(IdentityId, { [HAND_BACK]: Token })
    succeeded(answer)
    const issued = log.records().find(({ eventName }) => eventName === 'GetOpenIdTokenForDeveloperIdentity')
    const tokenId = issued?.additionalEventData?.tokenId
    expect(tokenId).toBe(await tokenIdOf(Token))
    expect(decisionOf(answer)).toEqual({
      pool,
      logins: [{ provider: HAND_BACK, tokenId, accepted: true }],
      identity: IdentityId,
      guest: false,
      role: USER,
      roleChosen: { by: 'default', role: 'authenticated', custom: false },
      tagKeys: ['team'],
      broker: 'embedded',
    })
    for (const text of ['ann-at-the-backend', 'crimson', Token]) expect(log.lines().join()).not.toContain(text)
  })

  it('stands beside a warning of a role that nobody registered, which local mode accepts', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('unregistered') } })
    succeeded(await getCredentials(await getId(pool)))
    expect(log.lines().filter((line) => line.includes('unregistered_role_assumed'))).toEqual([
      JSON.stringify({ level: 'warn', event: 'unregistered_role_assumed', role: role('unregistered') }),
    ])
  })
})

describe('The record of refused credentials', () => {
  it.each<[string, object, object, string | undefined, object]>([
    ['the pool has no role', { Roles: {} }, {}, undefined, { reason: 'no_role' }],
    [
      'the role is of another account',
      { Roles: {}, RoleMappings: TOKEN },
      { 'cognito:preferred_role': 'arn:aws:iam::123456789012:role/x' },
      undefined,
      { reason: 'foreign_role', role: 'arn:aws:iam::123456789012:role/x' },
    ],
    ['nothing decides', { Roles: {}, RoleMappings: TOKEN }, {}, undefined, { reason: 'ambiguous' }],
    ['the role is not on offer', { Roles: {}, RoleMappings: TOKEN }, {}, USER, { reason: 'custom_role' }],
    [
      'a claim names a grant of R2',
      { Roles: {}, RoleMappings: TOKEN },
      { 'cognito:preferred_role': R2_GRANT },
      undefined,
      { reason: 'r2_grant_in_token', role: R2_GRANT },
    ],
  ])('says that %s', async (_, roles, claims, customRole, why) => {
    const pool = await poolWith(roles)
    const logins = await login(claims)
    const user = await getId(pool, logins)
    const answer = await getCredentials(user, logins, customRole)
    expect(answer.status).toBe(400)
    const { __type: errorCode, message: errorMessage } = answer.body as unknown as Record<string, string>
    expect(recordOf(answer)).toMatchObject({ errorCode, errorMessage })
    expect(recordOf(answer)).not.toHaveProperty('responseElements.identityId')
    expect(decisionOf(answer)).toEqual({
      pool,
      logins: [{ provider: OIDC, accepted: true }],
      identity: user,
      guest: false,
      ...why,
    })
  })

  it('says that the tags are too large', async () => {
    const pool = await poolWith({ Roles: { authenticated: USER } })
    const map = { IdentityPoolId: pool, IdentityProviderName: OIDC_ARN, PrincipalTags: { team: 'team' } }
    succeeded(await call('SetPrincipalTagAttributeMap', map))
    const logins = await login({ team: 'x'.repeat(461) })
    const answer = await getCredentials(await getId(pool, logins), logins)
    expectMisconfigured(answer)
    expect(decisionOf(answer)).toMatchObject({ reason: 'tags_too_large', role: USER })
  })

  it.each<[string, object, object, { reason: string; [detail: string]: unknown }]>([
    [
      'the trust policy wants another amr',
      {},
      FOR_AMR('authenticated'),
      {
        broker: 'embedded',
        reason: 'trust_denied',
        failed: ['statement 1: ForAnyValue:StringLike cognito-identity.amazonaws.com:amr'],
      },
    ],
    [
      'the session is longer than the role allows',
      { 'edge-identity:session-seconds': '3601' },
      {},
      { broker: 'embedded', reason: 'duration_exceeds_role', maximum: 3600 },
    ],
    [
      "the pool's own policy for guests is not one of the role's",
      { 'edge-identity:guest-policy': 'not-there' },
      {},
      { reason: 'guest_policy_missing', guestPolicy: 'not-there' },
    ],
  ])('says that %s, which the client is not told', async (_, IdentityPoolTags, conditions, why) => {
    const RoleName = why.reason
    const arn = role(RoleName)
    const pool = await poolWith({ Roles: { unauthenticated: arn } }, { IdentityPoolTags })
    const AssumeRolePolicyDocument = trustPolicy(pool, conditions)
    await iam('CreateRole', { RoleName, AssumeRolePolicyDocument })
    const guest = await getId(pool)
    const answer = await getCredentials(guest)
    expectMisconfigured(answer)
    expect(decisionOf(answer)).toEqual({
      pool,
      logins: [],
      identity: guest,
      guest: true,
      role: arn,
      roleChosen: { by: 'default', role: 'unauthenticated', custom: false },
      tagKeys: [],
      ...why,
    })
  })

  it('says that the role does not let sessions be tagged', async () => {
    const pool = await createDeveloperPool()
    const AssumeRolePolicyDocument = trustPolicy(pool)
    await iam('CreateRole', { RoleName: 'untagging', AssumeRolePolicyDocument })
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: role('untagging') } })
    const { IdentityId, Token } = await signIn(pool, 'ann', { PrincipalTags: { team: 'crimson' } })
    const answer = await getCredentials(IdentityId, { [HAND_BACK]: Token })
    expectMisconfigured(answer)
    expect(decisionOf(answer)).toMatchObject({ reason: 'tag_session_denied', failed: ['statement 1: action'] })
    expect(log.lines().join()).not.toContain('crimson')
  })

  it.each<[string, (pool: string, user: string) => Promise<[string, Record<string, string>?]>, object]>([
    ['the identity is a member', async (_, user) => [user], { logins: [], reason: 'forbidden' }],
    [
      "the logins are not the identity's",
      async (_, user) => [user, { [OIDC]: await idp.token(OIDC, 'bob') }],
      { logins: [{ provider: OIDC, accepted: true }], reason: 'logins_mismatch' },
    ],
    [
      'there is no such identity',
      async (pool) => [`${pool.slice(0, 18)}-0000-8000-8000-000000000000`],
      { logins: [], reason: 'no_identity' },
    ],
    [
      'the login is forged',
      async (_, user) => [user, { [OIDC]: await idp.forged(OIDC, 'ann') }],
      { logins: [{ provider: OIDC, accepted: false, reason: 'signature' }] },
    ],
  ])('says, before any role is chosen, that %s', async (_, asked, why) => {
    const pool = await poolWith({ Roles: { authenticated: USER } })
    const user = await getId(pool, await login())
    const answer = await getCredentials(...(await asked(pool, user)))
    expect(answer.status).toBe(400)
    expect(decisionOf(answer)).toEqual({ pool, ...why })
  })

  it('says that the pool takes no guests', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: GUEST } })
    const guest = await getId(pool)
    const closed = { IdentityPoolId: pool, IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: false }
    succeeded(await call('UpdateIdentityPool', closed))
    expect(decisionOf(await getCredentials(guest))).toEqual({ pool, logins: [], reason: 'guests_refused' })
    expect(decisionOf(await call('GetId', { IdentityPoolId: pool }))).toEqual({
      pool,
      logins: [],
      reason: 'guests_refused',
    })
  })

  it.each<[string, (pool: string, id: string) => Promise<string>, object]>([
    ['of another pool', async () => (await signIn(await createDeveloperPool(), 'ann')).Token, { reason: 'other_pool' }],
    ['of another identity', async (pool) => (await signIn(pool, 'bob')).Token, { reason: 'other_identity' }],
    ['of nobody', async () => 'no token', { reason: 'malformed' }],
    [
      'of the basic flow',
      async (_, IdentityId) => {
        const answer = await call<{ Token: string }>('GetOpenIdToken', { IdentityId })
        return succeeded(answer).Token
      },
      { reason: 'other_provider' },
    ],
  ])('says that the token that was handed back is %s', async (what, other, why) => {
    const pool = await createDeveloperPool()
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: USER } })
    const id = what === 'of the basic flow' ? await getId(pool) : (await signIn(pool, 'ann')).IdentityId
    const token = await other(pool, id)
    const answer = await getCredentials(id, { [HAND_BACK]: token })
    expect(answer.status).toBe(400)
    expect(decisionOf(answer)).toEqual({
      pool,
      logins: [{ provider: HAND_BACK, tokenId: await tokenIdOf(token), accepted: false, ...why }],
    })
  })
})

describe('The record of a token', () => {
  it("of the basic flow has the token's id, and no token", async () => {
    const pool = await poolWith({ Roles: {} })
    const logins = await login()
    const user = await getId(pool, logins)
    const answer = await call<{ Token: string }>('GetOpenIdToken', { IdentityId: user, Logins: logins })
    const { Token } = succeeded(answer)
    expect(recordOf(answer)).toMatchObject({
      requestParameters: { identityId: user, logins: { [OIDC]: HIDDEN } },
      responseElements: { identityId: user },
    })
    expect(decisionOf(answer)).toEqual({
      pool,
      logins: [{ provider: OIDC, accepted: true }],
      identity: user,
      guest: false,
      tokenId: await tokenIdOf(Token),
    })
    for (const text of [Token, logins[OIDC]]) expect(log.lines().join()).not.toContain(text)
  })

  it('of a backend has the caller and all logins, and neither the token nor the user', async () => {
    const pool = await createDeveloperPool(ALL_PROVIDERS)
    const Logins: Record<string, string> = { [DEVELOPER]: 'ann-at-the-backend', ...(await login()) }
    const answer = await call<{ Token: string; IdentityId: string }>('GetOpenIdTokenForDeveloperIdentity', {
      IdentityPoolId: pool,
      Logins,
      PrincipalTags: { team: 'crimson' },
      TokenDuration: 60,
    })
    const { IdentityId, Token } = succeeded(answer)
    expect(recordOf(answer)).toMatchObject({
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::000000000000:user/test' },
      requestParameters: {
        identityPoolId: pool,
        logins: { [HIDDEN]: HIDDEN },
        principalTags: { [HIDDEN]: HIDDEN },
        tokenDuration: 60,
      },
      responseElements: { identityId: IdentityId },
      managementEvent: false,
      eventCategory: 'Data',
    })
    expect(decisionOf(answer)).toEqual({
      pool,
      logins: [
        { provider: DEVELOPER, accepted: true },
        { provider: OIDC, accepted: true },
      ],
      identity: IdentityId,
      tokenId: await tokenIdOf(Token),
    })
    for (const text of ['ann-at-the-backend', 'crimson', Token, Logins[OIDC]])
      expect(log.lines().join()).not.toContain(text)
  })
})
