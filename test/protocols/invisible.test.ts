import fc from 'fast-check'
import { expect, it } from 'vitest'
import { erasableIn, eraseIn } from '../../src/pools/spread/erasing.ts'
import { SLOTS } from '../../src/pools/spread/slots.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import { sequences } from '../pools/identity-steps.ts'
import { GrowingStage } from './growing.ts'
import { placement, TAG, uuidIn, viewOf } from './play.ts'
import { type Calls, Program, type Stage } from './program.ts'
import { chanceFrom } from './schedule.ts'
import { VirtualPool } from './virtual-pool.ts'

const PROGRAMS = Number(process.env.PROGRAMS ?? 240)
/** As many programs once more, so often at most, where chance has left something out. */
const ATTEMPTS = 4

it('a pool over any number of objects answers as the rules say, which know nothing of objects', async () => {
  const seen = new Set<string>()
  const missing = () => EVERYTHING.filter((kind) => !seen.has(kind))
  const property = fc.asyncProperty(sequences, fc.nat(), async (steps, seed) => {
    const chance = chanceFrom(seed)
    const program = new Program(new SpreadStage(chance), chance)
    for (const step of steps) if (step.op !== 'late_repeat') await program.take(step)
    await program.leave()
    for (const kind of program.seen) seen.add(kind)
  })
  await fc.assert(property, { numRuns: PROGRAMS })
  for (let more = 0; more < ATTEMPTS && missing().length > 0; more++) await fc.assert(property, { numRuns: PROGRAMS })
  expect(missing()).toEqual([])
})

it('so does one that grows from one object to more, half-way', async () => {
  await fc.assert(growing(), { numRuns: PROGRAMS / 2 })
})

it('it does not, where slots move before logins have their routes', async () => {
  await expect(fc.assert(growing({ skipsRoutes: true }), { numRuns: 50, endOnFailure: true })).rejects.toThrow()
})

/** Programs on a pool that begins to grow at some step of them. */
function growing(mutant?: { skipsRoutes: boolean }) {
  return fc.asyncProperty(sequences, fc.nat(), async (steps, seed) => {
    const chance = chanceFrom(seed)
    const stage = new GrowingStage(chance, mutant)
    const program = new Program(stage, chance)
    const begin = Math.floor(chance() * steps.length)
    for (const [index, step] of steps.entries()) {
      if (index === begin) stage.grow()
      if (step.op !== 'late_repeat') await program.take(step)
    }
    await program.leave()
    expect(await stage.faults()).toEqual([])
  })
}

/** A pool on objects by chance. */
class SpreadStage extends VirtualPool implements Stage {
  readonly home: number | undefined
  readonly anySlot = false
  readonly inMotion = false
  readonly #calls: SpreadPool

  constructor(chance: () => number) {
    super(placement(chance))
    this.home = chance() < 0.5 ? Math.floor(chance() * SLOTS) : undefined
    const now = () => this.now
    const uuid = () => uuidIn(Math.floor(chance() * SLOTS), Math.floor(chance() * 2 ** 40))
    const allowed = () => this.allowGuests
    this.#calls = new SpreadPool({
      tag: TAG,
      spread: this.spread,
      get allowGuests() {
        return allowed()
      },
      view: viewOf(this.home),
      take: async (step) => structuredClone(this.take(structuredClone(step))),
      world: { now, random: (length: number) => new Uint8Array(length), uuid },
      pause: async () => {},
    })
  }

  run<T>(work: (calls: Calls) => Promise<T>): Promise<T> {
    return work(this.#calls)
  }

  /** Afterwards nothing of any object mentions one of the ids, nor the half of one that a claim begins with. */
  async erase(identity: string): Promise<void> {
    for (let turn = 0; turn < 5; turn++) {
      const found = await erasableIn(this.#calls.here, { identity })
      if (!found) return
      if ((await eraseIn(this.#calls.here, found)) === 'changed') continue
      const names = found.identities.flatMap((uuid) => [uuid, uuid.slice(19).replaceAll('-', '')])
      expect(names.filter((name) => this.content().includes(name))).toEqual([])
      return
    }
    throw new Error('nobody else changes the user')
  }
}

/** What so few programs must have met among them. Sequences on one object must meet more (test/pools). */
const EVERYTHING = [
  'block: restricted',
  'delete: deleted',
  'erase: erased',
  'find: found',
  'guests: pool',
  'merge_developers: merged',
  'merge_developers: no_developer_user',
  'operator_links: linked',
  'operator_links: no_identity',
  'operator_merges: leads_back',
  'operator_merges: merged',
  'operator_merges: no_identity',
  'operator_unlinks: no_identity',
  'operator_unlinks: no_login',
  'operator_unlinks: unlinked',
  'resolve: forbidden',
  'resolve: identity',
  'resolve: logins_mismatch',
  'resolve: no_identity',
  'resolve: second_login',
  'unlink: logins_mismatch',
  'unlink: no_identity',
  'unlink: unlinked',
  'unlink_developer: no_developer_user',
]
