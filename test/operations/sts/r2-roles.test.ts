import fc from 'fast-check'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseVends } from '../../../src/credentials/index.ts'
import { prefixOf } from '../../../src/credentials/r2/prefix.ts'
import { call, expectXmlFault, LOCAL_ACCOUNT, query, type SigningKey, type XmlAnswer } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { captureLog } from '../support/audit.ts'
import { FOR_AMR, iam, trustPolicy } from '../support/callers.ts'
import type { VendedAnswer } from '../support/credentials.ts'
import { createPool, getId, succeeded, succeededEmpty } from '../support/pools.ts'
import { OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'
import { simulated } from '../support/simulations.ts'
import {
  assume,
  assumedIn,
  GITHUB,
  KUBERNETES,
  keyIn,
  roleTrusting,
  startWorkloads,
  tokenOf,
  trustIn,
} from '../support/workloads.ts'

const KEY = {
  accountId: '0123456789abcdef0123456789abcdef',
  accessKeyId: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  secretAccessKey: 'b73a1f64b56373b1b7b184e08354c1c2fe4065ce1e240a0c5778e367c518edc9',
}
const MAIN = 'repo:octo-org/octo-repo:ref:refs/heads/main'
const TRUST = trustIn(GITHUB, { StringEquals: { sub: MAIN } })
const VENDS = 'edge-identity:vends'

/** A key that may make and tag roles, and pass the grants of one bucket. */
const PASSER: SigningKey = { accessKeyId: 'PASSER', secretAccessKey: 'secret-of-a-key-that-passes-grants-01' }
const PASSER_SETTING = JSON.stringify({
  secret: PASSER.secretAccessKey,
  account: LOCAL_ACCOUNT,
  user: 'passer',
  policy: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['iam:CreateRole', 'iam:TagRole'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: `arn:aws:r2::${LOCAL_ACCOUNT}:grant/builds/*`,
        Condition: { StringEquals: { 'iam:PassedToService': 'sts.amazonaws.com' } },
      },
    ],
  },
})

let idp: Providers
let serve: Serve
let github: string
beforeAll(async () => {
  idp = await startProviders()
  await startWorkloads(idp, [GITHUB, KUBERNETES])
  serve = await deploy({ [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(KEY), ACCESS_KEY_PASSER: PASSER_SETTING })
  github = await tokenOf(idp, GITHUB)
})

const vending = (value: string, trust = TRUST) =>
  roleTrusting(trust, { 'Tags.member.1.Key': VENDS, 'Tags.member.1.Value': value })

const assumeHere = (role: string, token = github, params: Record<string, string> = {}) =>
  assume(role, token, params, { serve })

/** What a session token of R2 says. */
const claimsIn = (answer: XmlAnswer) =>
  decodeJwt(atob(assumedIn(answer).Credentials.SessionToken).replace(/^jwt\//, ''))

async function reasonOf(answer: () => Promise<XmlAnswer>) {
  const log = captureLog()
  const { parsed } = await answer()
  const { reason, variable, why } = (log.records().at(-1)?.additionalEventData ?? {}) as Record<string, string>
  log.restore()
  return { code: parsed.ErrorResponse?.Error.Code, reason, ...(variable && { variable }), ...(why && { why }) }
}

describe('A role that vends a grant of R2', () => {
  it('gives a workflow credentials for its prefix, by its trust policy', async () => {
    const role = await vending('r2/builds/object-read-write/@repository_id/')
    const log = captureLog()
    const answer = await assumeHere(role, github, { DurationSeconds: '900' })
    const { AssumedRoleUser, Credentials } = assumedIn(answer)
    expect(AssumedRoleUser.Arn).toBe(`${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/job-7`)
    expect(AssumedRoleUser.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:job-7$/)
    expect(Credentials.AccessKeyId).toBe(KEY.accessKeyId)
    const { exp = 0, iat = 0, ...claims } = claimsIn(answer)
    expect([exp - iat, Date.parse(Credentials.Expiration) / 1000]).toEqual([900, exp])
    expect(claims).toEqual({
      sub: KEY.accountId,
      iss: KEY.accessKeyId,
      aud: `${KEY.accountId}.r2.cloudflarestorage.com`,
      bucket: 'builds',
      scope: 'object-read-write',
      paths: { prefixPaths: ['74/'], objectPaths: [] },
    })
    expect(log.records()[0]).toMatchObject({
      userIdentity: { userName: MAIN },
      additionalEventData: { role, broker: 'r2' },
    })
    expect(log.lines().join()).not.toContain(Credentials.SecretAccessKey)
    log.restore()
    const fork = await tokenOf(idp, GITHUB, { sub: 'repo:mallory/octo-repo:ref:refs/heads/main' })
    expect(await reasonOf(() => assumeHere(role, fork))).toEqual({ code: 'AccessDenied', reason: 'trust_denied' })
  })

  it('answers GetCallerIdentity for them, with what they are for', async () => {
    const key = keyIn(await assumeHere(await vending('r2/builds/GetObject+PutObject/ci/@repository_id/')))
    const ask = (signed: SigningKey, action = 'GetCallerIdentity', service: 'sts' | 'iam' = 'sts') =>
      query(service, { Action: action }, { signed, serve })
    const answer = await ask(key)
    expect(answer.parsed.GetCallerIdentityResponse?.GetCallerIdentityResult, answer.xml).toEqual({
      UserId: `${KEY.accessKeyId}:builds`,
      Account: LOCAL_ACCOUNT,
      Arn: `arn:aws:r2::${LOCAL_ACCOUNT}:grant/builds/GetObject+PutObject/ci/74/`,
    })
    const refused = async (change: Partial<SigningKey>) =>
      (await ask({ ...key, ...change })).parsed.ErrorResponse.Error.Code
    expect(await refused({ secretAccessKey: 'x'.repeat(64) })).toBe('SignatureDoesNotMatch')
    const [header, payload] = atob(key.sessionToken ?? '').split('.')
    expect(await refused({ sessionToken: btoa(`${header}.${payload}.${'A'.repeat(43)}`) })).toBe('InvalidClientTokenId')
    expect(await refused({ accessKeyId: 'A'.repeat(32) })).toBe('InvalidClientTokenId')
    const listed = await ask(key, 'ListRoles', 'iam')
    expect(listed.parsed.ErrorResponse.Error.Code).toBe('AccessDenied')
    const params = {
      Action: 'GetWebIdentityToken',
      SigningAlgorithm: 'RS256',
      'Audience.member.1': 'https://api.example',
    }
    expect(await reasonOf(() => query('sts', params, { signed: key, serve }))).toEqual({
      code: 'AccessDenied',
      reason: 'no_pool_identity',
    })
  })

  it.each<[string, string, string, object]>([
    ['a fixed path', 'releases/', 'releases/', {}],
    ['an id of the issuer', '@repository_owner_id/@repository_id/', '65/74/', {}],
    ['a subject without slashes', 'jobs/@sub/', 'jobs/repository_id:74/', { sub: 'repository_id:74' }],
  ])('takes %s', async (_, path, prefix, claims) => {
    const trust = trustIn(GITHUB, { StringLike: { sub: ['repository_id:74', MAIN] } })
    const token = await tokenOf(idp, GITHUB, claims as Record<string, unknown>)
    const answer = await assumeHere(await vending(`r2/builds/object-read-only/${path}`, trust), token)
    expect(claimsIn(answer).paths).toEqual({ prefixPaths: [prefix], objectPaths: [] })
  })

  it.each<[string, string, Record<string, unknown>, string, string]>([
    ['a subject with slashes', '@sub/', {}, 'sub', 'unsafe'],
    ['an id that leads elsewhere', '@repository_id/', { repository_id: '..' }, 'repository_id', 'unsafe'],
    ['an id with a slash', '@repository_id/', { repository_id: '74/x' }, 'repository_id', 'unsafe'],
    ['an id that is not there', '@enterprise_id/', {}, 'enterprise_id', 'missing'],
    ['an id that is empty', '@repository_id/', { repository_id: '' }, 'repository_id', 'empty'],
    ['a tag that is not there', '@sub/@tag=team/', { sub: 'repository_id:74' }, '@tag=team', 'missing'],
  ])('gives nothing for %s', async (_, path, claims, variable, why) => {
    const trust = trustIn(GITHUB, { StringLike: { sub: ['repository_id:74', MAIN] } })
    const role = await vending(`r2/builds/object-read-only/${path}`, trust)
    const token = await tokenOf(idp, GITHUB, claims)
    expect(await reasonOf(() => assumeHere(role, token))).toEqual({
      code: 'AccessDenied',
      reason: 'r2_path_unsafe',
      variable: variable.replace('@', ''),
      why,
    })
  })

  it('never takes the id of an identity for the subject of somebody else', async () => {
    const pool = await createPool()
    const identity = await getId(pool)
    const trust = trustIn(OIDC, { StringEquals: { aud: 'oidc-client' } })
    const role = await vending('r2/builds/object-read-only/@sub/', trust)
    for (const subject of [identity, identity.toUpperCase()]) {
      const token = await idp.token(OIDC, subject)
      expect(await reasonOf(() => assumeHere(role, token))).toMatchObject({ reason: 'r2_path_unsafe', variable: 'sub' })
    }
    expect(claimsIn(await assumeHere(role, await idp.token(OIDC, 'ann'))).paths).toMatchObject({
      prefixPaths: ['ann/'],
    })
  })

  it('has no values in its path where several providers are trusted', async () => {
    const both = JSON.stringify({
      Version: '2012-10-17',
      Statement: [TRUST, trustIn(KUBERNETES, { StringLike: { sub: 'system:*' } })].flatMap(
        (policy) => JSON.parse(policy).Statement,
      ),
    })
    const role = await vending('r2/builds/object-read-only/@sub/', both)
    const token = await tokenOf(idp, KUBERNETES)
    const why = 'the path has variables, and the trust policy several providers'
    expect(await reasonOf(() => assumeHere(role, token))).toEqual({
      code: 'AccessDenied',
      reason: 'r2_grant_invalid',
      why,
    })
    const fixed = await vending('r2/builds/object-read-only/shared/', both)
    expect(claimsIn(await assumeHere(fixed, token)).paths).toMatchObject({ prefixPaths: ['shared/'] })
  })

  it('cannot be narrowed by session policies, and needs a key of R2', async () => {
    const role = await vending('r2/builds/object-read-only/x/')
    const policies = { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess' }
    const message = 'The credentials of this role cannot be narrowed by session policies.'
    expectXmlFault(await assumeHere(role, github, policies), 400, 'ValidationError', message)
    expect(await reasonOf(() => assume(role, github))).toMatchObject({ reason: 'r2_not_configured' })
  })

  it('gives a session where its tag says so, and nothing where the tag is not understood', async () => {
    expect(assumedIn(await assumeHere(await vending('session'))).Credentials.AccessKeyId).toMatch(/^ASIA/)
  })
})

describe('A pool with a role that vends a grant of R2', () => {
  const poolWith = async (path: string, trust: (pool: string) => string) => {
    const pool = await createPool({ OpenIdConnectProviderARNs: [OIDC_ARN] })
    const role = await vending(`r2/builds/object-read-only/${path}`, trust(pool))
    succeededEmpty(
      await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: role } }, { serve }),
    )
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    return { pool, IdentityId: await getId(pool, Logins), Logins }
  }
  const credentials = (input: object) => call<VendedAnswer>('GetCredentialsForIdentity', input, { serve })
  const ofUsers = (pool: string) => trustPolicy(pool, FOR_AMR('authenticated'))

  it('gives each user a prefix, if the trust policy of the role lets it', async () => {
    const { pool, ...user } = await poolWith('users/@sub/', ofUsers)
    const { SessionToken } = succeeded(await credentials(user)).Credentials
    const { paths } = decodeJwt(atob(SessionToken).replace(/^jwt\//, ''))
    expect(paths).toEqual({ prefixPaths: [`users/${user.IdentityId}/`], objectPaths: [] })
    const { pool: other, ...refused } = await poolWith('users/@sub/', (id) =>
      trustPolicy(id, FOR_AMR('unauthenticated')),
    )
    expect((await credentials(refused)).status).toBe(400)
    const R2 = { Bucket: 'builds', Scope: 'object-read-only' }
    const Prefix = `users/${user.IdentityId}/`
    expect(await simulated(pool, user, { serve })).toMatchObject({ R2: { ...R2, Prefix }, Answer: { Code: 'Issued' } })
    expect(await simulated(other, refused, { serve })).toMatchObject({
      R2,
      Answer: { Reason: { Reason: 'trust_denied' } },
    })
  })

  it.each<[string, string, (ids: { IdentityPoolId: string; IdentityId: string }) => Promise<unknown>]>([
    ['blocked', 'blocked', (ids) => call('BlockIdentity', ids, { service: 'edge-identity' })],
    ['revoked', 'revoked', (ids) => call('RevokeSessions', ids, { service: 'edge-identity' })],
    ['deleted', 'no_identity', ({ IdentityId }) => call('DeleteIdentities', { IdentityIdsToDelete: [IdentityId] })],
  ])('gives an identity that is %s nothing for a token from before', async (_, reason, stop) => {
    const { pool, ...user } = await poolWith('users/@sub/', ofUsers)
    const arn = await vending('r2/builds/object-read-only/users/@sub/', ofUsers(pool))
    const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', user))
    expect(claimsIn(await assumeHere(arn, Token)).paths).toMatchObject({ prefixPaths: [`users/${user.IdentityId}/`] })
    await stop({ IdentityPoolId: pool, IdentityId: user.IdentityId })
    expect(await reasonOf(() => assumeHere(arn, Token))).toEqual({ code: 'AccessDenied', reason })
  })

  it('gives nothing below a prefix that all users share', async () => {
    const { pool: _, ...user } = await poolWith('users/', ofUsers)
    const log = captureLog()
    expect((await credentials(user)).status).toBe(400)
    expect(log.records().at(-1)?.additionalEventData).toMatchObject({ reason: 'r2_grant_invalid', broker: 'r2' })
    log.restore()
  })
})

describe('The tag by which a role vends', () => {
  const tag = (Value: string, options = {}) =>
    query(
      'iam',
      { Action: 'TagRole', RoleName: 'tagged', 'Tags.member.1.Key': VENDS, 'Tags.member.1.Value': Value },
      options,
    )
  beforeAll(() => iam('CreateRole', { RoleName: 'tagged', AssumeRolePolicyDocument: TRUST }))

  it('is set by who may pass the grant to STS', async () => {
    const passing = { signed: PASSER, serve }
    expect((await tag('r2/builds/object-read-only/x/', passing)).status).toBe(200)
    expect((await tag('session', passing)).status).toBe(200)
    const resource = `arn:aws:r2::${LOCAL_ACCOUNT}:grant/photos/object-read-only/x/`
    const why = `User: arn:aws:iam::${LOCAL_ACCOUNT}:user/passer is not authorized to perform: iam:PassRole on resource: ${resource} because no identity-based policy allows the iam:PassRole action`
    expectXmlFault(await tag('r2/photos/object-read-only/x/', passing), 403, 'AccessDenied', why)
    const created = {
      Action: 'CreateRole',
      RoleName: 'new',
      AssumeRolePolicyDocument: TRUST,
      'Tags.member.1.Key': 'Edge-Identity:Vends',
      'Tags.member.1.Value': 'r2/photos/object-read-only/x/',
    }
    expectXmlFault(await query('iam', created, passing), 403, 'AccessDenied', why)
  })

  it.each([
    ['sessions', 'must be session, or r2/<bucket>/<what>/<path>'],
    ['r2/builds/object-read-only', 'must be session, or r2/<bucket>/<what>/<path>'],
    ['r2/Builds/object-read-only/x/', 'the bucket must have 3 to 63 lower-case letters, digits and hyphens'],
    ['r2/builds/admin-read-write/x/', 'admin permissions reach the whole bucket, and a grant is for one prefix'],
    ['r2/builds/object-read-only/x', 'the path must end in "/": without it build-1 could open what is of build-10'],
    [
      'r2/builds/object-read-only//',
      'no segment of the path may be empty, "." or "..", begin or end in white space, or be other than NFC',
    ],
    [
      'r2/builds/object-read-only/../',
      'no segment of the path may be empty, "." or "..", begin or end in white space, or be other than NFC',
    ],
    ['r2/builds/object-read-only/@tag=team/', 'a path with a tag must contain @sub: tags are no names'],
  ])('cannot be %s', async (value, why) => {
    expectXmlFault(await tag(value), 400, 'InvalidInput', `${VENDS} of a role: ${why}.`)
  })

  it('cannot have a claim that its users choose', async () => {
    for (const claim of [
      'actor',
      'workflow',
      'ref',
      'environment',
      'repository',
      'job_workflow_ref',
      'user_login',
      'email',
      'aud',
    ])
      expect((await tag(`r2/builds/object-read-only/@${claim}/`)).xml).toContain(`@${claim} is no variable`)
  })
})

describe('A prefix by ids of an issuer', () => {
  it('begins with no other, whatever the ids are', () => {
    const vends = parseVends('r2/builds/object-read-only/ci/@repository_owner_id/@repository_id/', LOCAL_ACCOUNT)
    if (!vends.ok || vends.value.kind !== 'grant') throw new Error('no grant')
    const { path } = vends.value.grant
    const id = fc.oneof(
      { weight: 9, arbitrary: fc.stringMatching(/^[0-9]{1,2}$/) },
      {
        weight: 1,
        arbitrary: fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom('.', '..', 'a/b')),
      },
    )
    let compared = 0
    const prefixFor = ([owner, repository]: readonly [string, string]) => {
      const claims = new Map([
        ['repository_owner_id', [owner]],
        ['repository_id', [repository]],
      ])
      const federated = { provider: 'p', issuer: GITHUB, claims }
      return prefixOf(path, { subject: 's', audience: 'a', amr: [], federated })
    }
    fc.assert(
      fc.property(fc.tuple(id, id), fc.tuple(id, id), (one, other) => {
        const [a, b] = [prefixFor(one), prefixFor(other)]
        if (!a.ok || !b.ok) return
        compared++
        expect(a.value.startsWith(b.value)).toBe(one.join('/') === other.join('/'))
      }),
      { numRuns: 200 },
    )
    expect(compared).toBeGreaterThan(50)
  })
})
