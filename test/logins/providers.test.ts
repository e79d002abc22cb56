import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { err, ok } from '../../src/base/result.ts'
import type { TrustedProvider } from '../../src/logins/index.ts'
import { type IssuerKey, issuerKey } from './fake-issuer.ts'
import { CLIENT, claimsOf, emptyCache, oidcProvider, START, testBed, tokenBy, watchedCache } from './support.ts'

let key: IssuerKey
let ecKey: IssuerKey

beforeAll(async () => {
  key = await issuerKey('key-1')
  ecKey = await issuerKey('key-ec', 'ES256')
})
beforeEach(emptyCache)

describe('a provider the pool does not list', () => {
  it('is refused without one fetch, one look into KV or one use of the sealing key', async () => {
    const used: string[] = []
    const cacheKey = async () => {
      used.push('cacheKey')
      return new Uint8Array(32)
    }
    const { network, verifier } = testBed({ cache: watchedCache(used), cacheKey })
    const { issuer, name, trusted } = oidcProvider(network, [key])
    const login = { provider: name, token: await tokenBy(key, claimsOf(issuer)) }
    const others: TrustedProvider[] = [
      { kind: 'google', clientIds: [CLIENT] },
      { kind: 'oidc', arn: 'arn', name: `${name}/other`, clientIds: [CLIENT] },
    ]
    expect(await verifier.verify(login, others)).toEqual(err({ reason: 'provider_not_listed', provider: name }))
    expect(await verifier.verify(login, [])).toEqual(err({ reason: 'provider_not_listed', provider: name }))
    expect(network.asked).toEqual([])
    expect(used).toEqual([])
    // The same login listed does use them, so the counts above can fail.
    expect(await verifier.verify(login, [trusted])).toMatchObject({ ok: true })
    expect(used).toContain('get')
    expect(used).toContain('cacheKey')
  })

  it('is refused as an issuer mismatch if its token does not fit the key either', async () => {
    const { verifier } = testBed()
    const login = { provider: 'nonsense', token: await tokenBy(key, claimsOf('https://idp.example.com')) }
    expect(await verifier.verify(login, [])).toEqual(
      err({ reason: 'issuer_mismatch', issuer: 'https://idp.example.com' }),
    )
  })

  it('includes a user pool listed under a name that no user pool has', async () => {
    const { network, verifier } = testBed()
    const { issuer, name } = oidcProvider(network, [key])
    const login = { provider: name, token: await tokenBy(key, claimsOf(issuer, { token_use: 'id' })) }
    const trusted: TrustedProvider = { kind: 'user_pool', name, clientIds: [CLIENT], serverSideTokenCheck: false }
    expect(await verifier.verify(login, [trusted])).toEqual(err({ reason: 'provider_not_listed', provider: name }))
    expect(network.asked).toEqual([])
  })
})

describe('a provider that is listed but not supported', () => {
  it('is refused by name, whatever the token looks like', async () => {
    const { network, verifier } = testBed()
    const login = { provider: 'graph.facebook.com', token: 'EAAB' }
    const answer = await verifier.verify(login, [{ kind: 'unsupported', name: 'graph.facebook.com' }])
    expect(answer).toEqual(err({ reason: 'unsupported_provider', provider: 'graph.facebook.com' }))
    expect(network.asked).toEqual([])
  })
})

describe('Google', () => {
  const google: TrustedProvider = { kind: 'google', clientIds: [CLIENT] }
  const certs = 'https://www.googleapis.com/oauth2/v3/certs'

  it.each(['https://accounts.google.com', 'accounts.google.com'])('is accepted with issuer %s', async (iss) => {
    const { network, verifier } = testBed()
    network.serve(certs, { keys: [key.jwk] })
    const claims = claimsOf(iss, { azp: CLIENT, aud: 'web-client', email_verified: true })
    const login = { provider: 'accounts.google.com', token: await tokenBy(key, claims) }
    expect(await verifier.verify(login, [google])).toEqual(
      ok({ provider: 'accounts.google.com', subject: 'user-1', clientId: CLIENT, kind: 'google', claims }),
    )
    expect(network.asked).toEqual([certs])
  })

  it('is judged as the OIDC provider of the account if that one knows the token’s client', async () => {
    const { network, verifier } = testBed()
    const oidc = oidcProvider(network, [key], 'accounts.google.com')
    const listed: TrustedProvider[] = [{ kind: 'google', clientIds: ['other'] }, oidc.trusted]
    const login = { provider: oidc.name, token: await tokenBy(key, claimsOf('accounts.google.com')) }
    expect(await verifier.verify(login, listed)).toMatchObject({ ok: true, value: { kind: 'oidc' } })
  })
})

describe('Apple', () => {
  it('is accepted, and its booleans written as text stay text', async () => {
    const { network, verifier } = testBed()
    network.serve('https://appleid.apple.com/auth/keys', { keys: [key.jwk] })
    const claims = claimsOf('https://appleid.apple.com', { email_verified: 'true', is_private_email: 'false' })
    const login = { provider: 'appleid.apple.com', token: await tokenBy(key, claims) }
    expect(await verifier.verify(login, [{ kind: 'apple', clientIds: [CLIENT] }])).toEqual(
      ok({ provider: 'appleid.apple.com', subject: 'user-1', clientId: CLIENT, kind: 'apple', claims }),
    )
  })
})

describe('an Amazon Cognito user pool', () => {
  const name = 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC123'
  const pool: TrustedProvider = { kind: 'user_pool', name, clientIds: [CLIENT], serverSideTokenCheck: false }
  const checkedPool: TrustedProvider = { ...pool, serverSideTokenCheck: true }
  const idToken = { token_use: 'id', 'cognito:groups': ['staff'] }

  it.each([`https://${name}`, `https://issuer-${name}`])(
    'is accepted with issuer %s and that host’s keys',
    async (iss) => {
      const { network, verifier } = testBed()
      network.serve(`${iss}/.well-known/jwks.json`, { keys: [key.jwk] })
      const claims = claimsOf(iss, idToken)
      const login = { provider: name, token: await tokenBy(key, claims) }
      expect(await verifier.verify(login, [pool])).toEqual(
        ok({ provider: name, subject: 'user-1', clientId: CLIENT, kind: 'user_pool', claims }),
      )
    },
  )

  it('is refused with an access token, which has no audience', async () => {
    const { network, verifier } = testBed()
    const claims = claimsOf(`https://${name}`, { aud: undefined, client_id: CLIENT, token_use: 'access' })
    const login = { provider: name, token: await tokenBy(key, claims) }
    expect(await verifier.verify(login, [pool])).toEqual(err({ reason: 'missing_claim', claim: 'aud' }))
    expect(network.asked).toEqual([])
  })

  it.each([
    ['access', 'access'],
    [undefined, ''],
    [['id'], ''],
  ])('is refused with a token_use of %j', async (token_use, found) => {
    const { network, verifier } = testBed()
    network.serve(`https://${name}/.well-known/jwks.json`, { keys: [key.jwk] })
    const login = { provider: name, token: await tokenBy(key, claimsOf(`https://${name}`, { token_use })) }
    expect(await verifier.verify(login, [pool])).toEqual(err({ reason: 'token_use', found }))
  })

  it('is refused, before anything is fetched, if it wants the server-side token check', async () => {
    const { network, verifier } = testBed()
    const login = { provider: name, token: await tokenBy(key, claimsOf(`https://${name}`, idToken)) }
    const refusal = err({ reason: 'server_side_check_unavailable' })
    expect(await verifier.verify(login, [checkedPool])).toEqual(refusal)
    expect(await verifier.verify(login, [pool, checkedPool])).toEqual(refusal)
    expect(network.asked).toEqual([])
  })

  it('may want that check for one client and not for another', async () => {
    const { network, verifier } = testBed()
    network.serve(`https://${name}/.well-known/jwks.json`, { keys: [key.jwk] })
    const login = { provider: name, token: await tokenBy(key, claimsOf(`https://${name}`, idToken)) }
    const answer = await verifier.verify(login, [{ ...checkedPool, clientIds: ['other'] }, pool])
    expect(answer).toMatchObject({ ok: true, value: { clientId: CLIENT } })
  })

  it('is refused with a client of another pool', async () => {
    const { network, verifier } = testBed()
    network.serve(`https://${name}/.well-known/jwks.json`, { keys: [key.jwk] })
    const claims = claimsOf(`https://${name}`, { ...idToken, aud: 'other' })
    const login = { provider: name, token: await tokenBy(key, claims) }
    expect(await verifier.verify(login, [pool])).toEqual(
      err({ reason: 'audience', found: ['other'], kind: 'user_pool' }),
    )
  })

  const ALIASES = [
    name,
    `issuer-${name}`,
    name.replace('eu-west-1.', 'eu-central-1.'),
    `issuer-${name}`.replace('eu-west-1.', 'us-west-2.'),
  ]
  it.each(
    ALIASES.flatMap((given) => ALIASES.flatMap((issuer) => ALIASES.map((listed) => [given, issuer, listed] as const))),
  )('has one name: key %s, issuer %s, listed as %s', async (given, issuer, listed) => {
    const { network, verifier } = testBed()
    network.serve(`https://${issuer}/.well-known/jwks.json`, { keys: [key.jwk] })
    const login = { provider: given, token: await tokenBy(key, claimsOf(`https://${issuer}`, idToken)) }
    const answer = await verifier.verify(login, [{ ...pool, name: listed }])
    expect(answer).toMatchObject({ ok: true, value: { provider: name, kind: 'user_pool' } })
    // The keys are those of the host that signed, whatever another host publishes.
    expect(network.asked).toEqual([`https://${issuer}/.well-known/jwks.json`])
  })

  it('that is an OIDC provider of the account too keeps the name that it has there', async () => {
    const { network, verifier } = testBed()
    const { trusted } = oidcProvider(network, [key], `issuer-${name}`)
    const login = (provider: string) => async (listed: TrustedProvider[]) =>
      verifier.verify({ provider, token: await tokenBy(key, claimsOf(`https://issuer-${name}`, idToken)) }, listed)
    network.serve(`https://issuer-${name}/.well-known/jwks.json`, { keys: [key.jwk] })
    const oidc = { ok: true, value: { kind: 'oidc', provider: `issuer-${name}` } }
    expect(await login(`issuer-${name}`)([pool, trusted])).toMatchObject(oidc)
    expect(await login(name)([trusted])).toMatchObject(oidc)
    expect(await login(name)([trusted, pool])).toMatchObject({ ok: true, value: { kind: 'user_pool', provider: name } })
  })

  it('is refused under a host whose region is not known, or of another partition', async () => {
    const { network, verifier } = testBed()
    const odd = 'cognito-idp.us-gov-east-1.amazonaws.com/eu-west-1_AbC123'
    const login = { provider: odd, token: await tokenBy(key, claimsOf(`https://${odd}`, idToken)) }
    const answer = await verifier.verify(login, [{ ...pool, name: odd }])
    expect(answer).toEqual(err({ reason: 'provider_not_listed', provider: odd }))
    expect(network.asked).toEqual([])
  })
})

it.each([
  ['accounts.google.com', { kind: 'google', clientIds: [CLIENT] }],
  ['appleid.apple.com', { kind: 'apple', clientIds: [CLIENT] }],
  [
    'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC123',
    {
      kind: 'user_pool',
      name: 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC123',
      clientIds: [CLIENT],
      serverSideTokenCheck: false,
    },
  ],
] satisfies [string, TrustedProvider][])('%s signs with RS256 and nothing else', async (name, trusted) => {
  const { network, verifier } = testBed()
  const login = { provider: name, token: await tokenBy(ecKey, claimsOf(`https://${name}`, { token_use: 'id' })) }
  expect(await verifier.verify(login, [trusted])).toEqual(err({ reason: 'algorithm', alg: 'ES256' }))
  expect(network.asked).toEqual([])
})

describe('an issuer without TLS', () => {
  const httpProvider = (bed: ReturnType<typeof testBed>, name: string) => {
    bed.network.serve(`http://${name}/.well-known/openid-configuration`, {
      issuer: `http://${name}`,
      jwks_uri: `http://${name}/jwks`,
    })
    bed.network.serve(`http://${name}/jwks`, { keys: [key.jwk] })
    return { kind: 'oidc', arn: 'arn', name, clientIds: [CLIENT] } satisfies TrustedProvider
  }

  it.each(['localhost:9000/realm', '127.0.0.1:9000', '[::1]:9000', 'idp.localhost:9000'])(
    'is accepted in local mode on the loopback host %s',
    async (name) => {
      const bed = testBed({ localMode: true })
      const trusted = httpProvider(bed, name)
      const login = { provider: name, token: await tokenBy(key, claimsOf(`http://${name}`)) }
      expect(await bed.verifier.verify(login, [trusted])).toMatchObject({ ok: true, value: { provider: name } })
    },
  )

  it.each([
    ['outside local mode', false, 'localhost:9000'],
    ['on a public host', true, 'idp.example.com'],
    ['on a private address', true, '10.0.0.1'],
  ])('is refused %s', async (_, localMode, name) => {
    const bed = testBed({ localMode })
    const trusted = httpProvider(bed, name)
    const login = { provider: name, token: await tokenBy(key, claimsOf(`http://${name}`)) }
    expect(await bed.verifier.verify(login, [trusted])).toEqual(
      err({ reason: 'issuer_mismatch', issuer: `http://${name}` }),
    )
    expect(bed.network.asked).toEqual([])
  })
})

it('takes its time from the world alone', async () => {
  const { clock, network, verifier } = testBed()
  const { issuer, name, trusted } = oidcProvider(network, [key])
  const login = { provider: name, token: await tokenBy(key, claimsOf(issuer, { iat: 1000, exp: 2000 })) }
  expect(await verifier.verify(login, [trusted])).toEqual(err({ reason: 'expired', now: START, exp: 2000 }))
  clock.now = 1500
  expect(await verifier.verify(login, [trusted])).toMatchObject({ ok: true })
})
