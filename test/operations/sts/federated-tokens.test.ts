import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectXmlFault, query, type XmlAnswer } from '../../support/client.ts'
import { captureLog, tokenIdOf } from '../support/audit.ts'
import { callerOf, iam } from '../support/callers.ts'
import { createPool, getId } from '../support/pools.ts'
import { OIDC, type Providers, registerOidcProvider, startProviders } from '../support/providers.ts'
import { askToken, forAudience } from '../support/web-identity-tokens.ts'
import {
  AUDIENCE,
  assume,
  assumedIn,
  GITHUB,
  GITLAB,
  GOOGLE,
  KUBERNETES,
  keyIn,
  providerArn,
  roleTrusting,
  startWorkloads,
  tokenOf,
  trustIn,
} from '../support/workloads.ts'

const MAIN = 'repo:octo-org/octo-repo:ref:refs/heads/main'
const DENIED = ['AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'] as const
const INVALID = 'InvalidIdentityToken'

let idp: Providers
let github: string
let role: string
beforeAll(async () => {
  idp = await startProviders()
  await startWorkloads(idp)
  github = await tokenOf(idp, GITHUB)
  role = await roleTrusting(trustIn(GITHUB, { StringEquals: { aud: AUDIENCE, sub: MAIN } }))
})
afterEach(() => {
  vi.useRealTimers()
})

const sessionArn = (arn: string) => `${arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/job-7`

const codeOf = ({ parsed, status }: XmlAnswer) => (status === 200 ? 'issued' : parsed.ErrorResponse.Error.Code)

describe('AssumeRoleWithWebIdentity, with a token of a registered provider', () => {
  it.each([
    ['GitHub Actions', GITHUB, { StringEquals: { aud: AUDIENCE, sub: MAIN, repository_id: '74' } }, MAIN, AUDIENCE],
    [
      'GitLab',
      GITLAB,
      { StringLike: { sub: 'project_path:group/*' }, StringEquals: { project_id: '22', ref_protected: 'true' } },
      'project_path:group/project:ref_type:branch:ref:main',
      AUDIENCE,
    ],
    [
      'a service account of Kubernetes',
      KUBERNETES,
      { StringEquals: { aud: AUDIENCE, sub: 'system:serviceaccount:build:runner' } },
      'system:serviceaccount:build:runner',
      AUDIENCE,
    ],
    [
      'Google',
      GOOGLE,
      {
        StringEquals: { aud: '110000000000000000001', oaud: AUDIENCE, email: 'runner@project.iam.gserviceaccount.com' },
        NumericEquals: { 'google/organization_number': '123456' },
      },
      '110000000000000000001',
      '110000000000000000001',
    ],
  ])('gives its holder a session that says so: %s', async (_, issuer, conditions, sub, aud) => {
    const arn = await roleTrusting(trustIn(issuer, conditions))
    const answer = await assume(arn, await tokenOf(idp, issuer))
    expect(assumedIn(answer)).toEqual({
      SubjectFromWebIdentityToken: sub,
      Audience: aud,
      AssumedRoleUser: { Arn: sessionArn(arn), AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:job-7$/) },
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA/),
        SecretAccessKey: expect.any(String),
        SessionToken: expect.any(String),
        Expiration: expect.any(String),
      },
      Provider: providerArn(issuer),
      SessionTokenSize: expect.any(String),
      SessionTokenUtilization: expect.any(String),
    })
    const { AssumedRoleId } = assumedIn(answer).AssumedRoleUser
    expect(await callerOf(keyIn(answer))).toEqual({
      UserId: AssumedRoleId,
      Account: '000000000000',
      Arn: sessionArn(arn),
    })
  })

  it.each<[string, object, string]>([
    ['another branch', { sub: 'repo:octo-org/octo-repo:ref:refs/heads/dev' }, 'AccessDenied'],
    ['a fork', { sub: 'repo:mallory/octo-repo:ref:refs/heads/main' }, 'AccessDenied'],
    ['the same in other letters', { sub: MAIN.toUpperCase() }, 'AccessDenied'],
    ['another audience', { aud: 'https://github.com/octo-org' }, INVALID],
    ['an audience that is one of several', { aud: ['other', AUDIENCE] }, 'issued'],
    ['a party that it is for instead of the audience', { azp: 'other' }, INVALID],
    ['no audience', { aud: undefined }, INVALID],
    ['no subject', { sub: undefined }, INVALID],
    ['a subject that is a number', { sub: 7 }, 'IDPRejectedClaim'],
    ['no expiry', { exp: undefined }, INVALID],
    ['its beginning to come', { nbf: Math.floor(Date.now() / 1000) + 3600 }, 'IDPRejectedClaim'],
    ['tags that are none', { 'https://aws.amazon.com/tags': { principal_tags: ['x'] } }, INVALID],
    [
      'tags, which the role does not allow',
      { 'https://aws.amazon.com/tags': { principal_tags: { a: ['b'] } } },
      'AccessDenied',
    ],
    ['tags of AWS', { 'https://aws.amazon.com/tags/principal_tags/aws:x': 'b' }, 'AccessDenied'],
    [
      'a tag twice',
      {
        'https://aws.amazon.com/tags': { principal_tags: { a: 'b' } },
        'https://aws.amazon.com/tags/principal_tags/a': 'c',
      },
      INVALID,
    ],
  ])('judges a token of GitHub with %s', async (_, claims, outcome) => {
    const token = await tokenOf(idp, GITHUB, claims as Record<string, unknown>)
    expect(codeOf(await assume(role, token))).toBe(outcome)
  })

  it('tells what is wrong with a token in the words of AWS', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const now = Math.floor(Date.now() / 1000)
    const refused = async (token: string, status: number, code: string, message: string) =>
      expectXmlFault(await assume(role, token), status, code, message)
    await refused(await tokenOf(idp, GITHUB, { aud: 'x' }), 400, INVALID, 'Incorrect token audience')
    await refused(
      await tokenOf(idp, GITHUB, { exp: now - 300 }),
      400,
      'ExpiredTokenException',
      `Token expired: current date/time ${now} must be before the expiration date/time ${now - 300}`,
    )
    await assume(role, await tokenOf(idp, GITHUB, { exp: now - 299 })).then(assumedIn)
    const unknown = await tokenOf(idp, GITHUB, { iss: 'https://other.example' })
    await refused(unknown, 400, INVALID, 'No OpenIDConnect provider found in your account for https://other.example')
    const forged = `${github.slice(0, github.lastIndexOf('.'))}.${(await idp.forged(OIDC, 'x')).split('.')[2]}`
    await refused(forged, 400, INVALID, 'The web identity token provided could not be validated')
    idp.network.serve('https://down.example/.well-known/openid-configuration', { issuer: 'https://else.example' })
    await registerOidcProvider('down.example', [AUDIENCE])
    const message =
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
    await refused(await tokenOf(idp, GITHUB, { iss: 'https://down.example' }), 400, INVALID, message)
  })

  it('asks no issuer that the account of the role has not registered', async () => {
    const asked = idp.network.asked.length
    const elsewhere = role.replace('000000000000', OTHER_ACCOUNT)
    expect(codeOf(await assume(elsewhere, github))).toBe(INVALID)
    expect(codeOf(await assume(role, await tokenOf(idp, GITHUB, { iss: 'https://stranger.example' })))).toBe(INVALID)
    expect(codeOf(await assume('arn:aws:iam::999999999999:role/x', github))).toBe(INVALID)
    expect(idp.network.asked.length).toBe(asked)
  })

  it('assumes no role that nobody has registered, in local mode neither', async () => {
    expectXmlFault(await assume('arn:aws:iam::000000000000:role/nobodys', github), 403, ...DENIED)
  })

  it('lets a provider be of the account of the role alone', async () => {
    const trust = trustIn(
      GITHUB,
      { StringEquals: { sub: MAIN } },
      { Principal: { Federated: providerArn(GITHUB, OTHER_ACCOUNT) } },
    )
    expectXmlFault(await assume(await roleTrusting(trust), github), 403, ...DENIED)
    const params = { Action: 'CreateRole', RoleName: 'theirs', AssumeRolePolicyDocument: trust }
    expect((await query('iam', params, { signed: OTHER_ACCOUNT_KEY })).status).toBe(200)
    expect(codeOf(await assume(`arn:aws:iam::${OTHER_ACCOUNT}:role/theirs`, github))).toBe(INVALID)
  })

  it('takes session tags where the trust policy lets them be set', async () => {
    const trust = trustIn(
      GITHUB,
      { StringEquals: { sub: MAIN, 'aws:RequestTag/team': 'a' } },
      { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] },
    )
    const arn = await roleTrusting(trust)
    const tagged = (team: string) => tokenOf(idp, GITHUB, { 'https://aws.amazon.com/tags/principal_tags/team': team })
    expect(codeOf(await assume(arn, await tagged('a')))).toBe('issued')
    expect(codeOf(await assume(arn, await tagged('b')))).toBe('AccessDenied')
  })
})

describe('A trust policy for a registered provider', () => {
  it.each<[string, string, string]>([
    [
      'by the name of the issuer alone',
      trustIn(GITHUB, { StringEquals: { sub: MAIN } }, { Principal: { Federated: GITHUB } }),
      'AccessDenied',
    ],
    [
      'for identity pools',
      trustIn(
        GITHUB,
        { StringEquals: { sub: MAIN } },
        {
          Principal: { Federated: 'cognito-identity.amazonaws.com' },
          Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:any' } },
        },
      ),
      'AccessDenied',
    ],
    ['with a pattern for the repository', trustIn(GITHUB, { StringLike: { sub: 'repo:octo-org/*' } }), 'issued'],
    ['with a pattern for another', trustIn(GITHUB, { StringLike: { sub: 'repo:octo-other/*' } }), 'AccessDenied'],
    [
      'that wants the name of the session',
      trustIn(GITHUB, { StringEquals: { sub: MAIN, 'sts:RoleSessionName': 'job-7' } }),
      'issued',
    ],
    [
      'that wants another name of the session',
      trustIn(GITHUB, { StringEquals: { sub: MAIN, 'sts:RoleSessionName': 'job-8' } }),
      'AccessDenied',
    ],
    [
      'that wants what the token does not say',
      trustIn(GITHUB, { StringEquals: { sub: MAIN, environment: 'production' } }),
      'AccessDenied',
    ],
    ['that keys may name in any case', trustIn(GITHUB, { StringEquals: { SUB: MAIN, Repository_Id: '74' } }), 'issued'],
    [
      'with a variable',
      trustIn(GITHUB, { StringEquals: { sub: MAIN, 'sts:RoleSessionName': `\${${GITHUB}:actor}` } }),
      'AccessDenied',
    ],
  ])('decides: %s', async (_, trust, outcome) => {
    expect(codeOf(await assume(await roleTrusting(trust), github))).toBe(outcome)
  })

  it('denies before all else', async () => {
    const { Statement } = JSON.parse(trustIn(GITHUB, { StringEquals: { sub: MAIN } }))
    const deny = {
      ...Statement[0],
      Effect: 'Deny',
      Principal: '*',
      Condition: { StringEquals: { [`${GITHUB}:actor`]: 'octocat' } },
    }
    const arn = await roleTrusting(JSON.stringify({ Version: '2012-10-17', Statement: [...Statement, deny] }))
    expectXmlFault(await assume(arn, github), 403, ...DENIED)
    expect(codeOf(await assume(arn, await tokenOf(idp, GITHUB, { actor: 'hubot' })))).toBe('issued')
  })

  it.each([false, 'false', 'no'])('takes no address that the issuer has not verified: %s', async (email_verified) => {
    const arn = await roleTrusting(
      trustIn(GOOGLE, { StringEquals: { email: 'runner@project.iam.gserviceaccount.com' } }),
    )
    expect(codeOf(await assume(arn, await tokenOf(idp, GOOGLE, { email_verified })))).toBe('AccessDenied')
    expect(codeOf(await assume(arn, await tokenOf(idp, GOOGLE, { email_verified: 'true' })))).toBe('issued')
  })

  const denying = (Principal: unknown) => {
    const [{ Statement: allow }, { Statement: deny }] = [
      trustIn(GITHUB, { StringEquals: { sub: MAIN } }),
      trustIn(GITHUB, { StringEquals: { repository_visibility: 'public' } }, { Effect: 'Deny', Principal }),
    ].map((text) => JSON.parse(text)) as [{ Statement: object[] }, { Statement: object[] }]
    return JSON.stringify({ Version: '2012-10-17', Statement: [...allow, ...deny] })
  }

  it.each<[string, string, string]>([
    ...['*', { AWS: '*' }, { Federated: '*' }].map((principal): [string, string, string] => [
      `that denies everybody, as ${JSON.stringify(principal)}, by what no token says`,
      denying(principal),
      `Statement 2 asks about the condition key '${GITHUB}:repository_visibility', which is not known here, and denies by it.`,
    ]),
    [
      'without a subject, of an issuer that is registered with a closing slash',
      trustIn(`${GITHUB}/`, { StringEquals: { aud: AUDIENCE } }),
      `A trust policy for ${GITHUB}/ must have a condition on ${GITHUB}/:sub that names whose tokens it is for, before any wildcard.`,
    ],
    [
      'without a subject',
      trustIn(GITHUB, { StringEquals: { aud: AUDIENCE } }),
      `A trust policy for ${GITHUB} must have a condition on ${GITHUB}:sub that names whose tokens it is for, before any wildcard.`,
    ],
    [
      'with a wildcard for the owner',
      trustIn(GITHUB, { StringLike: { sub: 'repo:*/octo-repo:*' } }),
      `A trust policy for ${GITHUB} must have a condition on ${GITHUB}:sub that names whose tokens it is for, before any wildcard.`,
    ],
    [
      'where nothing need be there',
      trustIn(GITHUB, { 'ForAllValues:StringEquals': { sub: MAIN } }),
      `A trust policy for ${GITHUB} must have a condition on ${GITHUB}:sub that names whose tokens it is for, before any wildcard.`,
    ],
    [
      'that denies by what no token says',
      trustIn(GITHUB, { StringEquals: { repository_ownr: 'x' } }, { Effect: 'Deny' }),
      `Statement 1 asks about the condition key '${GITHUB}:repository_ownr', which is not known here, and denies by it.`,
    ],
    [
      'that allows by what no token says',
      trustIn(GITHUB, { StringEquals: { sub: MAIN }, StringNotEquals: { visibility: 'public' } }),
      `Statement 1 asks about the condition key '${GITHUB}:visibility', which is not known here, and is met without it.`,
    ],
    [
      'with the issuer mistyped',
      trustIn(
        GITHUB,
        { StringEquals: { sub: MAIN } },
        {
          Condition: {
            StringEquals: { [`${GITHUB}:sub`]: MAIN },
            StringNotEquals: { 'token.actions.github.com:actor': 'x' },
          },
        },
      ),
      "Statement 1 asks about the condition key 'token.actions.github.com:actor', which is not known here, and is met without it.",
    ],
  ])('is refused when it is set: %s', async (_, trust, message) => {
    const answer = await query('iam', { Action: 'CreateRole', RoleName: 'open', AssumeRolePolicyDocument: trust })
    expectXmlFault(answer, 400, 'MalformedPolicyDocument', message)
  })
})

describe('A session of a registered provider', () => {
  it('has in its record the subject of a workload, and of a person its hash', async () => {
    const arn = await roleTrusting(trustIn(GITLAB, { StringEquals: { sub: ['4242', 'project_path:group/project'] } }))
    const log = captureLog()
    for (const sub of ['4242', 'project_path:group/project'])
      assumedIn(await assume(arn, await tokenOf(idp, GITLAB, { sub })))
    const recorded = log.records().map(({ userIdentity }) => JSON.stringify(userIdentity))
    log.restore()
    expect(recorded[0]).toMatch(/sha256:[0-9a-f]{64}/)
    expect(recorded[0]).not.toContain('4242"')
    expect(recorded[1]).toContain('"project_path:group/project"')
  })

  it('is no identity, whatever its token is made to look like', async () => {
    const pool = await createPool({ AllowUnauthenticatedIdentities: true })
    const identity = await getId(pool)
    await registerOidcProvider('evil.example', [pool])
    idp.network.serve('https://evil.example/.well-known/openid-configuration', {
      issuer: 'https://evil.example',
      jwks_uri: 'https://evil.example/keys',
    })
    idp.network.serve('https://evil.example/keys', idp.keys)
    const token = await idp.token(OIDC, identity, { iss: 'https://evil.example', aud: pool, amr: ['unauthenticated'] })
    const arn = await roleTrusting(trustIn('evil.example', { StringEquals: { aud: pool } }))
    await iam('PutRolePolicy', {
      RoleName: arn.split('/')[1] ?? '',
      PolicyName: 'tokens',
      PolicyDocument: forAudience('https://api.example'),
    })
    await iam('EnableOutboundWebIdentityFederation')
    const key = keyIn(await assume(arn, token))
    const log = captureLog()
    expect(codeOf(await askToken(key))).toBe('AccessDenied')
    expect(log.records()).toEqual([expect.objectContaining({ additionalEventData: { reason: 'no_pool_identity' } })])
    log.restore()
    const own = await roleTrusting(
      trustIn(
        'evil.example',
        {},
        {
          Principal: { Federated: 'cognito-identity.amazonaws.com' },
          Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': pool } },
        },
      ),
    )
    expect(codeOf(await assume(own, token))).toBe('AccessDenied')
    for (const handed of [token, key.sessionToken ?? ''])
      for (const provider of ['cognito-identity.amazonaws.com', 'evil.example'])
        expect(
          (await call('GetCredentialsForIdentity', { IdentityId: identity, Logins: { [provider]: handed } })).status,
        ).toBe(400)
  })

  it('is not to be had with a token of ours, even where our issuer is registered', async () => {
    expect(
      (
        await query('iam', {
          Action: 'CreateOpenIDConnectProvider',
          Url: 'http://localhost',
          'ClientIDList.member.1': 'x',
        })
      ).status,
    ).toBe(200)
    for (const iss of ['http://localhost', 'http://localhost/', 'https://cognito-identity.amazonaws.com']) {
      const token = await idp.token(OIDC, 'ann', { iss, aud: 'x' })
      expect(codeOf(await assume(role, token))).toBe(INVALID)
    }
  })

  it('may do nothing but ask who it is', async () => {
    const key = keyIn(await assume(role, github))
    expect((await callerOf(key)).Arn).toBe(sessionArn(role))
    expect(codeOf(await query('iam', { Action: 'ListRoles' }, { signed: key }))).toBe('AccessDenied')
    expect((await call('ListIdentityPools', { MaxResults: 1 }, { signed: key })).status).toBe(400)
  })
})

describe('The record of AssumeRoleWithWebIdentity with such a token', () => {
  async function recordOf(answer: () => Promise<XmlAnswer>) {
    const log = captureLog()
    await answer()
    const [record] = log.records()
    log.restore()
    return record
  }

  it('has the workload, its provider and the role, and no pool', async () => {
    const record = await recordOf(() => assume(role, github))
    expect(record).toMatchObject({
      userIdentity: {
        type: 'WebIdentityUser',
        principalId: `${providerArn(GITHUB)}:${MAIN}`,
        userName: MAIN,
        identityProvider: providerArn(GITHUB),
      },
      recipientAccountId: '000000000000',
    })
    expect(record?.additionalEventData).toEqual({
      tokenId: await tokenIdOf(github),
      provider: providerArn(GITHUB),
      role,
      broker: 'embedded',
    })
  })

  it('has the hash of a subject that may be a person', async () => {
    const arn = await roleTrusting(trustIn(OIDC, { StringEquals: { sub: 'ann@example.com' } }))
    const record = await recordOf(async () => assume(arn, await idp.token(OIDC, 'ann@example.com')))
    expect(record).toMatchObject({ userIdentity: { userName: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) } })
    expect(JSON.stringify(record)).not.toContain('ann@')
  })

  it.each<[string, object, string, object]>([
    [
      'the policy did not allow',
      { sub: 'repo:octo-org/other:ref:refs/heads/main' },
      'AccessDenied',
      { reason: 'trust_denied', failed: [`statement 1: StringEquals ${GITHUB}:sub`], broker: 'embedded' },
    ],
    [
      'the audience was another',
      { aud: 'other' },
      INVALID,
      { reason: 'audience', found: 'other', kind: 'oidc', expected: [AUDIENCE] },
    ],
    ['the issuer is not registered', { iss: 'https://other.example' }, INVALID, { reason: 'not_ours' }],
  ])('says why: %s', async (_, claims, errorCode, why) => {
    const token = await tokenOf(idp, GITHUB, claims as Record<string, unknown>)
    const record = await recordOf(() => assume(role, token))
    expect(record).toMatchObject({ errorCode, additionalEventData: { tokenId: await tokenIdOf(token), ...why } })
    expect(record?.responseElements).toBeUndefined()
  })
})
