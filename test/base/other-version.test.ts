import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { migrate } from '../../src/base/migrations.ts'
import { callObject, OBJECT_WRITE_MS, OtherVersion } from '../../src/base/objects.ts'

const CALL = { name: 'any', limit: OBJECT_WRITE_MS }

async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => 'no failure',
    (error: unknown) => error,
  )
}

const CLASSES: readonly [string, DurableObjectNamespace, (name: string) => Promise<unknown>][] = [
  ['Account', env.ACCOUNT, (name) => env.ACCOUNT.getByName(name).rolePolicyNames('any')],
  [
    'IdentityPool',
    env.IDENTITY_POOL,
    (name) => env.IDENTITY_POOL.getByName(name).listIdentities({ id: '' }, '', 1, false),
  ],
  ['KeyRing', env.KEY_RING, (name) => env.KEY_RING.getByName(name).snapshot()],
]

describe('an object of another version', () => {
  it.each(CLASSES)('that lacks a method is told from one that failed: %s', async (_, namespace) => {
    const stub = namespace.getByName('lacks') as unknown as { methodToCome: () => Promise<void> }
    const failure = await failureOf(callObject(CALL, () => stub.methodToCome()))
    expect(failure).toBeInstanceOf(OtherVersion)
    expect(failure).toMatchObject({ reason: 'older' })
  })

  it('is known by the words of workerd too', async () => {
    const words = 'The RPC receiver does not implement the method "methodToCome".'
    expect(await failureOf(callObject(CALL, () => Promise.reject(new TypeError(words))))).toBeInstanceOf(OtherVersion)
    const other = new TypeError(`${words} Or so.`)
    expect(await failureOf(callObject(CALL, () => Promise.reject(other)))).toBe(other)
  })

  it.each(CLASSES)('refuses every call if its tables are of a later one: %s', async (_, namespace, call) => {
    const stub = namespace.getByName('newer')
    await runInDurableObject(stub, (_, { storage: { sql } }) => {
      sql.exec('CREATE TABLE migration (number INTEGER PRIMARY KEY)')
      sql.exec('INSERT INTO migration (number) VALUES (1), (99)')
    })
    await evictDurableObject(stub)
    const failure = await failureOf(callObject(CALL, () => call('newer')))
    expect(failure).toBeInstanceOf(OtherVersion)
    expect(failure).toMatchObject({
      reason: 'newer_tables',
      message: expect.stringMatching(
        /The tables of this object are of a later version of the service: migration 99, where this one knows \d\. Deploy that version\.$/,
      ),
    })
  })

  it('leaves tables of a later one as they are', async () => {
    const [before, after] = await runInDurableObject(env.ACCOUNT.getByName('left'), (_, { storage }) => {
      const rows = () => [
        storage.sql.exec('SELECT name, sql FROM sqlite_master').toArray(),
        storage.sql.exec('SELECT * FROM migration').toArray(),
      ]
      migrate(storage, ['CREATE TABLE a (b)', 'CREATE TABLE c (d)'])
      const before = rows()
      expect(() => migrate(storage, ['CREATE TABLE a (b)'])).toThrow('later version')
      return [before, rows()]
    })
    expect(after).toEqual(before)
    expect(before?.[1]).toEqual([{ number: 1 }, { number: 2 }])
  })
})
