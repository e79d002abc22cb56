import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { err, ok } from '../../src/base/result.ts'
import { createUserPoolCheck, type TrustedProvider, type UserPoolCheckOptions } from '../../src/logins/index.ts'
import { sign } from '../sigv4/sign.ts'
import { type IssuerKey, issuerKey } from './fake-issuer.ts'
import { CLIENT, claimsOf, emptyCache, START, testBed, tokenBy } from './support.ts'

const POOL_ID = 'eu-west-1_AbC123'
const NAME = `cognito-idp.eu-west-1.amazonaws.com/${POOL_ID}`
const HOST = 'https://cognito-idp.eu-west-1.amazonaws.com'
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const TRUSTED: TrustedProvider = { kind: 'user_pool', name: NAME, clientIds: [CLIENT], serverSideTokenCheck: true }
const USER = { username: 'ada', subject: 'user-1' }

let key: IssuerKey
beforeAll(async () => {
  key = await issuerKey('key-1')
})
beforeEach(emptyCache)

interface PoolUser {
  sub: string
  enabled?: boolean
}

const failure = (type: string, status = 400) => Response.json({ __type: type, message: 'no' }, { status })

/** AdminGetUser of the user pools in one region, which believes a request by its signature. */
function userPools(region: string, users: ReadonlyMap<string, PoolUser>) {
  return async (request: Request) => {
    const body = await request.text()
    const header = (name: string) => request.headers.get(name) ?? ''
    const signed = ['x-amz-date', 'x-amz-security-token', 'x-amz-target'].filter((name) => request.headers.has(name))
    const expected = await sign({
      host: new URL(request.url).host,
      headers: Object.fromEntries(signed.map((name) => [name, header(name)])),
      body,
      accessKeyId: KEYS.accessKeyId,
      secret: KEYS.secretAccessKey,
      region,
      service: 'cognito-idp',
      date: header('x-amz-date'),
    })
    if (header('authorization') !== expected.headers.get('authorization')) return failure('InvalidSignatureException')
    if (header('x-amz-date') !== new Date(START * 1000).toISOString().replace(/[:-]|\.\d+/g, ''))
      return failure('InvalidSignatureException')
    if (header('x-amz-target') !== 'AWSCognitoIdentityProviderService.AdminGetUser') return failure('UnknownOperation')
    const { Username, UserPoolId } = JSON.parse(body)
    const user = UserPoolId === POOL_ID ? users.get(Username) : undefined
    if (!user) return failure('UserNotFoundException')
    const UserAttributes = [{ Name: 'sub', Value: user.sub }]
    return Response.json({ Username, Enabled: user.enabled ?? true, UserStatus: 'CONFIRMED', UserAttributes })
  }
}

function checkBed(users: Record<string, PoolUser> = { ada: { sub: 'user-1' } }) {
  const bed = testBed()
  bed.network.host(HOST, userPools('eu-west-1', new Map(Object.entries(users))))
  bed.network.serve(`${HOST}/${POOL_ID}/.well-known/jwks.json`, { keys: [key.jwk] })
  const checkWith = (options: Partial<UserPoolCheckOptions> = {}) =>
    createUserPoolCheck({ ...KEYS, world: bed.world, ...options })
  const check = checkWith()
  const verifier = bed.isolate({ userPoolCheck: check })
  const judge = async (claims: object) => {
    const token = await tokenBy(key, claimsOf(`https://${NAME}`, { token_use: 'id', ...claims }))
    return verifier.verify({ provider: NAME, token }, [TRUSTED])
  }
  const ask = () => check({ region: 'eu-west-1', userPoolId: POOL_ID }, USER)
  return { ...bed, checkWith, judge, ask }
}

describe('a user pool that wants the server-side token check', () => {
  it('is asked about the user by a signed request, and a good token is then accepted', async () => {
    const { judge, network } = checkBed()
    const answer = await judge({ 'cognito:username': 'ada' })
    expect(answer).toMatchObject({ ok: true, value: { provider: NAME, subject: 'user-1', kind: 'user_pool' } })
    expect(network.asked).toEqual([`${HOST}/${POOL_ID}/.well-known/jwks.json`, `${HOST}/`])
  })

  it('is asked where it signed the user in: at the replica, for a token of a replica', async () => {
    const { judge, network } = checkBed()
    const replica = HOST.replace('eu-west-1', 'eu-central-1')
    network.host(HOST, async () => Promise.reject(new TypeError('this region is down')))
    network.host(replica, userPools('eu-central-1', new Map([['ada', { sub: 'user-1' }]])))
    network.serve(`${replica}/${POOL_ID}/.well-known/jwks.json`, { keys: [key.jwk] })
    const answer = await judge({ iss: `${replica}/${POOL_ID}`, 'cognito:username': 'ada' })
    expect(answer).toMatchObject({ ok: true, value: { provider: NAME } })
    expect(network.asked).toEqual([`${replica}/${POOL_ID}/.well-known/jwks.json`, `${replica}/`])
  })

  it.each([[undefined], [''], [7]])('is asked by the subject for a username of %j', async (username) => {
    const { judge } = checkBed({ 'user-1': { sub: 'user-1' } })
    expect(await judge({ 'cognito:username': username })).toMatchObject({ ok: true })
  })

  it.each([
    ['was deleted', {}],
    ['is disabled', { ada: { sub: 'user-1', enabled: false } }],
    ['was made anew under the same name', { ada: { sub: 'user-2' } }],
  ])('refuses a user who %s', async (_, users) => {
    const { judge } = checkBed(users)
    expect(await judge({ 'cognito:username': 'ada' })).toEqual(err({ reason: 'signed_out_or_deleted' }))
  })

  it('is not asked about a token that is bad anyway', async () => {
    const { judge, network } = checkBed()
    for (const claims of [{ exp: 1 }, { aud: 'other' }, { token_use: 'access' }, { sub: '' }])
      expect(await judge(claims)).toMatchObject({ ok: false })
    expect(network.asked).not.toContain(`${HOST}/`)
  })

  it('lets nobody in while it cannot be asked', async () => {
    const { judge, network } = checkBed()
    network.host(HOST, async () => new Response('', { status: 503 }))
    expect(await judge({ 'cognito:username': 'ada' })).toEqual(
      err({ reason: 'provider_unreachable', provider: NAME, detail: 'server_side_check' }),
    )
  })

  it('is not asked where the pool does not want it', async () => {
    const bed = testBed()
    bed.network.serve(`${HOST}/${POOL_ID}/.well-known/jwks.json`, { keys: [key.jwk] })
    const verifier = bed.isolate({ userPoolCheck: async () => 'gone' })
    const claims = claimsOf(`https://${NAME}`, { token_use: 'id' })
    const login = { provider: NAME, token: await tokenBy(key, claims) }
    const relaxed = { ...TRUSTED, serverSideTokenCheck: false }
    expect(await verifier.verify(login, [relaxed])).toEqual(
      ok({ provider: NAME, subject: 'user-1', clientId: CLIENT, kind: 'user_pool', claims }),
    )
    expect(await verifier.verify(login, [TRUSTED])).toEqual(err({ reason: 'signed_out_or_deleted' }))
  })
})

describe('the check of a user', () => {
  it('is remembered for a minute if the user is active, for that user of that pool', async () => {
    const { ask, checkWith, clock, network } = checkBed()
    const check = checkWith()
    const pool = { region: 'eu-west-1', userPoolId: POOL_ID }
    expect(await check(pool, USER)).toBe('active')
    expect(await check(pool, USER)).toBe('active')
    expect(network.asked).toHaveLength(1)
    expect(await check(pool, { ...USER, subject: 'user-2' })).toBe('gone')
    expect(await check({ ...pool, userPoolId: 'eu-west-1_Other' }, USER)).toBe('gone')
    expect(network.asked).toHaveLength(3)
    clock.now += 60
    await check(pool, USER)
    expect(network.asked).toHaveLength(4)
    clock.now = START
    expect(await ask()).toBe('active')
  })

  it('is not remembered if the user is gone or the answer unknown', async () => {
    const users: Record<string, PoolUser> = {}
    const { ask, network } = checkBed()
    const live = new Map<string, PoolUser>(Object.entries(users))
    network.host(HOST, userPools('eu-west-1', live))
    expect(await ask()).toBe('gone')
    network.host(HOST, async () => failure('TooManyRequestsException'))
    expect(await ask()).toBe('unavailable')
    network.host(HOST, userPools('eu-west-1', live.set('ada', { sub: 'user-1' })))
    expect(await ask()).toBe('active')
  })

  it.each<[string, () => Response, string, string]>([
    ['throttles', () => failure('TooManyRequestsException'), 'TooManyRequestsException', 'warn'],
    ['throttles with 429', () => failure('ThrottlingException', 429), 'ThrottlingException', 'warn'],
    ['fails', () => failure('InternalErrorException', 500), 'InternalErrorException', 'warn'],
    ['fails without a reason', () => new Response('', { status: 502 }), 'status', 'warn'],
    ['redirects', () => Response.redirect('https://elsewhere.example.com/', 307), 'redirect', 'warn'],
    ['answers at length', () => new Response(' '.repeat(256 * 1024 + 1)), 'too_large', 'warn'],
    ['answers without JSON', () => new Response('<html>'), 'bad_answer', 'warn'],
    ['does not say whether the user is enabled', () => Response.json({ UserAttributes: [] }), 'bad_answer', 'warn'],
    ['does not say which user it is', () => Response.json({ Enabled: true }), 'bad_answer', 'warn'],
    ['denies', () => failure('AccessDeniedException'), 'AccessDeniedException', 'error'],
    ['does not know the key', () => failure('UnrecognizedClientException'), 'UnrecognizedClientException', 'error'],
    [
      'names its namespace',
      () => failure('com.amazonaws.cognitoidp#ResourceNotFoundException'),
      'ResourceNotFoundException',
      'error',
    ],
    ['does not say why not', () => new Response('', { status: 400 }), 'status', 'error'],
    ['says why at length', () => failure('x'.repeat(5_000)), 'x'.repeat(64), 'error'],
  ])('is unavailable when the user pool %s, and the log says so', async (_, answer, detail, level) => {
    const { checkWith, network, world } = checkBed()
    const lines: object[] = []
    const record = (level: string) => (event: string, fields?: object) => void lines.push({ level, event, ...fields })
    const log = { info: record('info'), text: () => {}, warn: record('warn'), error: record('error') }
    network.host(HOST, async () => answer())
    const check = checkWith({ world: { ...world, log } })
    expect(await check({ region: 'eu-west-1', userPoolId: POOL_ID }, USER)).toBe('unavailable')
    expect(lines).toEqual([{ level, event: 'user_pool_check_failed', userPool: POOL_ID, detail }])
  })

  it('is unavailable when nobody answers', async () => {
    const { ask, network } = checkBed()
    network.host(HOST, () => Promise.reject(new TypeError('connection refused')))
    expect(await ask()).toBe('unavailable')
  })

  it('is unavailable with wrong keys', async () => {
    const { checkWith } = checkBed()
    const check = checkWith({ secretAccessKey: 'wrong' })
    expect(await check({ region: 'eu-west-1', userPoolId: POOL_ID }, USER)).toBe('unavailable')
  })

  it('may use temporary keys', async () => {
    const { checkWith } = checkBed()
    const check = checkWith({ sessionToken: 'session-token' })
    expect(await check({ region: 'eu-west-1', userPoolId: POOL_ID }, USER)).toBe('active')
  })

  it.each([
    ['cn-north-1', {}, 'https://cognito-idp.cn-north-1.amazonaws.com.cn/'],
    ['us-east-1', {}, 'https://cognito-idp.us-east-1.amazonaws.com/'],
    ['us-east-1', { endpoint: 'https://idp-{region}.example.com/aws' }, 'https://idp-us-east-1.example.com/aws'],
    ['us-east-1', { endpoint: 'http://localhost:9000', localMode: true }, 'http://localhost:9000/'],
  ])('of a pool in %s with %j goes to %s', async (region, options, url) => {
    const { checkWith, network } = checkBed()
    await checkWith(options)({ region, userPoolId: `${region}_A` }, USER)
    expect(network.asked).toEqual([url])
  })

  it('goes nowhere without TLS outside local mode', async () => {
    const { checkWith, network } = checkBed()
    const check = checkWith({ endpoint: 'http://localhost:9000' })
    expect(await check({ region: 'us-east-1', userPoolId: 'us-east-1_A' }, USER)).toBe('unavailable')
    expect(network.asked).toEqual([])
  })
})
