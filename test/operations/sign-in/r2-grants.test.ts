// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of grants are written this way
import { decodeJwt } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type CallOptions,
  call,
  expectFault,
  expectXmlFault,
  LOCAL_ACCOUNT,
  query,
  type SigningKey,
} from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { callerOf, signingKeyOf } from '../support/callers.ts'
import { expectMisconfigured, USER, type VendedAnswer } from '../support/credentials.ts'
import { createDeveloperPool, signIn } from '../support/developers.ts'
import { createPool, getId, stateOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'
import { RemoteSts, STORE } from '../support/remote-sts.ts'

const HAND_BACK = 'cognito-identity.amazonaws.com'
const KEY = {
  accountId: '0123456789abcdef0123456789abcdef',
  accessKeyId: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  secretAccessKey: 'b73a1f64b56373b1b7b184e08354c1c2fe4065ce1e240a0c5778e367c518edc9',
}
const grant = (path: string, { account = LOCAL_ACCOUNT, bucket = 'photos', what = 'object-read-only' } = {}) =>
  `arn:aws:r2::${account}:grant/${bucket}/${what}/${path}`
const GUESTS = grant('guests/${sub}/')
const MEMBERS = grant('members/${sub}/', { what: 'object-read-write' })

/** A key that may set roles, and pass those of one bucket alone. */
const PASSER: SigningKey = { accessKeyId: 'PASSER', secretAccessKey: 'secret-of-a-key-that-passes-grants-01' }
const PASSER_SETTING = JSON.stringify({
  secret: PASSER.secretAccessKey,
  account: LOCAL_ACCOUNT,
  user: 'passer',
  policy: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'cognito-identity:SetIdentityPoolRoles', Resource: '*' },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: `arn:aws:r2::${LOCAL_ACCOUNT}:grant/photos/*` },
    ],
  },
})

let idp: Providers
let log: CapturedLog
let serve: Serve
beforeAll(async () => {
  idp = await startProviders()
  serve = await deploy({ [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(KEY), ACCESS_KEY_PASSER: PASSER_SETTING })
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => {
  vi.useRealTimers()
  log.restore()
})

const setRoles = (IdentityPoolId: string, roles: object, options: CallOptions = {}) =>
  call('SetIdentityPoolRoles', { IdentityPoolId, ...roles }, { serve, ...options })

async function poolWith(roles: object, settings: object = {}): Promise<string> {
  const pool = await createPool({ ...ALL_PROVIDERS, ...settings })
  succeededEmpty(await setRoles(pool, roles))
  return pool
}

const credentials = (IdentityId: string, Logins?: Record<string, string>, more: object = {}, at = serve) =>
  call<VendedAnswer>('GetCredentialsForIdentity', { IdentityId, Logins, ...more }, { serve: at })

/** What a session token of R2 says. */
const claimsIn = (sessionToken: string) => decodeJwt(atob(sessionToken).replace(/^jwt\//, ''))

const decision = () => log.records().at(-1)?.additionalEventData

describe('A pool whose guests get credentials for R2', () => {
  it('gives each a prefix of its own, for as long as the pool says', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const now = Math.floor(Date.now() / 1000)
    const tags = { IdentityPoolTags: { 'edge-identity:session-seconds': '1200' } }
    const pool = await poolWith({ Roles: { unauthenticated: GUESTS } }, tags)
    const guest = await getId(pool)
    const answer = await credentials(guest)
    const { AccessKeyId, Expiration, SecretKey, SessionToken } = succeeded(answer).Credentials
    expect({ AccessKeyId, Expiration }).toEqual({ AccessKeyId: KEY.accessKeyId, Expiration: now + 1200 })
    expect(claimsIn(SessionToken)).toEqual({
      sub: KEY.accountId,
      iss: KEY.accessKeyId,
      aud: `${KEY.accountId}.r2.cloudflarestorage.com`,
      iat: now,
      exp: now + 1200,
      bucket: 'photos',
      scope: 'object-read-only',
      paths: { prefixPaths: [`guests/${guest}/`], objectPaths: [] },
    })
    expect(decision()).toEqual({
      pool,
      logins: [],
      identity: guest,
      guest: true,
      role: GUESTS,
      roleChosen: { by: 'default', role: 'unauthenticated', custom: false },
      tagKeys: [],
      broker: 'r2',
    })
    for (const secret of [SecretKey, SessionToken, KEY.secretAccessKey])
      expect(log.lines().join()).not.toContain(secret)
  })

  it('has members on the embedded STS beside them', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: GUESTS, authenticated: USER } })
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    const member = succeeded(await credentials(await getId(pool, Logins), Logins))
    expect(decision()).toMatchObject({ broker: 'embedded', role: USER })
    expect((await callerOf(signingKeyOf(member.Credentials))).Arn).toBe(
      `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/app-user/CognitoIdentityCredentials`,
    )
    const guest = succeeded(await credentials(await getId(pool)))
    expect(decision()).toMatchObject({ broker: 'r2', role: GUESTS })
    expect(claimsIn(guest.Credentials.SessionToken).paths).toEqual({
      prefixPaths: [`guests/${guest.IdentityId}/`],
      objectPaths: [],
    })
  })

  it('has members on a store beside them, which alone is asked', async () => {
    const sts = new RemoteSts(idp.network)
    const settings = { STS_ENDPOINT: STORE, [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(KEY) }
    const both = await deploy(settings)
    const pool = await poolWith({ Roles: { unauthenticated: GUESTS, authenticated: USER } })
    const guest = succeeded(await credentials(await getId(pool), undefined, {}, both))
    expect([guest.Credentials.AccessKeyId, sts.sent.length]).toEqual([KEY.accessKeyId, 0])
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    const member = succeeded(await credentials(await getId(pool, Logins), Logins, {}, both))
    expect([member.Credentials.AccessKeyId, sts.sent.length]).toEqual(['6Q0CQPL8MV3TZB1X2Y4W', 1])
  })
})

describe('A pool whose members get credentials for R2', () => {
  it('chooses the grant by a rule, or as the client asks among those on offer', async () => {
    const rule = (Value: string, RoleARN: string) => ({ Claim: 'plan', MatchType: 'Equals', Value, RoleARN })
    const gold = grant('gold/${sub}/', { what: 'object-read-write' })
    const RulesConfiguration = { Rules: [rule('gold', gold), rule('gold', MEMBERS)] }
    const mapping = { Type: 'Rules', AmbiguousRoleResolution: 'AuthenticatedRole', RulesConfiguration }
    const pool = await poolWith({ Roles: { authenticated: USER }, RoleMappings: { [OIDC_ARN]: mapping } })
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann', { plan: 'gold' }) }
    const id = await getId(pool, Logins)
    for (const [CustomRoleArn, prefix] of [
      [undefined, 'gold'],
      [MEMBERS, 'members'],
    ]) {
      const { Credentials } = succeeded(await credentials(id, Logins, { CustomRoleArn }))
      expect(claimsIn(Credentials.SessionToken).paths).toEqual({ prefixPaths: [`${prefix}/${id}/`], objectPaths: [] })
    }
    expect(decision()).toMatchObject({
      role: MEMBERS,
      roleChosen: { by: 'rule', mappingKey: OIDC_ARN, rule: 2, custom: true },
    })
  })

  it('makes prefixes of tags, and no credentials where one is missing', async () => {
    const pool = await createDeveloperPool()
    succeededEmpty(await setRoles(pool, { Roles: { authenticated: grant('${aws:PrincipalTag/team}/${sub}/') } }))
    const blue = await signIn(pool, 'ann', { PrincipalTags: { team: 'blue' } })
    const { Credentials } = succeeded(await credentials(blue.IdentityId, { [HAND_BACK]: blue.Token }))
    expect(claimsIn(Credentials.SessionToken).paths).toMatchObject({ prefixPaths: [`blue/${blue.IdentityId}/`] })
    const none = await signIn(pool, 'ann')
    expectMisconfigured(await credentials(none.IdentityId, { [HAND_BACK]: none.Token }))
    expect(decision()).toMatchObject({
      broker: 'r2',
      reason: 'r2_path_unsafe',
      variable: 'aws:PrincipalTag/team',
      why: 'missing',
    })
    const evil = await signIn(pool, 'ann', { PrincipalTags: { team: 'blue/../red' } })
    expectMisconfigured(await credentials(evil.IdentityId, { [HAND_BACK]: evil.Token }))
    expect(decision()).toMatchObject({ reason: 'r2_path_unsafe', variable: 'aws:PrincipalTag/team', why: 'unsafe' })
    expect(log.lines().join()).not.toContain('../red')
  })

  it('gives nothing by a grant that a token names, not even one that the pool has too', async () => {
    const RoleMappings = { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }
    const pool = await poolWith({ Roles: { authenticated: MEMBERS }, RoleMappings })
    const claims = { 'cognito:preferred_role': MEMBERS, 'cognito:roles': [MEMBERS] }
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann', claims) }
    const id = await getId(pool, Logins)
    for (const CustomRoleArn of [undefined, MEMBERS]) {
      expectMisconfigured(await credentials(id, Logins, { CustomRoleArn }))
      expect(decision()).toMatchObject({ reason: 'r2_grant_in_token', role: MEMBERS })
    }
  })
})

describe('Credentials for R2', () => {
  it.each<[string, Record<string, string>, object, object]>([
    ['without a key of R2 for the account', {}, {}, { broker: 'r2', reason: 'r2_not_configured' }],
    [
      'with a key of another account',
      { R2_ACCESS_KEY_111122223333: JSON.stringify(KEY) },
      {},
      { broker: 'r2', reason: 'r2_not_configured' },
    ],
    [
      'with a key that may not grant the bucket',
      { [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify({ ...KEY, buckets: ['music'] }) },
      {},
      { broker: 'r2', reason: 'r2_grant_invalid' },
    ],
    [
      "with a managed policy of the pool's own for guests",
      { [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(KEY) },
      { 'edge-identity:guest-policy': 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      { broker: 'r2', reason: 'session_policy_unusable' },
    ],
    [
      'with an inline policy, which a grant cannot have',
      { [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(KEY) },
      { 'edge-identity:guest-policy': 'narrow' },
      { reason: 'guest_policy_missing', guestPolicy: 'narrow' },
    ],
  ])('are refused %s', async (_, settings, IdentityPoolTags, why) => {
    const pool = await poolWith({ Roles: { unauthenticated: GUESTS } }, { IdentityPoolTags })
    const guest = await getId(pool)
    expectMisconfigured(await credentials(guest, undefined, {}, await deploy(settings)))
    expect(decision()).toMatchObject({ role: GUESTS, ...why })
  })

  it.each(['default', 'none'])('are narrowed by their grant alone where the pool says %s', async (policy) => {
    const IdentityPoolTags = { 'edge-identity:guest-policy': policy }
    const pool = await poolWith({ Roles: { unauthenticated: GUESTS } }, { IdentityPoolTags })
    expect(succeeded(await credentials(await getId(pool))).Credentials.AccessKeyId).toBe(KEY.accessKeyId)
  })

  it('are not to be had from the embedded STS, where clients name the role', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: GUESTS } })
    const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId: await getId(pool) }))
    const params = { RoleArn: GUESTS, RoleSessionName: 'web', WebIdentityToken: Token }
    const answer = await query('sts', { Action: 'AssumeRoleWithWebIdentity', ...params }, { serve })
    expectXmlFault(answer, 400, 'ValidationError', 'Request ARN is invalid')
  })

  it('tell this service what they are for, and may do nothing here', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: GUESTS } })
    const guest = await getId(pool)
    const signed = signingKeyOf(succeeded(await credentials(guest)).Credentials)
    const { parsed } = await query('sts', { Action: 'GetCallerIdentity' }, { signed, serve })
    expect(parsed.GetCallerIdentityResponse.GetCallerIdentityResult).toEqual({
      UserId: `${KEY.accessKeyId}:photos`,
      Account: LOCAL_ACCOUNT,
      Arn: GUESTS.replace('${sub}', guest),
    })
    const answer = await call('ListIdentityPools', { MaxResults: 1 }, { signed, serve })
    expect(answer.body).toMatchObject({ __type: 'AccessDeniedException' })
  })
})

describe('SetIdentityPoolRoles', () => {
  it.each([
    [grant('users/'), 'the path must contain ${sub}'],
    [grant('${sub}'), 'the path must end in "/": without it user-1 could open what is of user-10'],
    [grant('${sub}/', { bucket: 'NO' }), 'the bucket must have 3 to 63 lower-case letters, digits and hyphens'],
    [
      grant('${sub}/', { what: 'admin-read-write' }),
      'admin permissions reach the whole bucket, and a grant is for one prefix',
    ],
    [`arn:aws:r2::${LOCAL_ACCOUNT}:bucket/photos/x/y`, 'the ARN must end in grant/<bucket>/<what>/<path>'],
    [grant('${sub}/', { account: '' }), 'the ARN must begin with arn:aws:r2::<account of 12 digits>:'],
  ])('says what is wrong with the grant %s, as a default and in a rule', async (bad, why) => {
    const pool = await createPool(ALL_PROVIDERS)
    const before = await stateOf(pool)
    const Rules = [{ Claim: 'sub', MatchType: 'Equals', Value: 'ann', RoleARN: bad }]
    const mapping = { Type: 'Rules', AmbiguousRoleResolution: 'Deny', RulesConfiguration: { Rules } }
    for (const roles of [{ Roles: { unauthenticated: bad } }, { Roles: {}, RoleMappings: { [OIDC_ARN]: mapping } }])
      expectFault(await setRoles(pool, roles), 'InvalidParameterException', `${bad} is not a grant of R2: ${why}.`)
    expect(await stateOf(pool)).toEqual(before)
  })

  it('gives no pool a grant of another account', async () => {
    const pool = await createPool()
    const foreign = grant('${sub}/', { account: '111122223333' })
    const answer = await setRoles(pool, { Roles: { unauthenticated: foreign } })
    expectFault(answer, 'NotAuthorizedException', `Access to Role '${foreign}' is forbidden.`)
  })

  it('needs leave to pass the grant', async () => {
    const pool = await createPool()
    succeededEmpty(await setRoles(pool, { Roles: { unauthenticated: GUESTS } }, { signed: PASSER }))
    const music = grant('${sub}/', { bucket: 'music' })
    for (const role of [music, USER]) {
      const answer = await setRoles(pool, { Roles: { unauthenticated: role } }, { signed: PASSER })
      expectFault(answer, 'NotAuthorizedException', `Access to Role '${role}' is forbidden.`)
    }
    expect(await stateOf(pool)).toMatchObject({ roles: { Roles: { unauthenticated: GUESTS } } })
  })
})
