import { expect, it } from 'vitest'
import type { IdentityId } from '../../src/base/ids.ts'
import { type IdentityPool, type Pool, Pools } from '../../src/pools/index.ts'
import { world } from './support.ts'

const ID = '9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10'
const fresh: IdentityId = { text: `us-east-1:${ID}`, region: 'us-east-1', tag: '9f3c2a71', slot: 0xd1e }

it('a dry run is a method of its own, which an object that knows of none does not have', async () => {
  const asked: unknown[] = []
  const answering = (method: string) => async (call: object) => {
    asked.push([method, call])
    return { kind: 'identity', uuid: ID, guest: true }
  }
  const object = { resolve: answering('resolve'), tryResolve: answering('tryResolve') }
  const pools = new Pools({ getByName: () => object } as unknown as DurableObjectNamespace<IdentityPool>, world)
  const pool = { version: 7 } as Pool

  await pools.resolve(pool, { fresh, logins: [], once: undefined, dryRun: true })
  await pools.resolve(pool, { fresh, logins: [], once: undefined })

  const call = { region: 'us-east-1', version: 7, logins: [], fresh: ID }
  expect(asked).toEqual([
    ['tryResolve', call],
    ['resolve', call],
  ])
})
