/**
 * The service, built from the same source, with what only the bench needs: it counts what a request does outside the
 * Worker's own code, and fills pools with many identities. Never timed; never deployed.
 */
import { utf8 } from '../../../src/base/bytes.ts'
import { DAY_MS } from '../../../src/base/days.ts'
import { newIdentityId, parsePoolId } from '../../../src/base/ids.ts'
import { consoleLog } from '../../../src/base/log.ts'
import type { World } from '../../../src/base/world.ts'
import { IdentityTable } from '../../../src/pools/identity-table.ts'
import { uuidOf } from '../../../src/pools/pools.ts'
import worker, { IdentityPool as Pool } from '../../../src/worker.ts'
import type { Seeded, Seeding } from '../seeding.ts'
import { subjectOf } from '../subjects.ts'

export { Account, KeyRing } from '../../../src/worker.ts'

/** What requests did outside the Worker's own code since the counts were taken the last time. */
interface Counts {
  objectCalls: number
  fetches: number
  kvCalls: number
  rowsWritten: number
  loggedBytes: number
}

type Method<R> = (this: unknown, ...args: unknown[]) => R

const NAMESPACES = ['ACCOUNT', 'IDENTITY_POOL', 'KEY_RING'] as const
const world: World = {
  now: () => Date.now(),
  uuid: () => crypto.randomUUID(),
  fetch: (url, init) => fetch(url, init),
  log: consoleLog,
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
}

let counts = nothing()

function nothing(): Counts {
  return { objectCalls: 0, fetches: 0, kvCalls: 0, rowsWritten: 0, loggedBytes: 0 }
}

const fetchUncounted = globalThis.fetch
globalThis.fetch = (...args) => {
  counts.fetches++
  return fetchUncounted(...args)
}

const logUncounted = console.log
console.log = (line: string) => {
  counts.loggedBytes += utf8(line).byteLength
  logUncounted(line)
}

export class IdentityPool extends Pool {
  readonly #sql: SqlStorage

  constructor(state: DurableObjectState, env: Env) {
    countRows(state.storage)
    super(state, env)
    this.#sql = state.storage.sql
  }

  /** Adds guests, or users of one login each, in one transaction. Answers the UUID of every `stride`-th. */
  seed({ poolId, provider, from, count, stride }: Seeding): Seeded {
    const pool = parsePoolId(poolId)
    if (!pool) throw new Error(`${poolId} is no pool id.`)
    const table = new IdentityTable(this.#sql)
    const sample: string[] = []
    // What was made a moment ago is what an export must ask for again.
    const madeAt = Date.now() - DAY_MS
    this.ctx.storage.transactionSync(() => {
      for (let n = from; n < from + count; n++) {
        const uuid = uuidOf(newIdentityId(pool, world))
        table.insert(uuid, provider ? 'member' : 'guest', madeAt)
        if (provider) table.link({ provider, subject: subjectOf(n), developer: false }, uuid, Date.now())
        if (n % stride === 0) sample.push(uuid)
      }
    })
    return { sample, bytes: this.#sql.databaseSize }
  }
}

let counted: Env | undefined

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url)
    if (pathname === '/bench/counts') {
      const answer = Response.json(counts)
      counts = nothing()
      return answer
    }
    if (pathname === '/bench/seed') {
      const seeding: Seeding = await request.json()
      const pool = env.IDENTITY_POOL.getByName(parsePoolId(seeding.poolId)?.tag ?? '') as unknown as SeededObject
      return Response.json(await pool.seed(seeding))
    }
    counted ??= countedBindings(env)
    return worker.fetch(request, counted, ctx)
  },
} satisfies ExportedHandler<Env>

/** The object of this build, which has one method more than the binding's type knows. */
interface SeededObject {
  seed(seeding: Seeding): Promise<Seeded>
}

function countedBindings(env: Env): Env {
  const namespaces = NAMESPACES.map((name) => [name, countedNamespace(env[name])])
  return { ...env, ...Object.fromEntries(namespaces), CACHE: onEachCall(env.CACHE, () => counts.kvCalls++) }
}

function countedNamespace<T extends object>(namespace: T): T {
  return new Proxy(namespace, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      if (name !== 'get' && name !== 'getByName') return member.bind(target)
      return (...args: unknown[]) => onEachCall(member.apply(target, args), () => counts.objectCalls++)
    },
  })
}

function onEachCall<T extends object>(target: T, count: () => void): T {
  return new Proxy(target, {
    get(_, name) {
      // A stub takes every name for a method of its object, `apply` too, so the call is made on the stub itself.
      const methods = target as Record<PropertyKey, (...args: unknown[]) => unknown>
      if (typeof methods[name] !== 'function') return methods[name]
      return (...args: unknown[]) => {
        count()
        return methods[name]?.(...args)
      }
    },
  })
}

let countsRows = false
/** Counts through the prototypes, which all objects of the process share: the base class takes no stand-in for its state. */
function countRows(storage: DurableObjectStorage): void {
  if (countsRows) return
  countsRows = true
  afterEachCall(Object.getPrototypeOf(storage.sql), 'exec', (cursor: { rowsWritten: number }) => {
    counts.rowsWritten += cursor.rowsWritten
  })
  // The platform counts setting an alarm as a row.
  afterEachCall(Object.getPrototypeOf(storage), 'setAlarm', () => {
    counts.rowsWritten++
  })
}

function afterEachCall<R>(prototype: Record<string, Method<R>>, name: string, count: (result: R) => void): void {
  const uncounted = prototype[name]
  if (!uncounted) throw new Error(`There is no method ${name}.`)
  prototype[name] = function (this: unknown, ...args) {
    const result = uncounted.apply(this, args)
    count(result)
    return result
  }
}
