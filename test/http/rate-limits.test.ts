import { listDurableObjectIds } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { World } from '../../src/base/world.ts'
import { RateLimits } from '../../src/http/index.ts'
import { Fault } from '../../src/protocol/index.ts'
import { call, expectFault, expectXmlFault, newAddress, query } from '../support/client.ts'
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

describe('rate limits', () => {
  let now = 0
  const world = { now: () => now } as World
  const limits = (calls: number, guests: number) =>
    new RateLimits({ calls: new Counter(calls), guests: new Counter(guests) }, world)
  const login = { key: 'pool', newGuest: false }
  const guest = { key: 'pool', newGuest: true }

  it('count calls by pool and by client', async () => {
    const limited = limits(1, 9)
    await limited.admit(login, 'a')
    await expect(limited.admit(login, 'a')).rejects.toEqual(RATE_EXCEEDED)
    await limited.admit(login, 'b')
    await limited.admit({ ...login, key: 'other' }, 'a')
  })

  it('count new guests by client, whatever the pool', async () => {
    const limited = limits(9, 1)
    await limited.admit(guest, 'a')
    await expect(limited.admit({ ...guest, key: 'other' }, 'a')).rejects.toEqual(RATE_EXCEEDED)
    await limited.admit(login, 'a')
    await limited.admit(guest, 'b')
  })

  it('pause a client that asks for too much that does not exist', async () => {
    const limited = limits(9, 1)
    await limited.missed('a')
    await limited.admit(login, 'a')
    await limited.missed('a')
    await expect(limited.admit(login, 'a')).rejects.toEqual(RATE_EXCEEDED)
    await limited.admit(login, 'b')
    now += 9_999
    await expect(limited.admit(login, 'a')).rejects.toEqual(RATE_EXCEEDED)
    now += 1
    await limited.admit(login, 'a')
  })

  it('pass everything where the platform has no counters', async () => {
    const limited = new RateLimits({ calls: undefined, guests: undefined }, world)
    await limited.admit(guest, 'a')
    await limited.missed('a')
    await limited.admit(guest, 'a')
  })
})

/** The platform's minute may end while we count, so this is some times the limit. */
const MORE_THAN_ANY_LIMIT = 3000

describe('a public call beyond the limit', () => {
  const noCalls = { RATE_LIMIT: new Counter(0) }
  const noGuests = { RATE_LIMIT_GUESTS: new Counter(0) }
  const pool = 'us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10'
  const identity = 'us-east-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10'
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

  it('leaves signed calls alone', async () => {
    const serve = await deploy({ ...noCalls, ...noGuests })
    expect((await call('ListIdentityPools', { MaxResults: 1 }, { serve })).status).toBe(200)
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
