import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Account, Accounts } from '../../../src/account/index.ts'
import { SETTLE_AFTER_MS } from '../../../src/account/limits.ts'
import { sha256, utf8 } from '../../../src/base/bytes.ts'
import { newPoolId, poolTagOf } from '../../../src/base/ids.ts'
import { findOperation } from '../../../src/operations/index.ts'
import type { SignedContext } from '../../../src/operations/operation.ts'
import { type IdentityPool, Pools } from '../../../src/pools/index.ts'
import { inside, newAccount, START } from '../../account/support.ts'
import { explore, type Run, type World } from '../support/interleavings.ts'

const REGION = 'us-east-1'

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface PoolRow {
  id: string
  name: string
  createdBy: string
  deletedBy?: string
}

/** The objects of pools, as far as a directory is concerned. */
class PoolRows {
  readonly rows = new Map<string, PoolRow>()

  objectOf(tag: string): Record<string, (...args: never[]) => unknown> {
    const open = (id: string) => {
      const row = this.rows.get(tag)
      return row?.id === id && row.deletedBy === undefined ? row : undefined
    }
    const found = (id: string) => {
      const row = open(id)
      return row
        ? { kind: 'pool', pool: { id, account: 'any', version: 1, settings: { name: row.name } } }
        : { kind: 'no_pool' }
    }
    return {
      read: ({ id }: { id: string }) => found(id),
      create: (id: string, _account: string, { name }: { name: string }, operation: string) => {
        const taken = this.rows.get(tag)
        if (taken && (taken.createdBy !== operation || taken.deletedBy !== undefined)) return { kind: 'taken' }
        if (!taken) this.rows.set(tag, { id, name, createdBy: operation })
        return found(id)
      },
      change: ({ id }: { id: string }, { settings: { name } }: { settings: { name: string } }) => {
        const row = open(id)
        if (row) row.name = name
        return found(id)
      },
      delete: ({ id }: { id: string }, operation: string) => {
        const row = this.rows.get(tag)
        if (row?.deletedBy === operation) return { kind: 'deleted' }
        if (!open(id)) return { kind: 'no_pool' }
        this.rows.set(tag, { ...(row as PoolRow), deletedBy: operation })
        return { kind: 'deleted' }
      },
    }
  }

  open() {
    return [...this.rows.values()].flatMap(({ deletedBy, id, name }) => (deletedBy === undefined ? [{ id, name }] : []))
  }
}

type Input = Readonly<Record<string, unknown>>

/** One call of a client, which sends it once more if it fails. */
interface Call {
  operation: 'CreateIdentityPool' | 'UpdateIdentityPool' | 'DeleteIdentityPool'
  name: string
  input: Input
}

const create = (name: string): Call => ({ operation: 'CreateIdentityPool', name, input: pool(name) })
const rename = (IdentityPoolId: string, name: string): Call => ({
  operation: 'UpdateIdentityPool',
  name: `to ${name}`,
  input: { IdentityPoolId, ...pool(name) },
})
const remove = (IdentityPoolId: string, name: string): Call => ({
  operation: 'DeleteIdentityPool',
  name,
  input: { IdentityPoolId },
})

function pool(IdentityPoolName: string): Input {
  return { IdentityPoolName, AllowUnauthenticatedIdentities: false }
}

/** The id that a pool gets which this call makes. */
async function idMadeBy(call: Call): Promise<string> {
  const digest = await sha256(utf8(`${call.name} 0`))
  return newPoolId(REGION, { random: (length) => digest.slice(0, length) }).text
}

/** A client's calls, one after the other, through the code of the operations to the objects. */
async function client(process: string, calls: readonly Call[], run: Run, bed: Bed): Promise<void> {
  const through = (objectOf: (name: string) => object) => ({
    getByName: (name: string) =>
      new Proxy(objectOf(name), {
        get:
          (object, method: string) =>
          (...args: unknown[]) =>
            run.call(process, method, () => Reflect.get(object, method).apply(object, args)),
      }),
  })
  const world = { now: () => Date.now(), log: { warn: () => {} } } as never
  const context = {
    accounts: new Accounts(through(() => bed.account) as unknown as DurableObjectNamespace<Account>, world),
    pools: new Pools(
      through((tag) => bed.pools.objectOf(tag)) as unknown as DurableObjectNamespace<IdentityPool>,
      world,
    ),
    caller: { account: 'any', region: REGION },
    note: () => {},
    world,
  }
  for (const call of calls) {
    await run.begin(process)
    const operation = findOperation('cognito-identity', call.operation, {})
    if (operation?.auth !== 'signed') throw new Error('no such operation')
    const attempt = async () =>
      operation.run(call.input as never, { ...context, operationId: call.name } as unknown as SignedContext)
    const outcome = await attempt()
      .catch(attempt)
      .then(
        () => 'done',
        (error: { code?: string }) => error.code ?? 'failed',
      )
    bed.outcomes.set(call.name, outcome)
  }
}

interface Bed {
  account: Account
  sql: SqlStorage
  pools: PoolRows
  outcomes: Map<string, string>
}

/** Clients, and the alarm of the directory: it runs when a minute has passed in which no call was under way. */
function worldOf(clients: readonly (readonly Call[])[], given: readonly PoolRow[], run: Run, bed: Bed): World {
  vi.setSystemTime(START)
  bed.account.poolIsGone('opens the tables')
  bed.sql.exec('DELETE FROM pool')
  for (const row of given) {
    bed.pools.rows.set(poolTagOf(row.id) ?? '', { ...row })
    bed.account.poolIsOpen(row.id, row.name)
  }
  let minutes = 0
  const objects = {
    getByName: (tag: string) => ({
      read: (address: object) => run.call('alarm', 'read', () => bed.pools.objectOf(tag).read?.(address as never)),
    }),
  }
  Object.defineProperty(bed.account, 'env', { value: { IDENTITY_POOL: objects }, configurable: true })
  clients.forEach((calls, index) => {
    const name = `client ${index + 1}`
    run.start(name, () => client(name, calls, run, bed))
  })
  const rows = () => bed.sql.exec('SELECT * FROM pool ORDER BY id').toArray()
  const minuteLater = async () => {
    if (++minutes > 6) throw new Error('the directory never settles')
    vi.setSystemTime(Date.now() + SETTLE_AFTER_MS + 1000)
    run.start('alarm', () => bed.account.alarm())
  }
  return {
    state: () => JSON.stringify([rows(), [...bed.pools.rows].sort(), [...bed.outcomes].sort(), minutes]),
    isTroubled: (process) => process !== 'alarm',
    between: () =>
      run.underWay() === 0 && rows().some(({ since, state }) => since !== 0 || state !== 'open')
        ? { name: 'a minute passes', work: minuteLater }
        : undefined,
    end: async () => check(clients.flat(), run.steps, bed),
  }
}

/** What must hold in the end, whatever happened. */
function check(calls: readonly Call[], steps: readonly string[], { account, outcomes, pools }: Bed): void {
  const listed = account.listPools(REGION, '', 60).pools
  expect(listed).toEqual(pools.open().sort((a, b) => (a.id < b.id ? -1 : 1)))
  for (const { input, name, operation } of calls) {
    const outcome = outcomes.get(name)
    const made = [...pools.rows.values()].filter(({ createdBy }) => createdBy === name)
    const target = [...pools.rows.values()].find(({ id }) => id === input.IdentityPoolId)
    if (operation === 'CreateIdentityPool' && outcome === 'done') expect(made.length).toBeGreaterThan(0)
    if (operation === 'CreateIdentityPool')
      expect(made.filter(({ deletedBy }) => deletedBy === undefined).length).toBeLessThanOrEqual(1)
    if (operation === 'DeleteIdentityPool' && outcome === 'done') expect(target?.deletedBy).toBeDefined()
    // A call that comes again finds its own work, unless that is done only afterwards.
    const isLate = steps.findLast((step) => step.includes(': delete'))?.endsWith('late')
    if (operation === 'DeleteIdentityPool' && target?.deletedBy === name && !isLate)
      expect(outcome).not.toBe('ResourceNotFoundException')
  }
}

const GIVEN: PoolRow = { id: `${REGION}:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10`, name: 'first', createdBy: 'before' }

describe('the directory of pools comes right', () => {
  const made = create('made')
  it.each<[string, (id: string) => readonly (readonly Call[])[], readonly PoolRow[], number]>([
    ['two creations', () => [[made], [create('other')]], [], 1],
    ['a creation, then a deletion of that pool, by two clients', (id) => [[made], [remove(id, 'del')]], [], 1],
    ['two renamings', () => [[rename(GIVEN.id, 'a')], [rename(GIVEN.id, 'b')]], [GIVEN], 1],
    ['a renaming and a deletion', () => [[rename(GIVEN.id, 'a')], [remove(GIVEN.id, 'del')]], [GIVEN], 1],
    ['two deletions', () => [[remove(GIVEN.id, 'del 1')], [remove(GIVEN.id, 'del 2')]], [GIVEN], 1],
    ['the life of a pool', (id) => [[made, rename(id, 'a'), remove(id, 'del')]], [], 2],
  ])('after %s, whatever is lost, late or dead in between', async (_, clients, given, mishaps) => {
    const calls = clients(await idMadeBy(made))
    const explored = await inside(newAccount(), (account, { sql }) =>
      explore(
        (run) => worldOf(calls, given, run, { account, sql, pools: new PoolRows(), outcomes: new Map() }),
        mishaps,
      ),
    )
    expect(explored.states).toBeGreaterThan(100)
  })
})
