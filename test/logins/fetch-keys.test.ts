import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { err } from '../../src/base/result.ts'
import type { KeysFailure, TrustedProvider } from '../../src/logins/index.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'
import { type Answer, type IssuerKey, issuerKey } from './fake-issuer.ts'
import { CLIENT, claimsOf, emptyCache, oidcProvider, testBed, tokenBy } from './support.ts'

let key: IssuerKey

beforeAll(async () => {
  key = await issuerKey('key-1')
})
beforeEach(emptyCache)
afterEach(() => vi.restoreAllMocks())

function withProvider({ localMode = false, name = 'idp.example.com' } = {}) {
  const bed = testBed({ localMode })
  const provider = oidcProvider(bed.network, [key], name)
  const judge = async () => {
    const login = { provider: name, token: await tokenBy(key, claimsOf(provider.issuer)) }
    return bed.verifier.verify(login, [provider.trusted])
  }
  const refusal = (detail: KeysFailure) => err({ reason: 'keys_unavailable', issuer: provider.issuer, detail })
  return { ...bed, provider, judge, refusal }
}

const never: Answer = ({ signal }) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

const filler = new Uint8Array(64 * 1024).fill(0x20)
const megabytes = (sent: { chunks: number; stopped: boolean }) =>
  new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        sent.chunks++
        controller.enqueue(filler)
      },
      cancel: () => {
        sent.stopped = true
      },
    },
    { highWaterMark: 0 },
  )

describe('an answer of an issuer', () => {
  const answers: [string, Answer, KeysFailure][] = [
    ['not found', () => new Response('', { status: 404 }), 'status'],
    ['an error', () => new Response('', { status: 500 }), 'status'],
    ['empty', () => new Response(null, { status: 200 }), 'not_json'],
    ['HTML', () => new Response('<html>', { headers: { 'content-type': 'application/json' } }), 'not_json'],
    ['JSON cut short', () => new Response('{"keys":['), 'not_json'],
    ['a redirect', () => Response.redirect('https://elsewhere.example.com/', 302), 'redirect'],
    ['no answer at all', () => Promise.reject(new TypeError('connection refused')), 'network'],
  ]
  it.each(answers)('that is %s makes its keys unavailable, from either document', async (_, answer, detail) => {
    for (const document of ['discovery', 'keys'] as const) {
      const { network, provider, judge, refusal } = withProvider()
      network.answer(provider.urls[document], answer)
      expect(await judge()).toEqual(refusal(detail))
      expect(network.asked).not.toContain('https://elsewhere.example.com/')
    }
  })

  it.each(['https://accounts.google.com', 'https://appleid.apple.com'])(
    'of %s may fail like any other',
    async (issuer) => {
      const { network, verifier } = testBed()
      network.answer('https://www.googleapis.com/oauth2/v3/certs', () => new Response('', { status: 403 }))
      network.answer('https://appleid.apple.com/auth/keys', () => new Response('', { status: 403 }))
      const trusted: TrustedProvider[] = [
        { kind: 'google', clientIds: [CLIENT] },
        { kind: 'apple', clientIds: [CLIENT] },
      ]
      const login = { provider: issuer.slice('https://'.length), token: await tokenBy(key, claimsOf(issuer)) }
      expect(await verifier.verify(login, trusted)).toEqual(
        err({ reason: 'keys_unavailable', issuer, detail: 'status' }),
      )
    },
  )

  it.each<[string, Answer]>([
    ['before its first byte', never],
    ['after it', () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(filler) }))],
  ])('that takes longer than 3 seconds is given up, %s', async (_, answer) => {
    const limits = shortenTimeLimits((milliseconds) => milliseconds === 3_000)
    const { network, provider, judge, refusal } = withProvider()
    network.answer(provider.urls.keys, answer)
    expect(await judge()).toEqual(refusal('timeout'))
    expect(limits.mock.calls.filter(([milliseconds]) => milliseconds === 3_000)).toHaveLength(1)
  })

  it('shares its 3 seconds with the discovery document before it', async () => {
    const limits = shortenTimeLimits((milliseconds) => milliseconds === 3_000)
    const { network, provider, judge, refusal } = withProvider()
    const discovery = { issuer: provider.issuer, jwks_uri: provider.urls.keys }
    network.answer(provider.urls.discovery, () => Response.json(discovery))
    network.answer(provider.urls.keys, never)
    expect(await judge()).toEqual(refusal('timeout'))
    expect(limits.mock.calls.filter(([milliseconds]) => milliseconds === 3_000)).toHaveLength(1)
  })

  const dropped: [string, () => Answer][] = [
    ['before its first byte', () => () => Promise.reject(new TypeError('connection reset'))],
    ['after it', () => () => new Response(new ReadableStream({ start: (it) => it.error(new TypeError('reset')) }))],
  ]
  it.each(dropped)('that breaks off %s is asked for once more, of either document', async (_, drop) => {
    for (const document of ['discovery', 'keys'] as const) {
      const { network, provider, judge } = withProvider()
      const url = provider.urls[document]
      const good = document === 'keys' ? { keys: [key.jwk] } : { issuer: provider.issuer, jwks_uri: provider.urls.keys }
      network.answer(url, (init) => {
        network.serve(url, good)
        return drop()(init)
      })
      expect(await judge()).toMatchObject({ ok: true })
      expect(network.asked.filter((one) => one === url)).toHaveLength(2)
      expect(network.asked).toHaveLength(3)
      await emptyCache()
    }
  })

  it('is asked for no third time, and not again where it is an answer', async () => {
    const { network, provider, judge, refusal } = withProvider()
    network.answer(provider.urls.discovery, () => Promise.reject(new TypeError('connection reset')))
    expect(await judge()).toEqual(refusal('network'))
    expect(network.asked).toEqual([provider.urls.discovery, provider.urls.discovery])
    const other = withProvider()
    other.network.answer(other.provider.urls.discovery, () => new Response('', { status: 503 }))
    expect(await other.judge()).toEqual(other.refusal('status'))
    expect(other.network.asked).toEqual([other.provider.urls.discovery])
  })

  it('of more than 512 KiB is not read to its end', async () => {
    const { network, provider, judge, refusal } = withProvider()
    const sent = { chunks: 0, stopped: false }
    network.answer(provider.urls.keys, () => new Response(megabytes(sent)))
    expect(await judge()).toEqual(refusal('too_large'))
    expect(sent).toEqual({ chunks: 9, stopped: true })
  })

  it('of exactly 512 KiB is read', async () => {
    const { network, provider, judge } = withProvider()
    const document = JSON.stringify({ keys: [key.jwk] }).padEnd(512 * 1024, ' ')
    network.answer(provider.urls.keys, () => new Response(document))
    expect(await judge()).toMatchObject({ ok: true })
  })

  it('is asked for without following redirects, with a deadline, and as JSON', async () => {
    const { network, provider, judge } = withProvider()
    const asked: RequestInit[] = []
    network.answer(provider.urls.keys, (init) => {
      asked.push(init)
      return Response.json({ keys: [key.jwk] })
    })
    await judge()
    expect(asked).toEqual([
      {
        redirect: 'manual',
        signal: expect.any(AbortSignal),
        headers: { accept: 'application/json, application/jwk-set+json', 'user-agent': 'edge-identity' },
      },
    ])
  })
})

describe('a discovery document', () => {
  it.each([
    ['another issuer', { issuer: 'https://evil.example.com' }, 'discovery_issuer'],
    ['its issuer with two slashes too many', { issuer: 'https://idp.example.com//' }, 'discovery_issuer'],
    ['no issuer', { issuer: undefined }, 'discovery_issuer'],
    ['no jwks_uri', { jwks_uri: undefined }, 'discovery_jwks_uri'],
    ['a jwks_uri that is a number', { jwks_uri: 7 }, 'discovery_jwks_uri'],
    ['a jwks_uri that is no URL', { jwks_uri: '/jwks' }, 'discovery_jwks_uri'],
    ['a jwks_uri without TLS', { jwks_uri: 'http://keys.example.net/jwks' }, 'discovery_jwks_uri'],
    ['a jwks_uri on a private address', { jwks_uri: 'https://192.168.0.1/jwks' }, 'discovery_jwks_uri'],
    ['a jwks_uri on a metadata service', { jwks_uri: 'https://169.254.169.254/jwks' }, 'discovery_jwks_uri'],
    ['a jwks_uri on localhost', { jwks_uri: 'https://localhost/jwks' }, 'discovery_jwks_uri'],
    ['a jwks_uri with credentials', { jwks_uri: 'https://a:b@keys.example.net/jwks' }, 'discovery_jwks_uri'],
  ] satisfies [string, object, KeysFailure][])('with %s is refused', async (_, changes, detail) => {
    const { network, provider, judge, refusal } = withProvider()
    const document = { issuer: provider.issuer, jwks_uri: provider.urls.keys, ...changes }
    network.serve(provider.urls.discovery, document)
    expect(await judge()).toEqual(refusal(detail))
    expect(network.asked).toEqual([provider.urls.discovery])
  })

  it.each([[null], [[]], ['text']])('that is %j is refused', async (document) => {
    const { network, provider, judge, refusal } = withProvider()
    network.serve(provider.urls.discovery, document)
    expect(await judge()).toEqual(refusal('discovery_issuer'))
  })

  it('may put the keys on another host, with a query', async () => {
    const { network, provider, judge } = withProvider()
    const jwks_uri = 'https://login.example.org/keys?p=policy'
    network.serve(provider.urls.discovery, { issuer: provider.issuer, jwks_uri })
    network.serve(jwks_uri, { keys: [key.jwk] })
    expect(await judge()).toMatchObject({ ok: true })
  })
})

describe('an issuer', () => {
  it.each(['localhost', '10.0.0.1', '[fd00::1]', 'user@idp.example.com', 'idp.example.com?x=1', 'idp.example.com#x'])(
    'called %s is never asked',
    async (name) => {
      const { network, judge, refusal } = withProvider({ name })
      expect(await judge()).toEqual(refusal('bad_url'))
      expect(network.asked).toEqual([])
    },
  )

  it('on a private address is asked in local mode', async () => {
    const { judge } = withProvider({ name: '10.0.0.1', localMode: true })
    expect(await judge()).toMatchObject({ ok: true })
  })
})
