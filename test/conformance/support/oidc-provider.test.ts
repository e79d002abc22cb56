import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OidcProvider, startOidcProvider } from './oidc-provider.ts'

let provider: OidcProvider
beforeAll(async () => {
  provider = await startOidcProvider('storefront')
})
afterAll(() => provider?.stop())

async function published() {
  const answer = await fetch(`${provider.issuer}/.well-known/openid-configuration`)
  return (await answer.json()) as { issuer: string; jwks_uri: string }
}

it('issues an ID token that its published keys verify', async () => {
  const { issuer, jwks_uri } = await published()
  const token = await provider.idToken('ada')

  const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)))

  expect(protectedHeader).toEqual({ alg: 'RS256', kid: expect.any(String) })
  expect(payload).toMatchObject({ iss: provider.issuer, aud: 'storefront', sub: 'ada' })
  expect(issuer).toBe(`http://${provider.name}`)
})

it('names each user as asked', async () => {
  const { jwks_uri } = await published()
  const keys = createRemoteJWKSet(new URL(jwks_uri))
  const subjects = []
  for (const subject of ['ada', 'grace'])
    subjects.push((await jwtVerify(await provider.idToken(subject), keys)).payload.sub)

  expect(subjects).toEqual(['ada', 'grace'])
})

it('signs with a new key after a rotation and withdraws the old one', async () => {
  const before = await provider.idToken('ada')
  await provider.rotateKeys()
  const after = await provider.idToken('ada')
  const { jwks_uri } = await published()
  const keys = createRemoteJWKSet(new URL(jwks_uri))

  expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid)
  await expect(jwtVerify(after, keys)).resolves.toMatchObject({ payload: { sub: 'ada' } })
  await expect(jwtVerify(before, keys)).rejects.toThrow('no applicable key found in the JSON Web Key Set')
})
