import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { err, ok } from '../../src/base/result.ts'
import type { TrustedProvider } from '../../src/logins/index.ts'
import { type IssuerKey, issuerKey } from './fake-issuer.ts'
import { CLIENT, claimsOf, emptyCache, testBed, tokenBy } from './support.ts'

const LOCAL = 'http://localhost:8787/issuers/one'

const PROVIDERS: readonly (readonly [
  what: string,
  name: string,
  iss: string,
  trusted: TrustedProvider,
  more: Record<string, unknown>,
])[] = [
  [
    'a user pool',
    'cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123',
    'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123',
    {
      kind: 'user_pool',
      name: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123',
      clientIds: [CLIENT],
      serverSideTokenCheck: false,
    },
    { token_use: 'id' },
  ],
  ['Google', 'accounts.google.com', 'https://accounts.google.com', { kind: 'google', clientIds: [CLIENT] }, {}],
  ['Apple', 'appleid.apple.com', 'https://appleid.apple.com', { kind: 'apple', clientIds: [CLIENT] }, {}],
  [
    'an OIDC provider',
    'login.example.com',
    'https://login.example.com',
    {
      kind: 'oidc',
      arn: 'arn:aws:iam::1:oidc-provider/login.example.com',
      name: 'login.example.com',
      clientIds: [CLIENT],
    },
    {},
  ],
]

let key: IssuerKey
let otherKey: IssuerKey

beforeAll(async () => {
  key = await issuerKey('key-1')
  otherKey = await issuerKey('key-1')
})
beforeEach(emptyCache)

/** A verifier for which one issuer on this machine stands for the provider, and nothing else answers. */
function withLocalIssuer(name: string, issuer: string, localMode = true) {
  const bed = testBed({ localMode, localIssuers: new Map([[name, LOCAL]]) })
  bed.network.serve(`${LOCAL}/.well-known/openid-configuration`, { issuer, jwks_uri: `${LOCAL}/keys` })
  bed.network.serve(`${LOCAL}/keys`, { keys: [key.jwk] })
  return bed
}

describe('an issuer on this machine', () => {
  it.each(PROVIDERS)('stands for %s, whose tokens it signs', async (_, provider, iss, trusted, more) => {
    const { network, verifier } = withLocalIssuer(provider, iss)
    const token = await tokenBy(key, claimsOf(iss, more))
    expect(await verifier.verify({ provider, token }, [trusted])).toMatchObject(
      ok({ provider, subject: 'user-1', clientId: CLIENT }),
    )
    expect(network.asked).toEqual([`${LOCAL}/.well-known/openid-configuration`, `${LOCAL}/keys`])
  })

  it.each(PROVIDERS)('of %s makes no check weaker', async (_, provider, iss, trusted, more) => {
    const { verifier } = withLocalIssuer(provider, iss)
    const judge = async (signer: IssuerKey, changes: Record<string, unknown> = {}) =>
      verifier.verify({ provider, token: await tokenBy(signer, claimsOf(iss, { ...more, ...changes })) }, [trusted])
    expect(await judge(otherKey)).toEqual(err({ reason: 'signature' }))
    expect(await judge(key, { aud: 'client-2' })).toMatchObject({ ok: false })
    expect(await judge(key, { iss: LOCAL })).toEqual(err({ reason: 'issuer_mismatch', issuer: LOCAL }))
    expect(await judge(key, { exp: 1 })).toMatchObject(err({ reason: 'expired' }))
  })

  it('that says it is another one stands for nobody', async () => {
    const [[, provider, iss, trusted, more] = []] = PROVIDERS
    if (!provider || !iss || !trusted) throw new Error('There are no providers.')
    const { verifier } = withLocalIssuer(provider, 'https://other.example.com')
    const token = await tokenBy(key, claimsOf(iss, { ...more }))
    expect(await verifier.verify({ provider, token }, [trusted])).toEqual(
      err({ reason: 'keys_unavailable', issuer: iss, detail: 'discovery_issuer' }),
    )
  })

  it.each(PROVIDERS)('is not asked for %s outside local mode', async (_, provider, iss, trusted, more) => {
    const { network, verifier } = withLocalIssuer(provider, iss, false)
    const token = await tokenBy(key, claimsOf(iss, more))
    expect(await verifier.verify({ provider, token }, [trusted])).toMatchObject(
      err({ reason: 'keys_unavailable', issuer: iss, detail: 'network' }),
    )
    expect(network.asked.filter((url) => url.startsWith(LOCAL))).toEqual([])
  })
})
