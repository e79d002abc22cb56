import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

interface Described {
  IdentityId: string
  Logins?: string[]
  CreationDate: number
  LastModifiedDate: number
}

const describeIdentity = (IdentityId: unknown, options = {}) =>
  call<Described>('DescribeIdentity', { IdentityId }, options)

const IS_NOW = expect.closeTo(Date.now() / 1000, -2)

describe('DescribeIdentity', () => {
  let idp: Providers
  let pool: string
  beforeAll(async () => {
    idp = await startProviders()
    pool = await createPool(ALL_PROVIDERS)
  })

  it('answers a guest without logins, with its dates in epoch seconds', async () => {
    const IdentityId = await getId(pool)
    expect(succeeded(await describeIdentity(IdentityId))).toEqual({
      IdentityId,
      CreationDate: IS_NOW,
      LastModifiedDate: IS_NOW,
    })
  })

  it("answers the names of the identity's providers, and not who the user is there", async () => {
    const logins = { [OIDC]: await idp.token(OIDC, 'ann'), [GOOGLE]: await idp.token(GOOGLE, '1001') }
    const IdentityId = await getId(pool, logins)
    const answer = await describeIdentity(IdentityId)
    expect(succeeded(answer)).toEqual({
      IdentityId,
      Logins: expect.arrayContaining([GOOGLE, OIDC]),
      CreationDate: IS_NOW,
      LastModifiedDate: IS_NOW,
    })
    expect(answer.text).not.toMatch(/ann|1001/)
  })

  it('keeps the date of creation and moves that of the last change when a login is added', async () => {
    const IdentityId = await getId(pool, { [OIDC]: await idp.token(OIDC, 'bob') })
    const before = succeeded(await describeIdentity(IdentityId))
    await new Promise((later) => setTimeout(later, 2))
    await getId(pool, { [OIDC]: await idp.token(OIDC, 'bob'), [GOOGLE]: await idp.token(GOOGLE, '1002') })
    const after = succeeded(await describeIdentity(IdentityId))
    expect(after.CreationDate).toBe(before.CreationDate)
    expect(after.LastModifiedDate).toBeGreaterThan(before.LastModifiedDate)
  })

  it('does not find an identity that there is not, in a pool that there is or is not', async () => {
    const known = await getId(pool)
    const similar = known.slice(0, -1) + (known.endsWith('0') ? '1' : '0')
    for (const id of [similar, 'us-east-1:00000000-0000-8000-8000-000000000000', 'us-east-1:0', pool])
      expectFault(await describeIdentity(id), 'ResourceNotFoundException', `Identity '${id}' not found.`)
  })

  it("does not find another account's or region's identity", async () => {
    const id = await getId(pool)
    const message = `Identity '${id}' not found.`
    expectFault(await describeIdentity(id, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
    expectFault(await describeIdentity(id, { region: 'eu-west-1' }), 'ResourceNotFoundException', message)
    const moved = id.replace('us-east-1', 'eu-west-1')
    const answer = await describeIdentity(moved, { region: 'eu-west-1' })
    expectFault(answer, 'ResourceNotFoundException', `Identity '${moved}' not found.`)
  })

  it('refuses what cannot be an id', async () => {
    const constraint = 'Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+'
    const message = `1 validation error detected: Value 'ann' at 'identityId' failed to satisfy constraint: ${constraint}`
    expectFault(await describeIdentity('ann'), 'ValidationException', message)
  })

  it('needs a signature', async () => {
    const answer = await describeIdentity(await getId(pool), { signed: false })
    expectFault(answer, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
  })
})
