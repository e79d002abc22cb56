import type { JWK } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { err, ok } from '../../src/base/result.ts'
import type { TrustedProvider } from '../../src/logins/index.ts'
import { type IssuerKey, issuerKey, json } from './fake-issuer.ts'
import { CLIENT, claimsOf, emptyCache, HOUR, oidcProvider, START, testBed, tokenBy } from './support.ts'

let key: IssuerKey
let otherKey: IssuerKey

beforeAll(async () => {
  key = await issuerKey('key-1')
  otherKey = await issuerKey('key-2')
})
beforeEach(emptyCache)

/** An OIDC provider and a way to judge claims it signed. */
function withProvider() {
  const bed = testBed()
  const provider = oidcProvider(bed.network, [key])
  const judge = (token: string, trusted: readonly TrustedProvider[] = [provider.trusted]) =>
    bed.verifier.verify({ provider: provider.name, token }, trusted)
  const judgeClaims = async (changes: Record<string, unknown>) =>
    judge(await tokenBy(key, claimsOf(provider.issuer, changes)))
  return { ...bed, provider, judge, judgeClaims }
}

describe('a token of an OIDC provider', () => {
  it('is accepted with its subject, client, provider ARN and every claim', async () => {
    const { provider, judge } = withProvider()
    const claims = claimsOf(provider.issuer, { groups: ['a'], nested: { deep: true } })
    expect(await judge(await tokenBy(key, claims))).toEqual(
      ok({
        provider: 'idp.example.com',
        subject: 'user-1',
        clientId: CLIENT,
        kind: 'oidc',
        arn: 'arn:aws:iam::1:oidc-provider/idp.example.com',
        claims,
      }),
    )
  })

  it.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'])('is accepted when signed with %s', async (alg) => {
    const bed = testBed()
    const signer = await issuerKey('signer', alg)
    const provider = oidcProvider(bed.network, [signer])
    const token = await tokenBy(signer, claimsOf(provider.issuer))
    const login = { provider: provider.name, token }
    expect(await bed.verifier.verify(login, [provider.trusted])).toMatchObject({ ok: true })
  })

  // The provider in IAM, the key in the request, `iss`, and the discovery document: each with a closing slash, or without.
  const slashes = ['', '/'].flatMap((a) =>
    ['', '/'].flatMap((b) => ['', '/'].flatMap((c) => ['', '/'].map((d) => [a, b, c, d] as const))),
  )
  it.each(slashes)(
    'is of the same provider with closing slashes "%s", "%s", "%s" and "%s"',
    async (listed, given, iss, told) => {
      const bed = testBed()
      const bare = 'tenant.example.com/realms/a'
      const { trusted, urls } = oidcProvider(bed.network, [key], bare + listed)
      const discovery = `https://${bare}/.well-known/openid-configuration`
      bed.network.serve(discovery, { issuer: `https://${bare}${told}`, jwks_uri: urls.keys })
      const login = { provider: bare + given, token: await tokenBy(key, claimsOf(`https://${bare}${iss}`)) }
      const answer = await bed.verifier.verify(login, [trusted])
      expect(answer).toMatchObject({ ok: true, value: { provider: bare + listed, subject: 'user-1' } })
      expect(bed.network.asked).toEqual([discovery, urls.keys])
      expect(await bed.verifier.verify(login, [{ ...trusted, clientIds: ['other'] } as TrustedProvider])).toEqual(
        err({ reason: 'audience', found: [CLIENT], kind: 'oidc' }),
      )
    },
  )

  it.each([
    ['two slashes in iss', 'idp.example.com', 'idp.example.com', 'https://idp.example.com//'],
    ['two slashes in the key', 'idp.example.com', 'idp.example.com//', 'https://idp.example.com'],
    ['two slashes in IAM', 'idp.example.com//', 'idp.example.com', 'https://idp.example.com'],
    ['a slash within', 'idp.example.com/a', 'idp.example.com//a', 'https://idp.example.com/a'],
    ['a dot behind the slash', 'idp.example.com', 'idp.example.com', 'https://idp.example.com/.'],
  ])('is of another provider with %s', async (_, listed, given, iss) => {
    const { network, verifier } = testBed()
    const { trusted } = oidcProvider(network, [key], listed)
    const answer = await verifier.verify({ provider: given, token: await tokenBy(key, claimsOf(iss)) }, [trusted])
    expect(answer).toMatchObject({
      ok: false,
      error: { reason: expect.stringMatching(/issuer_mismatch|provider_not_listed/) },
    })
    expect(network.asked).toEqual([])
  })

  it('is judged by the provider that is listed with exactly its key, where both forms are', async () => {
    const { network, verifier } = testBed()
    const [bare, slashed] = ['idp.example.com', 'idp.example.com/'].map(
      (name) => oidcProvider(network, [key], name).trusted,
    )
    if (!bare || !slashed) throw new Error()
    network.serve('https://idp.example.com/.well-known/openid-configuration', {
      issuer: 'https://idp.example.com',
      jwks_uri: 'https://keys.example.net/jwks',
    })
    const token = await tokenBy(key, claimsOf('https://idp.example.com/'))
    for (const provider of ['idp.example.com', 'idp.example.com/'])
      for (const listed of [
        [bare, slashed],
        [slashed, bare],
      ])
        expect(await verifier.verify({ provider, token }, listed)).toMatchObject({ ok: true, value: { provider } })
  })

  it('cannot pause its issuer by a closing slash', async () => {
    const { network, verifier } = testBed()
    const { name, trusted } = oidcProvider(network, [key])
    const other: TrustedProvider = { kind: 'oidc', arn: 'arn', name: `${name}/`, clientIds: [CLIENT] }
    const unsigned = `${json({ alg: 'RS256', kid: 'key-1' })}.${json(claimsOf(`https://${name}/`))}.AAAA`
    const forged = await verifier.verify({ provider: `${name}/`, token: unsigned }, [other])
    expect(forged).toEqual(err({ reason: 'signature' }))
    const good = await tokenBy(key, claimsOf(`https://${name}`))
    expect(await verifier.verify({ provider: name, token: good }, [trusted])).toMatchObject({ ok: true })
  })
})

describe('before anything is fetched', () => {
  const cases: [string, (token: string) => string][] = [
    ['random text', () => 'EAAB-access-token'],
    ['the empty text', () => ''],
    ['two parts', (token) => token.split('.').slice(0, 2).join('.')],
    ['five parts', (token) => `${token}.a.b`],
    ['a header that is no JSON', (token) => token.replace(/^[^.]+/, 'bm90IGpzb24')],
    ['a header without alg', (token) => token.replace(/^[^.]+/, json({ kid: 'key-1' }))],
    ['a kid that is no text', (token) => token.replace(/^[^.]+/, json({ alg: 'RS256', kid: 1 }))],
    ['claims that are a list', (token) => token.replace(/\.[^.]+\./, `.${json([])}.`)],
    ['padding behind the signature', (token) => `${token}==`],
    ['a blank behind the signature', (token) => `${token} `],
    ['surplus bits in the signature', (token) => `${token.slice(0, -1)}${token.endsWith('B') ? 'C' : 'B'}`],
  ]
  it.each(cases)('refuses %s as no JWT', async (_, change) => {
    const { network, provider, judge } = withProvider()
    const token = await tokenBy(key, claimsOf(provider.issuer))
    expect(await judge(change(token))).toEqual(err({ reason: 'not_a_jwt' }))
    expect(network.asked).toEqual([])
  })

  it('refuses a genuine token of more than 50,000 characters, and no shorter one', async () => {
    const { provider, judge } = withProvider()
    const tokenWith = (filler: number) => tokenBy(key, claimsOf(provider.issuer, { filler: 'x'.repeat(filler) }))
    const overhead = (await tokenWith(0)).length
    const longest = await tokenWith(Math.floor(((50_000 - overhead) * 3) / 4))
    expect(longest.length).toBeGreaterThan(49_990)
    expect(longest.length).toBeLessThanOrEqual(50_000)
    expect(await judge(longest)).toMatchObject({ ok: true })
    const longer = await tokenWith(Math.ceil(((50_001 - overhead) * 3) / 4) + 1)
    expect(longer.length).toBeLessThan(50_010)
    expect(await judge(longer)).toEqual(err({ reason: 'not_a_jwt' }))
  })

  it.each([
    'https://identity.example.com',
    'https://cognito-identity.amazonaws.com',
    'cognito-identity.amazonaws.com',
    'https://cognito-identity.eu-south-1.amazonaws.com',
    'https://cognito-identity-us-gov.amazonaws.com',
    'https://cognito-identity.cn-north-1.amazonaws.com.cn',
    'https://cognito-identity.eusc-de-east-1.amazonaws.eu',
  ])('refuses a token issued by %s as an identity-pools token', async (iss) => {
    const { network, judgeClaims } = withProvider()
    expect(await judgeClaims({ iss })).toEqual(err({ reason: 'own_token' }))
    expect(network.asked).toEqual([])
  })

  it.each([
    'https://other.example.com',
    'http://idp.example.com',
    'idp.example.com',
    'https://issuer-idp.example.com',
    'accounts.google.com',
    'https://cognito-identity.amazonaws.example.org/a',
    `https://cognito-identity${'.amazonaws.a'.repeat(18)}!`,
  ])('refuses issuer %s under the key idp.example.com', async (iss) => {
    const { network, judgeClaims } = withProvider()
    expect(await judgeClaims({ iss })).toEqual(err({ reason: 'issuer_mismatch', issuer: iss }))
    expect(network.asked).toEqual([])
  })

  it.each([
    ['iss', undefined],
    ['iss', 7],
    ['aud', undefined],
    ['aud', 7],
    ['aud', [CLIENT, 7]],
    ['sub', undefined],
    ['exp', undefined],
    ['exp', `${START + HOUR}`],
    ['exp', START + HOUR + 0.5],
    ['iat', undefined],
    ['iat', null],
    ['nbf', 'soon'],
  ])('refuses a token whose %s is %j', async (claim, value) => {
    const { network, judgeClaims } = withProvider()
    expect(await judgeClaims({ [claim]: value })).toEqual(err({ reason: 'missing_claim', claim }))
    expect(network.asked).toEqual([])
  })

  it('accepts a token up to 300 seconds past its expiry, and not one second longer', async () => {
    const { clock, judge, provider } = withProvider()
    const token = await tokenBy(key, claimsOf(provider.issuer, { exp: START }))
    clock.now = START + 299.999
    expect(await judge(token)).toMatchObject({ ok: true })
    clock.now = START + 300
    expect(await judge(token)).toEqual(err({ reason: 'expired', now: START + 300, exp: START }))
  })

  it.each(['iat', 'nbf'] as const)('accepts an %s up to 300 seconds ahead, and not one second more', async (claim) => {
    const { judgeClaims } = withProvider()
    expect(await judgeClaims({ [claim]: START + 300 })).toMatchObject({ ok: true })
    const refusal = { reason: 'not_yet_valid', now: START, claim, from: START + 301 } as const
    expect(await judgeClaims({ [claim]: START + 301 })).toEqual(err(refusal))
  })

  it.each(['none', 'None', 'HS256', 'PS256', 'EdDSA', 'constructor'])('refuses algorithm %s', async (alg) => {
    const { network, provider, judge } = withProvider()
    const [, claims, signature] = (await tokenBy(key, claimsOf(provider.issuer))).split('.')
    const header = json({ alg, kid: 'key-1' })
    expect(await judge(`${header}.${claims}.${signature}`)).toEqual(err({ reason: 'algorithm', alg }))
    expect(await judge(`${header}.${claims}.`)).toEqual(err({ reason: 'algorithm', alg }))
    expect(network.asked).toEqual([])
  })

  it('refuses an HS256 token keyed with the public key', async () => {
    const { provider, judge } = withProvider()
    const { n = '' } = key.jwk
    const secret = new TextEncoder().encode(n)
    const hmac = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const forged = await tokenBy({ privateKey: hmac, jwk: { alg: 'HS256', kid: 'key-1' } }, claimsOf(provider.issuer))
    expect(await judge(forged)).toEqual(err({ reason: 'algorithm', alg: 'HS256' }))
  })

  it.each([[['b64']], [['exp']], [[]]])('refuses a header with crit %j', async (crit) => {
    const { provider, judge } = withProvider()
    const token = await tokenBy(key, claimsOf(provider.issuer), { crit, b64: true })
    expect(await judge(token)).toEqual(err({ reason: 'critical_header' }))
  })

  it.each([
    'at+jwt',
    'application/at+jwt',
    'AT+JWT',
    'Application/Logout+JWT',
    'logout+jwt',
    'dpop+jwt',
    'secevent+jwt',
    'token-introspection+jwt',
    'oauth-authz-req+jwt',
    'client-authentication+jwt',
    'kb+jwt',
    'dc+sd-jwt',
    'entity-statement+jwt',
    'openid4vci-proof+jwt',
    'some-future-use+jwt',
  ])('refuses a token that calls itself %s', async (typ) => {
    const { network, provider, judge } = withProvider()
    const token = await tokenBy(key, claimsOf(provider.issuer), { typ })
    expect(await judge(token)).toEqual(err({ reason: 'token_type', found: typ }))
    expect(network.asked).toEqual([])
  })

  it.each(['JWT', 'jwt', 'application/jwt', 'ID', 'JWS', 'JOSE', ''])(
    'accepts a token that calls itself %s',
    async (typ) => {
      const { provider, judge } = withProvider()
      expect(await judge(await tokenBy(key, claimsOf(provider.issuer), { typ }))).toMatchObject({ ok: true })
    },
  )

  it.each([[['at+jwt']], [7], [null], [{}]])('refuses a token whose typ is %j as no JWT', async (typ) => {
    const { provider, judge } = withProvider()
    const token = await tokenBy(key, claimsOf(provider.issuer), { typ })
    expect(await judge(token)).toEqual(err({ reason: 'not_a_jwt' }))
  })

  it('cuts what it repeats of a token', async () => {
    const { judgeClaims } = withProvider()
    const answer = await judgeClaims({ iss: `https://${'a'.repeat(1000)}` })
    expect(answer).toEqual(err({ reason: 'issuer_mismatch', issuer: `https://${'a'.repeat(247)}` }))
  })
})

describe('the signature', () => {
  it('refuses a token signed with a key that is not the issuer’s, under a kid that is', async () => {
    const { provider, judge } = withProvider()
    const forged = await tokenBy(otherKey, claimsOf(provider.issuer), { kid: 'key-1' })
    expect(await judge(forged)).toEqual(err({ reason: 'signature' }))
  })

  it('refuses claims changed after signing', async () => {
    const { provider, judge } = withProvider()
    const [header, , signature] = (await tokenBy(key, claimsOf(provider.issuer))).split('.')
    const forged = `${header}.${json(claimsOf(provider.issuer, { sub: 'admin' }))}.${signature}`
    expect(await judge(forged)).toEqual(err({ reason: 'signature' }))
  })

  it('refuses a kid the issuer does not publish', async () => {
    const { provider, judge } = withProvider()
    const token = await tokenBy(key, claimsOf(provider.issuer), { kid: 'invented' })
    expect(await judge(token)).toEqual(err({ reason: 'unknown_key', kid: 'invented' }))
  })

  it('refuses an algorithm other than the key’s own', async () => {
    const { provider, judge } = withProvider()
    const token = await tokenBy(key, claimsOf(provider.issuer), { alg: 'RS512' })
    expect(await judge(token)).toEqual(err({ reason: 'unknown_key', kid: 'key-1' }))
  })

  it.each<[string, (jwk: JWK) => JWK[]]>([
    ['cannot be imported', (jwk) => [{ ...jwk, e: 'AAAA' }]],
    ['shares its kid with another', (jwk) => [jwk, { ...otherKey.jwk, kid: 'key-1' }]],
    ['is for encryption', (jwk) => [{ ...jwk, use: 'enc' }, otherKey.jwk]],
  ])('refuses a token whose key %s', async (_, published) => {
    const { network, provider, judge } = withProvider()
    network.serve(provider.urls.keys, { keys: published(key.jwk) })
    const token = await tokenBy(key, claimsOf(provider.issuer))
    expect(await judge(token)).toEqual(err({ reason: 'unknown_key', kid: 'key-1' }))
  })

  it('ignores keys, and links to keys, in the header', async () => {
    const { network, provider, judge } = withProvider()
    const header = {
      kid: 'key-1',
      jwk: otherKey.jwk,
      jku: 'https://evil.example.com/jwks',
      x5u: 'https://evil.example.com/cert',
      x5c: ['MIIB'],
    }
    const forged = await tokenBy(otherKey, claimsOf(provider.issuer), header)
    expect(await judge(forged)).toEqual(err({ reason: 'signature' }))
    expect(network.asked).toEqual([provider.urls.discovery, provider.urls.keys])
  })

  it('finds the key of a token without kid only if the issuer has exactly one', async () => {
    const { network, provider, isolate } = withProvider()
    const login = {
      provider: provider.name,
      token: await tokenBy(key, claimsOf(provider.issuer), { kid: undefined }),
    }
    expect(await isolate().verify(login, [provider.trusted])).toMatchObject({ ok: true })
    await emptyCache()
    network.serve(provider.urls.keys, { keys: [key.jwk, otherKey.jwk] })
    expect(await isolate().verify(login, [provider.trusted])).toEqual(err({ reason: 'unknown_key' }))
  })
})

describe('the audience', () => {
  it('refuses another client’s token', async () => {
    const { judgeClaims } = withProvider()
    expect(await judgeClaims({ aud: 'other' })).toEqual(err({ reason: 'audience', found: ['other'], kind: 'oidc' }))
  })

  it('accepts a list that contains a client of the pool, and names that client', async () => {
    const { judgeClaims } = withProvider()
    const answer = await judgeClaims({ aud: ['other', CLIENT] })
    expect(answer).toMatchObject({ ok: true, value: { clientId: CLIENT } })
  })

  it('refuses an empty list', async () => {
    const { judgeClaims } = withProvider()
    expect(await judgeClaims({ aud: [] })).toEqual(err({ reason: 'audience', found: [], kind: 'oidc' }))
  })

  it('takes azp instead of aud where it exists', async () => {
    const { judgeClaims } = withProvider()
    const accepted = await judgeClaims({ aud: 'other', azp: CLIENT })
    expect(accepted).toMatchObject({ ok: true, value: { clientId: CLIENT } })
    const refused = await judgeClaims({ aud: CLIENT, azp: 'other' })
    expect(refused).toEqual(err({ reason: 'audience', found: ['other'], kind: 'oidc' }))
  })

  it.each([[null], ['']])('takes aud where azp is %j, which names nobody', async (azp) => {
    const { judgeClaims } = withProvider()
    expect(await judgeClaims({ azp })).toMatchObject({ ok: true, value: { clientId: CLIENT } })
    const refused = await judgeClaims({ aud: 'other', azp })
    expect(refused).toEqual(err({ reason: 'audience', found: ['other'], kind: 'oidc' }))
  })

  it.each([[7], [[CLIENT]], [{}], [false]])('refuses an azp of %j', async (azp) => {
    const { judgeClaims } = withProvider()
    expect(await judgeClaims({ azp })).toEqual(err({ reason: 'audience', found: [], kind: 'oidc' }))
  })

  it('repeats at most ten audiences', async () => {
    const { judgeClaims } = withProvider()
    const aud = Array.from({ length: 50 }, (_, i) => `client-x${i}`)
    expect(await judgeClaims({ aud })).toEqual(err({ reason: 'audience', found: aud.slice(0, 10), kind: 'oidc' }))
  })
})

describe('the subject', () => {
  it.each([
    ['empty', ''],
    ['a number', 7],
    ['null', null],
    ['256 characters long', 's'.repeat(256)],
    ['broken Unicode, which storage would alter', '\ud800'],
    ['a text with a control character', 'user\u0000'],
  ])('is refused when it is %s', async (_, sub) => {
    const { judgeClaims } = withProvider()
    expect(await judgeClaims({ sub })).toEqual(err({ reason: 'subject' }))
  })

  it('may have 255 characters', async () => {
    const { judgeClaims } = withProvider()
    const sub = 's'.repeat(255)
    expect(await judgeClaims({ sub })).toMatchObject({ ok: true, value: { subject: sub } })
  })
})
