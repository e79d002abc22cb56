import { exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { deploy } from '../support/deployment.ts'

async function read(response: Response) {
  const { headers, status } = response
  return {
    status,
    type: headers.get('content-type'),
    caching: headers.get('cache-control'),
    body: (await response.json()) as Record<string, unknown>,
  }
}

const local = (path: string, method = 'GET') =>
  exports.default.fetch(new Request(`http://localhost:8787${path}`, { method, headers: { host: 'localhost:8787' } }))

describe('the documents of an issuer that is the origin', () => {
  it('tell where the keys are, and may be kept for an hour', async () => {
    expect(await read(await local('/.well-known/openid-configuration'))).toEqual({
      status: 200,
      type: 'application/json',
      caching: 'public, max-age=3600',
      body: expect.objectContaining({
        issuer: 'http://localhost:8787',
        jwks_uri: 'http://localhost:8787/.well-known/jwks_uri',
        id_token_signing_alg_values_supported: ['RS256', 'ES384'],
      }),
    })
  })

  it.each(['/.well-known/jwks_uri', '/.well-known/jwks.json'])('hold public keys alone: %s', async (path) => {
    const { body, ...rest } = await read(await local(path))
    expect(rest).toEqual({ status: 200, type: 'application/json', caching: 'public, max-age=3600' })
    expect(Object.keys(body)).toEqual(['keys'])
    const keys = body.keys as Record<string, string>[]
    const members = keys.map((key) => [key.alg, Object.keys(key).join(' ')])
    expect(members).toEqual([
      ['RS256', 'kty alg use kid n e'],
      ['ES384', 'kty alg use kid crv x y'],
    ])
  })

  it('answer HEAD without a body', async () => {
    const response = await local('/.well-known/jwks.json', 'HEAD')
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/json',
      '',
    ])
  })
})

describe('the documents of an issuer with a path', () => {
  const settings = { ISSUER: 'https://id.example/tenants/one' }

  it('are served below that path', async () => {
    const serve = await deploy(settings)
    const { body, status } = await read(
      await serve(
        new Request('http://localhost/tenants/one/.well-known/openid-configuration', {
          headers: { host: 'localhost' },
        }),
      ),
    )
    expect({ status, issuer: body.issuer, jwks_uri: body.jwks_uri }).toEqual({
      status: 200,
      issuer: 'https://id.example/tenants/one',
      jwks_uri: 'https://id.example/tenants/one/.well-known/jwks_uri',
    })
    const keys = await serve(
      new Request('http://localhost/tenants/one/.well-known/jwks_uri', { headers: { host: 'localhost' } }),
    )
    expect(keys.status).toBe(200)
  })

  it.each(['/tenants/other/.well-known/jwks_uri', '/tenants/one.well-known/jwks_uri', '/tenants/one'])(
    'are not served at %s',
    async (path) => {
      const serve = await deploy(settings)
      const response = await serve(new Request(`http://localhost${path}`, { headers: { host: 'localhost' } }))
      expect(response.status).toBe(404)
    },
  )
})

it('names the algorithm in use, and those for other relying parties', async () => {
  const serve = await deploy({ TOKEN_ALG: 'ES256' })
  const get = (path: string) => serve(new Request(`http://localhost${path}`, { headers: { host: 'localhost' } }))
  const discovery = await read(await get('/.well-known/openid-configuration'))
  expect(discovery.body.id_token_signing_alg_values_supported).toEqual(['ES256', 'RS256', 'ES384'])
  const { body } = await read(await get('/.well-known/jwks_uri'))
  const keys = body.keys as Record<string, string>[]
  expect(keys.map(({ alg, kty }) => [kty, alg])).toEqual([
    ['EC', 'ES256'],
    ['RSA', 'RS256'],
    ['EC', 'ES384'],
  ])
  const [key = {}] = keys
  expect(Object.keys(key)).toEqual(['kty', 'alg', 'use', 'kid', 'crv', 'x', 'y'])
})
