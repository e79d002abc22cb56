import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault, expectXmlFault, type JsonAnswer, query } from '../../support/client.ts'
import { callerOf, iam, signingKeyOf, type Vended } from '../support/callers.ts'
import { createDeveloperPool, DEVELOPER, developerToken, signIn, stateWithUsers } from '../support/developers.ts'
import { verified } from '../support/documents.ts'
import { getId, stateOf, succeeded } from '../support/pools.ts'
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

const TAGS_CLAIM = 'https://aws.amazon.com/tags'
const HAND_BACK = 'cognito-identity.amazonaws.com'
const INVALID = 'The attributes for access control of this user are not valid session tags.'
const TOO_LARGE = 'The attributes for access control of this user exceed 460 bytes.'

let idp: Providers
let pool: string
let roles = 0
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createDeveloperPool(ALL_PROVIDERS)
})

const login = async (provider: string, claims: object = {}) => ({
  [provider]: await idp.token(provider, 'ann', { ...claims }),
})
const mapTags = async (IdentityProviderName: string, map: object, IdentityPoolId = pool) =>
  succeeded(await call('SetPrincipalTagAttributeMap', { IdentityPoolId, IdentityProviderName, ...map }))

/** The tags of a token: by key, the one value of each. */
async function tagsIn(token: string): Promise<Record<string, string> | undefined> {
  const claim = (await verified(token, pool)).claims[TAGS_CLAIM] as { principal_tags: Record<string, string[]> }
  if (claim === undefined) return undefined
  expect(Object.keys(claim)).toEqual(['principal_tags'])
  const tags = Object.entries(claim.principal_tags)
  for (const [, values] of tags) expect(values).toHaveLength(1)
  return Object.fromEntries(tags.map(([key, [value = '']]) => [key, value]))
}

/** Makes a role the one of the pool's users: it trusts the pool, for these actions under these conditions. */
async function trust(actions: string[], conditions: object = {}): Promise<string> {
  const name = `session-tags-${++roles}`
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: HAND_BACK },
    Action: actions.map((action) => `sts:${action}`),
    Condition: { ...conditions, 'ForAnyValue:StringEquals': { [`${HAND_BACK}:aud`]: pool } },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await iam('CreateRole', { RoleName: name, AssumeRolePolicyDocument })
  const arn = `arn:aws:iam::000000000000:role/${name}`
  succeeded(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: arn } }))
  return arn
}
const ASSUME = 'AssumeRoleWithWebIdentity'
const TAG = 'TagSession'

type Answer = JsonAnswer<{ IdentityId: string; Credentials: Vended }>

const getCredentials = async (Logins: Record<string, string>): Promise<Answer> =>
  call('GetCredentialsForIdentity', { IdentityId: await getId(pool, Logins), Logins })

async function handBack(user: string, PrincipalTags?: object): Promise<Answer> {
  const { IdentityId, Token } = await signIn(pool, user, { PrincipalTags })
  return call('GetCredentialsForIdentity', { IdentityId, Logins: { [HAND_BACK]: Token } })
}

async function expectVended(answer: Answer, roleArn: string): Promise<void> {
  const { Arn } = await callerOf(signingKeyOf(succeeded(answer).Credentials))
  expect(Arn).toBe(`arn:aws:sts::000000000000:assumed-role/${roleArn.split('/').at(-1)}/CognitoIdentityCredentials`)
}

const expectRefused = (answer: Answer) =>
  expectFault(
    answer,
    'InvalidIdentityPoolConfigurationException',
    'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
  )

describe('The tags that a backend gives a developer user', () => {
  it('are in the token as they were given', async () => {
    const PrincipalTags = { department: 'sales', 'Cost Centre': 'é 4/2', 'a.b:c=d+e-f@g_h': 'x' }
    const { Token } = await signIn(pool, 'ann', { PrincipalTags })
    expect(await tagsIn(Token)).toEqual(PrincipalTags)
  })

  it('are of that one token alone', async () => {
    await signIn(pool, 'ann', { PrincipalTags: { department: 'sales' } })
    expect(await tagsIn((await signIn(pool, 'ann')).Token)).toBeUndefined()
    expect(await tagsIn((await signIn(pool, 'ann', { PrincipalTags: {} })).Token)).toBeUndefined()
  })

  it('may be fifty', async () => {
    const PrincipalTags = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`tag ${n}`, `${n}`]))
    const { Token } = await signIn(pool, 'ann', { PrincipalTags })
    expect(await tagsIn(Token)).toEqual(PrincipalTags)
    const arn = await trust([ASSUME, TAG])
    await expectVended(await handBack('ann', PrincipalTags), arn)
  })

  it('may have any name, those of JavaScript among them', async () => {
    const PrincipalTags = JSON.parse('{"__proto__":"a","constructor":"b"}')
    const { Token } = await signIn(pool, 'ann', { PrincipalTags })
    const { claims } = await verified(Token, pool)
    expect(JSON.stringify(claims[TAGS_CLAIM])).toBe('{"principal_tags":{"__proto__":["a"],"constructor":["b"]}}')
  })

  it('stand beside those that the claims of a public login give, and win where they differ', async () => {
    await mapTags(OIDC_ARN, { PrincipalTags: { department: 'department', level: 'level' } })
    const Logins = { [DEVELOPER]: 'ann', ...(await login(OIDC, { department: 'sales', level: '3' })) }
    const { Token } = await signIn(pool, 'ann', { Logins, PrincipalTags: { department: 'board', team: 'red' } })
    expect(await tagsIn(Token)).toEqual({ department: 'board', level: '3', team: 'red' })
  })

  it('need a role that lets sessions be tagged', async () => {
    await trust([ASSUME])
    expectRefused(await handBack('ann', { department: 'sales' }))
    const untagged = await handBack('ann')
    expect(untagged.status).toBe(200)
  })

  it.each([
    ['with the value', { StringEquals: { 'aws:RequestTag/department': 'sales' } }],
    ['with the value, whatever the case of the key', { StringEquals: { 'AWS:requesttag/Department': 'sales' } }],
    ['with a value like it', { StringLike: { 'aws:RequestTag/department': 's*s' } }],
    ['with the key', { Null: { 'aws:RequestTag/department': 'false' } }],
    ['with no other key', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['department', 'team'] } }],
  ])('are honoured by a role that trusts users %s', async (_what, conditions) => {
    const arn = await trust([ASSUME, TAG], conditions)
    await expectVended(await handBack('ann', { department: 'sales' }), arn)
  })

  it.each([
    ['with another value', { StringEquals: { 'aws:RequestTag/department': 'finance' } }],
    ['with the value in another case', { StringEquals: { 'aws:RequestTag/department': 'Sales' } }],
    ['with another key', { StringEquals: { 'aws:RequestTag/team': 'sales' } }],
    ['without the key', { Null: { 'aws:RequestTag/department': 'true' } }],
    ['with other keys alone', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }],
    ['without the value', { StringNotEquals: { 'aws:RequestTag/department': 'sales' } }],
  ])('keep a user from a role that trusts users %s', async (_what, conditions) => {
    await trust([ASSUME, TAG], conditions)
    expectRefused(await handBack('ann', { department: 'sales' }))
  })

  it('are missed by a role that asks for one', async () => {
    await trust([ASSUME, TAG], { StringEquals: { 'aws:RequestTag/department': 'sales' } })
    expectRefused(await handBack('ann'))
    expectRefused(await handBack('ann', { team: 'sales' }))
  })

  it.each([
    ['a character that session tags may not have', { department: 'a<b' }],
    ['a comma', { department: 'a,b' }],
    ['a key of AWS', { 'aws:department': 'sales' }],
    ['a key of AWS in capitals', { 'AWS:department': 'sales' }],
    ['two keys that differ in case alone', { department: 'sales', Department: 'finance' }],
  ])('make no token, and no user, with %s', async (_what, PrincipalTags) => {
    const before = await stateWithUsers(pool)
    expectFault(await developerToken(pool, 'ann', { PrincipalTags }), 'InvalidParameterException', INVALID)
    expect(await stateWithUsers(pool)).toEqual(before)
  })

  it('count at STS, too, for a client that goes there itself', async () => {
    const sts = async (RoleArn: string, PrincipalTags: object) =>
      query('sts', {
        Action: ASSUME,
        RoleArn,
        RoleSessionName: 'app',
        WebIdentityToken: (await signIn(pool, 'ann', { PrincipalTags })).Token,
      })
    const tagging = await trust([ASSUME, TAG], { StringEquals: { 'aws:RequestTag/department': 'sales' } })
    expect((await sts(tagging, { department: 'sales' })).status).toBe(200)
    const denied = 'Not authorized to perform sts:AssumeRoleWithWebIdentity'
    expectXmlFault(await sts(tagging, { department: 'finance' }), 403, 'AccessDenied', denied)
    const plain = await trust([ASSUME])
    expectXmlFault(await sts(plain, { department: 'sales' }), 403, 'AccessDenied', denied)
  })
})

describe('The tags that a pool makes of claims', () => {
  it.each([
    [USER_POOL, USER_POOL],
    [OIDC, OIDC_ARN],
    [GOOGLE, GOOGLE],
  ])('are by default the client and the user, which roles can ask for: %s', async (provider, name) => {
    await mapTags(name, { UseDefaults: true })
    const conditions = { StringEquals: { 'aws:RequestTag/client': CLIENT[provider], 'aws:RequestTag/username': 'ann' } }
    const arn = await trust([ASSUME, TAG], conditions)
    await expectVended(await getCredentials(await login(provider)), arn)
    expectRefused(await getCredentials({ [provider]: await idp.token(provider, 'bob') }))
  })

  it('need a role that lets sessions be tagged only while there are any', async () => {
    const arn = await trust([ASSUME])
    await mapTags(OIDC_ARN, { PrincipalTags: { department: 'department' } })
    await expectVended(await getCredentials(await login(OIDC)), arn)
    expectRefused(await getCredentials(await login(OIDC, { department: 'sales' })))
    await mapTags(OIDC_ARN, {})
    await expectVended(await getCredentials(await login(OIDC, { department: 'sales' })), arn)
  })

  it('follow the map from the next call on', async () => {
    const arn = await trust([ASSUME, TAG], { StringEquals: { 'aws:RequestTag/team': 'sales' } })
    const sales = await login(OIDC, { department: 'sales' })
    expectRefused(await getCredentials(sales))
    await mapTags(OIDC_ARN, { PrincipalTags: { team: 'department' } })
    await expectVended(await getCredentials(sales), arn)
    await mapTags(OIDC_ARN, { PrincipalTags: { team: 'groups' } })
    expectRefused(await getCredentials(sales))
  })

  it('come from every login of the call, each by the map of its provider', async () => {
    await mapTags(OIDC_ARN, { PrincipalTags: { department: 'department' } })
    await mapTags(GOOGLE, { PrincipalTags: { domain: 'hd' } })
    const arn = await trust([ASSUME, TAG], {
      StringEquals: { 'aws:RequestTag/department': 'sales', 'aws:RequestTag/domain': 'example.com' },
    })
    const logins = {
      ...(await login(OIDC, { department: 'sales', hd: 'evil.example' })),
      ...(await login(GOOGLE, { department: 'board', hd: 'example.com' })),
    }
    await expectVended(await getCredentials(logins), arn)
    expectRefused(await getCredentials(await login(OIDC, { department: 'sales' })))
  })

  it('come with a developer token that is handed back beside a login', async () => {
    await mapTags(OIDC_ARN, { PrincipalTags: { level: 'level' } })
    const arn = await trust([ASSUME, TAG], {
      StringEquals: { 'aws:RequestTag/department': 'sales', 'aws:RequestTag/level': '3' },
    })
    const { IdentityId, Token } = await signIn(pool, 'ann', { PrincipalTags: { department: 'sales' } })
    const Logins = { [HAND_BACK]: Token, ...(await login(OIDC, { level: 3 })) }
    await expectVended(await call('GetCredentialsForIdentity', { IdentityId, Logins }), arn)
  })

  it('are none for guests', async () => {
    await mapTags(OIDC_ARN, { UseDefaults: true })
    const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId: await getId(pool) }))
    expect(await tagsIn(Token)).toBeUndefined()
  })

  it('are of the pool that has the map', async () => {
    const elsewhere = await createDeveloperPool(ALL_PROVIDERS)
    await mapTags(OIDC_ARN, { UseDefaults: true }, elsewhere)
    const Logins = await login(OIDC)
    const IdentityId = await getId(pool, Logins)
    const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId, Logins }))
    expect(await tagsIn(Token)).toBeUndefined()
  })
})

describe('Tags that are too large', () => {
  const large = () => login(OIDC, { department: 'x'.repeat(451) })
  beforeEach(async () => {
    await mapTags(OIDC_ARN, { PrincipalTags: { department: 'department' } })
  })

  it('are those of more than 460 bytes', async () => {
    await mapTags(OIDC_ARN, { PrincipalTags: { department: 'department', level: 'level' } })
    const tags = { department: 'x'.repeat(256), level: 'y'.repeat(189) }
    const { Token } = await signIn(pool, 'ann', { Logins: { [DEVELOPER]: 'ann', ...(await login(OIDC, tags)) } })
    expect(await tagsIn(Token)).toEqual(tags)
    const Logins = { [DEVELOPER]: 'ann', ...(await login(OIDC, { ...tags, level: `${tags.level}y` })) }
    expectFault(await developerToken(pool, 'ann', { Logins }), 'InvalidParameterException', TOO_LARGE)
  })

  it('keep a developer user from a token, and then nothing is made or linked', async () => {
    const known = await signIn(pool, 'known')
    const before = await stateWithUsers(pool)
    for (const [user, IdentityId] of [['new'], ['known', known.IdentityId]] as const) {
      const Logins = { [DEVELOPER]: user, ...(await large()) }
      expectFault(await developerToken(pool, user, { Logins, IdentityId }), 'InvalidParameterException', TOO_LARGE)
    }
    expect(await stateWithUsers(pool)).toEqual(before)
  })

  it('keep a user from a token, and then nothing is linked', async () => {
    const guest = await getId(pool)
    const before = await stateOf(pool)
    const answer = await call('GetOpenIdToken', { IdentityId: guest, Logins: await large() })
    expectFault(answer, 'InvalidParameterException', TOO_LARGE)
    expect(await stateOf(pool)).toEqual(before)
  })
})
