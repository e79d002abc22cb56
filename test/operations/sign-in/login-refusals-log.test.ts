import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createPool, getId } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  CLIENT,
  GOOGLE,
  OIDC,
  type Providers,
  registerOidcProvider,
  startProviders,
  USER_POOL,
} from '../support/providers.ts'

let idp: Providers
let pool: string
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
  pool = await createPool(ALL_PROVIDERS)
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

describe('The record of a refused login', () => {
  it.each<[string, string, () => Promise<string>, object]>([
    [
      'another client, with those that would do',
      OIDC,
      () => idp.token(OIDC, 'ann', { aud: 'another-app' }),
      { reason: 'audience', found: 'another-app', kind: 'oidc', expected: [CLIENT[OIDC]] },
    ],
    [
      'another app client of the user pool',
      USER_POOL,
      () => idp.token(USER_POOL, 'ann', { aud: 'another-app' }),
      { reason: 'audience', found: 'another-app', kind: 'user_pool', expected: [CLIENT[USER_POOL]] },
    ],
    [
      'another issuer than the key says',
      GOOGLE,
      () => idp.token(OIDC, 'ann'),
      { reason: 'issuer_mismatch', issuer: `https://${OIDC}` },
    ],
    ['a forged signature', OIDC, () => idp.forged(OIDC, 'ann'), { reason: 'signature' }],
    [
      'an access token',
      USER_POOL,
      () => idp.token(USER_POOL, 'ann', { token_use: 'access' }),
      { reason: 'token_use', found: 'access' },
    ],
    ['a text that is no token', OIDC, async () => 'ya29.access-token', { reason: 'not_a_jwt' }],
  ])('tells of %s, and never the token', async (_, provider, made, told) => {
    const token = await made()
    const answer = await call('GetId', { IdentityPoolId: pool, Logins: { [provider]: token } })
    expect(answer.status).toBe(400)
    expect(log.records()).toEqual([
      expect.objectContaining({
        requestID: answer.headers.get('x-amzn-RequestId'),
        additionalEventData: { pool, logins: [{ provider, accepted: false, ...told }] },
      }),
    ])
    for (const part of token.split('.').filter((text) => text.length > 8))
      expect(log.lines().join()).not.toContain(part)
  })

  it('tells of the logins beside it as well, and of none that was not looked at', async () => {
    const [good, bad] = await Promise.all([idp.token(OIDC, 'ann'), idp.forged(GOOGLE, 'ann')])
    await call('GetId', { IdentityPoolId: pool, Logins: { [OIDC]: good, [GOOGLE]: bad, 'idp.nobody.example': good } })
    expect(log.records().map(({ additionalEventData }) => additionalEventData)).toEqual([
      {
        pool,
        logins: [
          { provider: OIDC, accepted: true },
          { provider: GOOGLE, accepted: false, reason: 'signature' },
          {
            provider: 'idp.nobody.example',
            accepted: false,
            reason: 'issuer_mismatch',
            issuer: `https://${OIDC}`,
          },
        ],
      },
    ])
  })

  it('names ten of the clients that would do, at most', async () => {
    const many = 'many.example.com'
    const clients = Array.from({ length: 12 }, (_, n) => `client-${n}`)
    await registerOidcProvider(many, clients)
    idp.network.serve(`https://${many}/.well-known/openid-configuration`, {
      issuer: `https://${many}`,
      jwks_uri: 'https://keys.example.net/jwks',
    })
    const OpenIdConnectProviderARNs = [`arn:aws:iam::000000000000:oidc-provider/${many}`]
    const other = await createPool({ OpenIdConnectProviderARNs })
    log.clear()
    const token = await idp.token(many, 'ann', { aud: 'client-12' })
    await call('GetId', { IdentityPoolId: other, Logins: { [many]: token } })
    expect(log.records()).toMatchObject([
      { additionalEventData: { logins: [{ reason: 'audience', expected: clients.slice(0, 10) }] } },
    ])
  })

  it('holds no token that was sent where the name of its provider belongs', async () => {
    const token = await idp.token(OIDC, 'ann')
    const answer = await call('GetId', { IdentityPoolId: pool, Logins: { [OIDC]: 'x', [token]: OIDC } })
    expectFault(
      answer,
      'ValidationException',
      `1 validation error detected: Value '{${OIDC}=, ${token}=}' at 'logins' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]`,
    )
    expect(log.records()).toMatchObject([
      { errorCode: 'ValidationException', errorMessage: expect.stringContaining(`Value '{${OIDC}=, =}' at 'logins'`) },
    ])
  })

  it('of UnlinkIdentity has its pool, and why the pool refused', async () => {
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    const other = await getId(pool, { [GOOGLE]: await idp.token(GOOGLE, '1001') })
    log.clear()
    await call('UnlinkIdentity', { IdentityId: other, Logins, LoginsToRemove: [GOOGLE] })
    expect(log.records()).toMatchObject([
      {
        eventName: 'UnlinkIdentity',
        errorCode: 'NotAuthorizedException',
        recipientAccountId: LOCAL_ACCOUNT,
        additionalEventData: { pool, logins: [{ provider: OIDC, accepted: true }], reason: 'logins_mismatch' },
      },
    ])
  })
})
