import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { err } from '../../src/base/result.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'
import { type IssuerKey, issuerKey } from './fake-issuer.ts'
import { claimsOf, emptyCache, issuerBed, oidcProvider, type Setting, START, tokenBy, watchedCache } from './support.ts'

let key: IssuerKey
let nextKey: IssuerKey

beforeAll(async () => {
  key = await issuerKey('key-1')
  nextKey = await issuerKey('key-2')
})
beforeEach(emptyCache)
afterEach(() => vi.restoreAllMocks())

const withProvider = (setting?: Setting) => issuerBed(key, setting)
const unknown = (kid: string) => ({ reason: 'unknown_key', kid })

describe('KV', () => {
  const nameOf = ({ issuer, urls }: { issuer: string; urls: { discovery: string } }) =>
    `jwks:${JSON.stringify([issuer, urls.discovery])}`
  const issuer = 'https://idp.example.com'
  const name = nameOf({ issuer, urls: { discovery: `${issuer}/.well-known/openid-configuration` } })
  const broken = (method: () => unknown) => ({ get: method, put: method }) as unknown as KVNamespace

  it.each([
    ['rejects', () => Promise.reject(new Error('KV is down'))],
    [
      'throws',
      () => {
        throw new Error('KV is down')
      },
    ],
  ])('that %s is done without', async (_, method) => {
    const { logged, judge, fetches } = withProvider({ cache: broken(method) })
    expect(await judge()).toBe('accepted')
    expect(await judge()).toBe('accepted')
    expect(fetches()).toBe(1)
    expect(logged).toEqual(
      ['read', 'write'].map((operation) => ({ event: 'key_set_cache_unavailable', fields: { operation } })),
    )
  })

  it('that hangs is done without after a few hundred milliseconds, and a write holds nothing up', async () => {
    const limits = shortenTimeLimits((milliseconds) => milliseconds === 400)
    const cache = broken(() => new Promise(() => {}))
    const { logged, judge, fetches } = withProvider({ cache, later: () => {} })
    expect(await judge()).toBe('accepted')
    expect(await judge()).toBe('accepted')
    expect(fetches()).toBe(1)
    expect(logged).toEqual([{ event: 'key_set_cache_unavailable', fields: { operation: 'read' } }])
    expect(limits.mock.calls.map(([milliseconds]) => milliseconds)).toContain(400)
  })

  it('is done without when its seal cannot be had in time', async () => {
    shortenTimeLimits((milliseconds) => milliseconds === 1_000)
    const { judge, logged } = withProvider({ cacheKey: () => new Promise(() => {}), later: () => {} })
    expect(await judge()).toBe('accepted')
    expect(logged).toEqual([{ event: 'key_set_cache_unavailable', fields: { operation: 'read' } }])
  })

  it('is not believed, and not written, without the sealing key', async () => {
    const used: string[] = []
    const { judge } = withProvider({ cache: watchedCache(used), cacheKey: () => Promise.reject(new Error('no key')) })
    expect(await judge()).toBe('accepted')
    expect(used).toEqual(['get'])
  })

  it('is read while its sealing key is looked for', async () => {
    const read = Promise.withResolvers<void>()
    const get = async () => {
      read.resolve()
      return null
    }
    const cache = { get, put: async () => {} } as unknown as KVNamespace
    // The key comes only after the read, so that one after the other would never end.
    const cacheKey = () => read.promise.then(() => crypto.getRandomValues(new Uint8Array(32)))
    const { judge, logged } = withProvider({ cache, cacheKey })
    expect(await judge()).toBe('accepted')
    expect(logged).toEqual([])
  })

  it('holds one record an issuer, which names it, dates it and expires with it', async () => {
    const { judge, provider } = withProvider()
    await judge()
    const { keys } = await env.CACHE.list()
    expect(keys).toEqual([{ name, expiration: expect.any(Number) }])
    const record = await env.CACHE.get<{ body: string; mac: string }>(name, 'json')
    const { use: _, ...published } = key.jwk
    expect(JSON.parse(record?.body ?? '')).toEqual({
      url: provider.urls.discovery,
      issuer: provider.issuer,
      fetchedAt: START * 1000,
      freshUntil: (START + 600) * 1000,
      keys: [published],
    })
    expect(record?.mac).toMatch(/^[\w-]{43}$/)
  })

  type Record = { body: string; mac: string }
  const edits: [string, (record: Record) => unknown][] = [
    ['has another key in it', ({ body, mac }) => ({ body: body.replace(/"n":"../, '"n":"AA'), mac })],
    ['was made younger', ({ body, mac }) => ({ body: body.replace(/"freshUntil":\d+/, '"freshUntil":9e15'), mac })],
    ['has no seal', ({ body }) => ({ body })],
    ['has an empty seal', ({ body }) => ({ body, mac: '' })],
    ['has a seal that is no base64url', ({ body }) => ({ body, mac: '!' })],
    ['is no object', () => 7],
    ['is null', () => null],
    ['is too long', (record) => ({ ...record, padding: 'x'.repeat(512 * 1024) })],
  ]
  it.each(edits)('a record that %s is a miss, and logged', async (_, edit) => {
    const { logged, judge, judgeElsewhere, fetches, provider } = withProvider()
    await judge()
    const record = await env.CACHE.get<Record>(name, 'json')
    if (!record) throw new Error('nothing was stored')
    await env.CACHE.put(name, JSON.stringify(edit(record)))
    expect(await judgeElsewhere()).toBe('accepted')
    expect(fetches()).toBe(2)
    expect(logged).toEqual([{ event: 'cached_key_set_refused', fields: { issuer: provider.issuer } }])
  })

  it('a genuine record never takes the place of a newer set in memory', async () => {
    const { clock, provider, judge, breakIssuer } = withProvider()
    await judge()
    const older = (await env.CACHE.get(name)) ?? ''
    provider.serveKeys([nextKey])
    clock.now = START + 600
    expect(await judge(nextKey)).toBe('accepted')
    await env.CACHE.put(name, older)
    breakIssuer()
    clock.now = START + 1200
    expect(await judge(nextKey)).toBe('accepted')
  })

  it('a record sealed under another key is a miss, and logged', async () => {
    const { logged, judge, judgeElsewhere, fetches } = withProvider()
    await judge()
    expect(await judgeElsewhere(key, { cacheKey: async () => new Uint8Array(32) })).toBe('accepted')
    expect(fetches()).toBe(2)
    expect(logged.map(({ event }) => event)).toEqual(['cached_key_set_refused'])
  })

  it('a genuine record of one issuer is a miss under the name of another', async () => {
    const { logged, network, isolate, judge } = withProvider()
    await judge()
    const other = oidcProvider(network, [nextKey], 'victim.example.com')
    await env.CACHE.put(nameOf(other), (await env.CACHE.get(name)) ?? '')
    const forged = { provider: other.name, token: await tokenBy(key, claimsOf(other.issuer)) }
    network.serve(other.urls.keys, { keys: [nextKey.jwk] })
    expect(await isolate().verify(forged, [other.trusted])).toEqual(err(unknown('key-1')))
    expect(logged).toEqual([{ event: 'cached_key_set_refused', fields: { issuer: other.issuer } }])
  })
})
