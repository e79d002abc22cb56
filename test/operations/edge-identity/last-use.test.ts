import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CallOptions, call, expectFault } from '../../support/client.ts'
import { createDeveloperPool, signIn } from '../support/developers.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, OIDC, type Providers, startProviders } from '../support/providers.ts'

const DAY = 86_400_000
const FIRST = Date.UTC(2100, 0, 1)
const LAST_USED = 'edge-identity:last-used-days'

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: FIRST })
})
afterEach(() => {
  vi.useRealTimers()
})

/** In how many days from the beginning it is. */
const onDay = (day: number) => vi.setSystemTime(FIRST + day * DAY)

const own = <T>(name: string, input: object, options: CallOptions = {}) =>
  call<T>(name, input, { service: 'edge-identity', ...options })

async function lastUsedOn(IdentityPoolId: string, IdentityId: string): Promise<string | undefined> {
  const detail = await own<{ LastUsedOn?: string }>('GetIdentityDetail', { IdentityPoolId, IdentityId })
  return succeeded(detail).LastUsedOn
}

const list = (IdentityPoolId: string, UnusedSince: string) =>
  own<{ Identities: { IdentityId: string }[] }>('ListIdentityDetails', {
    IdentityPoolId,
    UnusedSince,
    MaxResults: 1000,
  })

describe('the last use of an identity', () => {
  it('is by each call that signs in, and by none that only looks or is refused', async () => {
    const pool = await createDeveloperPool(ALL_PROVIDERS)
    const calls: Readonly<Record<string, (IdentityId: string, Logins: Record<string, string>) => Promise<unknown>>> = {
      GetId: async (_, Logins) => getId(pool, Logins),
      GetOpenIdToken: async (IdentityId, Logins) => succeeded(await call('GetOpenIdToken', { IdentityId, Logins })),
      GetOpenIdTokenForDeveloperIdentity: (IdentityId) => signIn(pool, 'user', { IdentityId }),
    }
    const looks: typeof calls = {
      SimulateLogin: async (IdentityId, Logins) =>
        succeeded(await own('SimulateLogin', { IdentityPoolId: pool, IdentityId, Logins })),
      DescribeIdentity: async (IdentityId) => succeeded(await call('DescribeIdentity', { IdentityId })),
      // The pool has no role.
      GetCredentialsForIdentity: async (IdentityId, Logins) =>
        expectFault(
          await call('GetCredentialsForIdentity', { IdentityId, Logins }),
          'InvalidIdentityPoolConfigurationException',
          'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
        ),
    }
    const token = await idp.token(OIDC, 'ann', { exp: FIRST / 1000 + 1e8, iat: FIRST / 1000 })
    const ann = await getId(pool, { [OIDC]: token })
    const { IdentityId: user } = await signIn(pool, 'user')
    let day = 0
    for (const [name, make] of [...Object.entries(looks), ...Object.entries(calls)]) {
      day += 7
      onDay(day)
      const who = name === 'GetOpenIdTokenForDeveloperIdentity' ? user : ann
      await make(who, { [OIDC]: token })
      const kept = new Date(FIRST + day * DAY).toISOString().slice(0, 10)
      expect([name, await lastUsedOn(pool, who)]).toEqual([name, name in calls ? kept : undefined])
    }
  })

  it('says who was certainly not used since a day', async () => {
    const pool = await createPool({ IdentityPoolTags: { [LAST_USED]: '3' } })
    const guest = await getId(pool)
    const since = async (day: string) => succeeded(await list(pool, day)).Identities.map(({ IdentityId }) => IdentityId)
    // One note, of the day it was made, stands for three days.
    expect(await since('2100-01-03')).toEqual([])
    expect(await since('2100-01-04')).toEqual([guest])
    onDay(3)
    succeeded(await call('GetOpenIdToken', { IdentityId: guest }))
    expect([await since('2100-01-06'), await since('2100-01-07')]).toEqual([[], [guest]])
  })

  it('is refused as a filter where it is no day, or where the pool keeps none', async () => {
    const pool = await createPool()
    for (const day of ['2100-02-30', '2100-13-01', '0000-00-00'])
      expectFault(await list(pool, day), 'InvalidParameterException', 'UnusedSince must be a day, such as 2026-11-27.')
    expectFault(
      await list(pool, '4102444800'),
      'ValidationException',
      "1 validation error detected: Value '4102444800' at 'unusedSince' failed to satisfy constraint: Member must satisfy regular expression pattern: \\d{4}-\\d{2}-\\d{2}",
    )
    const off = await createPool({ IdentityPoolTags: { [LAST_USED]: 'off' } })
    const message = 'UnusedSince: the tag edge-identity:last-used-days of the pool is off.'
    expectFault(await list(off, '2100-01-01'), 'InvalidParameterException', message)
  })
})
