import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ProvenLogin } from '../../src/pools/identities.ts'
import { inSlot, SLOTS, slotOfLogin } from '../../src/pools/spread/slots.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import { type Call, EMPTY, keyOf, type Model, outcomeOf } from '../pools/identity-model.ts'
import { callOf, type Step, sequences } from '../pools/identity-steps.ts'
import { faultsOf, stateOf } from './invariants.ts'
import { placement, TAG, uuidIn, viewOf } from './play.ts'
import { chanceFrom } from './schedule.ts'
import { VirtualPool } from './virtual-pool.ts'

const PROGRAMS = Number(process.env.PROGRAMS ?? 400)

/** Never made. */
const NOBODY = uuidIn(4095, 4095)

it('a pool over any number of objects answers as the rules say, which know nothing of objects', async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(sequences, fc.nat(), async (steps, seed) => {
      const session = new Program(seed)
      for (const step of steps) if (step.op !== 'late_repeat') await session.take(step)
      await session.leave()
      for (const kind of session.seen) seen.set(kind, (seen.get(kind) ?? 0) + 1)
    }),
    { numRuns: PROGRAMS },
  )
  expect([...seen.keys()].filter((kind) => !RARE.has(kind)).sort()).toEqual(EVERYTHING)
})

/** One pool on objects by chance, and the model beside it. */
class Program {
  readonly seen: string[] = []
  readonly #pool: VirtualPool
  readonly #spread: SpreadPool
  readonly #home: number | undefined
  readonly #chance: () => number
  readonly #ids: string[] = []
  #model: Model = EMPTY
  #serial = 0

  constructor(seed: number) {
    this.#chance = chanceFrom(seed)
    this.#pool = new VirtualPool(placement(this.#chance))
    this.#home = this.#chance() < 0.5 ? Math.floor(this.#chance() * SLOTS) : undefined
    const pool = this.#pool
    const world = { now: () => pool.now, random: (length: number) => new Uint8Array(length), uuid: () => this.#fresh() }
    this.#spread = new SpreadPool({
      tag: TAG,
      spread: pool.spread,
      get allowGuests() {
        return pool.allowGuests
      },
      view: viewOf(this.#home),
      take: async (step) => structuredClone(pool.take(structuredClone(step))),
      world,
      pause: async () => {},
    })
  }

  async take(step: Exclude<Step, { op: 'late_repeat' }>): Promise<void> {
    this.#pool.now += 1_000 * step.elapsed
    this.#serial++
    const call = this.#placed(callOf(step, this.#model, this.#ids, this.#serial))
    const { after, answers } = outcomeOf(this.#model, call, this.#pool.now)
    const answer = await this.#ask(call)
    expect(answers).toContainEqual(answer)
    this.seen.push(`${call.op}: ${answer.kind}`)
    this.#model = after
    if (call.op === 'resolve' && 'uuid' in answer && answer.uuid === call.fresh) this.#ids.push(call.fresh)
    expect(this.#kept()).toEqual(kept(after))
    if (this.#chance() < 0.3) await this.#pool.wait(300_000)
  }

  async leave(): Promise<void> {
    for (const [uuid, { logins }] of this.#model.identities)
      for (const login of logins.values()) {
        const expected = { kind: 'identity', uuid, guest: false }
        expect(await this.#spread.resolve({ logins: [login], fresh: this.#fresh() })).toEqual(expected)
        expect(await this.#spread.resolve({ logins: [login], fresh: this.#fresh(), dryRun: true })).toEqual(expected)
      }
    expect(await this.#listed()).toEqual([...this.#model.identities.keys()].sort())
    await this.#pool.quiet()
    expect(faultsOf(this.#pool)).toEqual([])
    expect(this.#kept()).toEqual(kept(this.#model))
  }

  async #ask(call: Call): Promise<{ kind: string }> {
    switch (call.op) {
      case 'resolve':
        return this.#spread.resolve(call)
      case 'unlink':
        return this.#spread.unlink(call)
      case 'unlink_developer':
        return this.#spread.unlinkDeveloper({ ...call, ...call.login })
      case 'merge_developers': {
        const { destination, source } = call
        const users = { provider: source.provider, source: source.subject, destination: destination.subject }
        return this.#spread.mergeDevelopers(users)
      }
      case 'delete':
        await this.#spread.delete(call.uuids)
        return { kind: 'deleted' }
      case 'guests':
        this.#pool.allowGuests = call.allowed
        return { kind: 'pool' }
    }
  }

  /** All pages of a listing. */
  async #listed(): Promise<string[]> {
    const uuids: string[] = []
    let after: string | undefined = ''
    while (after !== undefined) {
      const page: Awaited<ReturnType<SpreadPool['list']>> = await this.#spread.list({
        after,
        limit: 3,
        hideDisabled: false,
      })
      uuids.push(...page.identities.map(({ uuid }) => uuid))
      after = page.next
    }
    return uuids
  }

  /** A call with ids that have slots, which the new one has by its first login. */
  #placed(call: Call): Call {
    const named = (uuid: string) => (uuid === 'nobody' ? NOBODY : uuid)
    if (call.op === 'delete') return { ...call, uuids: call.uuids.map(named) }
    if (call.op === 'unlink') return { ...call, identity: named(call.identity), operation: this.#fresh() }
    if (call.op === 'unlink_developer') return { ...call, identity: named(call.identity), operation: this.#fresh() }
    if (call.op !== 'resolve') return call
    const [login] = call.logins
    const slot = this.#home ?? (login && slotOfLogin(login))
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

/** What the programs must have met among them. */
const EVERYTHING = [
  'delete: deleted',
  'guests: pool',
  'merge_developers: merged',
  'merge_developers: no_developer_user',
  'resolve: developer_user_taken',
  'resolve: forbidden',
  'resolve: identity',
  'resolve: logins_mismatch',
  'resolve: no_identity',
  'resolve: second_login',
  'resolve: too_many_logins',
  'unlink: forbidden',
  'unlink: logins_mismatch',
  'unlink: no_identity',
  'unlink: unlinked',
  'unlink_developer: developer_user_taken',
  'unlink_developer: no_developer_user',
  'unlink_developer: no_identity',
  'unlink_developer: unlinked',
]

/** What they may meet too. */
const RARE = new Set(['merge_developers: second_login', 'merge_developers: too_many_logins', 'resolve: guests_refused'])
