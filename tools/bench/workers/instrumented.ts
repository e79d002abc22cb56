/**
 * The service, built from the same source, with what only the bench needs: it counts what a request does outside the
 * Worker's own code, and fills pools with many identities. Never timed; never deployed.
 */
import { newIdentityId, parsePoolId } from '../../../src/base/ids.ts'
import { IdentityTable } from '../../../src/pools/identity-table.ts'
import { uuidOf } from '../../../src/pools/pools.ts'
import worker, { IdentityPool as Pool } from '../../../src/worker.ts'
import { subjectOf } from '../subjects.ts'

export { Account, KeyRing } from '../../../src/worker.ts'

const NAMESPACES = ['ACCOUNT', 'IDENTITY_POOL', 'KEY_RING']
const world = { random: (length) => crypto.getRandomValues(new Uint8Array(length)) }

let counts
function forget() {
  counts = { objectCalls: 0, fetches: 0, kvCalls: 0, rowsWritten: 0 }
}
forget()

const fetchUncounted = globalThis.fetch
globalThis.fetch = (...args) => {
  counts.fetches++
  return fetchUncounted(...args)
}

export class IdentityPool extends Pool {
  #sql

  constructor(state, env) {
    countRows(state.storage)
    super(state, env)
    this.#sql = state.storage.sql
  }

  /** Adds guests, or users of one login each, in one transaction. Answers the UUID of every `stride`-th. */
  seed({ poolId, provider, from, count, stride }) {
    const pool = parsePoolId(poolId)
    const table = new IdentityTable(this.#sql)
    const sample = []
    this.ctx.storage.transactionSync(() => {
      for (let n = from; n < from + count; n++) {
        const uuid = uuidOf(newIdentityId(pool, world))
        table.insert(uuid, provider ? 'member' : 'guest', Date.now())
        if (provider) table.link({ provider, subject: subjectOf(n), developer: false }, uuid)
        if (n % stride === 0) sample.push(uuid)
      }
    })
    return { sample, bytes: this.#sql.databaseSize }
  }
}

let counted
export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url)
    if (pathname === '/bench/counts') {
      const answer = Response.json(counts)
      forget()
      return answer
    }
    if (pathname === '/bench/seed') {
      const seeding = await request.json()
      return Response.json(await env.IDENTITY_POOL.getByName(parsePoolId(seeding.poolId).tag).seed(seeding))
    }
    counted ??= countedBindings(env)
    return worker.fetch(request, counted, ctx)
  },
}

function countedBindings(env) {
  const namespaces = NAMESPACES.map((name) => [name, countedNamespace(env[name])])
  return { ...env, ...Object.fromEntries(namespaces), CACHE: onEachCall(env.CACHE, () => counts.kvCalls++) }
}

function countedNamespace(namespace) {
  return new Proxy(namespace, {
    get(target, name) {
      const member = target[name]
      if (typeof member !== 'function') return member
      if (name !== 'get' && name !== 'getByName') return member.bind(target)
      return (...args) => onEachCall(target[name](...args), () => counts.objectCalls++)
    },
  })
}

function onEachCall(target, count) {
  return new Proxy(target, {
    get: (_, name) =>
      typeof target[name] === 'function'
        ? (...args) => {
            count()
            return target[name](...args)
          }
        : target[name],
  })
}

let countsRows = false
/** Counts through the prototypes, which all objects of the process share: the base class takes no stand-in for its state. */
function countRows(storage) {
  if (countsRows) return
  countsRows = true
  afterEachCall(Object.getPrototypeOf(storage.sql), 'exec', (cursor) => (counts.rowsWritten += cursor.rowsWritten))
  // The platform counts setting an alarm as a row.
  afterEachCall(Object.getPrototypeOf(storage), 'setAlarm', () => counts.rowsWritten++)
}

function afterEachCall(prototype, name, count) {
  const uncounted = prototype[name]
  prototype[name] = function (...args) {
    const result = uncounted.apply(this, args)
    count(result)
    return result
  }
}
