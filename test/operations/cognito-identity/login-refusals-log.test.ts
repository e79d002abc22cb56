import { afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { call } from '../../support/client.ts'
import { createPool } from '../support/pools.ts'
import { ALL_PROVIDERS, CLIENT, GOOGLE, OIDC, type Providers, startProviders, USER_POOL } from '../support/providers.ts'

let idp: Providers
let pool: string
let warn: MockInstance
beforeAll(async () => {
  idp = await startProviders()
  pool = await createPool(ALL_PROVIDERS)
})
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => {
  warn.mockRestore()
})

const refused = () =>
  warn.mock.calls.map(([line]) => JSON.parse(String(line))).filter(({ event }) => event === 'login_refused')

describe('The log of a refused login', () => {
  it.each<[string, string, () => Promise<string>, object]>([
    [
      'another client, with those that would do',
      OIDC,
      () => idp.token(OIDC, 'ann', { aud: 'another-app' }),
      { reason: 'audience', found: 'another-app', expected: [CLIENT[OIDC]] },
    ],
    [
      'another app client of the user pool',
      USER_POOL,
      () => idp.token(USER_POOL, 'ann', { aud: 'another-app' }),
      { reason: 'audience', found: 'another-app', expected: [CLIENT[USER_POOL]] },
    ],
    [
      'another issuer than the key says',
      GOOGLE,
      () => idp.token(OIDC, 'ann'),
      { reason: 'issuer_mismatch', issuer: `https://${OIDC}` },
    ],
    [
      'a forged signature',
      OIDC,
      () => idp.forged(OIDC, 'ann'),
      { reason: expect.stringMatching(/signature|unknown_key/) },
    ],
    ['an access token', USER_POOL, () => idp.token(USER_POOL, 'ann', { token_use: 'access' }), { reason: 'token_use' }],
    ['a text that is no token', OIDC, async () => 'ya29.access-token', { reason: 'not_a_jwt' }],
  ])('tells of %s, and never the token', async (_, provider, made, told) => {
    const token = await made()
    const answer = await call('GetId', { IdentityPoolId: pool, Logins: { [provider]: token } })
    expect(answer.status).toBe(400)
    expect(refused()).toMatchObject([
      { requestId: answer.headers.get('x-amzn-RequestId'), pool, provider, level: 'warn', ...told },
    ])
    for (const part of token.split('.').filter((text) => text.length > 8))
      expect(JSON.stringify(warn.mock.calls)).not.toContain(part)
  })
})
