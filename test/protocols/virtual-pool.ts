import type { ProvenLogin } from '../../src/pools/identities.ts'
import { IdentityTable } from '../../src/pools/identity-table.ts'
import { backupTables } from '../../src/pools/import-table.ts'
import { MIGRATIONS } from '../../src/pools/schema.ts'
import { slotOfStep } from '../../src/pools/spread/admission.ts'
import { type DueErrand, Errands, run } from '../../src/pools/spread/errands.ts'
import { objectOf, type Run, type Spread } from '../../src/pools/spread/map.ts'
import { Reservations } from '../../src/pools/spread/reservations.ts'
import { isAtHome, slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import type { Answers, Step, StepAnswer, TakeStep } from '../../src/pools/spread/step.ts'
import { takeStep } from '../../src/pools/spread/steps.ts'
import { UsedProofs } from '../../src/pools/used-proofs.ts'
import { MemorySql } from './memory-sql.ts'

const TABLES = ['identity', 'login', 'route', 'refused_claim', 'merge_op', 'errand', 'used_proof']

/** Longer than anything is remembered. */
const LONG_MS = 1_000_000

/** One object of a pool: the tables and the steps of the product, without the platform around them. */
export class VirtualObject {
  readonly sql = new MemorySql()
  readonly identities: IdentityTable
  readonly reservations: Reservations
  readonly errands: Errands
  readonly proofs: UsedProofs
  /** How far its clock is ahead, in milliseconds. */
  skew = 0
  isUsed = false

  constructor() {
    for (const migration of MIGRATIONS) this.sql.run(migration)
    const sql = this.sql as unknown as SqlStorage
    this.identities = new IdentityTable(sql)
    this.reservations = new Reservations(sql)
    this.errands = new Errands(sql)
    this.proofs = new UsedProofs(sql)
  }

  empty(): void {
    if (this.isUsed) for (const table of TABLES) this.sql.exec(`DELETE FROM ${table}`)
    this.isUsed = false
    this.skew = 0
  }

  /** Everything that it keeps. */
  dump(): Map<string, Record<string, unknown>[]> {
    return new Map(TABLES.map((table) => [table, this.rows(table)]))
  }

  /** Goes back to what it kept once. */
  restore(dump: ReturnType<VirtualObject['dump']>): void {
    this.isUsed = true
    for (const [table, rows] of dump) {
      this.sql.exec(`DELETE FROM ${table}`)
      for (const row of rows) {
        const columns = Object.keys(row)
        const places = columns.map(() => '?').join(', ')
        this.sql.exec(
          `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`,
          ...(Object.values(row) as string[]),
        )
      }
    }
  }

  bytes(): number {
    return this.sql.bytes()
  }

  rows(table: string): Record<string, unknown>[] {
    return this.isUsed ? this.sql.exec(`SELECT * FROM ${table}`).toArray() : []
  }

  /** Everything that is kept here, as text. */
  content(): string {
    return JSON.stringify(TABLES.map((table) => this.rows(table)))
  }
}

/** What differs in a pool that is to fail: a step of one object, by way of the right one. */
export type Mutation = (step: Step, object: VirtualObject, right: (step: Step) => StepAnswer) => StepAnswer

/** A pool over several objects, each of which takes one step at a time. Objects are used again, which spares their making. */
export class VirtualPool {
  static readonly #spare: VirtualObject[] = []
  readonly spread: Spread
  readonly objects: readonly VirtualObject[]
  readonly #mutation: Mutation | undefined
  now = 1_000_000_000
  allowGuests = true

  constructor(runs: readonly Run[], mutation?: Mutation) {
    const count = Math.max(...runs.map(([, object]) => object)) + 1
    while (VirtualPool.#spare.length < count) VirtualPool.#spare.push(new VirtualObject())
    this.objects = VirtualPool.#spare.slice(0, count)
    this.spread = { epoch: 1, objects: count, runs }
    this.#mutation = mutation
    for (const object of this.objects) object.empty()
  }

  take<S extends Step>(step: S): Answers[S['step']] {
    const object = this.#object(slotOfStep(step))
    const right = (one: Step) => this.#taken(one, object)
    return (this.#mutation ? this.#mutation(step, object, right) : right(step)) as Answers[S['step']]
  }

  #taken(step: Step, object: VirtualObject): StepAnswer {
    const { errands, identities, proofs, reservations, skew, sql } = object
    return takeStep(step, {
      identities,
      reservations,
      errands,
      proofs,
      backup: backupTables(sql as unknown as SqlStorage, () => this.now + skew),
      transaction: (work) => sql.transaction(work),
      isHere: (slot) => this.objects[objectOf(this.spread, slot)] === object,
      allowGuests: () => this.allowGuests,
      lastUsedDays: () => 7,
      now: () => this.now + skew,
    })
  }

  /** Everything that the pool keeps, as text. */
  content(): string {
    return this.objects.map((object) => object.content()).join('\n')
  }

  /** What all objects keep. */
  bytes(): number {
    return this.objects.reduce((sum, object) => sum + object.bytes(), 0)
  }

  /** Puts a user in place as if they had come long ago. */
  seed(uuid: string, state: 'guest' | 'member', logins: readonly ProvenLogin[], forward: string | null = null): void {
    const home = this.#object(slotOfIdentity(uuid))
    home.identities.insert(uuid, state, this.now)
    for (const [index, login] of logins.entries()) {
      const claim = `seed/${uuid}/${index}`
      home.identities.link(login, uuid, this.now, claim)
      if (!isAtHome(login, uuid))
        this.#object(slotOfLogin(login)).reservations.reserve(login, { identity: uuid, claim })
    }
    if (forward !== null) home.identities.retire(uuid, forward, this.now)
  }

  /** Lets the route of a login lead to an identity that forwards to its own. */
  reroute(login: ProvenLogin, uuid: string): void {
    const { reservations } = this.#object(slotOfLogin(login))
    const route = reservations.route(login)
    if (route) reservations.reserve(login, { ...route, identity: uuid })
  }

  /** Time goes by; what each object has to do then. */
  pass(milliseconds: number): { object: VirtualObject; due: DueErrand[] }[] {
    this.now += milliseconds
    return this.objects.flatMap((object) => {
      if (!object.isUsed) return []
      const now = this.now + object.skew
      object.reservations.forgetRefused(now)
      const due = object.errands.due(now, 1000)
      return due.length > 0 ? { object, due } : []
    })
  }

  /** Time goes by, and objects do what is due. */
  async wait(milliseconds: number): Promise<void> {
    const take: TakeStep = async (step) => this.take(step)
    for (const { due, object } of this.pass(milliseconds))
      for (const errand of due) {
        await run(errand, take)
        object.errands.done(errand)
      }
  }

  /** Waits until nothing is due any more. */
  async quiet(): Promise<void> {
    for (let round = 0; this.objects.some((one) => one.isUsed && one.errands.nextDue() !== undefined); round++) {
      if (round > 50) throw new Error('the errands come to no end')
      await this.wait(LONG_MS)
    }
    this.pass(LONG_MS)
  }

  #object(slot: number): VirtualObject {
    const object = this.objects[objectOf(this.spread, slot)] as VirtualObject
    object.isUsed = true
    return object
  }
}
