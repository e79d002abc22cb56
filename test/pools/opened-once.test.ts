import { expect, it } from 'vitest'
import { newPoolId, newUuid } from '../../src/base/ids.ts'
import { ACCOUNT, inside, publicLogin, REGION, remote, SETTINGS, world } from './support.ts'

/** Queries of an object while `work` runs. */
async function queriesOf(tag: string, work: () => Promise<unknown>): Promise<string[]> {
  const queries: string[] = []
  await inside(tag, (_, { storage: { sql } }) => {
    const exec = (query: string, ...bindings: SqlStorageValue[]) => {
      queries.push(query)
      return Object.getPrototypeOf(sql).exec.call(sql, query, ...bindings)
    }
    Object.defineProperty(sql, 'exec', { configurable: true, value: exec })
  })
  await work()
  await inside(tag, (_, { storage: { sql } }) => {
    Reflect.deleteProperty(sql, 'exec')
  })
  return queries
}

it('an object that has answered once asks no more whether it was opened, nor of what it is a part', async () => {
  const login = publicLogin('accounts.google.com', 'ana')
  for (const shards of [1, 2]) {
    const { text } = newPoolId(REGION, world)
    const tag = text.slice(REGION.length + 1).slice(0, 8)
    const head = remote(tag)
    const settings = { ...SETTINGS, tags: new Map([['edge-identity:shards', String(shards)]]) }
    await (shards === 1
      ? head.create(text, ACCOUNT, settings, 'made')
      : head.createSpread(text, ACCOUNT, settings, 'made'))
    const fresh = `${tag}-0000-8000-8${newUuid(world).slice(20)}`
    const call = { region: REGION, version: 1, logins: [login], fresh }
    const guest = { step: 'resolve', identity: undefined, logins: [], fresh, claim: 'here' } as const
    const ask = () => (shards === 1 ? head.resolve(call) : head.take({ pool: text, version: 1 }, guest))
    expect(await ask()).toMatchObject({ kind: 'identity' })
    const queries = await queriesOf(tag, ask)
    expect(queries.length).toBeGreaterThan(0)
    expect(queries.filter((query) => /sqlite_master|FROM spread/.test(query))).toEqual([])
  }
})
