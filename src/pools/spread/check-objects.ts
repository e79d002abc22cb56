import type { CheckPage, Finding, FindingKind } from '../check.ts'
import type { CheckPosition } from './check-step.ts'
import { someAtOnce } from './checking.ts'
import { CHECK_OBJECTS } from './limits.ts'
import { slotsOf } from './map.ts'
import { callsOf, homeOf, offerOf, type SpreadPoolRecord } from './objects.ts'
import { beforeSlot } from './slots.ts'

export interface ObjectsChecked extends CheckPage {
  /** The highest version of the settings that any object has, if it is beyond that of the head. */
  newest?: number | undefined
}

/** Looks into some objects of a pool: whether they know it, and have its slots and its settings. */
export async function checkObjects(
  pool: SpreadPoolRecord,
  { blocked = false, from }: Extract<CheckPosition, { walk: 'objects' }>,
  repair: boolean,
  namespace: DurableObjectNamespace,
): Promise<ObjectsChecked> {
  const { objects } = pool.spread
  const end = Math.min(from + CHECK_OBJECTS, objects)
  const numbers = Array.from({ length: end - from }, (_, index) => from + index)
  const seen = await someAtOnce(numbers, (number) => lookInto(number, pool, repair, namespace))
  // Behind the last object there is none, unless the head was taken back to before the pool grew.
  if (end === objects && (await isThere(objects, pool, namespace)))
    seen.push({ findings: [{ kind: 'object_unknown', object: objects, repaired: false }] })
  const findings = seen.flatMap((one) => one.findings)
  const newest = Math.max(...seen.map(({ version = 0 }) => version))
  const counts = { objects: numbers.length, identities: 0, logins: 0, routes: 0, pending: 0 }
  return {
    kind: 'checked',
    objects,
    counts,
    findings,
    next: nextOf(end, objects, blocked || findings.some(({ kind }) => BLOCKING.has(kind))),
    ...(newest > pool.version && { newest }),
  }
}

/** Objects that answer for nothing, or for what the head does not know, make every call end that touches them. */
const BLOCKING: ReadonlySet<FindingKind> = new Set(['object_closed', 'object_has_other_slots', 'object_unknown'])

function nextOf(end: number, objects: number, blocked: boolean): CheckPosition | undefined {
  if (end < objects) return { walk: 'objects', from: end, blocked }
  return blocked ? undefined : { walk: 'identities', after: '' }
}

interface Looked {
  findings: Finding[]
  version?: number
}

async function lookInto(
  number: number,
  pool: SpreadPoolRecord,
  repair: boolean,
  namespace: DurableObjectNamespace,
): Promise<Looked> {
  const call = callOf(number, pool, namespace)
  const found = (kind: FindingKind, repaired = false): Looked => ({ findings: [{ kind, object: number, repaired }] })
  const adopted = async () => repair && (await call((part) => part.adopt(offerOf(pool, number)))).kind === 'adopted'
  const [first] = slotsOf(pool.spread, number)
  const { tag } = homeOf(pool)
  const nothing = { step: 'check_identities', after: beforeSlot(tag, 0), end: '', limit: 0 } as const
  const answers = await Promise.all(
    slotsOf(pool.spread, number).map((slots) => call((part) => part.take({ pool: pool.id }, { ...nothing, slots }))),
  )
  if (first && answers.some(({ kind }) => kind === 'unopened')) return found('object_empty', await adopted())
  const read = await call((part) => part.read({ id: pool.id }))
  if (read.kind !== 'pool') return found('object_closed')
  const { version } = read.pool
  // An object that has a newer map than the head has seen the pool grow.
  const hasGrown = (read.pool.spread?.epoch ?? 0) > pool.spread.epoch
  if (hasGrown || answers.some(({ kind }) => kind === 'moved')) return { ...found('object_has_other_slots'), version }
  // What is newer is for the head to take note of.
  if (version > pool.version) return { ...found('settings_newer', repair), version }
  return version < pool.version ? { ...found('settings_older', await adopted()), version } : { findings: [], version }
}

async function isThere(number: number, pool: SpreadPoolRecord, namespace: DurableObjectNamespace): Promise<boolean> {
  const { kind } = await callOf(number, pool, namespace)((part) => part.read({ id: pool.id }))
  return kind === 'pool'
}

function callOf(number: number, pool: SpreadPoolRecord, namespace: DurableObjectNamespace) {
  return callsOf({ ...homeOf(pool), spread: pool.spread }, number, namespace)
}
