import { SignJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { json } from '../../logins/fake-issuer.ts'
import { call, expectFault, type JsonAnswer } from '../../support/client.ts'
import { callerOf, signingKeyOf, type Vended } from '../support/callers.ts'
import {
  createDeveloperPool,
  DEVELOPER,
  merge,
  signIn,
  stateWithUsers,
  unlinkDeveloper,
} from '../support/developers.ts'
import { published, verified } from '../support/documents.ts'
import { getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'

const HAND_BACK = 'cognito-identity.amazonaws.com'
const HAND_BACK_CHINA = 'cognito-identity.cn-north-1.amazonaws.com.cn'
const MISMATCH = "Logins don't match. Please include at least one valid login for this identity or identity pool."
const UNVERIFIED = "Invalid login token. Couldn't verify signed token."
const NOT_OURS = 'Invalid login token. Not a Cognito token.'
const forbidden = (id: string) => ['NotAuthorizedException', `Access to Identity '${id}' is forbidden.`] as const

let idp: Providers
let pool: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createDeveloperPool(ALL_PROVIDERS)
  const Roles = { authenticated: 'arn:aws:iam::000000000000:role/user' }
  succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles }))
})

type Answer = JsonAnswer<{ IdentityId: string; Credentials: Vended }>
const trade = (IdentityId: string, Token: string, others: Record<string, string> = {}, more = {}): Promise<Answer> =>
  call('GetCredentialsForIdentity', { IdentityId, Logins: { [HAND_BACK]: Token, ...others }, ...more })
const login = async (provider: string, subject = 'ann') => ({ [provider]: await idp.token(provider, subject) })

describe('A developer token that is handed back', () => {
  it.each([['a:b:c'], ['constructor'], ['  '], ['😀'], [`${DEVELOPER}:us-east-1:x`], ['x'.repeat(1024)]])(
    'is for the very user that it was made for: %s',
    async (user) => {
      const { IdentityId, Token } = await signIn(pool, user)
      expect(succeeded(await trade(IdentityId, Token)).IdentityId).toBe(IdentityId)
      succeededEmpty(await unlinkDeveloper(pool, IdentityId, user))
      expectFault(await trade(IdentityId, Token), ...forbidden(IdentityId))
    },
  )

  it('is good for as many calls as its time allows, each with credentials of its own', async () => {
    const { IdentityId, Token } = await signIn(pool, 'ann')
    const answers = await Promise.all([1, 2, 3].map(() => trade(IdentityId, Token)))
    const keys = answers.map((answer) => succeeded(answer).Credentials.AccessKeyId)
    expect(new Set(keys).size).toBe(3)
    const { Credentials } = succeeded(answers[0] as Answer)
    expect((await callerOf(signingKeyOf(Credentials))).Account).toBe('000000000000')
  })

  it('gives the role of users and no other, whatever the mappings of other providers offer', async () => {
    const rule = { Claim: 'sub', MatchType: 'NotEqual', Value: 'x', RoleARN: 'arn:aws:iam::000000000000:role/ruled' }
    const mapping = { Type: 'Rules', AmbiguousRoleResolution: 'Deny', RulesConfiguration: { Rules: [rule] } }
    const Roles = { authenticated: 'arn:aws:iam::000000000000:role/user' }
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles, RoleMappings: { [OIDC_ARN]: mapping } })
    const { IdentityId, Token } = await signIn(pool, 'ann')
    const roleOf = async (answer: Answer) => (await callerOf(signingKeyOf(succeeded(answer).Credentials))).Arn
    expect(await roleOf(await trade(IdentityId, Token))).toContain('assumed-role/user/')
    expect(await roleOf(await trade(IdentityId, Token, {}, { CustomRoleArn: Roles.authenticated }))).toContain('/user/')
    const refused = await trade(IdentityId, Token, {}, { CustomRoleArn: rule.RoleARN })
    expectFault(refused, 'NotAuthorizedException', `Access to Role '${rule.RoleARN}' is forbidden.`)
    expect(await roleOf(await trade(IdentityId, Token, await login(OIDC)))).toContain('assumed-role/ruled/')
  })

  it('needs a role for users', async () => {
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: {} })
    const { IdentityId, Token } = await signIn(pool, 'ann')
    const message = 'Invalid identity pool configuration. Check assigned IAM roles for this pool.'
    expectFault(await trade(IdentityId, Token), 'InvalidIdentityPoolConfigurationException', message)
  })

  it('proves its identity, so that a login of another one beside it makes them one', async () => {
    const { IdentityId, Token } = await signIn(pool, 'ann')
    await new Promise((resolve) => setTimeout(resolve, 2))
    const other = await getId(pool, await login(GOOGLE))
    expect(succeeded(await trade(IdentityId, Token, await login(GOOGLE))).IdentityId).toBe(IdentityId)
    expect(await getId(pool, await login(GOOGLE))).toBe(IdentityId)
    expectFault(await call('GetOpenIdToken', { IdentityId: other }), ...forbidden(other))
  })

  it('links nothing where a login beside it is bad', async () => {
    const { IdentityId, Token } = await signIn(pool, 'ann')
    const before = await stateWithUsers(pool)
    const forged = { [GOOGLE]: await idp.forged(GOOGLE, 'ann') }
    expectFault(
      await trade(IdentityId, Token, { ...(await login(OIDC)), ...forged }),
      'NotAuthorizedException',
      UNVERIFIED,
    )
    expect(await stateWithUsers(pool)).toEqual(before)
  })

  it('must be good under each of its names, where it comes under both', async () => {
    const { IdentityId, Token } = await signIn(pool, 'ann')
    expect(succeeded(await trade(IdentityId, Token, { [HAND_BACK_CHINA]: Token })).IdentityId).toBe(IdentityId)
    const other = await signIn(pool, 'bob')
    const answer = await trade(IdentityId, Token, { [HAND_BACK_CHINA]: other.Token })
    expectFault(answer, 'NotAuthorizedException', MISMATCH)
  })

  it('leads on through merges, from the id that it names and from no other', async () => {
    const ann = await signIn(pool, 'ann')
    const bob = await signIn(pool, 'bob')
    const cat = await signIn(pool, 'cat')
    succeeded(await merge(pool, 'ann', 'bob'))
    succeeded(await merge(pool, 'bob', 'cat'))
    for (const { IdentityId, Token } of [ann, bob, cat])
      expect(succeeded(await trade(IdentityId, Token)).IdentityId).toBe(cat.IdentityId)
    for (const { IdentityId, Token } of [
      { ...ann, IdentityId: cat.IdentityId },
      { ...ann, IdentityId: bob.IdentityId },
      { ...cat, IdentityId: ann.IdentityId },
    ])
      expectFault(await trade(IdentityId, Token), 'NotAuthorizedException', MISMATCH)
    succeededEmpty(await unlinkDeveloper(pool, cat.IdentityId, 'ann'))
    expectFault(await trade(ann.IdentityId, ann.Token), ...forbidden(ann.IdentityId))
    expect(succeeded(await trade(bob.IdentityId, bob.Token)).IdentityId).toBe(cat.IdentityId)
  })

  it('is worth nothing once its user belongs to another identity', async () => {
    const { IdentityId, Token } = await signIn(pool, 'ann')
    succeededEmpty(await unlinkDeveloper(pool, IdentityId, 'ann'))
    const again = await signIn(pool, 'ann')
    const before = await stateWithUsers(pool)
    expectFault(await trade(IdentityId, Token), ...forbidden(IdentityId))
    expectFault(await trade(again.IdentityId, Token), 'NotAuthorizedException', MISMATCH)
    expectFault(await trade(IdentityId, Token, await login(GOOGLE)), ...forbidden(IdentityId))
    expect(await stateWithUsers(pool)).toEqual(before)
  })

  it('does not find an identity, or a pool, that was deleted', async () => {
    const { IdentityId, Token } = await signIn(pool, 'ann')
    const kept = await signIn(pool, 'bob')
    const message = (id: string) => ['ResourceNotFoundException', `Identity '${id}' not found.`] as const
    succeeded(await call('DeleteIdentities', { IdentityIdsToDelete: [IdentityId] }))
    expectFault(await trade(IdentityId, Token), ...message(IdentityId))
    succeededEmpty(await call('DeleteIdentityPool', { IdentityPoolId: pool }))
    expectFault(await trade(kept.IdentityId, kept.Token), ...message(kept.IdentityId))
  })

  it('is not printed where it is too long', async () => {
    const { IdentityId } = await signIn(pool, 'ann')
    const answer = await trade(IdentityId, 'secret'.repeat(9000))
    const constraint =
      'Member must have length less than or equal to 50000, Member must have length greater than or equal to 1'
    const finding = `Value '{${HAND_BACK}=}' at 'logins' failed to satisfy constraint: Map value must satisfy constraint: [${constraint}]`
    expectFault(answer, 'ValidationException', `1 validation error detected: ${finding}`)
    expect(JSON.stringify([...answer.headers])).not.toContain('secret')
  })
})

describe('A token that somebody made up', () => {
  let IdentityId: string
  let claims: Record<string, unknown>
  let header: { kid: string; typ: string; alg: string }
  let signature: string
  beforeEach(async () => {
    const victim = await signIn(pool, 'ann')
    IdentityId = victim.IdentityId
    const read = await verified(victim.Token, pool)
    claims = read.claims
    header = read.header as typeof header
    signature = victim.Token.split('.')[2] ?? ''
  })

  const expectRefused = async (token: string, message: string) => {
    const before = await identitiesOf(pool)
    expectFault(await trade(IdentityId, token), 'NotAuthorizedException', message)
    expect(await identitiesOf(pool)).toEqual(before)
  }
  const put = (head: object, body: object, end = signature) => `${json(head)}.${json(body)}.${end}`

  it.each([
    ['another user', () => ({ amr: ['authenticated', DEVELOPER, `${DEVELOPER}:${pool}:bob`] })],
    ['a later end', () => ({ exp: Number(claims.exp) + 1 })],
    ['tags', () => ({ 'https://aws.amazon.com/tags': { principal_tags: { admin: ['true'] } } })],
  ])('out of a real one, with %s, is refused', async (_what, change) => {
    await expectRefused(put(header, { ...claims, ...change() }), UNVERIFIED)
  })

  it.each([
    ['without a signature', { alg: 'none' }, ''],
    ['without a signature, and says so in capitals', { alg: 'NONE' }, ''],
    ['by an algorithm that is not in use', { alg: 'HS256' }, undefined],
    ['with the wrong algorithm', { alg: 'RS512' }, undefined],
    ['by a key that nobody knows', { kid: 'unknown' }, undefined],
  ])('%s is refused', async (_what, change, end) => {
    await expectRefused(put({ ...header, ...change }, claims, end), UNVERIFIED)
  })

  it('and signed with the published key as a secret is refused', async () => {
    const [key] = (await published<{ keys: object[] }>('/.well-known/jwks_uri')).keys
    const secret = new TextEncoder().encode(JSON.stringify(key))
    const forged = await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret)
    await expectRefused(forged, UNVERIFIED)
  })

  it('and signed with a key of its own is refused, wherever its header says that key is', async () => {
    const { privateKey, publicKey } = (await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
      true,
      ['sign', 'verify'],
    )) as CryptoKeyPair
    const jwk = (await crypto.subtle.exportKey('jwk', publicKey)) as { kty: string; n: string; e: string }
    const asked = idp.network.asked.length
    for (const extra of [{}, { jwk }, { jku: 'https://evil.example/jwks' }, { x5u: 'https://evil.example/cert' }]) {
      const forged = await new SignJWT(claims).setProtectedHeader({ ...header, ...extra }).sign(privateKey)
      await expectRefused(forged, UNVERIFIED)
    }
    expect(idp.network.asked).toHaveLength(asked)
  })

  it.each([
    ['another issuer', { iss: 'https://localhost' }],
    ['the issuer of Amazon Cognito', { iss: 'https://cognito-identity.amazonaws.com' }],
    ['no issuer', { iss: undefined }],
    ['an issuer that is a list', { iss: ['http://localhost'] }],
  ])('of %s is not ours', async (_what, change) => {
    await expectRefused(put(header, { ...claims, ...change }), NOT_OURS)
  })

  it.each([['x'], ['a.b.c'], ['..'], [`${json({ alg: 'RS256' })}.${json('text')}.AA`], [`${json([])}.${json({})}.`]])(
    'as %j is not ours',
    async (token) => {
      await expectRefused(token, NOT_OURS)
    },
  )
})
