import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { newIdentityId, newPoolId, newUuid } from '../../src/base/ids.ts'
import { IdentityTable } from '../../src/pools/identity-table.ts'
import { type Pool, Pools, type ProvenLogin } from '../../src/pools/index.ts'
import { Errands } from '../../src/pools/spread/errands.ts'
import { SpreadHost } from '../../src/pools/spread/host.ts'
import type { Slots } from '../../src/pools/spread/map.ts'
import type { Move, MoveAnswer, MoveStep } from '../../src/pools/spread/move.ts'
import { MOVED_TABLES } from '../../src/pools/spread/moved-rows.ts'
import { moveSlots } from '../../src/pools/spread/mover.ts'
import { slotOfIdentity } from '../../src/pools/spread/slots.ts'
import type { SpreadObject } from '../../src/pools/spread/spread-object.ts'
import { UsedProofs } from '../../src/pools/used-proofs.ts'
import { ACCOUNT, evict, inside, publicLogin, REGION, remote, SETTINGS, world } from './support.ts'

const FIRST_QUARTER: Slots = [0, 1023]

/** A pool of two objects, with users in all quarters of its slots. */
class Moving {
  readonly id = newPoolId(REGION, world)
  readonly pools = new Pools(env.IDENTITY_POOL, world)
  readonly users = new Map<ProvenLogin, string>()

  static async create(): Promise<Moving> {
    const moving = new Moving()
    const tags = new Map([['edge-identity:shards', '2']])
    await moving.pools.create(moving.id, ACCOUNT, { ...SETTINGS, tags }, newUuid(world))
    for (let index = 0; index < 24; index++) {
      const login = publicLogin('accounts.google.com', `user-${index}`)
      moving.users.set(login, (await moving.resolve(login)) as string)
    }
    return moving
  }

  async resolve(login: ProvenLogin, proof?: string): Promise<string | undefined> {
    const fresh = newIdentityId(this.id, world)
    const proofs = [{ name: proof ?? '', expiresAt: Date.UTC(2100, 0, 1), login }]
    const once = proof === undefined ? undefined : { proofs, operation: newUuid(world) }
    const found = await this.pools.withSettings(this.id, (pool) =>
      this.pools.resolve(pool, { logins: [login], fresh, once }),
    )
    return found.kind === 'identity' ? found.uuid : found.kind
  }

  object(number: number): string {
    return number === 0 ? this.id.tag : `${this.id.tag}/${number}`
  }

  async pool(): Promise<Pool> {
    const found = await this.pools.read(this.id, ACCOUNT)
    if (found.kind !== 'pool') throw new Error('no pool')
    return found.pool
  }

  /** One step of a move, by code that is new to the object: the instance that serves calls begins anew afterwards. */
  async step(number: number, step: MoveStep): Promise<MoveAnswer> {
    const pool = await this.pool()
    const answer = await inside(this.object(number), (_, state) => hostOf(state).move(pool, step))
    await evict(this.object(number))
    return answer
  }

  async move(move: Move): Promise<string> {
    const { decision } = await moveSlots(move, {
      source: (step) => this.step(0, step),
      target: (step) => this.step(1, step),
      limits: { rows: 7, rest: 3, rounds: 2 },
      rest: async () => {},
    })
    return decision
  }

  /** What the head does before and after. */
  async planned(move: Move, work: () => Promise<string>): Promise<void> {
    await inside(this.object(0), (_, state) => hostOf(state).growth.moves.claim({ ...move, source: 0, target: 1 }))
    const decision = (await work()) as 'owned' | 'refused'
    await inside(this.object(0), (_, state) => hostOf(state).growth.moves.finish(move.op, decision))
    await evict(this.object(0))
  }

  /** Has slots of the first object sealed, as if it had ended then, with something left to do for one of their identities. */
  async sealedWithErrand(errandAt: number): Promise<void> {
    const move = { op: 'halted', slots: FIRST_QUARTER }
    const identity = [...this.users.values()].find((uuid) => slotOfIdentity(uuid) <= FIRST_QUARTER[1]) as string
    await inside(this.object(0), (_, state) => hostOf(state).growth.moves.claim({ ...move, source: 0, target: 1 }))
    await inside(this.object(errandAt), (_, { storage }) =>
      new Errands(storage.sql).add(identity, { errand: 'forget', survivor: identity, op: 'other' }, 1),
    )
    await this.step(1, { move: 'prepare', ...move })
    await this.step(0, { move: 'start', ...move })
    const given = await this.step(0, { move: 'give', op: move.op, has: [], limit: 1000 })
    const rows = given.kind === 'given' ? given.rows : []
    await this.step(1, { move: 'put', op: move.op, rows })
    expect(await this.step(0, { move: 'seal', op: move.op, has: rows, most: 0 })).toMatchObject({ kind: 'given' })
  }

  /** How often an object answers while this is done that slots are being handed over. */
  async busyDuring(work: () => Promise<void>): Promise<number> {
    let busy = 0
    // All objects of the class share it.
    const shared = await inside(this.object(0), (object) => prototypeWithTake(object))
    const { take } = shared
    shared.take = function (...args) {
      const answer = take.apply(this, args)
      if (answer.kind === 'busy') busy++
      return answer
    }
    try {
      await work()
    } finally {
      shared.take = take
    }
    return busy
  }

  alarm(number: number): Promise<void> {
    return inside(this.object(number), (object) => object.alarm())
  }

  async errands(number: number): Promise<number[]> {
    const query = 'SELECT due_at FROM errand'
    const rows = await inside(this.object(number), (_, { storage }) =>
      storage.sql.exec<{ due_at: number }>(query).toArray(),
    )
    return rows.map(({ due_at }) => due_at)
  }

  async listed(): Promise<string[]> {
    const page = await this.pools.listIdentities(this.id, ACCOUNT, { after: '', limit: 60, hideDisabled: false })
    return page.kind === 'page' ? page.identities.map(({ uuid }) => uuid) : []
  }
}

function prototypeWithTake(object: SpreadObject): Pick<SpreadObject, 'take'> {
  let shared = Object.getPrototypeOf(object)
  while (!Object.hasOwn(shared, 'take')) shared = Object.getPrototypeOf(shared)
  return shared
}

function hostOf({ storage }: DurableObjectState): SpreadHost {
  return new SpreadHost(storage, new IdentityTable(storage.sql), new UsedProofs(storage.sql), () => Date.now())
}

describe('slots that move from one object of a pool to another', () => {
  it('take their users along, for clients that do not know', async () => {
    const moving = await Moving.create()
    const [[login] = []] = moving.users
    await moving.resolve(login as ProvenLogin, 'a proof')
    const before = await moving.listed()
    await moving.planned({ op: newUuid(world), slots: FIRST_QUARTER }, async () => {
      const decision = await moving.move({ op: 'the move', slots: FIRST_QUARTER })
      expect(decision).toBe('owned')
      return decision
    })
    expect(await moving.resolve(login as ProvenLogin, 'a proof')).toBe('proof_used')
    for (const [user, uuid] of moving.users) expect(await moving.resolve(user)).toBe(uuid)
    expect(await moving.listed()).toEqual(before)
    const moved = [...moving.users.values()].filter((uuid) => slotOfIdentity(uuid) <= FIRST_QUARTER[1])
    expect(moved).not.toEqual([])
    const left = await inside(moving.object(0), (_, { storage }) =>
      storage.sql.exec<{ uuid: string }>('SELECT uuid FROM identity').toArray(),
    )
    expect(left.map(({ uuid }) => uuid).filter((uuid) => moved.includes(uuid))).toEqual([])
  })

  it('are answered for by nobody in the last moment, and by the source again if the target refuses', async () => {
    const moving = await Moving.create()
    const { id, version } = await moving.pool()
    const move = { op: newUuid(world), slots: FIRST_QUARTER }
    const [login, uuid] = [...moving.users].find(([, one]) => slotOfIdentity(one) <= 1023) as [ProvenLogin, string]
    const look = () =>
      remote(moving.object(0)).take({ pool: id, version }, { step: 'look', identities: [uuid], logins: [] })
    await moving.step(1, { move: 'prepare', ...move })
    await moving.step(0, { move: 'start', ...move })
    expect(await look()).toMatchObject({ kind: 'seen', identities: [{ row: { uuid } }] })
    await moving.step(0, { move: 'seal', op: move.op, has: [], most: 1_000_000 })
    expect(await look()).toEqual({ kind: 'busy' })
    await expect(moving.resolve(login)).rejects.toThrow('slots of the pool are being handed over')
    expect(await moving.step(1, { move: 'decide', op: move.op })).toEqual({ kind: 'refused' })
    await moving.step(0, { move: 'keep', op: move.op })
    expect(await moving.step(1, { move: 'own', op: move.op, rows: [] })).toEqual({ kind: 'refused' })
    expect(await moving.resolve(login)).toBe(uuid)
  })

  it('come to their end before the object does anything else, if they are sealed when it starts', async () => {
    const moving = await Moving.create()
    await moving.sealedWithErrand(0)
    const busy = await moving.busyDuring(async () => {
      await inside(moving.object(0), (_, state) => hostOf(state).give(true))
      await evict(moving.object(0))
      await moving.alarm(0)
    })
    expect(busy).toBe(0)
    for (const [login, uuid] of moving.users) expect(await moving.resolve(login)).toBe(uuid)
    expect(await moving.errands(0)).toEqual([])
  })

  it('hold up nothing else that an object has to do', async () => {
    const moving = await Moving.create()
    await moving.sealedWithErrand(1)
    expect(await moving.busyDuring(() => moving.alarm(1))).toBe(1)
    expect(await moving.errands(1)).toEqual([expect.toSatisfy((due: number) => due > 1)])
  })
})

it('every column of what moves is given', async () => {
  const moving = await Moving.create()
  for (const { key, name, rest } of MOVED_TABLES) {
    const columns = await inside(moving.object(0), (_, { storage }) =>
      storage.sql
        .exec<{ name: string }>(`SELECT name FROM pragma_table_info('${name}')`)
        .toArray()
        .map((column) => column.name),
    )
    expect([name, [...key, ...rest].sort()]).toEqual([name, columns.sort()])
  }
})
