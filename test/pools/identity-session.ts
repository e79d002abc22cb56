import { expect } from 'vitest'
import { GuestSweep } from '../../src/pools/guest-sweep.ts'
import type { IdentityPool, ProvenLogin } from '../../src/pools/index.ts'
import {
  expectAsModelled,
  expectFair,
  expectSame,
  expectSound,
  isSame,
  type Kept,
  kept,
} from './identity-invariants.ts'
import { type Answer, type Call, EMPTY, keyOf, type Model, outcomeOf } from './identity-model.ts'
import {
  answerOf,
  callOf,
  PEOPLE,
  PUBLIC_PROVIDERS,
  publicLoginsOf,
  type Step,
  send,
  versionIn,
} from './identity-steps.ts'
import { ACCOUNT, START } from './support.ts'

/** One life of an emptied pool, driven step by step beside the model, and checked after each step. */
export class Session {
  readonly #pool: IdentityPool
  readonly #storage: DurableObjectStorage
  readonly #sql: SqlStorage
  readonly #setClock: (now: number) => void
  readonly #poolId: string
  readonly #ids: string[] = []
  readonly #history: { call: Call; answer: Answer }[] = []
  readonly #deleted = new Set<string>()
  #model: Model = EMPTY
  #now = START
  #rows: Kept
  /** Kinds of answer seen, by operation. */
  readonly seen: string[] = []

  constructor(pool: IdentityPool, storage: DurableObjectStorage, poolId: string, setClock: (now: number) => void) {
    const { sql } = storage
    this.#pool = pool
    this.#storage = storage
    this.#sql = sql
    this.#poolId = poolId
    this.#setClock = setClock
    setClock(this.#now)
    sql.exec('DELETE FROM login')
    sql.exec('DELETE FROM identity')
    void send(pool, { op: 'guests', allowed: true }, poolId, 0)
    this.#rows = kept(sql)
  }

  take(step: Step): void {
    this.#wait(step.elapsed)
    if (step.op === 'late_repeat') this.#repeatLate(step.which)
    else this.#takeNew(step)
  }

  #takeNew(step: Exclude<Step, { op: 'late_repeat' }>): void {
    const call = callOf(step, this.#model, this.#ids, this.#history.length + 1, this.#now)
    const { after, answers } = outcomeOf(this.#model, call, this.#now)
    const answer = this.#call(call)
    expectAmong(answers, answer)
    this.#remember(call, answer, after)
    if (step.repeated) this.#repeatAtOnce(call, answer)
  }

  /** Whoever comes back with any id ever handed out and a login of theirs gets where that login is; nobody else does. */
  leave(): void {
    for (const id of this.#ids) {
      const today = this.#model.standsFor.get(id) ?? id
      const held = [...(this.#model.identities.get(today)?.logins.values() ?? [])]
      const owner = held[0]?.subject.split('-')[0]
      if (owner === undefined || !this.#model.identities.has(id)) continue
      const isBlocked = (this.#model.identities.get(today)?.blocked ?? 0) > this.#now
      const expected = isBlocked
        ? { kind: 'forbidden', why: 'blocked' }
        : { kind: 'identity', uuid: today, guest: false }
      for (const login of held) expectSame(this.#ask(naming(id, [login])), expected)
      expectSame(this.#ask(naming(id, [])), { kind: 'forbidden' })
      for (const other of PEOPLE) if (other !== owner) this.#expectNoWayIn(id, publicLoginsOf(other).slice(0, 1))
    }
    this.#expectDirectory()
    expectSame(unlessUsed(kept(this.#sql)), unlessUsed(this.#rows))
  }

  /** Operators find each login with its identity, and each identity with its logins and with those that lead to it. */
  #expectDirectory(): void {
    const address = { id: this.#poolId, account: ACCOUNT }
    const walked = this.#pool.walkDetails(address, { after: '', limit: 1_000 })
    const listed = walked.kind === 'walked' ? walked.identities : []
    expectSame(listed.map(({ uuid }) => uuid).sort(), [...this.#model.identities.keys()].sort())
    const losers = this.#rows.identities.filter(({ forward }) => forward !== null)
    for (const identity of listed) {
      const { logins, state } = this.#model.identities.get(identity.uuid) ?? {}
      expectSame([identity.state, identity.logins.map(keyOf).sort()], [state, [...(logins?.keys() ?? [])].sort()])
      const leading = losers.filter(({ forward }) => forward === identity.uuid).map(({ uuid }) => uuid)
      const found = {
        ...identity,
        logins: identity.logins.map((login) => ({ ...login, linkedDay: this.#dayOf(login) })),
      }
      const detail = { ...found, forwardedFrom: leading.sort() }
      expectSame(this.#pool.identityDetail(address, identity.uuid), { kind: 'found', identity: detail })
      for (const login of identity.logins)
        expectSame(this.#pool.findIdentity(address, [login]), { kind: 'found', identity: found })
    }
  }

  #dayOf(login: ProvenLogin): number | null | undefined {
    return this.#rows.logins.find((row) => keyOf({ ...row, developer: row.developer === 1 }) === keyOf(login))
      ?.linked_day
  }

  #expectNoWayIn(id: string, proven: readonly ProvenLogin[]): void {
    // Those who come may be blocked themselves.
    const refused = [{ kind: 'forbidden' }, { kind: 'logins_mismatch' }, { kind: 'forbidden', why: 'blocked' }]
    const providers = PUBLIC_PROVIDERS
    expectAmong(refused, this.#ask(naming(id, proven)))
    expectAmong(refused, this.#ask({ op: 'unlink', identity: id, proven, providers, operation: 'of somebody else' }))
  }

  /** The answer was lost and the call is made again: it says the same and changes nothing. */
  #repeatAtOnce(call: Call, answer: Answer): void {
    const before = this.#rows
    this.#wait(1)
    expectSame(this.#call(call), answer)
    expectSame(this.#rows, before)
  }

  /** A call is repeated after others came between: it is recognised, or does what it would do as a new one. */
  #repeatLate(which: number): void {
    const { answer: first, call } = this.#history[which % (this.#history.length + 1)] ?? {}
    if (!call || !first || (call.op === 'resolve' && this.#deleted.has(call.fresh))) return
    const { after, answers } = outcomeOf(this.#model, call, this.#now)
    const before = this.#rows
    const answer = this.#call(call, { recognised: true })
    const recognised = isSame(answer, first) && isSame(this.#rows, before)
    if (!recognised) expectAmong(answers, answer)
    this.#model = recognised ? this.#model : after
    expectAsModelled(this.#rows, this.#model)
  }

  #call(call: Call, { recognised = false } = {}): Answer {
    const before = this.#rows
    const answer = this.#ask(call)
    this.#rows = kept(this.#sql)
    this.seen.push(`${call.op}: ${answer.kind}`)
    if (call.op === 'sweep' && this.#rows.identities.length < before.identities.length)
      this.seen.push('sweep: some went')
    expectSound(this.#rows)
    if (!recognised) expectFair(before, this.#rows, call, answer, this.#now)
    return answer
  }

  #ask(call: Call): Answer {
    const found = this.#pool.read({ id: this.#poolId })
    if (call.op === 'sweep') return this.#sweep(found)
    return answerOf(send(this.#pool, call, this.#poolId, versionIn(found)) as Answer)
  }

  /** What the alarm does until there is nothing to do, of an object that has watched its guests for long and was just evicted. */
  #sweep(found: ReturnType<IdentityPool['read']>): Answer {
    if (found.kind !== 'pool') return { kind: 'no_pool' }
    this.#sql.exec('DELETE FROM guest_sweep')
    this.#sql.exec('INSERT INTO guest_sweep (one, since, last_used_days) VALUES (1, 0, 7)')
    const sweep = new GuestSweep(this.#storage)
    const isDue = () => (sweep.nextDue(found.pool, this.#now) ?? Number.POSITIVE_INFINITY) <= this.#now
    while (isDue()) sweep.run(found.pool, this.#now)
    return { kind: 'swept' }
  }

  #remember(call: Call, answer: Answer, after: Model): void {
    for (const uuid of this.#model.identities.keys()) if (!after.identities.has(uuid)) this.#deleted.add(uuid)
    this.#model = after
    this.#history.push({ call, answer })
    if (answer.kind === 'identity' && call.op === 'resolve' && answer.uuid === call.fresh) this.#ids.push(call.fresh)
    if (call.op === 'delete') for (const uuid of call.uuids) this.#deleted.add(uuid)
    expectAsModelled(this.#rows, this.#model)
    const forwards = this.#rows.identities.filter((row) => row.forward !== null)
    if (forwards.length > 0) this.seen.push('forwarded once')
    if (forwards.some((row) => forwards.some((other) => other.uuid === row.forward))) this.seen.push('forwarded twice')
  }

  #wait(elapsed: number): void {
    this.#now += elapsed
    this.#setClock(this.#now)
  }
}

/** What is kept but for the days of last uses. */
function unlessUsed({ identities, ...others }: Kept) {
  return { ...others, identities: identities.map(({ used_day, ...row }) => row) }
}

function naming(identity: string, logins: readonly ProvenLogin[]): Call {
  return { op: 'resolve', identity, logins, fresh: 'unused' }
}

function expectAmong(expected: readonly Answer[], actual: Answer): void {
  if (!expected.some((answer) => isSame(answer, actual))) expect(expected).toContainEqual(actual)
}
