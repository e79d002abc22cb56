import { afterEach, describe, expect, it, vi } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { createPool, getId, type ListedPools, stateOf, succeeded, succeededEmpty } from '../support/pools.ts'

const deletePool = (IdentityPoolId: string, options = {}) => call('DeleteIdentityPool', { IdentityPoolId }, options)

const listed = async () => succeeded(await call<ListedPools>('ListIdentityPools', { MaxResults: 60 })).IdentityPools

describe('DeleteIdentityPool', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('answers nothing, and the pool is gone for every operation', async () => {
    const pool = await createPool()
    const identity = await getId(pool)
    succeededEmpty(await deletePool(pool))

    const noPool = `IdentityPool '${pool}' not found.`
    const noIdentity = `Identity '${identity}' not found.`
    const settings = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: true }
    for (const [operation, input, message] of [
      ['DescribeIdentityPool', { IdentityPoolId: pool }, noPool],
      ['UpdateIdentityPool', { IdentityPoolId: pool, ...settings }, noPool],
      ['GetIdentityPoolRoles', { IdentityPoolId: pool }, noPool],
      ['SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: {} }, noPool],
      ['ListIdentities', { IdentityPoolId: pool, MaxResults: 1 }, noPool],
      ['DeleteIdentityPool', { IdentityPoolId: pool }, noPool],
      ['GetId', { IdentityPoolId: pool }, noPool],
      ['DescribeIdentity', { IdentityId: identity }, noIdentity],
      ['GetOpenIdToken', { IdentityId: identity }, noIdentity],
      ['GetCredentialsForIdentity', { IdentityId: identity }, noIdentity],
    ] as const)
      expectFault(await call(operation, input), 'ResourceNotFoundException', message)
    expect((await listed()).map(({ IdentityPoolId }) => IdentityPoolId)).not.toContain(pool)
  })

  it('does not find a pool that there is not', async () => {
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    expectFault(await deletePool(unknown), 'ResourceNotFoundException', `IdentityPool '${unknown}' not found.`)
  })

  it("neither finds nor deletes another account's or region's pool", async () => {
    const pool = await createPool()
    const before = [await stateOf(pool), await listed()]
    const message = `IdentityPool '${pool}' not found.`
    expectFault(await deletePool(pool, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
    expectFault(await deletePool(pool, { region: 'eu-west-1' }), 'ResourceNotFoundException', message)
    expect([await stateOf(pool), await listed()]).toEqual(before)
  })

  it('never gives the first eight digits of a deleted pool to another', async () => {
    const pool = await createPool()
    await deletePool(pool)
    const before = await listed()
    idsBeginWith(pool.slice('us-east-1:'.length, 'us-east-1:'.length + 8))
    const refused = await call('CreateIdentityPool', {
      IdentityPoolName: 'pool',
      AllowUnauthenticatedIdentities: true,
    })
    expectFault(refused, 'InternalErrorException', 'No free identity pool id was found.')
    vi.restoreAllMocks()
    expect(await listed()).toEqual(before)
    expectFault(
      await call('GetId', { IdentityPoolId: pool }),
      'ResourceNotFoundException',
      `IdentityPool '${pool}' not found.`,
    )
  })

  it('takes other digits for a new pool when the first ones are taken', async () => {
    const taken = await createPool()
    const tag = taken.slice('us-east-1:'.length, 'us-east-1:'.length + 8)
    const drawn = idsBeginWith(tag, 4)
    const pool = await createPool({ IdentityPoolName: 'the other' })
    expect(drawn()).toBeGreaterThan(4)
    expect(pool).not.toContain(tag)
    vi.restoreAllMocks()
    expect((await listed()).filter(({ IdentityPoolId }) => [taken, pool].includes(IdentityPoolId))).toHaveLength(2)
    await getId(taken)
    await getId(pool)
  })
})

/**
 * Lets the ids of pools begin with these eight hex digits, the first `times` times that one is drawn. Tells how many were
 * drawn. They are drawn as digests of the call's name and the attempt.
 */
function idsBeginWith(digits: string, times = Number.POSITIVE_INFINITY): () => number {
  const digest = crypto.subtle.digest.bind(crypto.subtle)
  const first = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  let drawn = 0
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (algorithm, data) => {
    const result = await digest(algorithm, data)
    const isDraw = /^[0-9a-f-]{36} \d$/.test(new TextDecoder().decode(data))
    if (isDraw && drawn++ < times) new Uint8Array(result).set(first)
    return result
  })
  return () => drawn
}
