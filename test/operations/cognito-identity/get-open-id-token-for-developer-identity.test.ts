import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { verified } from '../support/documents.ts'
import { createPool, getId, identitiesOf, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, CLIENT, GOOGLE, type Providers, startProviders } from '../support/providers.ts'

const DEVELOPER = 'login.example.app'
const POOL_ARN_CLAIM = 'https://cognito-identity.amazonaws.com/identity-pool-arn'
const MISMATCH = "Logins don't match. Please include at least one valid login for this identity or identity pool."
const TAKEN = 'The developer user identifier is already registered with another identity.'
const USER = 'arn:aws:iam::000000000000:role/app-user'

interface Answer {
  IdentityId: string
  Token: string
}

let idp: Providers
let pool: string
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(async () => {
  pool = await createPool({ ...ALL_PROVIDERS, DeveloperProviderName: DEVELOPER })
  await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: USER } })
})

const request = (Logins: Record<string, string>, more: object = {}, options = {}) =>
  call<Answer>('GetOpenIdTokenForDeveloperIdentity', { IdentityPoolId: pool, Logins, ...more }, options)
const login = async (provider: string, subject: string) => ({ [provider]: await idp.token(provider, subject) })
const tokenFor = async (user: string, more: object = {}) => succeeded(await request({ [DEVELOPER]: user }, more))
const loginsOf = async (IdentityId: string) =>
  succeeded(await call<{ Logins?: string[] }>('DescribeIdentity', { IdentityId })).Logins

describe('GetOpenIdTokenForDeveloperIdentity', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('makes an identity of a new user, and answers a token for a quarter of an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const iat = Math.floor(Date.now() / 1000)
    const answer = await tokenFor('ann')
    expect(answer).toEqual({ IdentityId: expect.stringMatching(/^us-east-1:/), Token: expect.any(String) })
    expect((await verified(answer.Token, pool)).claims).toEqual({
      sub: answer.IdentityId,
      aud: pool,
      amr: ['authenticated', DEVELOPER, `${DEVELOPER}:${pool}:ann`],
      iss: 'http://localhost',
      [POOL_ARN_CLAIM]: `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${pool}`,
      exp: iat + 900,
      iat,
    })
    expect(await loginsOf(answer.IdentityId)).toEqual([DEVELOPER])
  })

  it('finds a known user again, named or not', async () => {
    const { IdentityId } = await tokenFor('ann')
    expect((await tokenFor('ann')).IdentityId).toBe(IdentityId)
    expect((await tokenFor('ann', { IdentityId })).IdentityId).toBe(IdentityId)
    expect((await tokenFor('bob')).IdentityId).not.toBe(IdentityId)
  })

  it('gives one identity to twenty first calls at once for the same user', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => tokenFor('ann')))
    expect(new Set(answers.map(({ IdentityId }) => IdentityId))).toHaveLength(1)
    expect(await identitiesOf(pool)).toHaveLength(1)
  })

  it('knows two users of different case as two', async () => {
    expect((await tokenFor('ann')).IdentityId).not.toBe((await tokenFor('ANN')).IdentityId)
  })

  it.each([[1], [86_400]])('answers a token for %s seconds on request', async (TokenDuration) => {
    const { Token } = await tokenFor('ann', { TokenDuration })
    const { claims } = await verified(Token, pool)
    expect(Number(claims.exp) - Number(claims.iat)).toBe(TokenDuration)
  })

  it('puts principal tags into the token, each as a list of one', async () => {
    const PrincipalTags = { department: 'sales', 'cost:centre': '4 2' }
    const { Token } = await tokenFor('ann', { PrincipalTags })
    expect((await verified(Token, pool)).claims['https://aws.amazon.com/tags']).toEqual({
      principal_tags: { department: ['sales'], 'cost:centre': ['4 2'] },
    })
  })

  it('makes a guest a user in place', async () => {
    const guest = await getId(pool)
    expect((await tokenFor('ann', { IdentityId: guest })).IdentityId).toBe(guest)
    expect(await loginsOf(guest)).toEqual([DEVELOPER])
  })

  it('links a new user to the identity that a public login proves, and finds it from then on', async () => {
    const google = await login(GOOGLE, '1001')
    const user = await getId(pool, google)
    const answer = succeeded(await request({ [DEVELOPER]: 'ann', ...google }, { IdentityId: user }))
    expect(answer.IdentityId).toBe(user)
    expect((await verified(answer.Token, pool)).claims.amr).toEqual([
      'authenticated',
      DEVELOPER,
      `${DEVELOPER}:${pool}:ann`,
      GOOGLE,
      `${GOOGLE}:${CLIENT[GOOGLE]}:1001`,
    ])
    expect((await tokenFor('ann')).IdentityId).toBe(user)
    expect((await tokenFor('ann', { IdentityId: user })).IdentityId).toBe(user)
  })

  it('links several of its users to one identity', async () => {
    const { IdentityId } = await tokenFor('ann')
    const google = await login(GOOGLE, '1001')
    succeeded(await request({ [DEVELOPER]: 'ann', ...google }))
    succeeded(await request({ [DEVELOPER]: 'ann at work', ...google }, { IdentityId }))
    expect((await tokenFor('ann at work')).IdentityId).toBe(IdentityId)
  })

  it("refuses a user's identity that no login of the call proves, and links nothing", async () => {
    const user = await getId(pool, await login(GOOGLE, '1001'))
    const before = await identitiesOf(pool)
    expectFault(await request({ [DEVELOPER]: 'ann' }, { IdentityId: user }), 'NotAuthorizedException', MISMATCH)
    const other = { [DEVELOPER]: 'ann', ...(await login(GOOGLE, '1002')) }
    expectFault(await request(other, { IdentityId: user }), 'NotAuthorizedException', MISMATCH)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('refuses a second of its users who only names the identity of the first, which a merge allows', async () => {
    const { IdentityId } = await tokenFor('bob')
    const before = await identitiesOf(pool)
    expectFault(await request({ [DEVELOPER]: 'ann' }, { IdentityId }), 'NotAuthorizedException', MISMATCH)
    expect(await identitiesOf(pool)).toEqual(before)
    await tokenFor('ann')
    const merged = await call<{ IdentityId: string }>('MergeDeveloperIdentities', {
      SourceUserIdentifier: 'ann',
      DestinationUserIdentifier: 'bob',
      DeveloperProviderName: DEVELOPER,
      IdentityPoolId: pool,
    })
    expect(succeeded(merged).IdentityId).toBe(IdentityId)
    expect((await tokenFor('ann', { IdentityId })).IdentityId).toBe(IdentityId)
  })

  it('refuses a user who belongs to another identity than the one named, and changes nothing', async () => {
    await tokenFor('ann')
    const { IdentityId } = await tokenFor('bob')
    const guest = await getId(pool)
    const before = await identitiesOf(pool)
    for (const named of [IdentityId, guest])
      expectFault(
        await request({ [DEVELOPER]: 'ann' }, { IdentityId: named }),
        'DeveloperUserAlreadyRegisteredException',
        TAKEN,
      )
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it("does not find another pool's identity, nor one that there is not", async () => {
    const elsewhere = await getId(await createPool())
    const unknown = `${pool.slice(0, 18)}-0000-8000-8000-000000000000`
    for (const IdentityId of [elsewhere, unknown, 'us-east-1:0'])
      expectFault(
        await request({ [DEVELOPER]: 'ann' }, { IdentityId }),
        'ResourceNotFoundException',
        `Identity '${IdentityId}' not found.`,
      )
    expect(await identitiesOf(pool)).toEqual([])
  })

  it("does not find another account's or region's pool", async () => {
    const message = `IdentityPool '${pool}' not found.`
    for (const options of [{ signed: OTHER_ACCOUNT_KEY }, { region: 'eu-west-1' }])
      expectFault(await request({ [DEVELOPER]: 'ann' }, {}, options), 'ResourceNotFoundException', message)
  })

  const unsupported = [
    'InvalidParameterException',
    'This identity pool does not support the specified developer provider',
  ] as const
  it('refuses a developer provider that is not the one of the pool', async () => {
    expectFault(await request({ 'login.other.app': 'ann' }), ...unsupported)
    expectFault(await request(await login(GOOGLE, '1001')), ...unsupported)
    const without = await createPool()
    const input = { IdentityPoolId: without, Logins: { [DEVELOPER]: 'ann' } }
    expectFault(await call('GetOpenIdTokenForDeveloperIdentity', input), ...unsupported)
  })

  it('refuses all logins if a public one among them is bad', async () => {
    const logins = { [DEVELOPER]: 'ann', [GOOGLE]: await idp.forged(GOOGLE, '1001') }
    const message = "Invalid login token. Couldn't verify signed token."
    expectFault(await request(logins), 'NotAuthorizedException', message)
    expect(await identitiesOf(pool)).toEqual([])
  })

  it.each([
    [
      'TokenDuration',
      0,
      "Value '0' at 'tokenDuration' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'TokenDuration',
      86_401,
      "Value '86401' at 'tokenDuration' failed to satisfy constraint: Member must have value less than or equal to 86400",
    ],
    ['Logins', null, "Value null at 'logins' failed to satisfy constraint: Member must not be null"],
    [
      'PrincipalTags',
      { a: '' },
      "Value '{a=}' at 'principalTags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 1]",
    ],
  ])('refuses %s %j', async (member, value, finding) => {
    const answer = await request({ [DEVELOPER]: 'ann' }, { [member]: value })
    expectFault(answer, 'ValidationException', `1 validation error detected: ${finding}`)
  })

  it('refuses a user id of more than 1024 characters', async () => {
    const message = 'A developer user identifier may have at most 1024 characters.'
    expectFault(await request({ [DEVELOPER]: 'x'.repeat(1025) }), 'InvalidParameterException', message)
    succeeded(await request({ [DEVELOPER]: 'x'.repeat(1024) }))
  })

  it('needs a signature', async () => {
    const answer = await request({ [DEVELOPER]: 'ann' }, {}, { signed: false })
    expectFault(answer, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
  })
})
