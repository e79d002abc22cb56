import { describe, expect, it } from 'vitest'
import { err, ok } from '../../../src/base/result.ts'
import { PROVIDER_HOSTS, type TrustedProvider } from '../../../src/logins/index.ts'
import { amazonApi, facebookApi } from '../../support/social-providers.ts'
import { shortenTimeLimits } from '../../support/time-limits.ts'
import { issuerKey } from '../fake-issuer.ts'
import { CLIENT, claimsOf, emptyCache, HOUR, START, tokenBy } from '../support.ts'
import { AMAZON, AMAZON_CLIENT, APP, APP_SECRET, CONSUMER, FACEBOOK, LISTED, socialBed, TWITTER } from './support.ts'

const DIGITS = 'www.digits.com'
const TOKENS: Record<string, string> = { [FACEBOOK]: 'EAAB', [AMAZON]: 'Atza|B', [TWITTER]: 't;s', [DIGITS]: 't;s' }
const USER = '4711'

/** A bed in which each provider knows its token, for an hour. */
function knowingBed(setting: Parameters<typeof socialBed>[0] = {}) {
  const bed = socialBed(setting)
  bed.facebook.addToken('EAAB', { app: APP, user: USER, expiresAt: START + HOUR })
  bed.amazon.addToken('Atza|B', { aud: AMAZON_CLIENT, user: USER, expiresAt: START + HOUR })
  bed.twitter.addUser({ consumer: CONSUMER, token: { key: 't', secret: 's' }, id: USER })
  return bed
}

describe('a social provider that the pool does not list', () => {
  it.each(Object.keys(TOKENS))('called %s is refused, and nobody is asked', async (provider) => {
    const { judge, network } = knowingBed()
    const jwt = await tokenBy(await issuerKey('key'), claimsOf(`https://${provider}`))
    const named: TrustedProvider = { kind: 'oidc', arn: 'arn', name: provider, clientIds: [CLIENT] }
    const others = Object.values(LISTED).filter(({ kind }) => !provider.includes(kind))
    for (const trusted of [[], others, [named]])
      for (const token of [TOKENS[provider] ?? '', jwt, ''])
        expect(await judge(provider, token, trusted)).toEqual(err({ reason: 'provider_not_listed', provider }))
    expect(network.asked).toEqual([])
  })
})

describe('Digits', () => {
  it('is refused as shut down where a pool lists it, whatever the token', async () => {
    const { judge, network } = knowingBed()
    for (const token of ['t;s', '', 'x'.repeat(50_000)])
      expect(await judge(DIGITS, token, [{ kind: 'digits' }])).toEqual(
        err({ reason: 'provider_shut_down', provider: DIGITS }),
      )
    expect(network.asked).toEqual([])
  })
})

describe.each([FACEBOOK, AMAZON, TWITTER])('a token for %s', (provider) => {
  it.each([
    ['nothing', ''],
    ['a blank', 'a b;c'],
    ['a line break', 'a;b\nx-header: c'],
    ['a control character', 'a;b\u0000'],
    ['a letter outside ASCII', 'a;ß'],
    ['half a character', 'a;\ud800'],
    ['more than 4096 characters', `a;${'x'.repeat(4_095)}`],
  ])('that has %s is impossible, and nobody is asked', async (_, token) => {
    const { judge, network } = knowingBed()
    expect(await judge(provider, token)).toEqual(err({ reason: 'impossible_token', provider }))
    expect(network.asked).toEqual([])
  })

  it('of 4096 characters is asked about', async () => {
    const { judge, network } = knowingBed()
    expect(await judge(provider, `a;${'x'.repeat(4_094)}`)).toEqual(err({ reason: 'token_refused', provider }))
    expect(network.asked).not.toEqual([])
  })

  it('is refused with the network down', async () => {
    const { judge, network } = knowingBed()
    for (const host of ['https://graph.facebook.com', 'https://api.amazon.com', 'https://api.x.com'])
      network.host(host, () => Promise.reject(new TypeError('connection refused')))
    expect(await judge(provider, TOKENS[provider] ?? '')).toEqual(
      err({ reason: 'provider_unreachable', provider, detail: 'network' }),
    )
  })
})

it('a provider that does not answer is given up after 3 seconds', async () => {
  const limits = shortenTimeLimits()
  const { judge, network } = knowingBed()
  const never = ({ signal }: Request) =>
    new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  for (const host of ['https://graph.facebook.com', 'https://api.amazon.com', 'https://api.x.com'])
    network.host(host, never)
  const waits = [FACEBOOK, AMAZON, TWITTER].map(async (provider) =>
    expect(await judge(provider, TOKENS[provider] ?? '')).toEqual(
      err({ reason: 'provider_unreachable', provider, detail: 'timeout' }),
    ),
  )
  await Promise.all(waits)
  // Facebook is asked twice: for the app, and for the user.
  expect(limits.mock.calls).toEqual([[3_000], [3_000], [3_000], [3_000]])
  limits.mockRestore()
})

describe('what a provider said about a token', () => {
  it.each([
    [FACEBOOK, 'without the secret', 60, undefined],
    [FACEBOOK, 'with the secret', 300, APP_SECRET],
    [AMAZON, '', 300, undefined],
    [TWITTER, '', 60, undefined],
  ])('is remembered: %s %s for %i seconds', async (provider, _, seconds, secret) => {
    const setting = secret === undefined ? {} : { facebookAppSecrets: new Map([[APP, secret]]) }
    const { clock, judge, network } = knowingBed(setting)
    const token = TOKENS[provider] ?? ''
    const first = await judge(provider, token)
    expect(first).toMatchObject({ ok: true, value: { subject: USER } })
    const calls = network.asked.length
    clock.now = START + seconds - 1
    expect(await judge(provider, token)).toEqual(first)
    expect(network.asked).toHaveLength(calls)
    clock.now = START + seconds
    expect(await judge(provider, token)).toEqual(first)
    expect(network.asked).toHaveLength(2 * calls)
  })

  it('is not remembered past the expiry of the token', async () => {
    const { amazon, clock, facebook, judge } = knowingBed({ facebookAppSecrets: new Map([[APP, APP_SECRET]]) })
    amazon.addToken('Atza|short', { aud: AMAZON_CLIENT, user: USER, expiresAt: START + 20 })
    facebook.addToken('EAAshort', { app: APP, user: USER, expiresAt: START + 20 })
    for (const [provider, token] of [
      [AMAZON, 'Atza|short'],
      [FACEBOOK, 'EAAshort'],
    ] as const) {
      clock.now = START
      expect(await judge(provider, token)).toMatchObject({ ok: true })
      clock.now = START + 20
      expect(await judge(provider, token)).toMatchObject({ ok: false })
    }
  })

  it('is remembered for the app it was said about, and the secrets it was asked with', async () => {
    const { judge, network } = knowingBed()
    expect(await judge(TWITTER, 't;s')).toMatchObject({ ok: true })
    const wrong: TrustedProvider = { ...LISTED.twitter, consumerSecret: 'wrong' }
    expect(await judge(TWITTER, 't;s', [wrong])).toEqual(err({ reason: 'token_refused', provider: TWITTER }))
    expect(network.asked).toHaveLength(2)
  })

  it('is not remembered if it was no', async () => {
    const { amazon, judge } = knowingBed()
    expect(await judge(AMAZON, 'Atza|later')).toEqual(err({ reason: 'token_refused', provider: AMAZON }))
    amazon.addToken('Atza|later', { aud: AMAZON_CLIENT, user: USER, expiresAt: START + HOUR })
    expect(await judge(AMAZON, 'Atza|later')).toMatchObject({ ok: true })
  })
})

describe('the address of a provider', () => {
  it('may be set, and nothing then goes to the usual one', async () => {
    const hosts = {
      ...PROVIDER_HOSTS,
      facebookGraph: 'https://proxy.example.com/graph/v99.0',
      facebookLimited: 'https://proxy.example.com/limited',
      amazonApi: 'https://proxy.example.com/amazon',
      twitterApi: 'https://proxy.example.com/x',
      appleKeys: 'https://proxy.example.com/apple',
      googleKeys: 'https://proxy.example.com/google',
    }
    await emptyCache()
    const { judge, network } = knowingBed({ hosts })
    const key = await issuerKey('key')
    const trusted: TrustedProvider[] = [
      ...Object.values(LISTED),
      { kind: 'google', clientIds: [CLIENT] },
      { kind: 'apple', clientIds: [CLIENT] },
    ]
    for (const [provider, token] of Object.entries(TOKENS)) await judge(provider, token, trusted)
    await judge(FACEBOOK, await tokenBy(key, claimsOf('https://www.facebook.com')), trusted)
    await judge('accounts.google.com', await tokenBy(key, claimsOf('https://accounts.google.com')), trusted)
    await judge('appleid.apple.com', await tokenBy(key, claimsOf('https://appleid.apple.com')), trusted)
    // The network answers nobody here, and what is cut off is asked for once more.
    expect([...new Set(network.asked.map((url) => url.split('?')[0]))]).toEqual([
      'https://proxy.example.com/graph/v99.0/app',
      'https://proxy.example.com/graph/v99.0/me',
      'https://proxy.example.com/amazon/auth/o2/tokeninfo',
      'https://proxy.example.com/x/1.1/account/verify_credentials.json',
      'https://proxy.example.com/limited/.well-known/oauth/openid/jwks/',
      'https://proxy.example.com/google',
      'https://proxy.example.com/apple',
    ])
  })

  it.each(['http://localhost:9000', 'http://127.0.0.1:9000'])('may be %s in local mode only', async (local) => {
    const hosts = { ...PROVIDER_HOSTS, facebookGraph: local, amazonApi: local, twitterApi: local }
    const inLocalMode = knowingBed({ hosts, localMode: true })
    const amazon = amazonApi({ now: () => START })
    amazon.addToken('Atza|B', { aud: AMAZON_CLIENT, user: USER, expiresAt: START + HOUR })
    inLocalMode.network.host(local, amazon.api)
    expect(await inLocalMode.judge(AMAZON, 'Atza|B')).toMatchObject({ ok: true })

    const deployed = knowingBed({ hosts })
    for (const provider of [FACEBOOK, AMAZON, TWITTER])
      expect(await deployed.judge(provider, TOKENS[provider] ?? '')).toEqual(
        err({ reason: 'provider_misconfigured', provider, detail: 'bad_url' }),
      )
    expect(deployed.network.asked).toEqual([])
  })
})

it('asks with a deadline, without following redirects, and for JSON', async () => {
  const { judge, network } = knowingBed()
  const asked: Request[] = []
  const facebook = facebookApi({ now: () => START })
  facebook.addToken('EAAB', { app: APP, user: USER })
  network.host('https://graph.facebook.com', (request) => {
    asked.push(request)
    return facebook.api(request)
  })
  expect(await judge(FACEBOOK, 'EAAB')).toEqual(
    ok({
      provider: FACEBOOK,
      subject: USER,
      clientId: APP,
      kind: 'facebook',
      claims: { iss: FACEBOOK, aud: APP, sub: USER },
    }),
  )
  for (const { headers, method, redirect } of asked)
    expect({ method, redirect, ...Object.fromEntries(headers) }).toEqual({
      method: 'GET',
      redirect: 'manual',
      accept: 'application/json',
      authorization: 'Bearer EAAB',
      'user-agent': 'edge-identity',
    })
  expect(asked).toHaveLength(2)
})
