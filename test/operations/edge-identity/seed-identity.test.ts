import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault } from '../../support/client.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createDeveloperPool, DEVELOPER } from '../support/developers.ts'
import { deployOutsideLocalMode, ISSUER } from '../support/outside-local-mode.ts'
import { createPool, getId, identitiesOf, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders, USER_POOL } from '../support/providers.ts'

const seedIdentity = (IdentityPoolId: string, Name: string, Logins?: object, options: CallOptions = {}) =>
  call<{ IdentityId: string }>(
    'SeedIdentity',
    { IdentityPoolId, Name, Logins },
    { service: 'edge-identity', ...options },
  )

const seeded = async (...args: Parameters<typeof seedIdentity>) => succeeded(await seedIdentity(...args)).IdentityId

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
  log = captureLog()
})
afterAll(() => log.restore())

describe('SeedIdentity', () => {
  it('gives the same identity to the same name, and another to another', async () => {
    const pool = await createPool()
    const ids = [await seeded(pool, 'ada'), await seeded(pool, 'ada'), await seeded(pool, 'bob')]
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    expect((await identitiesOf(pool)).map(({ IdentityId }) => IdentityId)).toHaveLength(2)
    expect(await seeded(await createPool(), 'ada')).not.toBe(ids[0])
  })

  it.each([OIDC, GOOGLE, USER_POOL])('makes an identity that a user of %s has then', async (provider) => {
    const pool = await createPool(ALL_PROVIDERS)
    const ada = await seeded(pool, 'ada', { [provider]: `ada of ${provider}` })
    const token = await idp.token(provider, `ada of ${provider}`)
    expect(await getId(pool, { [provider]: token })).toBe(ada)
  })

  it('makes one that a backend vouches for', async () => {
    const pool = await createDeveloperPool()
    const ada = await seeded(pool, 'ada', { [DEVELOPER]: 'ada' })
    const [listed] = await identitiesOf(pool)
    expect(listed).toMatchObject({ IdentityId: ada, Logins: [DEVELOPER] })
  })

  it('refuses other logins for a name that has some', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    await seeded(pool, 'ada', { [OIDC]: 'ada' })
    const answer = await seedIdentity(pool, 'ada', { [OIDC]: 'bob' })
    expectFault(answer, 'ResourceConflictException', 'The identity ada exists, and has other logins.')
  })

  it('refuses what the pool would refuse', async () => {
    const pool = await createPool({ ...ALL_PROVIDERS, AllowUnauthenticatedIdentities: false })
    expectFault(
      await seedIdentity(pool, 'ada'),
      'NotAuthorizedException',
      'Unauthenticated access is not supported for this identity pool.',
    )
    expectFault(
      await seedIdentity(pool, 'ada', { 'graph.facebook.com': '1' }),
      'NotAuthorizedException',
      'Token is not from a supported provider of this identity pool.',
    )
    const others = await seedIdentity(pool, 'ada', { [OIDC]: 'ada' }, { signed: OTHER_ACCOUNT_KEY })
    expectFault(others, 'ResourceNotFoundException', `IdentityPool '${pool}' not found.`)
  })

  it('leaves no user in the record', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    await seeded(pool, 'private-name', { [OIDC]: 'private-user' })
    const text = log.lines().join('\n')
    expect(text).toContain('SeedIdentity')
    expect(text).not.toContain('private-')
  })

  it('is not there outside local mode', async () => {
    const serve = await deployOutsideLocalMode()
    const pool = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'
    const answer = await seedIdentity(pool, 'ada', undefined, { serve, url: ISSUER, signed: OTHER_ACCOUNT_KEY })
    expectFault(answer, 'UnknownOperationException', '')
  })
})
