import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT } from '../../support/access-keys.ts'
import {
  type CallOptions,
  call,
  expectFault,
  LOCAL_ACCOUNT,
  type SigningKey,
  type XmlAnswer,
} from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { captureLog } from '../support/audit.ts'
import { FOR_AMR, iam, trustPolicy } from '../support/callers.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import { OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'
import type { Simulation } from '../support/simulations.ts'
import {
  AUDIENCE,
  assume,
  GITHUB,
  KUBERNETES,
  providerArn,
  roleTrusting,
  startWorkloads,
  tokenOf,
  trustIn,
} from '../support/workloads.ts'

const NAME = 'SimulateAssumeRoleWithWebIdentity'
const MAIN = 'repo:octo-org/octo-repo:ref:refs/heads/main'
const DENIED = { Code: 'AccessDenied', Message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' }
const R2_KEY = {
  accountId: '0123456789abcdef0123456789abcdef',
  accessKeyId: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  secretAccessKey: 'b73a1f64b56373b1b7b184e08354c1c2fe4065ce1e240a0c5778e367c518edc9',
}
/** A key that may look at the roles below one path. */
const LOOKER: SigningKey = { accessKeyId: 'LOOKER', secretAccessKey: 'secret-of-a-key-that-simulates-01' }
const LOOKER_SETTING = JSON.stringify({
  secret: LOOKER.secretAccessKey,
  account: LOCAL_ACCOUNT,
  user: 'looker',
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: `edge-identity:${NAME}`,
        Resource: `arn:aws:iam::${LOCAL_ACCOUNT}:role/ci/*`,
        Condition: { StringNotEquals: { 'aws:ResourceTag/hidden': 'yes' } },
      },
    ],
  },
})

let idp: Providers
let github: string
let role: string
let serve: Serve
beforeAll(async () => {
  idp = await startProviders()
  await startWorkloads(idp, [GITHUB, KUBERNETES])
  github = await tokenOf(idp, GITHUB)
  role = await roleTrusting(trustIn(GITHUB, { StringEquals: { aud: AUDIENCE, sub: MAIN } }))
  serve = await deploy({
    [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(R2_KEY),
    ACCESS_KEY_LOOKER: LOOKER_SETTING,
  })
})

const simulate = (RoleArn: string, WebIdentityToken: string, more: object = {}, options: CallOptions = {}) =>
  call<Simulation>(NAME, { RoleArn, WebIdentityToken, ...more }, { service: 'edge-identity', ...options })

const simulated = async (...parameters: Parameters<typeof simulate>): Promise<Simulation> =>
  succeeded(await simulate(...parameters))

const vending = (value: string, trust: string) =>
  roleTrusting(trust, { 'Tags.member.1.Key': 'edge-identity:vends', 'Tags.member.1.Value': value })

/** What a client is told: `Issued`, or the code and message of a refusal. */
const toldBy = ({ parsed, status }: XmlAnswer) =>
  status === 200
    ? { Code: 'Issued' }
    : { Code: parsed.ErrorResponse.Error.Code, Message: parsed.ErrorResponse.Error.Message }

async function ownToken(pool: string): Promise<{ token: string; identity: string }> {
  const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
  const identity = await getId(pool, Logins)
  const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId: identity, Logins }))
  return { token: Token, identity }
}

describe('SimulateAssumeRoleWithWebIdentity tells', () => {
  it('who holds the token of a workload, by the keys that its trust policy may ask about', async () => {
    const { Answer, Session, Tags, Token, Trust } = await simulated(role, github)
    expect(Token).toEqual({
      Provider: providerArn(GITHUB),
      Accepted: true,
      Subject: MAIN,
      Audience: AUDIENCE,
      ConditionKeys: expect.objectContaining({ [`${GITHUB}:sub`]: [MAIN], [`${GITHUB}:repository_id`]: ['74'] }),
    })
    expect(Object.keys((Token as { ConditionKeys: object }).ConditionKeys)).not.toContain(`${GITHUB}:ref_protected`)
    expect(Tags).toBeUndefined()
    expect(Session).toEqual({ DurationSeconds: 3600 })
    expect(Trust).toEqual(expect.objectContaining({ Registered: true, Decision: 'allow' }))
    expect(Answer).toEqual({ Code: 'Issued' })
  })

  it('what of the trust policy is not met, with the values', async () => {
    const fork = await tokenOf(idp, GITHUB, { sub: 'repo:mallory/octo-repo:ref:refs/heads/main' })
    const { Answer, Trust } = await simulated(role, fork)
    const unmet = { Element: 'condition', Operator: 'StringEquals', Key: `${GITHUB}:sub` }
    expect(Trust).toEqual({
      Registered: true,
      Action: 'sts:AssumeRoleWithWebIdentity',
      Decision: 'implicit_deny',
      Statements: [
        {
          Sid: '',
          Effect: 'allow',
          Unmet: [{ ...unmet, Wanted: [MAIN], Found: ['repo:mallory/octo-repo:ref:refs/heads/main'] }],
        },
      ],
    })
    expect(Answer).toEqual({
      ...DENIED,
      Reason: { Reason: 'trust_denied', Failed: [`statement 1: StringEquals ${GITHUB}:sub`] },
    })
  })

  it('why a token is not taken, and for which clients one would be', async () => {
    const { Answer, Token, Trust } = await simulated(role, await tokenOf(idp, GITHUB, { aud: 'someone-else' }))
    expect(Token).toEqual({
      Provider: providerArn(GITHUB),
      Accepted: false,
      Reason: 'audience',
      Details: { found: 'someone-else', kind: 'oidc' },
      Accepts: [AUDIENCE],
    })
    expect(Answer).toEqual({ Code: 'InvalidIdentityToken', Message: 'Incorrect token audience' })
    expect(Trust).toBeUndefined()
  })

  it('the prefix in R2 that a workload would have', async () => {
    const grant = 'r2/builds/object-read-write/ci/@repository_id/'
    const vends = await vending(grant, trustIn(GITHUB, { StringEquals: { sub: MAIN } }))
    const { Answer, R2 } = await simulated(vends, github, {}, { serve })
    expect(R2).toEqual(expect.objectContaining({ Bucket: 'builds', Prefix: 'ci/74/' }))
    expect(Answer).toEqual({ Code: 'Issued' })
  })

  it('of a token of ours what the pool says of its identity, where R2 is asked for', async () => {
    const pool = await createPool({ OpenIdConnectProviderARNs: [OIDC_ARN] })
    const { identity, token } = await ownToken(pool)
    const vends = await vending('r2/builds/object-read-only/u/@sub/', trustPolicy(pool, FOR_AMR('authenticated')))
    const before = await simulated(vends, token, {}, { serve })
    expect(before.Token).toEqual({
      Provider: 'cognito-identity.amazonaws.com',
      Accepted: true,
      Subject: identity,
      Audience: pool,
      ConditionKeys: {
        'cognito-identity.amazonaws.com:aud': [pool],
        'cognito-identity.amazonaws.com:sub': [identity],
        'cognito-identity.amazonaws.com:amr': ['authenticated', OIDC, expect.stringContaining(OIDC)],
      },
    })
    expect(before.Answer).toEqual({ Code: 'Issued' })
    succeeded(
      await call('BlockIdentity', { IdentityPoolId: pool, IdentityId: identity }, { service: 'edge-identity', serve }),
    )
    const after = await simulated(vends, token, {}, { serve })
    expect(after.Answer).toEqual({ ...DENIED, Reason: { Reason: 'blocked' } })
  })

  it('the length of the session, and a role that does not allow it', async () => {
    const { Answer, Session } = await simulated(role, github, { DurationSeconds: 7200 })
    expect(Session).toEqual({ DurationSeconds: 7200 })
    expect(Answer).toEqual(
      expect.objectContaining({ Code: 'ValidationError', Reason: { Reason: 'duration_exceeds_role', Maximum: 3600 } }),
    )
  })

  it('what the address and the name of the session come to', async () => {
    const conditions = {
      StringEquals: { sub: MAIN, 'sts:RoleSessionName': 'nightly' },
      IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
    }
    const narrow = await roleTrusting(trustIn(GITHUB, conditions))
    const there = { ClientAddress: '192.0.2.7', RoleSessionName: 'nightly' }
    expect((await simulated(narrow, github, there)).Answer).toEqual({ Code: 'Issued' })
    expect((await simulated(narrow, github, { ...there, ClientAddress: '198.51.100.7' })).Answer.Code).toBe(DENIED.Code)
    expect((await simulated(narrow, github, { ...there, RoleSessionName: 'daily' })).Answer.Code).toBe(DENIED.Code)
    expectFault(
      await simulate(narrow, github, { ClientAddress: '300.0.2.7' }),
      'InvalidParameterException',
      'ClientAddress must be an address of IPv4 or IPv6, such as 192.0.2.1.',
    )
  })
})

describe('SimulateAssumeRoleWithWebIdentity answers as AssumeRoleWithWebIdentity does', () => {
  it.each<[string, () => string | Promise<string>, () => string | Promise<string>]>([
    ['a token that is good', () => role, () => github],
    ['one of a fork', () => role, () => tokenOf(idp, GITHUB, { sub: 'repo:mallory/r:ref:refs/heads/main' })],
    ['one that is old', () => role, () => tokenOf(idp, GITHUB, { iat: 1_700_000_000, exp: 1_700_000_300 })],
    ['one for another client', () => role, () => tokenOf(idp, GITHUB, { aud: 'x' })],
    ['one of another issuer than the role trusts', () => role, () => tokenOf(idp, KUBERNETES)],
    ['one of an issuer that is not registered', () => role, () => tokenOf(idp, GITHUB, { iss: 'https://ci.example' })],
    ['one that is forged', () => role, () => `${github.slice(0, -8)}AAAAAAAA`],
    ['one that is none', () => role, () => 'not-a-token'],
    [
      'tags that the role does not allow',
      () => role,
      () => tokenOf(idp, GITHUB, { 'https://aws.amazon.com/tags': { principal_tags: { team: ['a'] } } }),
    ],
    [
      'tags that are none',
      () => role,
      () => tokenOf(idp, GITHUB, { 'https://aws.amazon.com/tags': { principal_tags: ['x'] } }),
    ],
    ['a role of which nothing is known', () => `arn:aws:iam::${LOCAL_ACCOUNT}:role/nobody-made-it`, () => github],
    ['what is no role', () => `arn:aws:iam::${LOCAL_ACCOUNT}:user/ann-of-the-team`, () => github],
    [
      'our own token',
      () => role,
      async () => (await ownToken(await createPool({ OpenIdConnectProviderARNs: [OIDC_ARN] }))).token,
    ],
  ])('%s', async (_, roleArn, token) => {
    const [arn, bearer] = [await roleArn(), await token()]
    const { Answer } = await simulated(arn, bearer)
    const { Reason: _reason, ...told } = Answer
    const real = toldBy(await assume(arn, bearer))
    expect(withoutTimes(told)).toEqual(withoutTimes(real))
  })

  it('where the embedded STS is not in use', async () => {
    const remote = await deploy({ STS_ENDPOINT: 'https://sts.example.com' })
    const { Answer, Token } = await simulated(role, github, {}, { serve: remote })
    expect(Token).toBeUndefined()
    expect(Answer).toEqual(toldBy(await assume(role, github, {}, { serve: remote })))
    expect(Answer.Code).toBe('AccessDenied')
  })
})

/** The words of a token that has expired say what time it is. */
const withoutTimes = (told: object) => JSON.parse(JSON.stringify(told).replaceAll(/\d{10}/g, 'time'))

describe('who may simulate', () => {
  const log = captureLog()

  it('a key with the permission on the role, by its tags too', async () => {
    const trust = trustIn(GITHUB, { StringEquals: { sub: MAIN } })
    const seen = await roleTrusting(trust, { Path: '/ci/' })
    const hidden = await roleTrusting(trust, {
      Path: '/ci/',
      'Tags.member.1.Key': 'hidden',
      'Tags.member.1.Value': 'yes',
    })
    const looker = { signed: LOOKER, serve }
    expect((await simulated(seen, github, {}, looker)).Answer).toEqual({ Code: 'Issued' })
    for (const other of [role, hidden]) {
      const answer = await simulate(other, github, {}, looker)
      expectFault(
        answer,
        'AccessDeniedException',
        `User: arn:aws:iam::${LOCAL_ACCOUNT}:user/looker is not authorized to perform: edge-identity:${NAME} on resource: ${other} because no identity-based policy allows the edge-identity:${NAME} action`,
      )
    }
  })

  it('nobody for a role of another account, though it would be given', async () => {
    const other = role.replace(LOCAL_ACCOUNT, OTHER_ACCOUNT)
    expectFault(
      await simulate(other, github),
      'InvalidParameterException',
      `RoleArn must be the ARN of a role of the account ${LOCAL_ACCOUNT}.`,
    )
  })

  it('and nothing is kept of it: neither session nor record nor token', async () => {
    await iam('GetRole', { RoleName: role.slice(role.lastIndexOf('/') + 1) })
    log.clear()
    await simulated(role, github)
    await simulated(role, await tokenOf(idp, GITHUB, { sub: 'repo:mallory/r:ref:refs/heads/main' }))
    expect(log.lines()).toEqual([])
  })
})
