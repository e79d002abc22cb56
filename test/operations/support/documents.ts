import { exports } from 'cloudflare:workers'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'

/** A document that the issuer publishes, from local mode's own address. */
export async function published<T>(path: string): Promise<T> {
  const response = await exports.default.fetch(
    new Request(`http://localhost${path}`, { headers: { host: 'localhost' } }),
  )
  return response.json<T>()
}

/** Verifies a token as a relying party does that knows nothing but the published keys; gives its header and claims. */
export async function verified(token: string, audience: string) {
  const keys = createLocalJWKSet(await published<JSONWebKeySet>('/.well-known/jwks_uri'))
  // At the moment of its issue, so that the shortest token does not expire under a slow test.
  const currentDate = new Date((decodeJwt(token).iat ?? 0) * 1000)
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: 'http://localhost',
    audience,
    currentDate,
  })
  return { header: protectedHeader, claims: payload }
}
