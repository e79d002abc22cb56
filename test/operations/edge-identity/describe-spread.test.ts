import { describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { createDeveloperPool, DEVELOPER, identityOf, signIn } from '../support/developers.ts'
import { createPool, getId, type ListedIdentities, succeeded } from '../support/pools.ts'

interface Answer {
  IdentityPoolId: string
  Objects: number
  Places?: string[]
  Growth?: {
    Phase: string
    Paused: boolean
    ObjectsBefore: number
    SlotsMoved: number
    SlotsToMove: number
    LoginsIndexed: number
    RowsGiven: number
    RowsPerSecond: number
    BeginDate: number
    EndDate?: number
  }
}

const own =
  (name: string) =>
  (IdentityPoolId: string, options: CallOptions = {}) =>
    call<Answer>(name, { IdentityPoolId }, { service: 'edge-identity', ...options })
const describeSpread = own('DescribeSpread')
const pauseSpread = own('PauseSpread')
const resumeSpread = own('ResumeSpread')

const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
const tag = (pool: string, shards: number) =>
  call('TagResource', { ResourceArn: arnOf(pool), Tags: { 'edge-identity:shards': String(shards) } })

async function grown(pool: string): Promise<Answer> {
  for (;;) {
    const answer = succeeded(await describeSpread(pool))
    if (answer.Growth?.Phase === 'Done') return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('DescribeSpread', () => {
  it('tells of one object, of several in their places, and of a pool that has grown by its tag', async () => {
    const alone = await createDeveloperPool()
    expect(succeeded(await describeSpread(alone))).toEqual({ IdentityPoolId: alone, Objects: 1 })
    const IdentityPoolTags = { 'edge-identity:shards': '4', 'edge-identity:places': 'weur apac' }
    const spread = await createPool({ IdentityPoolTags })
    const Places = ['weur', 'apac']
    expect(succeeded(await describeSpread(spread))).toEqual({ IdentityPoolId: spread, Objects: 4, Places })

    const { IdentityId } = await signIn(alone, 'ann')
    await getId(alone)
    const listed = { IdentityPoolId: alone, MaxResults: 60 }
    const before = succeeded(await call<ListedIdentities>('ListIdentities', listed))
    succeeded(await tag(alone, 8))
    const { Growth, Objects } = await grown(alone)
    expect(Objects).toBe(8)
    expect(Growth).toEqual({
      Phase: 'Done',
      Paused: false,
      ObjectsBefore: 1,
      SlotsMoved: 3584,
      SlotsToMove: 3584,
      LoginsIndexed: 1,
      RowsGiven: expect.any(Number),
      RowsPerSecond: expect.any(Number),
      BeginDate: expect.any(Number),
      EndDate: expect.any(Number),
    })
    expect(await identityOf(alone, 'ann')).toBe(IdentityId)
    expect(succeeded(await call<ListedIdentities>('ListIdentities', listed))).toEqual(before)
  })

  it('and what else a growing pool does are for whoever may, and of the caller’s own pools', async () => {
    const pool = await createDeveloperPool()
    for (const [name, ask] of Object.entries({ DescribeSpread: describeSpread, PauseSpread: pauseSpread })) {
      expectFault(
        await ask(pool, { signed: LIMITED_KEY }),
        'AccessDeniedException',
        `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:${name} on resource: ${arnOf(pool)} because no identity-based policy allows the edge-identity:${name} action`,
      )
      const nobody = `${pool.slice(0, -1)}${pool.endsWith('0') ? '1' : '0'}`
      expectFault(await ask(nobody), 'ResourceNotFoundException', `IdentityPool '${nobody}' not found.`)
    }
  })
})

describe('a pool that grows', () => {
  it('can be paused and resumed, and is not checked meanwhile', async () => {
    const pool = await createDeveloperPool()
    for (const ask of [pauseSpread, resumeSpread])
      expectFault(await ask(pool), 'ResourceConflictException', 'The pool is not growing.')
    for (let index = 0; index < 3; index++) await signIn(pool, `user-${index}`)
    succeeded(await tag(pool, 2))
    const paused = await pauseSpread(pool)
    if (paused.status === 200) {
      expect(succeeded(paused).Growth).toMatchObject({ Paused: true })
      const checked = await call('CheckPool', { IdentityPoolId: pool }, { service: 'edge-identity' })
      expectFault(
        checked,
        'ResourceConflictException',
        'The pool is growing: check it when it has grown, as DescribeSpread tells.',
      )
      const user = { IdentityPoolId: pool, Provider: DEVELOPER, Subject: 'user-0' }
      expectFault(
        await call('EraseUser', user, { service: 'edge-identity' }),
        'ResourceConflictException',
        'The pool is growing: erase when it has grown, as DescribeSpread tells.',
      )
      expect(succeeded(await resumeSpread(pool)).Growth).toMatchObject({ Paused: false })
    }
    await grown(pool)
    const answer = await call<{ Findings: unknown[] }>(
      'CheckPool',
      { IdentityPoolId: pool },
      { service: 'edge-identity' },
    )
    expect(succeeded(answer).Findings).toEqual([])
  })

  it('has never fewer objects', async () => {
    const pool = await createPool({ IdentityPoolTags: { 'edge-identity:shards': '4' } })
    expectFault(
      await tag(pool, 2),
      'InvalidParameterException',
      'A pool cannot be put back into fewer objects: edge-identity:shards can only be raised.',
    )
    succeeded(await tag(pool, 4))
  })
})
