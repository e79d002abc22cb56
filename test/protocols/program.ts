import { expect } from 'vitest'
import type { ProvenLogin } from '../../src/pools/identities.ts'
import { inSlot, SLOTS, slotOfLogin } from '../../src/pools/spread/slots.ts'
import type { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import { type Call, EMPTY, keyOf, type Model, outcomeOf } from '../pools/identity-model.ts'
import { answerOf, callOf, restrictionOf, type Step } from '../pools/identity-steps.ts'
import { faultsOf, type Kept, stateOf } from './invariants.ts'
import { uuidIn } from './play.ts'

/** What a program asks for. */
type Asked = Exclude<Call, { op: 'sweep' }>

/** Never made. */
const NOBODY = uuidIn(4095, 4095)

/** What is called of a pool, whatever objects it is on. */
export type Calls = Pick<
  SpreadPool,
  | ('resolve' | 'unlink' | 'unlinkDeveloper' | 'mergeDevelopers' | 'restrict' | 'delete' | 'list')
  | ('find' | 'linkLogin' | 'unlinkLogin' | 'mergeIdentities')
>

/** A pool for a program to play on. */
export interface Stage extends Kept {
  now: number
  allowGuests: boolean
  /** Where new identities are made; nothing, where a user's first login says it. `undefined` from `chance` alone. */
  readonly home: number | undefined
  /** New identities are in whatever slot chance gives them. */
  readonly anySlot: boolean
  /** Whether rows may be at two objects at this moment. */
  readonly inMotion: boolean
  run<T>(work: (calls: Calls) => Promise<T>): Promise<T>
  /** Erases a user. A pool that grows does not; there these steps are passed over. */
  erase?: (uuid: string) => Promise<void>
  wait(milliseconds: number): Promise<unknown>
  /** Waits until nothing is due any more. */
  quiet(): Promise<void>
}

/** A pool, and the model beside it. */
export class Program {
  readonly seen: string[] = []
  readonly #pool: Stage
  readonly #chance: () => number
  readonly #ids: string[] = []
  #model: Model = EMPTY
  #serial = 0

  constructor(pool: Stage, chance: () => number) {
    this.#pool = pool
    this.#chance = chance
  }

  async take(step: Exclude<Step, { op: 'late_repeat' }>): Promise<void> {
    this.#pool.now += Math.min(1_000 * step.elapsed, 7 * 86_400_000)
    this.#serial++
    const call = this.#placed(callOf(step, this.#model, this.#ids, this.#serial, this.#pool.now))
    // These pools keep their guests: the model of one object has sweeps, and growing pools have tests of their own.
    if (call.op === 'sweep' || (call.op === 'erase' && !this.#pool.erase)) return
    const { after, answers } = outcomeOf(this.#model, call, this.#pool.now)
    const answer = answerOf(await this.#ask(call))
    expect(answers).toContainEqual(answer)
    this.seen.push(`${call.op}: ${answer.kind}`)
    if (call.op === 'operator_links' && answer.kind === 'linked') await this.#expectFound(call.login, answer.uuid)
    this.#model = after
    if (call.op === 'resolve' && answer.uuid === call.fresh) this.#ids.push(call.fresh)
    if (!this.#pool.inMotion) expect(this.#kept()).toEqual(kept(after))
    if (this.#chance() < 0.3) await this.#pool.wait(300_000)
  }

  async leave(): Promise<void> {
    for (const [uuid, { blocked, logins }] of this.#model.identities)
      for (const login of logins.values()) {
        const isBlocked = blocked > this.#pool.now
        const expected = isBlocked ? { kind: 'forbidden', why: 'blocked' } : { kind: 'identity', uuid, guest: false }
        expect(await this.#resolve(login)).toEqual(expected)
        expect(await this.#resolve(login, true)).toEqual(expected)
        expect(await this.#pool.run((calls) => calls.find([login]))).toMatchObject({ uuid })
      }
    expect(await this.#listed()).toEqual([...this.#model.identities.keys()].sort())
    await this.#pool.quiet()
    expect(faultsOf(this.#pool)).toEqual([])
    expect(this.#kept()).toEqual(kept(this.#model))
  }

  /** What is linked is found. */
  async #expectFound(login: ProvenLogin, uuid: string | undefined): Promise<void> {
    const found = await this.#pool.run((calls) => calls.find([login]))
    expect(found?.uuid).toBe(uuid)
    expect(found?.logins.map(textOf)).toContain(textOf(login))
  }

  #resolve(login: ProvenLogin, dryRun = false) {
    const call = { logins: [login], fresh: this.#fresh(), dryRun }
    return this.#pool.run((calls) => calls.resolve(call))
  }

  #ask(call: Asked): Promise<{ kind: string }> {
    return this.#pool.run((calls) => this.#called(calls, call))
  }

  async #called(calls: Calls, call: Asked): Promise<{ kind: string }> {
    switch (call.op) {
      case 'resolve':
        return calls.resolve(call)
      case 'unlink':
        return calls.unlink(call)
      case 'unlink_developer':
        return calls.unlinkDeveloper({ ...call, ...call.login })
      case 'merge_developers': {
        const { destination, source } = call
        const users = { provider: source.provider, source: source.subject, destination: destination.subject }
        return calls.mergeDevelopers(users)
      }
      case 'find':
        return { kind: 'found', ...(await calls.find([call.login])) }
      case 'operator_links':
        return this.#tried((dryRun) => calls.linkLogin({ ...call, aliases: [], dryRun }))
      case 'operator_unlinks':
        return this.#tried((dryRun) => calls.unlinkLogin({ ...call, logins: [call.login], dryRun }))
      case 'operator_merges':
        return this.#tried((dryRun) => calls.mergeIdentities({ ...call, dryRun }))
      case 'delete':
        await calls.delete(call.uuids)
        return { kind: 'deleted' }
      case 'erase':
        await this.#pool.erase?.(call.identity)
        return { kind: 'erased' }
      case 'block':
        return calls.restrict(call.identity, restrictionOf(call))
      case 'guests':
        this.#pool.allowGuests = call.allowed
        return { kind: 'pool' }
    }
  }

  /** What a call comes to, of which a dry run told the same. */
  async #tried(work: (dryRun: boolean) => Promise<{ kind: string }>): Promise<{ kind: string }> {
    const before = this.#pool.inMotion ? undefined : this.#kept()
    const told = await work(true)
    if (before) expect(this.#kept()).toEqual(before)
    const done = await work(false)
    expect(told).toEqual(done)
    return done
  }

  /** All pages of a listing. */
  async #listed(): Promise<string[]> {
    const uuids: string[] = []
    let after: string | undefined = ''
    while (after !== undefined) {
      const asked = { after, limit: 3, hideDisabled: false }
      const page: Awaited<ReturnType<Calls['list']>> = await this.#pool.run((calls) => calls.list(asked))
      uuids.push(...page.identities.map(({ uuid }) => uuid))
      after = page.next
    }
    return uuids
  }

  /** A call with ids that have slots, which the new one has by its first login. */
  #placed(call: Call): Call {
    const named = (uuid: string) => (uuid === 'nobody' ? NOBODY : uuid)
    if (call.op === 'erase') return { ...call, identity: named(call.identity) }
    if (call.op === 'delete') return { ...call, uuids: call.uuids.map(named) }
    if (call.op === 'block') return { ...call, identity: named(call.identity) }
    if (call.op === 'unlink') return { ...call, identity: named(call.identity), operation: this.#fresh() }
    if (call.op === 'unlink_developer') return { ...call, identity: named(call.identity), operation: this.#fresh() }
    if (call.op === 'operator_links') return { ...call, identity: named(call.identity) }
    if (call.op === 'operator_unlinks') return { ...call, identity: named(call.identity), operation: this.#fresh() }
    if (call.op === 'operator_merges')
      return { ...call, source: named(call.source), destination: named(call.destination) }
    if (call.op !== 'resolve') return call
    const [login] = call.logins
    const { anySlot, home } = this.#pool
    const slot = anySlot ? undefined : (home ?? (login && slotOfLogin(login)))
    const fresh = this.#fresh()
    return {
      ...call,
      ...(call.identity !== undefined && { identity: named(call.identity) }),
      fresh: slot === undefined ? fresh : inSlot(fresh, slot),
    }
  }

  #fresh(): string {
    return uuidIn(Math.floor(this.#chance() * SLOTS), Math.floor(this.#chance() * 2 ** 40))
  }

  #kept() {
    const { identities, logins } = stateOf(this.#pool)
    return [...identities.values()]
      .filter(({ erased }) => !erased)
      .map(({ state, uuid }) => [
        uuid,
        state,
        logins
          .filter((row) => row.identity === uuid)
          .map(textOf)
          .sort(),
      ])
      .sort()
  }
}

function kept({ identities }: Model) {
  return [...identities]
    .map(([uuid, { logins, state }]) => [uuid, state, [...logins.values()].map(textOf).sort()])
    .sort()
}

function textOf({ developer, provider, subject }: Omit<ProvenLogin, 'developer'> & { developer: number | boolean }) {
  return keyOf({ developer: Boolean(developer), provider, subject })
}
