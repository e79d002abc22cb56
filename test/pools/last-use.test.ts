import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type IdentityId, newIdentityId, newPoolId, newUuid, type PoolId, parseIdentityId } from '../../src/base/ids.ts'
import {
  type IdentityPool,
  identityDetail,
  identityDetails,
  Pools,
  type ProvenLogin,
  type Resolution,
} from '../../src/pools/index.ts'
import { slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import { ACCOUNT, inside, publicLogin, REGION, SETTINGS, START, world } from './support.ts'
import { TroubledNamespace } from './troubled-namespace.ts'

const DAY = 86_400_000
const FIRST = START / DAY
const ana = publicLogin('idp', 'ana')

let edge: TroubledNamespace<IdentityPool>
let pools: Pools
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  edge = new TroubledNamespace(env.IDENTITY_POOL)
  pools = new Pools(edge.namespace, world)
})
afterEach(() => {
  vi.useRealTimers()
})

/** In how many days from the beginning it is. */
const onDay = (day: number) => vi.setSystemTime(START + day * DAY)

const named = (uuid: string) => parseIdentityId(`${REGION}:${uuid}`) as IdentityId

async function poolOf(objects: number, lastUsed?: string): Promise<PoolId> {
  const id = newPoolId(REGION, world)
  const tags = new Map([
    ...(objects > 1 ? [['edge-identity:shards', String(objects)] as const] : []),
    ...(lastUsed === undefined ? [] : [['edge-identity:last-used-days', lastUsed] as const]),
  ])
  expect(await pools.create(id, ACCOUNT, { ...SETTINGS, tags }, newUuid(world))).toMatchObject({ kind: 'pool' })
  return id
}

const resolve = (id: PoolId, logins: readonly ProvenLogin[], identity?: string, dryRun = false) =>
  pools.withSettings<Resolution>(id, async (pool) => {
    const name = identity === undefined ? undefined : named(identity)
    const call = { logins, identity: name, fresh: newIdentityId(id, world), once: undefined, dryRun }
    return (await pools.resolve(pool, call)) as Resolution
  })

async function identityOf(...call: Parameters<typeof resolve>): Promise<string> {
  const resolved = await resolve(...call)
  if (resolved.kind !== 'identity') throw new Error(resolved.kind)
  return resolved.uuid
}

/** The day from the beginning on which an identity was used last, as far as is kept. */
async function usedOn(id: PoolId, uuid: string): Promise<number | undefined> {
  const found = await identityDetail(pools, id, ACCOUNT, named(uuid))
  if (found.kind !== 'found' || !found.identity) throw new Error('no identity')
  const { usedDay } = found.identity
  return usedDay === undefined ? undefined : usedDay - FIRST
}

/** Rows that all objects of a pool have written. */
async function written(id: PoolId, objects: number): Promise<number> {
  let rows = 0
  for (let number = 0; number < objects; number++)
    rows += await inside(number === 0 ? id.tag : `${id.tag}/${number}`, (_, { storage }) =>
      storage.sql.exec<{ n: number }>('SELECT total_changes() AS n').one(),
    ).then(({ n }) => n)
  return rows
}

describe.each([1, 4])('the last use of identities of a pool over %i objects', (objects) => {
  const ways: Readonly<Record<string, readonly [logins: readonly ProvenLogin[], isNamed: boolean]>> = {
    'by GetId with a login': [[ana], false],
    'by a call that names it with a login': [[ana], true],
    'by a call that names a guest': [[], true],
  }

  it.each(Object.entries(ways))('%s is kept once in seven days, with one row and no call more', async (_, way) => {
    const [logins, isNamed] = way
    const id = await poolOf(objects)
    const uuid = await identityOf(id, logins)
    const seen: unknown[] = []
    for (const day of [0, 6, 7, 7, 13, 14, 40]) {
      onDay(day)
      const [rows, calls] = [await written(id, objects), edge.calls.length]
      expect(await identityOf(id, logins, isNamed ? uuid : undefined)).toBe(uuid)
      const counts = [(await written(id, objects)) - rows, edge.calls.length - calls]
      seen.push([day, ...counts, await usedOn(id, uuid)])
    }
    expect(seen).toEqual([
      [0, 0, 1, undefined],
      [6, 0, 1, undefined],
      [7, 1, 1, 7],
      [7, 0, 1, 7],
      [13, 0, 1, 7],
      [14, 1, 1, 14],
      [40, 1, 1, 40],
    ])
  })

  it('is kept as often as the pool says, or never', async () => {
    for (const [lastUsed, day, kept] of [
      ['1', 1, 1],
      ['30', 29, undefined],
      ['30', 30, 30],
      ['off', 400, undefined],
    ] as const) {
      onDay(0)
      const id = await poolOf(objects, lastUsed)
      const uuid = await identityOf(id, [ana])
      onDay(day)
      await identityOf(id, [ana])
      expect([lastUsed, day, await usedOn(id, uuid)]).toEqual([lastUsed, day, kept])
    }
  })

  it('is not what a trial, or a call that is refused, makes it', async () => {
    const id = await poolOf(objects)
    const uuid = await identityOf(id, [ana])
    onDay(100)
    await identityOf(id, [ana], uuid, true)
    expect(await resolve(id, [publicLogin('idp', 'eve')], uuid)).toEqual({ kind: 'logins_mismatch' })
    expect(await resolve(id, [], uuid)).toEqual({ kind: 'forbidden' })
    expect(await usedOn(id, uuid)).toBeUndefined()
  })

  it('finds those whose last note of a use, or else whose making, was before a day', async () => {
    const id = await poolOf(objects)
    const early = await identityOf(id, [ana])
    const idle = await identityOf(id, [])
    onDay(10)
    await identityOf(id, [ana])
    const late = await identityOf(id, [])
    const unusedBefore = async (day: number) => {
      const found = await identityDetails(pools, id, ACCOUNT, { after: '', limit: 100, usedBefore: FIRST + day })
      return found.kind === 'page' ? found.identities.map(({ uuid }) => uuid) : found.kind
    }
    expect(await unusedBefore(0)).toEqual([])
    expect(await unusedBefore(1)).toEqual([idle])
    expect(await unusedBefore(10)).toEqual([idle])
    expect(await unusedBefore(11)).toEqual([early, idle, late].sort())
  })
})

it('is not kept by a call that has to look for the identity in another object, and by the next one there', async () => {
  const id = await poolOf(2)
  const guest = await identityOf(id, [])
  const far = (n: number): ProvenLogin => {
    const login = publicLogin('idp', `ana-${n}`)
    return slotOfLogin(login) < 2048 === slotOfIdentity(guest) < 2048 ? far(n + 1) : login
  }
  const login = far(0)
  expect(await identityOf(id, [login], guest)).toBe(guest)
  onDay(8)
  expect([await identityOf(id, [login]), await usedOn(id, guest)]).toEqual([guest, undefined])
  expect([await identityOf(id, [login], guest), await usedOn(id, guest)]).toEqual([guest, 8])
})
