import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, query } from '../../support/client.ts'
import { deployOutsideLocalMode, ISSUER } from '../support/outside-local-mode.ts'
import { createPool, getId, type ListedPools, succeeded, succeededEmpty } from '../support/pools.ts'

/** An account that only its number names, as in each test of its own. */
let accounts = 0
let account: string
let own: CallOptions
beforeEach(() => {
  accounts++
  account = String(accounts).padStart(12, '4')
  own = { signed: { accessKeyId: account, secretAccessKey: 'test' } }
})

const local = async (operation: string, input = {}) =>
  succeeded(await call(operation, input, { service: 'edge-identity', ...own }))
const keep = (input?: { Note: string }) => local('KeepAccount', input)
const reset = (input?: { ForgetKept: boolean }) => local('ResetAccount', input)

const tagOf = (pool: string) => pool.split(':')[1]?.slice(0, 8) ?? ''

/** All rows of an object that are its own, by table; a copy of them that is kept does not count. */
const rowsOf = (object: DurableObjectStub) =>
  runInDurableObject(object, (_, { storage: { sql } }) => {
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray()
      .filter(({ name }) => !/^(?:kept|sqlite|_cf)_|^migration$/.test(name))
    return Object.fromEntries(
      tables.flatMap(({ name }) => {
        const rows = sql.exec(`SELECT * FROM ${name}`).toArray()
        return rows.length > 0 ? [[name, rows]] : []
      }),
    )
  })

const rowsOfAccount = () => rowsOf(env.ACCOUNT.getByName(account) as unknown as DurableObjectStub)
const rowsOfPool = (pool: string, object = 0) =>
  rowsOf(
    env.IDENTITY_POOL.getByName(
      object === 0 ? tagOf(pool) : `${tagOf(pool)}/${object}`,
    ) as unknown as DurableObjectStub,
  )

const describePool = (IdentityPoolId: string) => call('DescribeIdentityPool', { IdentityPoolId }, own)

async function poolsListed(): Promise<string[]> {
  const listed = await call<ListedPools>('ListIdentityPools', { MaxResults: 60 }, own)
  return succeeded(listed).IdentityPools.map(({ IdentityPoolName }) => IdentityPoolName)
}

const createRole = (RoleName: string) =>
  query('iam', { Action: 'CreateRole', RoleName, AssumeRolePolicyDocument: TRUST }, own)

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10' },
        'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
      },
    },
  ],
})

describe('ResetAccount', () => {
  it('brings back the pools, identities and roles that were kept, under their ids', async () => {
    const [changed, deleted] = [await createPool({ IdentityPoolName: 'a' }, own), await createPool({}, own)]
    const identity = await getId(changed)
    await createRole('kept')
    await keep()
    const before = [await rowsOfAccount(), await rowsOfPool(changed), await rowsOfPool(deleted)]

    await getId(changed)
    succeeded(await call('UpdateIdentityPool', { ...CHANGE, IdentityPoolId: changed }, own))
    await call('DeleteIdentities', { IdentityIdsToDelete: [identity] }, own)
    await call('DeleteIdentityPool', { IdentityPoolId: deleted }, own)
    await query('iam', { Action: 'DeleteRole', RoleName: 'kept' }, own)
    await createRole('new')
    await reset()

    expect([await rowsOfAccount(), await rowsOfPool(changed), await rowsOfPool(deleted)]).toEqual(before)
    expect(succeeded(await describePool(changed))).toMatchObject({ IdentityPoolName: 'a' })
    expect(succeeded(await call('DescribeIdentity', { IdentityId: identity }, own))).toMatchObject({
      IdentityId: identity,
    })
    expect((await query('iam', { Action: 'GetRole', RoleName: 'new' }, own)).status).toBe(404)
  })

  it('leaves no row of pools that were made since, nor of those that were deleted', async () => {
    await keep()
    const before = await rowsOfAccount()
    const [open, deleted] = [await createPool({}, own), await createPool({}, own)]
    await getId(open)
    succeededEmpty(await call('DeleteIdentityPool', { IdentityPoolId: deleted }, own))
    await reset()
    expect([await rowsOfPool(open), await rowsOfPool(deleted), await rowsOfAccount()]).toEqual([{}, {}, before])
    expectFault(await describePool(open), 'ResourceNotFoundException', `IdentityPool '${open}' not found.`)
    expect(await poolsListed()).toEqual([])
  })

  it('sets back all objects of a pool that is spread', async () => {
    const spread = { IdentityPoolTags: { 'edge-identity:shards': '2' } }
    const kept = await createPool(spread, own)
    for (let n = 0; n < 4; n++) await getId(kept)
    await keep()
    const before = [await rowsOfPool(kept), await rowsOfPool(kept, 1)]
    const made = await createPool(spread, own)
    for (let n = 0; n < 4; n++) await Promise.all([getId(kept), getId(made)])
    await reset()
    expect([await rowsOfPool(kept), await rowsOfPool(kept, 1)]).toEqual(before)
    expect([await rowsOfPool(made), await rowsOfPool(made, 1)]).toEqual([{}, {}])
  })

  it('leaves nothing of an account of which nothing was kept', async () => {
    const pool = await createPool({}, own)
    await reset()
    expect([await rowsOfPool(pool), await rowsOfAccount()]).toEqual([{}, {}])
  })

  it('comes back to the same as often as it is asked, and to what was kept last', async () => {
    await createPool({ IdentityPoolName: 'first' }, own)
    await keep()
    for (let n = 0; n < 2; n++) {
      await createPool({ IdentityPoolName: 'new' }, own)
      await reset()
      expect(await poolsListed()).toEqual(['first'])
    }
    await createPool({ IdentityPoolName: 'second' }, own)
    await keep()
    await reset()
    expect((await poolsListed()).sort()).toEqual(['first', 'second'])
  })

  it('tells by its note what it has come back to, and forgets it if it is told to', async () => {
    expect(await reset()).toEqual({})
    const pool = await createPool({}, own)
    await keep({ Note: 'one pool' })
    expect(await reset()).toEqual({ Note: 'one pool' })
    expect(await reset({ ForgetKept: true })).toEqual({})
    expect([await rowsOfPool(pool), await rowsOfAccount(), await reset()]).toEqual([{}, {}, {}])
  })

  it('leaves other accounts alone', async () => {
    const other: CallOptions = { signed: { accessKeyId: '555555555555', secretAccessKey: 'test' } }
    const pool = await createPool({}, other)
    await reset()
    expect(succeeded(await call('DescribeIdentityPool', { IdentityPoolId: pool }, other)).IdentityPoolId).toBe(pool)
  })

  it.each(['KeepAccount', 'ResetAccount', 'InjectFault', 'ListInjectedFaults'])(
    'is of local mode alone, as %s is: elsewhere there is no such operation',
    async (operation) => {
      const production = { serve: await deployOutsideLocalMode(), url: `${ISSUER}/` }
      const answer = await call(operation, {}, { service: 'edge-identity', signed: OTHER_ACCOUNT_KEY, ...production })
      expectFault(answer, 'UnknownOperationException', '')
    },
  )

  it('is refused by objects whose settings are not those of local mode', async () => {
    const { resettable } = await import('../../../src/local/index.ts')
    const { IdentityPool } = await import('../../../src/pools/index.ts')
    const InProduction = resettable(IdentityPool, { isLocal: () => false })
    const refused = runInDurableObject(
      env.IDENTITY_POOL.getByName('0000000f') as unknown as DurableObjectStub,
      async (_, state) => {
        const object = new InProduction(state, env)
        const calls = [object.keepRows(''), object.keysOfRows(), object.restoreRows(false)]
        return (await Promise.allSettled(calls)).map((call) =>
          call.status === 'rejected' ? String(call.reason) : 'done',
        )
      },
    )
    expect(await refused).toEqual(Array(3).fill('Error: Only local mode sets objects back.'))
  })
})

const CHANGE = { IdentityPoolName: 'b', AllowUnauthenticatedIdentities: false }
