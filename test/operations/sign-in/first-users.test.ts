import { exports } from 'cloudflare:workers'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { call } from '../../support/client.ts'
import { createPool } from '../support/pools.ts'
import { type Providers, registerOidcProvider, startProviders } from '../support/providers.ts'

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})
afterEach(() => {
  idp.network.asked.length = 0
})

/** An issuer that nobody has asked yet, with a pool that lists it. */
async function coldIssuer(name: string) {
  await registerOidcProvider(name, ['a-client'])
  idp.network.serve(`https://${name}/.well-known/openid-configuration`, {
    issuer: `https://${name}`,
    jwks_uri: 'https://keys.example.net/jwks',
  })
  const pool = await createPool({ OpenIdConnectProviderARNs: [`arn:aws:iam::000000000000:oidc-provider/${name}`] })
  const getId = async (subject: string, signal?: AbortSignal) => {
    const Logins = { [name]: await idp.token(name, subject, { aud: 'a-client' }) }
    const serve = (request: Request) => exports.default.fetch(signal ? new Request(request, { signal }) : request)
    const answer = await call('GetId', { IdentityPoolId: pool, Logins }, { serve })
    return [answer.status, answer.text] as const
  }
  return getId
}

const succeeds = [200, expect.stringContaining('IdentityId')]

it('a hundred first users of an isolate cause one look at their issuer', async () => {
  const getId = await coldIssuer('first.example.com')
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => getId(String(i + 1))))
  expect(answers).toEqual(Array(100).fill(succeeds))
  expect(idp.network.asked).toEqual([
    'https://first.example.com/.well-known/openid-configuration',
    'https://keys.example.net/jwks',
  ])
})

it('they do so though the first of them goes away while it asks', async () => {
  const getId = await coldIssuer('left.example.com')
  const url = 'https://left.example.com/.well-known/openid-configuration'
  let isAsked = false
  const document = { issuer: 'https://left.example.com', jwks_uri: 'https://keys.example.net/jwks' }
  idp.network.answer(url, () => {
    idp.network.serve(url, document)
    isAsked = true
    return new Promise(() => {})
  })
  const client = new AbortController()
  const first = getId('1', client.signal).catch(() => 'gone')
  while (!isAsked) await new Promise((later) => setTimeout(later, 10))
  const others = Promise.all(Array.from({ length: 30 }, (_, i) => getId(String(i + 2))))
  client.abort()
  expect(await first).toBe('gone')
  expect(await others).toEqual(Array(30).fill(succeeds))
  // At most one that has gone, and one in its place.
  expect(idp.network.asked.filter((one) => one === url)).toHaveLength(2)
})
