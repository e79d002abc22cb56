import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KEY_SET_RENEWAL } from '../../src/logins/limits.ts'
import { type IssuerKey, issuerKey } from './fake-issuer.ts'
import {
  CLIENT,
  claimsOf,
  emptyCache,
  HOUR,
  issuerBed,
  oidcProvider,
  START,
  testBed,
  tokenBy,
  watchedCache,
} from './support.ts'

const DAY = 24 * HOUR
let key: IssuerKey
let nextKey: IssuerKey

beforeAll(async () => {
  key = await issuerKey('key-1')
  nextKey = await issuerKey('key-2')
})
beforeEach(emptyCache)

const withProvider = () => issuerBed(key)
const unknown = (kid: string) => ({ reason: 'unknown_key', kid })

describe('freshness', () => {
  const ROWS: [string, string | undefined, number][] = [
    ['absent', undefined, 600],
    ['max-age=1800', 'public, max-age=1800', 1800],
    ['shorter than 5 minutes', 'max-age=1', 300],
    ['no-store', 'no-store', 600],
    ['longer than a day', 'max-age=31536000', DAY],
  ]
  const served = (cacheControl: string | undefined) =>
    cacheControl === undefined ? {} : { 'cache-control': cacheControl }

  it.each(ROWS)('with Cache-Control %s lasts so long', async (_, cacheControl, expected) => {
    const { clock, provider, judge } = withProvider()
    provider.serveKeys([key], served(cacheControl))
    expect(await judge()).toBe('accepted')
    provider.serveKeys([nextKey])
    clock.now = START + expected - 1
    expect(await judge()).toBe('accepted')
  })

  it.each(ROWS)('with Cache-Control %s lasts no longer', async (_, cacheControl, expected) => {
    const { clock, provider, judge } = withProvider()
    provider.serveKeys([key], served(cacheControl))
    expect(await judge()).toBe('accepted')
    provider.serveKeys([nextKey])
    clock.now = START + expected
    expect(await judge()).toEqual(unknown('key-1'))
  })

  it.each([
    [599, 'accepted'],
    [600, unknown('key-1')],
  ])('is shared with other isolates through KV, until it ends: after %i seconds', async (age, outcome) => {
    const { clock, judge, judgeElsewhere, provider } = withProvider()
    await judge()
    provider.serveKeys([nextKey])
    clock.now = START + age
    expect(await judgeElsewhere()).toEqual(outcome)
  })

  it('ends for keys the issuer withdrew', async () => {
    const { clock, provider, judge } = withProvider()
    await judge()
    provider.serveKeys([nextKey])
    clock.now = START + 600
    expect(await judge(key)).toEqual(unknown('key-1'))
    expect(await judge(nextKey)).toBe('accepted')
  })
})

describe('a set in use', () => {
  const [FIRST, LAST] = [KEY_SET_RENEWAL.from * 600, KEY_SET_RENEWAL.to * 600]

  it('is fetched again about the middle of its time, beside a request that it serves', async () => {
    const { clock, fetches, judge, provider } = withProvider()
    await judge()
    clock.now = START + FIRST - 1
    await judge()
    expect(fetches()).toBe(1)
    provider.serveKeys([nextKey])
    clock.now = START + LAST
    expect(await judge(key)).toBe('accepted')
    expect(fetches()).toBe(2)
    expect(await judge(key)).toEqual(unknown('key-1'))
    clock.now = START + LAST + 599
    expect(await judge(nextKey)).toBe('accepted')
  })

  it('is renewed from KV where another isolate has been there, and the issuer is spared', async () => {
    const { clock, fetches, isolate, judge } = withProvider()
    const [one, other] = [isolate(), isolate()]
    await judge(key, { verifier: one })
    await judge(key, { verifier: other })
    clock.now = START + LAST
    await judge(key, { verifier: one })
    expect(fetches()).toBe(2)
    await judge(key, { verifier: other })
    expect(fetches()).toBe(2)
    clock.now = START + LAST + FIRST - 1
    await judge(key, { verifier: other })
    expect(fetches()).toBe(2)
  })

  it('serves to its end while the issuer is down, which is asked every 30 seconds', async () => {
    const { breakIssuer, clock, fetches, judge } = withProvider()
    await judge()
    breakIssuer()
    for (let n = 0; n < 6; n++) {
      clock.now = START + LAST + 15 * n
      expect(await judge()).toBe('accepted')
    }
    expect(fetches()).toBe(1 + 3)
  })

  it('is waited for, while it is renewed, by those who lack a key alone', async () => {
    const renewal = Promise.withResolvers<void>()
    const background: Promise<unknown>[] = []
    const { clock, judge, network, provider } = issuerBed(key, { later: (work) => void background.push(work) })
    await judge()
    await Promise.all(background)
    network.answer(provider.urls.keys, async () => {
      await renewal.promise
      return Response.json({ keys: [key.jwk, nextKey.jwk] })
    })
    clock.now = START + LAST
    expect(await judge(key)).toBe('accepted')
    const lacking = judge(nextKey)
    expect(await judge(key)).toBe('accepted')
    renewal.resolve()
    expect(await lacking).toBe('accepted')
  })
})

describe('rotation', () => {
  it('is picked up as soon as a token has the new kid', async () => {
    const { clock, provider, judge, fetches } = withProvider()
    await judge()
    provider.serveKeys([key, nextKey])
    clock.now = START + 30
    expect(await judge(nextKey)).toBe('accepted')
    expect(await judge(key)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it('is looked for once per 30 seconds, however many kids are invented', async () => {
    const { clock, judge, fetches } = withProvider()
    expect(await judge(key, { kid: 'invented-0' })).toEqual(unknown('invented-0'))
    expect(fetches()).toBe(1)
    clock.now = START + 29.999
    expect(await judge(key, { kid: 'invented-1' })).toEqual(unknown('invented-1'))
    expect(fetches()).toBe(1)
    clock.now = START + 30
    const burst = ['a', 'b', 'c', 'd'].map((kid) => judge(key, { kid }))
    expect(await Promise.all(burst)).toEqual(['a', 'b', 'c', 'd'].map(unknown))
    expect(fetches()).toBe(2)
    clock.now = START + 59.999
    await judge(key, { kid: 'invented-2' })
    expect(fetches()).toBe(2)
    clock.now = START + 60
    await judge(key, { kid: 'invented-3' })
    expect(fetches()).toBe(3)
  })

  it('is not looked for within 30 seconds of another isolate’s fetch', async () => {
    const { clock, judge, judgeElsewhere, provider, fetches } = withProvider()
    await judge()
    provider.serveKeys([key, nextKey])
    clock.now = START + 29.999
    expect(await judgeElsewhere(nextKey)).toEqual(unknown('key-2'))
    expect(fetches()).toBe(1)
  })

  it('leaves an unknown kid undecided while the issuer is down', async () => {
    const { clock, judge, breakIssuer, down, fetches } = withProvider()
    await judge()
    breakIssuer()
    clock.now = START + 30
    expect(await judge(nextKey)).toEqual(down)
    expect(await judge(nextKey)).toEqual(down)
    expect(await judge(key)).toBe('accepted')
    expect(fetches()).toBe(2)
  })
})

describe('an issuer that is down', () => {
  it('is asked again after 30 seconds and not before', async () => {
    const { clock, provider, judge, breakIssuer, down, fetches } = withProvider()
    breakIssuer()
    expect(await judge()).toEqual(down)
    provider.serveKeys([key])
    clock.now = START + 29.999
    expect(await judge()).toEqual(down)
    expect(fetches()).toBe(1)
    clock.now = START + 30
    expect(await judge()).toBe('accepted')
    expect(fetches()).toBe(2)
    expect(await judge(nextKey)).toEqual(unknown('key-2'))
  })

  it('has its 30 seconds counted from its failure, not from the question', async () => {
    const { clock, network, provider, judge, down, fetches } = withProvider()
    network.answer(provider.urls.keys, () => {
      clock.now += 3
      return new Response('oops', { status: 503 })
    })
    expect(await judge()).toEqual(down)
    clock.now = START + 32.999
    expect(await judge()).toEqual(down)
    expect(fetches()).toBe(1)
    clock.now = START + 33
    expect(await judge()).toEqual(down)
    expect(fetches()).toBe(2)
  })

  it('is served from the last good set until that is 24 hours old', async () => {
    const { clock, judge, breakIssuer, down } = withProvider()
    await judge()
    breakIssuer()
    clock.now = START + HOUR
    expect(await judge()).toBe('accepted')
    clock.now = START + DAY
    expect(await judge()).toBe('accepted')
    clock.now = START + DAY + 1
    expect(await judge()).toEqual(down)
  })

  it('is asked once per 30 seconds while the last good set serves', async () => {
    const { clock, judge, breakIssuer, fetches } = withProvider()
    await judge()
    breakIssuer()
    for (const [at, expected] of [
      [600, 2],
      [629.999, 2],
      [630, 3],
    ] as const) {
      clock.now = START + at
      expect(await judge()).toBe('accepted')
      expect(fetches()).toBe(expected)
    }
  })

  it('is served to a cold isolate from KV until the set is 24 hours old', async () => {
    const { clock, judge, judgeElsewhere, breakIssuer, down } = withProvider()
    await judge()
    breakIssuer()
    clock.now = START + DAY
    expect(await judgeElsewhere()).toBe('accepted')
    clock.now = START + DAY + 1
    expect(await judgeElsewhere()).toEqual(down)
  })

  it('is logged by name and code, without anything it answered', async () => {
    const { logged, judge, breakIssuer, provider } = withProvider()
    breakIssuer()
    await judge()
    expect(logged).toEqual([
      { event: 'provider_keys_unavailable', fields: { issuer: provider.issuer, detail: 'status' } },
    ])
  })

  it('does not make others wait while one request asks it again', async () => {
    const { clock, network, provider, judge } = withProvider()
    await judge()
    clock.now = START + HOUR
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<Response>()
    network.answer(provider.urls.keys, () => {
      asked.resolve()
      return answer.promise
    })
    const first = judge()
    await asked.promise
    expect(await judge()).toBe('accepted')
    answer.resolve(Response.json({ keys: [nextKey.jwk] }))
    expect(await first).toEqual(unknown('key-1'))
  })
})

describe('a clock that has gone back', () => {
  const bed = () => {
    const found = withProvider()
    const { provider, verifier } = found
    const judge = async (signer: IssuerKey = key, by = verifier) => {
      const claims = claimsOf(provider.issuer, { iat: START - 2 * HOUR, exp: START + DAY })
      const answer = await by.verify({ provider: provider.name, token: await tokenBy(signer, claims) }, [
        provider.trusted,
      ])
      return answer.ok ? 'accepted' : answer.error
    }
    return { ...found, judge }
  }

  it('makes no key last longer: the issuer is asked again', async () => {
    const { clock, provider, judge, fetches } = bed()
    await judge()
    provider.serveKeys([nextKey])
    clock.now = START - HOUR
    expect(await judge()).toEqual(unknown('key-1'))
    expect(await judge(nextKey)).toBe('accepted')
    expect(fetches()).toBe(2)
  })

  it('makes no pause last longer', async () => {
    const { clock, provider, judge, breakIssuer, down } = bed()
    breakIssuer()
    expect(await judge()).toEqual(down)
    provider.serveKeys([key])
    clock.now = START - HOUR
    expect(await judge()).toBe('accepted')
  })

  it('or is a little behind lets the set of another isolate be used for as long as that one may', async () => {
    const { clock, judge, isolate, fetches } = bed()
    await judge()
    clock.now = START - 120
    const elsewhere = isolate()
    expect(await judge(key, elsewhere)).toBe('accepted')
    clock.now += 599
    expect(await judge(key, elsewhere)).toBe('accepted')
    expect(fetches()).toBe(1)
    clock.now = START + 600
    expect(await judge(key, elsewhere)).toBe('accepted')
    expect(fetches()).toBe(2)
  })
})

describe('memory', () => {
  it('spares all but one of many cold requests the look into KV and at the issuer', async () => {
    const used: string[] = []
    const { judge, network, provider, fetches } = issuerBed(key, { cache: watchedCache(used) })
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => judge()))
    expect(new Set(verdicts)).toEqual(new Set(['accepted']))
    expect(fetches()).toBe(1)
    expect(network.asked).toEqual([provider.urls.discovery, provider.urls.keys])
    expect(used.filter((name) => name === 'get')).toHaveLength(1)
  })

  it('tells all of them of a failure', async () => {
    const { judge, breakIssuer, down, fetches } = withProvider()
    breakIssuer()
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => judge()))
    expect(verdicts).toEqual(Array(20).fill(down))
    expect(fetches()).toBe(1)
  })

  it('gives the new key to all who come with it while it is fetched', async () => {
    const { clock, judge, provider, fetches } = withProvider()
    await judge()
    provider.serveKeys([key, nextKey])
    clock.now = START + 30
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => judge(nextKey)))
    expect(verdicts).toEqual(Array(20).fill('accepted'))
    expect(fetches()).toBe(2)
  })

  it('is of an issuer and an address: what goes wrong with one issuer pauses no other with the same keys', async () => {
    const { network, verifier, isolate } = testBed()
    const keys = 'https://limited.facebook.com/.well-known/oauth/openid/jwks/'
    const judge = async (iss: string, by = verifier, signer = key) => {
      const token = await tokenBy(signer, claimsOf(iss))
      const answer = await by.verify({ provider: 'graph.facebook.com', token }, [{ kind: 'facebook', appId: CLIENT }])
      return answer.ok ? 'accepted' : answer.error.reason
    }
    expect(await judge('https://facebook.com')).toBe('keys_unavailable')
    network.serve(keys, { keys: [key.jwk] })
    expect(await judge('https://facebook.com')).toBe('keys_unavailable')
    expect(await judge('https://www.facebook.com')).toBe('accepted')
    // In KV too.
    expect(await judge('https://limited.facebook.com', isolate())).toBe('accepted')
    network.serve(keys, { keys: [nextKey.jwk] })
    expect(await judge('https://www.facebook.com', isolate())).toBe('accepted')
  })

  it('forgets the issuer longest unused when the key sets of all are too large together', async () => {
    const { network, verifier } = testBed({ cacheKey: () => Promise.reject(new Error('no key')) })
    const others = Array.from({ length: 99 }, (_, i) => ({
      ...key,
      jwk: { ...key.jwk, kid: `${i}`, n: '_'.repeat(1364) },
    }))
    const visit = async (i: number) => {
      const name = `idp-${i}.example.com`
      const { issuer, trusted, urls } = oidcProvider(network, [], name)
      network.serve(urls.discovery, { issuer, jwks_uri: `${issuer}/keys` })
      network.serve(`${issuer}/keys`, { keys: [key, ...others].map(({ jwk }) => jwk) })
      const login = { provider: name, token: await tokenBy(key, claimsOf(issuer)) }
      expect(await verifier.verify(login, [trusted])).toMatchObject({ ok: true })
      return network.asked.filter((url) => url === urls.discovery).length
    }
    for (let i = 0; i < 8; i++) {
      await visit(i)
      expect(await visit(0)).toBe(1)
    }
    expect(await visit(7)).toBe(1)
    expect(await visit(1)).toBe(2)
  })
})
