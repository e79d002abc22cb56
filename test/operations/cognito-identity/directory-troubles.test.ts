import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { platformError, TroubledNamespace } from '../../pools/troubled-namespace.ts'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT, query } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createPool, type ListedPools, succeeded, succeededEmpty } from '../support/pools.ts'

const MINIMAL = { IdentityPoolName: 'shop', AllowUnauthenticatedIdentities: false }

let log: CapturedLog
beforeEach(() => {
  log = captureLog()
})
afterEach(() => {
  vi.useRealTimers()
  log.restore()
})

let regions = 0

/** A deployment whose calls of the directory fail as told, and a region in which its pools are all there are. */
async function bed() {
  const directory = new TroubledNamespace(env.ACCOUNT)
  const serve = await deploy({ ACCOUNT: directory.namespace })
  const options: CallOptions = { serve, region: `eu-test-${++regions}` }
  const listed = async () =>
    succeeded(await call<ListedPools>('ListIdentityPools', { MaxResults: 60 }, options)).IdentityPools
  return { directory, options, listed }
}

const gone = { before: platformError({}) }
const lost = { after: platformError({}) }
/** No trouble: a call that works. */
const fine = undefined

/** What the directory does by itself, two minutes later. */
async function laterOn() {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 })
  await runDurableObjectAlarm(env.ACCOUNT.getByName(LOCAL_ACCOUNT))
  vi.useRealTimers()
}

const notTold = () => log.lines().filter((line) => JSON.parse(line).event === 'directory_not_told')

describe('an operation whose last word did not reach the directory', () => {
  it.each([
    ['never sent', gone],
    ['answer lost', lost],
  ])('CreateIdentityPool succeeds, and the pool is listed by and by: %s', async (_, trouble) => {
    const { directory, listed, options } = await bed()
    directory.trouble(fine, trouble)
    const IdentityPoolId = await createPool(MINIMAL, options)
    expect(notTold()).toHaveLength(1)
    await laterOn()
    expect(await listed()).toEqual([{ IdentityPoolId, IdentityPoolName: 'shop' }])
  })

  it.each([
    ['never sent', gone],
    ['answer lost', lost],
  ])('DeleteIdentityPool succeeds, and the entry goes by and by: %s', async (_, trouble) => {
    const { directory, listed, options } = await bed()
    const IdentityPoolId = await createPool(MINIMAL, options)
    directory.trouble(fine, trouble)
    succeededEmpty(await call('DeleteIdentityPool', { IdentityPoolId }, options))
    expect(await listed()).toEqual([])
    await laterOn()
    expect(await listed()).toEqual([])
  })

  it('UpdateIdentityPool succeeds, and the new name is listed by and by', async () => {
    const { directory, listed, options } = await bed()
    const IdentityPoolId = await createPool(MINIMAL, options)
    directory.trouble(fine, gone)
    const changed = { IdentityPoolId, ...MINIMAL, IdentityPoolName: 'store' }
    expect(succeeded(await call('UpdateIdentityPool', changed, options))).toEqual(changed)
    expect(await listed()).toEqual([{ IdentityPoolId, IdentityPoolName: 'shop' }])
    await laterOn()
    expect(await listed()).toEqual([{ IdentityPoolId, IdentityPoolName: 'store' }])
  })

  it('changes nothing where its first word did not', async () => {
    const { directory, listed, options } = await bed()
    const IdentityPoolId = await createPool(MINIMAL, options)
    for (const [operation, input] of [
      ['CreateIdentityPool', MINIMAL],
      ['UpdateIdentityPool', { IdentityPoolId, ...MINIMAL, IdentityPoolName: 'store' }],
      ['DeleteIdentityPool', { IdentityPoolId }],
    ] as const) {
      directory.trouble(gone)
      expect((await call(operation, input, options)).status).toBe(500)
    }
    expect(await listed()).toEqual([{ IdentityPoolId, IdentityPoolName: 'shop' }])
    expect(succeeded(await call('DescribeIdentityPool', { IdentityPoolId }, options))).toMatchObject(MINIMAL)
  })
})

describe('a call that an SDK sends again', () => {
  const attempt = (options: CallOptions, id = '9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10') => ({
    ...options,
    headers: { 'amz-sdk-invocation-id': id },
  })
  const idOf = async (options: CallOptions, settings: object = MINIMAL) =>
    succeeded(await call<{ IdentityPoolId: string }>('CreateIdentityPool', settings, options)).IdentityPoolId

  it('finds the pool that its first attempt made', async () => {
    const { listed, options } = await bed()
    const first = await idOf(attempt(options))
    expect(await idOf(attempt(options))).toBe(first)
    expect(await listed()).toEqual([{ IdentityPoolId: first, IdentityPoolName: 'shop' }])
    const renamed = { IdentityPoolId: first, ...MINIMAL, IdentityPoolName: 'store' }
    succeeded(await call('UpdateIdentityPool', renamed, options))
    expect(succeeded(await call('CreateIdentityPool', MINIMAL, attempt(options)))).toEqual(renamed)
    expect(await listed()).toEqual([{ IdentityPoolId: first, IdentityPoolName: 'store' }])
  })

  it('finds that its first attempt deleted the pool, and another call finds no pool', async () => {
    const { options } = await bed()
    const IdentityPoolId = await createPool(MINIMAL, options)
    const remove = (how: CallOptions) => call('DeleteIdentityPool', { IdentityPoolId }, how)
    succeededEmpty(await remove(attempt(options)))
    succeededEmpty(await remove(attempt(options)))
    const message = `IdentityPool '${IdentityPoolId}' not found.`
    expectFault(await remove(options), 'ResourceNotFoundException', message)
    const another = attempt(options, '9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c11')
    expectFault(await remove(another), 'ResourceNotFoundException', message)
  })

  it('gets the role that its first attempt made, as it is', async () => {
    const options = { ...(await bed()).options, region: 'us-east-1' }
    const principal = { AWS: `arn:aws:iam::${LOCAL_ACCOUNT}:root` }
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
    const input = { Action: 'CreateRole', RoleName: 'twice', AssumeRolePolicyDocument }
    const create = async (how: CallOptions) => {
      const { parsed, status } = await query('iam', input, how)
      return { status, role: parsed.CreateRoleResponse?.CreateRoleResult?.Role }
    }
    const first = await create(attempt(options))
    expect(first).toMatchObject({ status: 200, role: { RoleName: 'twice' } })
    expect(await create(attempt(options))).toEqual(first)
    expect((await create(options)).status).toBe(409)
  })

  it('is the same call only with the same id, from the same caller, for the same thing', async () => {
    const { options } = await bed()
    const made = [
      await idOf(attempt(options)),
      await idOf(attempt(options, '9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c11')),
      await idOf(attempt(options), { ...MINIMAL, IdentityPoolName: 'store' }),
      await idOf(attempt({ ...options, signed: OTHER_ACCOUNT_KEY })),
      await idOf(attempt({ ...options, region: `${options.region}0` })),
      await idOf(attempt(options, 'no UUID')),
      await idOf(attempt(options, 'no UUID')),
      await idOf(options),
      await idOf(options),
    ]
    expect(new Set(made).size).toBe(made.length)
  })
})
