import { listDurableObjectIds } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { poolTagOf } from '../../src/base/ids.ts'
import { networkOf } from '../../src/base/ip.ts'
import type { World } from '../../src/base/world.ts'
import { RateLimits } from '../../src/http/index.ts'
import { Paused } from '../../src/http/rate-limits.ts'
import { Fault } from '../../src/protocol/index.ts'
import { type CapturedLog, captureLog } from '../operations/support/audit.ts'
import { signingKeyOf } from '../operations/support/callers.ts'
import { getCredentials, role } from '../operations/support/credentials.ts'
import { createPool, getId, succeeded, succeededEmpty } from '../operations/support/pools.ts'
import { call, expectFault, expectXmlFault, LOCAL_KEY, LOCAL_URL, newAddress, query } from '../support/client.ts'
import { deploy } from '../support/deployment.ts'

const RATE_EXCEEDED = new Fault('TooManyRequestsException', 'Rate exceeded')

/** Counts by key as the platform does, without its clock. */
class Counter implements RateLimit {
  readonly counts = new Map<string, number>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  async limit({ key }: { key: string }) {
    const count = (this.counts.get(key) ?? 0) + 1
    this.counts.set(key, count)
    return { success: count <= this.#limit }
  }
}

const lines: [string, unknown][] = []

describe('rate limits', () => {
  let now = 0
  const world = {
    now: () => now,
    log: { warn: (event: string, fields: unknown) => void lines.push([event, fields]) },
  } as unknown as World
  const limits = (calls: number, guests: number) =>
    new RateLimits({ calls: new Counter(calls), guests: new Counter(guests) }, world)
  const missing = new Fault('ResourceNotFoundException', 'not found')
  const large = 64 * 1024 + 1
  const stray = (limited: RateLimits, client: string) => limited.strayed(missing, client)
  const pausedFor = (limited: RateLimits, client: string) => {
    try {
      limited.checkPause(client)
      return false
    } catch (error) {
      expect(error).toBeInstanceOf(Paused)
      return true
    }
  }

  it('count calls by pool and by client', async () => {
    const limited = limits(1, 9)
    await limited.admit('pool', 'a')
    await expect(limited.admit('pool', 'a')).rejects.toEqual(RATE_EXCEEDED)
    await limited.admit('pool', 'b')
    await limited.admit('other', 'a')
  })

  it('count new guests by client, whatever the pool', async () => {
    const limited = limits(9, 1)
    await limited.admitGuest('a')
    await expect(limited.admitGuest('a')).rejects.toEqual(RATE_EXCEEDED)
    await limited.admit('pool', 'a')
    await limited.admitGuest('b')
  })

  it('pause a client that sends too much that leads nowhere, and log that once', async () => {
    const limited = limits(9, 1)
    lines.length = 0
    expect(await stray(limited, 'a')).toBe(missing)
    expect(pausedFor(limited, 'a')).toBe(false)
    expect(await stray(limited, 'a')).toBe(missing)
    expect([pausedFor(limited, 'a'), pausedFor(limited, 'b')]).toEqual([true, false])
    expect(await stray(limited, 'a')).toBeInstanceOf(Paused)
    now += 9_999
    expect(pausedFor(limited, 'a')).toBe(true)
    now += 1
    expect(pausedFor(limited, 'a')).toBe(false)
    expect(lines).toEqual([['client_paused', { client: 'a', because: 'ResourceNotFoundException', seconds: 10 }]])
  })

  it('end a pause when the clock has gone back, so that it lasts no longer', async () => {
    const limited = limits(9, 0)
    await stray(limited, 'a')
    expect(pausedFor(limited, 'a')).toBe(true)
    now -= 3_600_000
    expect(pausedFor(limited, 'a')).toBe(false)
    now += 3_600_000
  })

  it.each([
    ['a failure of the service', new Fault('InternalErrorException', 'x')],
    ['a flood, which is counted already', RATE_EXCEEDED],
    ['what nobody foresaw', new Error('x')],
  ])('do not count %s as leading nowhere', async (_, error) => {
    const limited = limits(9, 0)
    expect(await limited.strayed(error, 'a')).toBe(error)
    expect(pausedFor(limited, 'a')).toBe(false)
  })

  it('pause a client that sends too many large bodies', async () => {
    const limited = limits(9, 1)
    for (let calls = 0; calls < 9; calls++) await limited.admitBody(large - 1, 'a')
    await limited.admitBody(large, 'a')
    await expect(limited.admitBody(large, 'a')).rejects.toBeInstanceOf(Paused)
    await expect(limited.admitBody(0, 'a')).rejects.toBeInstanceOf(Paused)
    await limited.admitBody(large, 'b')
  })

  it.each(['local', '127.0.0.1', networkOf('::1')])('never pause the machine itself: %s', async (client) => {
    const limited = limits(9, 0)
    await limited.admitBody(large, client)
    expect(await stray(limited, client)).toBe(missing)
    expect(pausedFor(limited, client)).toBe(false)
  })

  it('pass everything where the platform has no counters', async () => {
    const limited = new RateLimits({ calls: undefined, guests: undefined }, world)
    await limited.admit('pool', 'a')
    await limited.admitGuest('a')
    await limited.admitBody(large, 'a')
    expect(await stray(limited, 'a')).toBe(missing)
    expect(pausedFor(limited, 'a')).toBe(false)
  })
})

/** The platform's minute may end while we count, so this is some times the limit. */
const MORE_THAN_ANY_LIMIT = 3000

describe('a public call beyond the limit', () => {
  const noCalls = { RATE_LIMIT: new Counter(0) }
  const noGuests = { RATE_LIMIT_GUESTS: new Counter(0) }
  // New each time: an object of an earlier file is among those that the platform lists.
  const tag = crypto.randomUUID().slice(0, 8)
  const pool = `us-east-1:${tag}-0000-4d1e-b2c4-6a0f5e7d9c10`
  const identity = `us-east-1:${tag}-0000-8d1e-b2c4-6a0f5e7d9c10`
  const objects = async () => (await listDurableObjectIds(env.IDENTITY_POOL)).length

  it.each([
    ['GetId', { IdentityPoolId: pool }, noCalls],
    ['GetId', { IdentityPoolId: pool }, noGuests],
    ['GetId', { IdentityPoolId: pool, Logins: { 'idp.example': 'token' } }, noCalls],
    ['GetOpenIdToken', { IdentityId: identity }, noCalls],
    ['GetCredentialsForIdentity', { IdentityId: identity }, noCalls],
    ['UnlinkIdentity', { IdentityId: identity, Logins: {}, LoginsToRemove: [] }, noCalls],
  ])('is refused before any object is touched: %s %o', async (operation, input, bindings) => {
    const serve = await deploy(bindings)
    const before = await objects()
    expectFault(await call(operation, input, { serve }), 'TooManyRequestsException', 'Rate exceeded')
    expect(await objects()).toBe(before)
  })

  it('would have touched one', async () => {
    const before = await objects()
    expectFault(
      await call('GetId', { IdentityPoolId: pool }),
      'ResourceNotFoundException',
      `IdentityPool '${pool}' not found.`,
    )
    expect(await objects()).toBe(before + 1)
  })

  it('is refused as throttling in XML', async () => {
    const serve = await deploy(noCalls)
    const answer = await query(
      'sts',
      {
        Action: 'AssumeRoleWithWebIdentity',
        RoleArn: 'arn:aws:iam::000000000000:role/app',
        RoleSessionName: 'app',
        WebIdentityToken: 'token',
      },
      { serve },
    )
    expectXmlFault(answer, 400, 'Throttling', 'Rate exceeded')
  })

  it.each([
    ['an IPv4 address by itself', '203.0.113.7', '203.0.113.7'],
    ['an IPv6 address by its /64', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['a short IPv6 address by its /64', '2001:db8::7', '2001:db8:0:0'],
    ['an IPv6 address with zeros in front by its /64', '::1', '0:0:0:0'],
    ['an IPv4 address written as IPv6 by what it is', '::ffff:192.0.2.1', '192.0.2.1'],
    ['an IPv4 address in hexadecimal by what it is', '::FFFF:c000:0201', '192.0.2.1'],
  ])('counts %s', async (_, address, counted) => {
    const guests = new Counter(1)
    const serve = await deploy({ RATE_LIMIT_GUESTS: guests })
    await call('GetId', { IdentityPoolId: 'a:b' }, { serve, headers: { 'cf-connecting-ip': address } })
    expect([...guests.counts.keys()]).toEqual([`guest|${counted}`, `miss|${counted}`])
  })

  it('is counted by the address of its client', async () => {
    const guests = new Counter(1)
    const serve = await deploy({ RATE_LIMIT_GUESTS: guests })
    const from = (address: string) =>
      call('GetId', { IdentityPoolId: 'a:b' }, { serve, headers: { 'cf-connecting-ip': address } })
    const [first, second] = [newAddress(), newAddress()]
    expectFault(await from(first), 'ResourceNotFoundException', "IdentityPool 'a:b' not found.")
    expectFault(await from(first), 'TooManyRequestsException', 'Rate exceeded')
    expectFault(await from(second), 'ResourceNotFoundException', "IdentityPool 'a:b' not found.")
    const [network, other] = [first, second].map((address) => address.replace('::1', ''))
    expect([...guests.counts]).toEqual([
      [`guest|${network}`, 2],
      [`miss|${network}`, 1],
      [`guest|${other}`, 1],
      [`miss|${other}`, 1],
    ])
  })

  it.each([
    [
      'with 5000 logins',
      { IdentityPoolId: pool, Logins: Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [n, ''])) },
    ],
    ['with input of wrong types', { IdentityPoolId: 1, Logins: [] }],
  ])('is refused before its input is judged: %s', async (_, input) => {
    const serve = await deploy(noCalls)
    expectFault(await call('GetId', input, { serve }), 'TooManyRequestsException', 'Rate exceeded')
  })

  it('leaves signed calls alone', async () => {
    const serve = await deploy({ ...noCalls, ...noGuests })
    expect((await call('ListIdentityPools', { MaxResults: 1 }, { serve })).status).toBe(200)
  })

  it('counts what a session of the embedded STS signs as public calls of its pool', async () => {
    const identityPool = await createPool({ AllowUnauthenticatedIdentities: true })
    succeededEmpty(
      await call('SetIdentityPoolRoles', { IdentityPoolId: identityPool, Roles: { unauthenticated: role('guest') } }),
    )
    const signed = signingKeyOf(succeeded(await getCredentials(await getId(identityPool))).Credentials)
    const calls = new Counter(1)
    const options = {
      serve: await deploy({ RATE_LIMIT: calls }),
      signed,
      headers: { 'cf-connecting-ip': '203.0.113.7' },
    }
    const who = () => query('sts', { Action: 'GetCallerIdentity' }, options)
    expect((await who()).status).toBe(200)
    expectXmlFault(await who(), 400, 'Throttling', 'Rate exceeded')
    expect([...calls.counts]).toEqual([[`${poolTagOf(identityPool)}|203.0.113.7`, 2]])
  })

  it('meets the limits that wrangler.toml sets', async () => {
    const headers = { 'cf-connecting-ip': newAddress() }
    let refused: Awaited<ReturnType<typeof call>> | undefined
    for (let calls = 0; calls < MORE_THAN_ANY_LIMIT && refused === undefined; calls++) {
      const answer = await call('GetId', { IdentityPoolId: 'a:b' }, { headers })
      if (answer.body.__type === 'TooManyRequestsException') refused = answer
    }
    expectFault(refused ?? (await call('GetId', {})), 'TooManyRequestsException', 'Rate exceeded')
  })
})

/** A deployment whose second call that leads nowhere pauses its client, and calls from one address there. */
async function oneStray() {
  const guests = new Counter(1)
  const serve = await deploy({ RATE_LIMIT_GUESTS: guests })
  const address = newAddress()
  const headers = { 'cf-connecting-ip': address }
  const strays = () => guests.counts.get(`miss|${address.replace('::1', '')}`) ?? 0
  return { guests, headers, options: { serve, headers }, serve, strays }
}

const NOBODY = { ...LOCAL_KEY, accessKeyId: 'NOBODY' }
const WRONG = { ...LOCAL_KEY, secretAccessKey: 'wrong' }
const SESSION = { ...LOCAL_KEY, sessionToken: 'made-up' }

describe('a call that leads nowhere', () => {
  type Options = Awaited<ReturnType<typeof oneStray>>['options']
  it.each<[string, (options: Options) => Promise<{ status: number }>]>([
    ['to a pool that there is not', (options) => call('GetId', { IdentityPoolId: 'a:b', Logins: { a: 'b' } }, options)],
    ['with input that breaks a constraint', (options) => call('GetId', { IdentityPoolId: '' }, options)],
    ['with input of a wrong type', (options) => call('GetId', { IdentityPoolId: 1 }, options)],
    ['with input that is no JSON', (options) => call('GetId', '{', options)],
    ['of no operation', (options) => call('Nonesuch', {}, { ...options, signed: false })],
    ['of no action', (options) => query('sts', { Action: 'Nonesuch' }, options)],
    ['of no version', (options) => query('sts', { Action: 'GetCallerIdentity', Version: '1' }, options)],
    ['without the signature it needs', (options) => call('ListIdentityPools', {}, { ...options, signed: false })],
    ['signed with an unknown key', (options) => call('ListIdentityPools', {}, { ...options, signed: NOBODY })],
    ['signed with a wrong secret', (options) => call('ListIdentityPools', {}, { ...options, signed: WRONG })],
    ['signed with a made-up session', (options) => call('ListIdentityPools', {}, { ...options, signed: SESSION })],
  ])('is counted: %s', async (_, act) => {
    const { options, strays } = await oneStray()
    expect((await act(options)).status).toBeGreaterThanOrEqual(400)
    expect(strays()).toBe(1)
  })

  it('is not one of a signed caller whose signature holds', async () => {
    const { options, strays } = await oneStray()
    const none = { IdentityPoolId: pool }
    expectFault(
      await call('DescribeIdentityPool', none, options),
      'ResourceNotFoundException',
      `IdentityPool '${pool}' not found.`,
    )
    expect((await call('DescribeIdentityPool', {}, options)).body.__type).toBe('ValidationException')
    expect(strays()).toBe(0)
  })

  const pool = 'us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10'
})

describe('a paused client', () => {
  let log: CapturedLog
  beforeEach(() => {
    log = captureLog()
  })
  afterEach(() => log.restore())

  /** A client that is paused because of keys that nobody has. */
  async function paused() {
    const client = await oneStray()
    for (let calls = 0; calls < 2; calls++)
      expectFault(
        await call('ListIdentityPools', { MaxResults: 1 }, { ...client.options, signed: NOBODY }),
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      )
    return client
  }

  it('is told in one line of the log, and leaves no record meanwhile', async () => {
    const { headers, options } = await paused()
    expect(log.records()).toHaveLength(2)
    const pauses = log.lines().flatMap((line) => (line.includes('client_paused') ? JSON.parse(line) : []))
    expect(pauses).toEqual([
      {
        level: 'warn',
        event: 'client_paused',
        client: headers['cf-connecting-ip'].replace('::1', ''),
        because: 'UnrecognizedClientException',
        seconds: 10,
      },
    ])
    log.clear()
    for (const signed of [NOBODY, WRONG, SESSION, false])
      expectFault(
        await call('ListIdentityPools', { MaxResults: 1 }, { ...options, signed }),
        'TooManyRequestsException',
        'Rate exceeded',
      )
    for (const signed of [LOCAL_KEY, false])
      expectFault(
        await call('GetId', { IdentityPoolId: 'a:b' }, { ...options, signed }),
        'TooManyRequestsException',
        'Rate exceeded',
      )
    expectXmlFault(
      await query('iam', { Action: 'ListRoles' }, { ...options, signed: NOBODY }),
      400,
      'Throttling',
      'Rate exceeded',
    )
    expect(log.lines()).toEqual([])
  })

  it('locks no signed caller out who shares its address', async () => {
    const { options } = await paused()
    expect((await call('ListIdentityPools', { MaxResults: 1 }, options)).status).toBe(200)
    expect((await query('sts', { Action: 'GetCallerIdentity' }, options)).status).toBe(200)
  })

  it.each([
    ['unsigned', {}],
    [
      'signed with a key that nobody has',
      { authorization: 'AWS4-HMAC-SHA256 Credential=NOBODY/20300101/x/y/aws4_request' },
    ],
  ])('is refused before a byte of its body is read: %s', async (_, authorization) => {
    const { headers, serve } = await paused()
    let pulled = 0
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled += 1
          controller.enqueue(new TextEncoder().encode('{}'))
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const all = { ...headers, ...authorization, 'content-type': 'application/x-amz-json-1.1', host: 'localhost' }
    const target = { 'x-amz-target': 'AWSCognitoIdentityService.GetId' }
    const answer = await serve(new Request(LOCAL_URL, { method: 'POST', headers: { ...all, ...target }, body }))
    expect(await answer.json()).toEqual({ __type: 'TooManyRequestsException', message: 'Rate exceeded' })
    expect(pulled).toBe(0)
  })
})

describe('large bodies', () => {
  const large = JSON.stringify({ IdentityPoolId: 'a:b', more: 'x'.repeat(64 * 1024) })

  it('have a limit of their own, whatever the operation and the claim', async () => {
    const { guests, headers, options } = await oneStray()
    await call('GetId', large, { ...options, signed: LOCAL_KEY })
    await call('GetId', large, options)
    await call('ListIdentityPools', large, { ...options, signed: false })
    const client = headers['cf-connecting-ip'].replace('::1', '')
    expect(guests.counts.get(`large|${client}`)).toBe(2)
    expectFault(await call('GetId', '{}', options), 'TooManyRequestsException', 'Rate exceeded')
  })

  it('of signed callers have none', async () => {
    const { guests, options } = await oneStray()
    for (let calls = 0; calls < 3; calls++)
      expect((await call('ListIdentityPools', { MaxResults: 1, more: 'x'.repeat(64 * 1024) }, options)).status).toBe(
        200,
      )
    expect([...guests.counts]).toEqual([])
  })
})
