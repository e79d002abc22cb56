import type { ProvenLogin } from '../../src/pools/identities.ts'
import { IdentityTable } from '../../src/pools/identity-table.ts'
import { MIGRATIONS } from '../../src/pools/schema.ts'
import { Errands, run } from '../../src/pools/spread/errands.ts'
import { objectOf, type Run, type Spread } from '../../src/pools/spread/map.ts'
import { Reservations } from '../../src/pools/spread/reservations.ts'
import { isAtHome, slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import type { Answers, Step, TakeStep } from '../../src/pools/spread/step.ts'
import { slotOfStep, takeStep } from '../../src/pools/spread/steps.ts'
import { UsedProofs } from '../../src/pools/used-proofs.ts'
import { MemorySql } from './memory-sql.ts'

const TABLES = ['identity', 'login', 'route', 'refused_claim', 'merge_op', 'errand', 'used_proof']

/** One object of a pool: the tables and the steps of the product, without the platform around them. */
export class VirtualObject {
  readonly #sql = new MemorySql()
  readonly identities: IdentityTable
  readonly reservations: Reservations
  readonly errands: Errands
  readonly #proofs: UsedProofs
  #isUsed = false

  constructor() {
    for (const migration of MIGRATIONS) this.#sql.run(migration)
    const sql = this.#sql as unknown as SqlStorage
    this.identities = new IdentityTable(sql)
    this.reservations = new Reservations(sql)
    this.errands = new Errands(sql)
    this.#proofs = new UsedProofs(sql)
  }

  empty(): void {
    if (this.#isUsed) for (const table of TABLES) this.#sql.exec(`DELETE FROM ${table}`)
    this.#isUsed = false
  }

  take(step: Step, isHere: (slot: number) => boolean, now: () => number, allowGuests: () => boolean) {
    this.#isUsed = true
    return takeStep(step, {
      identities: this.identities,
      reservations: this.reservations,
      errands: this.errands,
      proofs: this.#proofs,
      transaction: (work) => this.#sql.transaction(work),
      isHere,
      allowGuests,
      now,
    })
  }

  use(): void {
    this.#isUsed = true
  }

  rows(table: string): Record<string, unknown>[] {
    return this.#sql.exec(`SELECT * FROM ${table}`).toArray()
  }
}

/** A pool over several objects, each of which takes one step at a time. Objects are used again, which spares their making. */
export class VirtualPool {
  static readonly #spare: VirtualObject[] = []
  readonly spread: Spread
  readonly objects: readonly VirtualObject[]
  now = 1_000_000
  allowGuests = true

  constructor(runs: readonly Run[]) {
    const count = Math.max(...runs.map(([, object]) => object)) + 1
    while (VirtualPool.#spare.length < count) VirtualPool.#spare.push(new VirtualObject())
    this.objects = VirtualPool.#spare.slice(0, count)
    this.spread = { epoch: 1, objects: count, runs }
    for (const object of this.objects) object.empty()
  }

  take<S extends Step>(step: S): Answers[S['step']] {
    const number = objectOf(this.spread, slotOfStep(step))
    const isHere = (slot: number) => objectOf(this.spread, slot) === number
    const object = this.#object(slotOfStep(step))
    return object.take(
      step,
      isHere,
      () => this.now,
      () => this.allowGuests,
    ) as Answers[S['step']]
  }

  /** Puts a user in place as if they had come long ago. */
  seed(uuid: string, state: 'guest' | 'member', logins: readonly ProvenLogin[], forward: string | null = null): void {
    const home = this.#object(slotOfIdentity(uuid))
    home.use()
    home.identities.insert(uuid, state, this.now)
    for (const [index, login] of logins.entries()) {
      const claim = `seed/${uuid}/${index}`
      home.identities.link(login, uuid, claim)
      if (isAtHome(login, uuid)) continue
      const index2 = this.#object(slotOfLogin(login))
      index2.use()
      index2.reservations.reserve(login, { identity: uuid, claim })
    }
    if (forward !== null) home.identities.retire(uuid, forward, this.now)
  }

  /** Time goes by, and objects do what is due; how much that was. */
  async wait(milliseconds: number): Promise<number> {
    const take: TakeStep = async (step) => this.take(step)
    this.now += milliseconds
    let ran = 0
    for (const object of this.objects) {
      object.reservations.forgetRefused(this.now)
      for (const errand of object.errands.due(this.now, 1000)) {
        await run(errand, take)
        object.errands.done(errand.number)
        ran++
      }
    }
    return ran
  }

  /** Waits until nothing is due any more. */
  async quiet(): Promise<void> {
    let idle = 0
    for (let round = 0; idle < 3; round++) {
      if (round > 50) throw new Error('the errands come to no end')
      idle = (await this.wait(300_000)) > 0 ? 0 : idle + 1
    }
  }

  #object(slot: number): VirtualObject {
    return this.objects[objectOf(this.spread, slot)] as VirtualObject
  }
}
