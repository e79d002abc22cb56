import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type IdentityId, newIdentityId, newPoolId, newUuid, type PoolId, parseIdentityId } from '../../src/base/ids.ts'
import { IdentityTable } from '../../src/pools/identity-table.ts'
import { findIdentity, identityDetails, Pools, type ProvenLogin, SHARDS_TAG } from '../../src/pools/index.ts'
import type { GrowthState } from '../../src/pools/spread/growth.ts'
import { SpreadHost } from '../../src/pools/spread/host.ts'
import { Busy } from '../../src/pools/spread/interruptions.ts'
import { objectOf, slotsOf } from '../../src/pools/spread/map.ts'
import { isAtHome, slotOfIdentity } from '../../src/pools/spread/slots.ts'
import { UsedProofs } from '../../src/pools/used-proofs.ts'
import { ACCOUNT, developerUser, evict, inside, publicLogin, REGION, remote, SETTINGS, world } from './support.ts'

const USERS = 24

const soon = () => new Promise((resolve) => setTimeout(resolve, 20))

/** A pool that grows, as a Worker knows it. */
class GrowingPool {
  readonly id: PoolId = newPoolId(REGION, world)
  readonly pools = new Pools(env.IDENTITY_POOL, world)
  readonly users = new Map<ProvenLogin, string>()
  readonly guests: string[] = []

  static async create(tags: Record<string, string> = {}): Promise<GrowingPool> {
    const pool = new GrowingPool()
    await pool.pools.create(
      pool.id,
      ACCOUNT,
      { ...SETTINGS, tags: new Map(Object.entries(tags)), developerProvider: 'login.app' },
      newUuid(world),
    )
    for (let index = 0; index < USERS; index++) {
      const login = index % 2 ? publicLogin('accounts.google.com', `user-${index}`) : developerUser(`user-${index}`)
      pool.users.set(login, await pool.identityOf([login]))
      pool.guests.push(await pool.identityOf([]))
    }
    return pool
  }

  async resolve(logins: readonly ProvenLogin[], identity?: string) {
    return this.pools.withSettings(this.id, (pool) =>
      this.pools.resolve(pool, {
        logins,
        identity: identity === undefined ? undefined : this.named(identity),
        fresh: newIdentityId(this.id, world),
        once: undefined,
      }),
    )
  }

  async identityOf(logins: readonly ProvenLogin[], identity?: string): Promise<string> {
    const found = await this.resolve(logins, identity)
    if (found.kind !== 'identity') throw new Error(found.kind)
    return found.uuid
  }

  named(uuid: string): IdentityId {
    return parseIdentityId(`${REGION}:${uuid}`) as IdentityId
  }

  grow(objects: number) {
    return this.pools.change(this.id, ACCOUNT, { kind: 'tag', tags: new Map([[SHARDS_TAG, String(objects)]]) })
  }

  async described() {
    const found = await this.pools.describeSpread(this.id, ACCOUNT)
    if (found.kind !== 'described') throw new Error(found.kind)
    return found
  }

  async until(phase: GrowthState['phase']): Promise<GrowthState> {
    for (;;) {
      const { growth } = await this.described()
      if (growth?.phase === phase) return growth
      await soon()
    }
  }

  object(number: number): string {
    return number === 0 ? this.id.tag : `${this.id.tag}/${number}`
  }

  rows<T extends Record<string, SqlStorageValue>>(number: number, query: string): Promise<T[]> {
    return inside(this.object(number), (_, { storage }) => storage.sql.exec<T>(query).toArray())
  }

  async listed(): Promise<string[]> {
    const page = await this.pools.listIdentities(this.id, ACCOUNT, { after: '', limit: 1000, hideDisabled: false })
    if (page.kind !== 'page') throw new Error(page.kind)
    return page.identities.map(({ uuid }) => uuid)
  }

  /** Everybody with all that is kept of them, and whom each login leads to, as operators are told. */
  async directory() {
    const page = await identityDetails(this.pools, this.id, ACCOUNT, { after: '', limit: 1_000 })
    const found = await Promise.all(
      [...this.users.keys()].map((one) => findIdentity(this.pools, this.id, ACCOUNT, [one])),
    )
    return {
      listed: page.kind === 'page' ? page.identities : page,
      found: found.map((one) => (one.kind === 'found' ? one.identity : one)),
    }
  }

  /** An object asks the head once more after its last move. */
  async #gives(number: number): Promise<boolean> {
    return (await this.rows(number, 'SELECT 1 FROM spread WHERE gives = 1')).length > 0
  }

  /** What is not where the map says, or not as it was. */
  async faults(objects: number): Promise<string[]> {
    const { pool } = await this.described()
    const map = pool.spread
    const faults: string[] = []
    for (const [login, uuid] of this.users)
      if ((await this.identityOf([login])) !== uuid) faults.push(`${login.subject} has another identity`)
    for (const uuid of this.guests) if ((await this.identityOf([], uuid)) !== uuid) faults.push(`${uuid} is another`)
    for (let number = 0; number < objects; number++) {
      for (const { uuid } of await this.rows<{ uuid: string }>(number, 'SELECT uuid FROM identity'))
        if (!map || objectOf(map, slotOfIdentity(uuid)) !== number) faults.push(`${uuid} is on ${number}`)
      const [part] = await this.rows<{ slots: string }>(number, 'SELECT slots FROM spread')
      if (part?.slots !== JSON.stringify(map && slotsOf(map, number))) faults.push(`${number} has ${part?.slots}`)
      while (await this.#gives(number)) await soon()
      for (const table of ['slot_staged', 'slot_dirty', 'planned_move'])
        if ((await this.rows(number, `SELECT 1 FROM ${table}`)).length > 0) faults.push(`${table} of ${number}`)
    }
    return faults
  }
}

describe('a pool that grows', () => {
  it('goes from one object to eight, and everybody stays who they are', async () => {
    const pool = await GrowingPool.create()
    const before = (await pool.listed()).sort()
    expect(await pool.grow(8)).toMatchObject({ kind: 'pool', pool: { spread: { objects: 8 } } })
    const growth = await pool.until('done')
    expect(growth).toMatchObject({ before: 1, indexed: USERS, moved: 3584, toMove: 3584, error: null, paused: false })
    expect(growth.given).toBeGreaterThan(USERS)
    expect(await pool.faults(8)).toEqual([])
    expect((await pool.listed()).sort()).toEqual(before)
    const { pool: grown } = await pool.described()
    expect(grown.spread?.runs).toEqual(Array.from({ length: 8 }, (_, object) => [object * 512, object]))
  })

  it('goes on from two objects to eight, with its places', async () => {
    const pool = await GrowingPool.create({ [SHARDS_TAG]: '2', 'edge-identity:places': 'weur enam' })
    const before = await pool.described()
    await pool.grow(8)
    await pool.until('done')
    expect(await pool.faults(8)).toEqual([])
    const { pool: grown } = await pool.described()
    const old = before.pool.spread
    for (let slot = 0; old && grown.spread && slot < 4096; slot++)
      expect(objectOf(grown.spread, slot) % 2).toBe(objectOf(old, slot) % 2)
    expect([...new Set(grown.spread?.runs.map(([, object]) => object))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('gets places when it grows from one object, and most of its users stay in the first', async () => {
    const pool = await GrowingPool.create()
    const tags = new Map([
      [SHARDS_TAG, '8'],
      ['edge-identity:places', 'weur enam apac'],
    ])
    const changed = await pool.pools.change(pool.id, ACCOUNT, { kind: 'tag', tags })
    expect(changed).toMatchObject({ kind: 'pool', pool: { spread: { objects: 8, places: ['weur', 'enam', 'apac'] } } })
    await pool.until('done')
    expect(await pool.faults(8)).toEqual([])
    const { pool: grown } = await pool.described()
    const slots = [0, 0, 0]
    for (let slot = 0; grown.spread && slot < 4096; slot++) {
      const place = objectOf(grown.spread, slot) % 3
      slots[place] = (slots[place] ?? 0) + 1
    }
    expect(slots).toEqual([4096 - 2 * 86, 86, 86])
    const again = await pool.pools.change(pool.id, ACCOUNT, {
      kind: 'tag',
      tags: new Map([['edge-identity:places', 'weur enam']]),
    })
    expect(again).toEqual({ kind: 'places_fixed' })
  })

  it('tells operators the same of everybody all the time, if it answers', async () => {
    const pool = await GrowingPool.create()
    const before = await pool.directory()
    expect(before.found.map((one) => one && 'uuid' in one && one.uuid)).toEqual([...pool.users.values()])
    expect(before.listed).toHaveLength(2 * USERS)
    await pool.grow(4)
    for (let phase: string | undefined; phase !== 'done'; phase = (await pool.described()).growth?.phase) {
      const during = await pool.directory().catch((error: unknown) => error)
      await soon()
      if (!(during instanceof Busy)) expect(during).toEqual(before)
    }
    expect(await pool.directory()).toEqual(before)
  })

  it('gives every login its way that its identity does not show', async () => {
    const pool = await GrowingPool.create()
    await pool.grow(2)
    await pool.until('done')
    const far = [...pool.users].filter(([login, uuid]) => !isAtHome(login, uuid)).map(([{ subject }]) => subject)
    const routes = await Promise.all([0, 1].map((n) => pool.rows<{ subject: string }>(n, 'SELECT subject FROM route')))
    expect(
      routes
        .flat()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(far.sort())
  })

  it('lets guests become users, users merge, and logins go, as before', async () => {
    const pool = await GrowingPool.create()
    await pool.grow(4)
    const [guest = '', another = ''] = pool.guests
    const login = publicLogin('accounts.google.com', 'new')
    expect(await pool.identityOf([login], guest)).toBe(guest)
    await pool.until('done')
    expect(await pool.identityOf([login])).toBe(guest)
    const [, [user, uuid] = []] = pool.users
    expect(await pool.identityOf([user as ProvenLogin], another)).toBe(uuid)
    expect(await pool.identityOf([user as ProvenLogin], another)).toBe(uuid)
  })

  it('stands still while it is paused, and goes on', async () => {
    const pool = await GrowingPool.create()
    await pool.grow(2)
    const paused = await pool.pools.pauseSpread(pool.id, ACCOUNT, true)
    if (paused.kind === 'described' && paused.growth?.phase !== 'done') {
      expect(paused.growth?.paused).toBe(true)
      expect(await pool.resolve([])).toMatchObject({ kind: 'identity' })
    }
    await pool.pools.pauseSpread(pool.id, ACCOUNT, false)
    expect((await pool.until('done')).paused).toBe(false)
    expect(await pool.faults(2)).toEqual([])
  })

  it('asks its objects again at once when it is resumed: they may have found nothing to do', async () => {
    const pool = await GrowingPool.create({ [SHARDS_TAG]: '2' })
    const asks = await inside(pool.id.tag, (_, { storage }) => {
      const tables = [new IdentityTable(storage.sql), new UsedProofs(storage.sql)] as const
      const host = new SpreadHost(storage, ...tables, () => Date.UTC(2100, 0, 1))
      const asked = [host.mayAsk(), host.mayAsk()]
      host.pause(false)
      asked.push(host.mayAsk(), host.mayAsk())
      storage.transactionSync(() => host.grow(4))
      return [...asked, host.mayAsk()]
    })
    expect(asks).toEqual([true, false, true, false, true])
  })

  it('goes on from wherever its objects lost their memory', async () => {
    const pool = await GrowingPool.create()
    await pool.grow(8)
    for (let turn = 0; turn < 8; turn++) await evict(pool.object(turn % 2))
    await pool.until('done')
    expect(await pool.faults(8)).toEqual([])
  })

  it('can be deleted', async () => {
    const pool = await GrowingPool.create()
    await pool.grow(4)
    expect(await pool.pools.delete(pool.id, ACCOUNT, newUuid(world))).toMatchObject({ kind: 'deleted' })
    expect(await pool.resolve([])).toEqual({ kind: 'no_pool' })
    for (let number = 0; number < 4; number++)
      while ((await pool.rows(number, 'SELECT 1 FROM identity')).length > 0) await soon()
  })

  it('does nothing but grow: it has no fewer objects, nor other ones at the same time', async () => {
    const pool = await GrowingPool.create({ [SHARDS_TAG]: '2' })
    expect(await pool.grow(1)).toEqual({ kind: 'fewer_shards' })
    await pool.grow(4)
    await pool.pools.pauseSpread(pool.id, ACCOUNT, true)
    if ((await pool.described()).growth?.phase !== 'done') expect(await pool.grow(8)).toEqual({ kind: 'growing' })
    await pool.pools.pauseSpread(pool.id, ACCOUNT, false)
    await pool.until('done')
    expect(await pool.grow(8)).toMatchObject({ kind: 'pool' })
    await pool.until('done')
  })

  it('does not grow for a Worker that takes the tag for any other', async () => {
    const pool = await GrowingPool.create()
    const change = { kind: 'tag', tags: new Map([[SHARDS_TAG, '4']]) } as const
    expect(await remote(pool.id.tag).change({ id: pool.id.text, account: ACCOUNT }, change)).toEqual({
      kind: 'shards_fixed',
    })
  })
})
