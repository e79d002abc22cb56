import { slotOfStep } from '../../src/pools/spread/admission.ts'
import { Busy, Superseded } from '../../src/pools/spread/interruptions.ts'
import { objectOf, type Slots, type Spread, slotsOf } from '../../src/pools/spread/map.ts'
import type { MoveAnswer, MoveStep, RowVersion } from '../../src/pools/spread/move.ts'
import { inSlots, MOVED_TABLES } from '../../src/pools/spread/moved-rows.ts'
import { moveSlots, settleMove } from '../../src/pools/spread/mover.ts'
import type { PlannedMove } from '../../src/pools/spread/planned-moves.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import type { Step, TakeStep } from '../../src/pools/spread/step.ts'
import type { HostedPool } from './hosted-pool.ts'
import { TAG, viewOf } from './play.ts'

/** What clients and movers ask of the objects of a pool whose slots move. */
export type Request =
  | { object: number; step: Step }
  | { object: number; move: MoveStep }
  | { head: 'map' }
  | { head: 'claim'; plan: PlannedMove }
  | { head: 'current'; source: number }
  | { head: 'finish'; op: string; decision: 'owned' | 'refused' }

export type Ask = <A>(request: Request) => Promise<A>

/** A rule of the protocol that is left out, to show that it is needed. */
export type Mutant = 'version' | 'sealed'

/** Rows are given one by one, so that much can happen between them, until so many are left for the end. */
const limitsWith = (rest: number) => ({ rows: 1, rest, rounds: 2 })

/** A pool whose slots move, as processes ask it. */
export class MovingPool {
  readonly pool: HostedPool
  readonly #mutant: Mutant | undefined

  constructor(pool: HostedPool, mutant?: Mutant) {
    this.pool = pool
    this.#mutant = mutant
  }

  take(request: Request): unknown {
    const { head } = this.pool
    const { moves } = head.host.growth
    if ('step' in request) return this.#step(request)
    if ('move' in request) return this.#move(request)
    switch (request.head) {
      case 'map':
        return this.pool.spread
      case 'claim':
        return head.sql.transaction(() => moves.claim(request.plan))
      case 'current':
        return moves.current(request.source)
      case 'finish':
        return head.sql.transaction(() => moves.finish(request.op, request.decision))
    }
  }

  wait(milliseconds: number): Promise<number> {
    return this.pool.wait(milliseconds)
  }

  #step({ object, step }: { object: number; step: Step }) {
    const at = this.pool.objects[object]
    const isRead = step.step === 'look' && !step.confirm && step.logins.every(({ reserve }) => !reserve)
    return this.#mutant === 'sealed' && isRead ? at?.takeThoughSealed(step) : at?.take(step)
  }

  #move({ move, object }: { object: number; move: MoveStep }): MoveAnswer | undefined {
    const at = this.pool.objects[object]
    if (this.#mutant !== 'version' || (move.move !== 'give' && move.move !== 'seal')) return at?.move(move)
    const current = at?.rows('slot_dirty') as unknown as RowVersion[]
    const has = move.has.flatMap((one) => current.filter(({ key, kind }) => key === one.key && kind === one.kind))
    return at?.move({ ...move, has })
  }
}

/** Moves slots from the object that has them by the map of the mover, or goes on with what that object does already. */
export async function mover(ask: Ask, plan: PlannedMove, rest = 0): Promise<void> {
  const move = await ask<PlannedMove | undefined>({ head: 'claim', plan })
  if (!move) return
  const { decision } = await moveSlots(
    { op: move.op, slots: move.slots },
    {
      source: (step) => ask({ object: move.source, move: step }),
      target: (step) => ask({ object: move.target, move: step }),
      limits: limitsWith(rest),
      rest: async () => {},
    },
  )
  await ask({ head: 'finish', op: move.op, decision })
}

/** Ends a move that does not go on. */
export async function settler(ask: Ask, source: number): Promise<void> {
  const move = await ask<PlannedMove | undefined>({ head: 'current', source })
  if (!move) return
  const decision = await settleMove(move.op, {
    source: (step) => ask({ object: move.source, move: step }),
    target: (step) => ask({ object: move.target, move: step }),
  })
  await ask({ head: 'finish', op: move.op, decision })
}

/** Calls of a client that has a map from earlier, until nothing moves any more. */
export async function client<T>(
  ask: Ask,
  pool: HostedPool,
  known: Spread,
  run: (spread: SpreadPool) => Promise<T>,
  near?: number,
): Promise<T> {
  let spread = known
  for (let turn = 0; turn < 30; turn++) {
    const take = (async (step: Step) => {
      for (let turn = 0; turn < 30; turn++) {
        const answer = await ask<{ kind: string }>({ object: objectOf(spread, slotOfStep(step)), step })
        if (answer.kind === 'moved') throw new Superseded()
        if (answer.kind !== 'busy') return answer
      }
      throw new Busy()
    }) as unknown as TakeStep
    const world = { now: () => pool.now, random: (length: number) => new Uint8Array(length), uuid: uuids(pool) }
    const { allowGuests } = pool
    const options = { tag: TAG, spread, allowGuests, view: viewOf(near), take, world, pause: async () => {} }
    try {
      return await run(new SpreadPool({ ...options, hints: undefined }))
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      spread = await ask({ head: 'map' })
    }
  }
  throw new Busy()
}

let serial = 0
function uuids(pool: HostedPool) {
  return () => `${TAG}-0000-8000-8000-${(pool.now + serial++).toString(16).padStart(12, '0')}`
}

/** Ends whatever was left, and tells what is wrong with where slots are. */
export async function misplaced(moving: MovingPool): Promise<string[]> {
  const { pool } = moving
  const ask: Ask = async <A>(request: Request) => structuredClone(moving.take(structuredClone(request))) as A
  for (let turn = 0; turn < 2; turn++) for (const source of pool.objects.keys()) await settler(ask, source)
  return [...pool.objects.entries()].flatMap(([number, object]) => {
    const faults: string[] = []
    const own = object.host.part?.slots ?? []
    const mapped = slotsOf(pool.spread, number)
    if (flat(own) !== flat(mapped)) faults.push(`object ${number} has ${flat(own)}, by the map ${flat(mapped)}`)
    for (const table of ['slot_staged', 'slot_dirty'])
      if (object.rows(table).length > 0) faults.push(`${table} of ${number} is not empty`)
    if (object.sql.exec("SELECT name FROM sqlite_master WHERE type = 'trigger'").toArray().length > 0)
      faults.push(`object ${number} has triggers`)
    for (const table of MOVED_TABLES) {
      const here = own.map((slots) => inSlots(table, slots, TAG)).join(' OR ') || '0'
      if (table.slotBy && object.sql.exec(`SELECT 1 FROM ${table.name} WHERE NOT (${here})`).toArray().length > 0)
        faults.push(`${table.name} of ${number} has rows of other objects`)
    }
    return faults
  })
}

const flat = (slots: readonly Slots[]) => JSON.stringify(slots.flat())
