import { callObject, OBJECT_WRITE_MS } from '../../base/objects.ts'
import type { NoPool, PoolAddress, PoolFound } from '../calls.ts'
import { locationHint } from '../location.ts'
import type { Pool } from '../settings.ts'
import type { WatchNoted } from '../watch.ts'
import { slotOfStep } from './admission.ts'
import { type EraseStep, isEraseStep } from './erase-step.ts'
import type { PlanAnswer, PlanStep } from './growth.ts'
import { Busy, Gone, Superseded } from './interruptions.ts'
import { BUSY_PAUSES_MS } from './limits.ts'
import { objectOf, type Slots, type Spread, slotsOf } from './map.ts'
import type { MoveAnswer, MoveStep } from './move.ts'
import { placeOf } from './places.ts'
import type { Answers, Step, StepAnswer, TakeStep } from './step.ts'

/** An open pool that is spread. */
export type SpreadPoolRecord = Pool & { spread: Spread }

/** How an object refuses what only the one object of a pool can do. */
export const SPREAD = 'the pool is spread over several objects'

/** Whose step it is. */
export interface StepAddress {
  pool: string
  /** Version of the settings that the caller decided by; left out where no setting matters. */
  version?: number | undefined
}

/** Why an object took no step. */
export type StepRefused =
  /** Nothing was ever stored here. */
  | { kind: 'unopened' }
  /** The caller has newer settings, and must bring them. */
  | { kind: 'behind' }
  /** The caller must get newer settings. */
  | { kind: 'superseded'; version: number }
  /** A slot is on another object. */
  | { kind: 'moved' }
  /** A slot is being handed over to another object, which takes milliseconds. */
  | { kind: 'busy' }
  | { kind: 'no_pool' }

type OpenPool = Pick<Pool, 'id' | 'account' | 'version' | 'settings'>

/** What an object of a pool is told by the head or by a Worker that comes from there: what it is part of, and the settings. */
export interface Offer {
  pool: OpenPool | { id: string; account: string; version: 'closed' }
  number: number
  slots: readonly Slots[]
  map: Spread
}

/** What is called of an object of a pool. */
export interface PoolPart {
  read(address: PoolAddress): Promise<PoolFound | NoPool>
  readByRegion(region: string): Promise<PoolFound | NoPool>
  take(address: StepAddress, step: Step): Promise<StepAnswer | StepRefused>
  takeErasing(address: StepAddress, step: EraseStep): Promise<StepAnswer | StepRefused>
  adopt(offer: Offer): Promise<{ kind: 'adopted' | 'closed' | 'taken' }>
  move(pool: string, step: MoveStep): Promise<MoveAnswer | NoPool>
  plan(pool: string, step: PlanStep): Promise<PlanAnswer | NoPool>
  give(pool: string): Promise<void>
  watch(address: PoolAddress, left: number): Promise<WatchNoted | NoPool>
}

/** What all ids of a pool begin with. */
export function homeOf({ id }: { id: string }): { region: string; tag: string } {
  const [region = '', uuid = ''] = id.split(':')
  return { region, tag: uuid.slice(0, 8) }
}

/** The object of this number. Only the call that opens it decides where it is. */
export function partOf(
  namespace: DurableObjectNamespace,
  { region, spread, tag }: { region: string; tag: string; spread?: Spread | undefined },
  number: number,
): PoolPart {
  const hint = (spread && placeOf(spread, number)) ?? locationHint(region)
  const options = hint && { locationHint: hint }
  return namespace.getByName(number === 0 ? tag : `${tag}/${number}`, options) as unknown as PoolPart
}

/** Calls of the object of this number, as a Worker makes them. */
export function callsOf(
  pool: Parameters<typeof partOf>[1],
  number: number,
  namespace: DurableObjectNamespace,
  limit = OBJECT_WRITE_MS,
) {
  return <T>(ask: (part: PoolPart) => Promise<T>) =>
    callObject({ name: 'IdentityPool', limit }, () => ask(partOf(namespace, pool, number)))
}

/** What an object of a pool must know. */
export function offerOf({ spread, ...pool }: SpreadPoolRecord, number: number): Offer {
  return { pool, number, slots: slotsOf(spread, number), map: spread }
}

const HANDED_OVER = 'slots of the pool are being handed over'

const waitFor = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/** An object may have to be opened, and to get the settings, before it takes a step. */
const MAX_TURNS = 3

/** Takes each step at the object that has its slots. `version`: the settings matter. */
export function stepsOf(
  pool: SpreadPoolRecord,
  namespace: DurableObjectNamespace,
  version?: number,
  pause = waitFor,
): TakeStep {
  return async <S extends Step>(step: S) => {
    const number = objectOf(pool.spread, slotOfStep(step))
    const call = callsOf({ ...homeOf(pool), spread: pool.spread }, number, namespace)
    const pauses = [...BUSY_PAUSES_MS]
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const address = { pool: pool.id, version }
      const answer = await call((part) =>
        isEraseStep(step) ? part.takeErasing(address, step) : part.take(address, step),
      )
      switch (answer.kind) {
        case 'unopened':
        case 'behind':
          if ((await call((part) => part.adopt(offerOf(pool, number)))).kind !== 'adopted') throw new Gone()
          break
        case 'busy': {
          const wait = pauses.shift()
          if (wait === undefined) throw new Busy(HANDED_OVER)
          await pause(wait)
          turn--
          break
        }
        case 'superseded':
          throw new Superseded((answer as { version: number }).version)
        case 'moved':
          throw new Superseded()
        case 'no_pool':
          throw new Gone()
        default:
          return answer as Answers[S['step']]
      }
    }
    throw new Superseded()
  }
}

/** Whoever can come back later does not wait for slots that are being handed over. */
const giveUp = () => Promise.reject(new Busy(HANDED_OVER))

/**
 * How an object of a pool asks the others for what it has left to do, by the map as the head has it. A step fails if the head
 * cannot be reached, or if its slots are being handed over.
 */
export function stepsFrom(pool: Pool, namespace: DurableObjectNamespace): TakeStep {
  let asked: Promise<PoolFound | NoPool> | undefined
  return async (step) => {
    asked ??= partOf(namespace, homeOf(pool), 0).read({ id: pool.id })
    const found = await asked
    if (found.kind !== 'pool' || !found.pool.spread) throw new Gone()
    return stepsOf({ ...found.pool, spread: found.pool.spread }, namespace, undefined, giveUp)(step)
  }
}
