import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { createDeveloperPool, DEVELOPER, signIn } from '../support/developers.ts'
import { getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

interface Answer {
  IdentityPoolId: string
  Statistics?: object
  Counting?: object
}

const statistics = (IdentityPoolId: string, options: CallOptions = {}) =>
  call<Answer>('GetPoolStatistics', { IdentityPoolId }, { service: 'edge-identity', ...options })

const IS_NOW = expect.closeTo(Date.now() / 1000, -2)

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

const alarm = (pool: string) => runDurableObjectAlarm(env.IDENTITY_POOL.getByName(pool.slice(10, 18)))

describe('GetPoolStatistics', () => {
  it('begins to count, and then tells how many there are of what', async () => {
    const pool = await createDeveloperPool(ALL_PROVIDERS)
    for (const user of ['ann', 'bob']) await getId(pool, { [OIDC]: await idp.token(OIDC, user) })
    await getId(pool, { [GOOGLE]: await idp.token(GOOGLE, 'cid') })
    await signIn(pool, 'dan')
    const guest = await getId(pool)
    const block = { IdentityPoolId: pool, IdentityId: guest }
    succeeded(await call('BlockIdentity', block, { service: 'edge-identity' }))
    const first = succeeded(await statistics(pool))
    expect(first).toEqual({ IdentityPoolId: pool, Counting: { BeginDate: IS_NOW, Identities: 0, Percent: 0 } })
    await alarm(pool)
    const provider = (Provider: string, Logins: number, Developer = false) => ({ Provider, Developer, Logins })
    expect(succeeded(await statistics(pool))).toEqual({
      IdentityPoolId: pool,
      Statistics: {
        AsOf: IS_NOW,
        ...{ Identities: 5, Guests: 1, Users: 4, Disabled: 0, Blocked: 1, GuestsUnused: 0, UsersUnused: 0 },
        Providers: [provider(OIDC, 2), provider(GOOGLE, 1), provider(DEVELOPER, 1, true)],
      },
    })
  })

  it('is for whoever may, and of the caller’s own pools', async () => {
    const pool = await createDeveloperPool()
    const arn = `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
    expectFault(
      await statistics(pool, { signed: LIMITED_KEY }),
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:GetPoolStatistics on resource: ${arn} because no identity-based policy allows the edge-identity:GetPoolStatistics action`,
    )
    const message = `IdentityPool '${pool}' not found.`
    expectFault(await statistics(pool, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
    const unsigned = await statistics(pool, { signed: false })
    expectFault(unsigned, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
  })
})
