import type { ProvenLogin } from '../../src/pools/identities.ts'
import { IdentityTable } from '../../src/pools/identity-table.ts'
import { backupTables } from '../../src/pools/import-table.ts'
import { MIGRATIONS } from '../../src/pools/schema.ts'
import { admission, slotOfStep } from '../../src/pools/spread/admission.ts'
import { Errands } from '../../src/pools/spread/errands.ts'
import { SpreadHost } from '../../src/pools/spread/host.ts'
import { objectOf, type Run, type Spread, slotsOf } from '../../src/pools/spread/map.ts'
import type { MoveAnswer, MoveStep } from '../../src/pools/spread/move.ts'
import { MOVED_TABLES, undoing } from '../../src/pools/spread/moved-rows.ts'
import { Reservations } from '../../src/pools/spread/reservations.ts'
import { isAtHome, slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import type { Answers, Step, TakeStep } from '../../src/pools/spread/step.ts'
import { takeStep } from '../../src/pools/spread/steps.ts'
import { UsedProofs } from '../../src/pools/used-proofs.ts'
import { MemorySql } from './memory-sql.ts'
import { TAG } from './play.ts'

const ID = `eu-west-1:${TAG}-0000-8000-8000-000000000000`
const TABLES = [
  ...MOVED_TABLES.map(({ name }) => name),
  ...['spread', 'peer', 'planned_move', 'growth', 'slot_move', 'slot_dirty', 'slot_staged'],
]

const EMPTIED = TABLES.map((table) => `DELETE FROM ${table}`).join(';')

/** One object of a pool: the tables and the steps of the product, without the platform around them. */
export class HostedObject {
  readonly sql = new MemorySql()
  host: SpreadHost
  readonly identities: IdentityTable
  readonly reservations: Reservations
  /** Whose clock and settings it goes by. */
  pool: Pick<HostedPool, 'now' | 'allowGuests'> = { now: 0, allowGuests: true }
  #isUsed = false

  constructor() {
    this.sql.run('CREATE TABLE migration (number INTEGER PRIMARY KEY)')
    for (const migration of MIGRATIONS) this.sql.run(migration)
    const sql = this.sql as unknown as SqlStorage
    this.identities = new IdentityTable(sql)
    this.reservations = new Reservations(sql)
    this.host = this.#newHost()
  }

  /** Begins anew, as an object of this pool; without a map, as one that is not spread. */
  begin(number: number, spread: Spread | undefined, pool: HostedPool): void {
    if (this.#isUsed) {
      if (this.#moves()) this.sql.run(MOVED_TABLES.flatMap(undoing).join(';'))
      this.sql.run(EMPTIED)
      this.host = this.#newHost()
    }
    this.#isUsed = true
    this.pool = pool
    if (!spread) return
    if (number === 0) this.host.lead(spread)
    else this.join(number, spread)
  }

  join(number: number, spread: Spread): void {
    this.host.join({ number, slots: slotsOf(spread, number), map: spread, pool: this.#record })
  }

  take(step: Step) {
    return this.host.take(this.#record, { pool: ID }, step)
  }

  /** The same, where an object forgets that it must not answer for slots that it is handing over. */
  takeThoughSealed(step: Step) {
    const { slots = [] } = this.host.part ?? {}
    const isHere = (slot: number) => slots.some(([first, last]) => first <= slot && slot <= last)
    if (admission(step, ([slot]) => (isHere(slot) ? 'here' : 'elsewhere')) !== 'here') return { kind: 'moved' as const }
    const sql = this.sql as unknown as SqlStorage
    return takeStep(step, {
      identities: this.identities,
      reservations: this.reservations,
      errands: new Errands(sql),
      proofs: new UsedProofs(sql),
      backup: backupTables(sql, () => this.pool.now),
      transaction: (work) => this.sql.transaction(work),
      isHere,
      allowGuests: () => this.pool.allowGuests,
      lastUsedDays: () => 7,
      now: () => this.pool.now,
    })
  }

  move(step: MoveStep): MoveAnswer {
    return this.host.move(this.#record, step)
  }

  rows(table: string): Record<string, unknown>[] {
    return this.sql.exec(`SELECT * FROM ${table}`).toArray()
  }

  #newHost(): SpreadHost {
    const sql = this.sql as unknown as SqlStorage
    const storage = { sql, transactionSync: <T>(work: () => T) => this.sql.transaction(work) }
    return new SpreadHost(storage as DurableObjectStorage, this.identities, new UsedProofs(sql), () => this.pool.now)
  }

  #moves(): boolean {
    return this.rows('slot_move').length > 0
  }

  get #record() {
    const { allowGuests } = this.pool
    const none = new Map()
    const settings = { name: 'pool', allowGuests, roles: none, roleMappings: none, principalTags: none }
    return { id: ID, account: '111122223333', version: 1, settings }
  }
}

/** A pool over several objects, each of which takes one step at a time. Objects are used again, which spares their making. */
export class HostedPool {
  static readonly #spare: HostedObject[] = []
  readonly objects: readonly HostedObject[]
  now = 1_000_000
  allowGuests = true

  constructor(runs: readonly Run[] | undefined, objects = Math.max(...(runs ?? []).map(([, object]) => object)) + 1) {
    while (HostedPool.#spare.length < objects) HostedPool.#spare.push(new HostedObject())
    this.objects = HostedPool.#spare.slice(0, objects)
    const spread = runs && { epoch: 1, objects, runs }
    for (const [number, object] of this.objects.entries()) object.begin(number, spread, this)
  }

  /** A pool that is on the first of so many objects, and not spread. */
  static alone(objects: number): HostedPool {
    return new HostedPool(undefined, objects)
  }

  /** The others come in, as the head tells them. */
  joinOthers(): void {
    for (const [number, object] of this.objects.entries()) if (number > 0) object.join(number, this.spread)
  }

  /** The map, as the head has it. */
  get spread(): Spread {
    const map = this.head.host.part?.map
    if (!map) throw new Error('The head has no map.')
    return map
  }

  get head(): HostedObject {
    return this.objects[0] as HostedObject
  }

  take<S extends Step>(step: S): Answers[S['step']] {
    const answer = this.#object(slotOfStep(step)).take(step)
    if (answer.kind === 'busy' || answer.kind === 'moved') throw new Error(answer.kind)
    return answer as Answers[S['step']]
  }

  /** Puts a user in place as if they had come long ago. */
  seed(uuid: string, state: 'guest' | 'member', logins: readonly ProvenLogin[], forward: string | null = null): void {
    const home = this.#object(slotOfIdentity(uuid))
    home.identities.insert(uuid, state, this.now)
    for (const [index, login] of logins.entries()) {
      const claim = `seed/${uuid}/${index}`
      home.identities.link(login, uuid, this.now, claim)
      if (isAtHome(login, uuid)) continue
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

  /** Time goes by, and objects do what is due; how much that was. */
  async wait(milliseconds: number, take: TakeStep = async (step) => this.take(step)): Promise<number> {
    this.now += milliseconds
    let ran = 0
    for (const object of this.objects) ran += await object.host.runErrands(take)
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

  #object(slot: number): HostedObject {
    return this.objects[objectOf(this.spread, slot)] as HostedObject
  }
}
