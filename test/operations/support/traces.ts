import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { LOCAL_ACCOUNT } from '../../support/client.ts'

/** Every row of every table of an object. */
export type Tables = Map<string, Record<string, SqlStorageValue>[]>

export const nameOf = (pool: string, object: number) => {
  const tag = pool.split(':')[1]?.slice(0, 8) ?? ''
  return object === 0 ? tag : `${tag}/${object}`
}

export function tablesIn({ sql }: DurableObjectStorage): Tables {
  const tables = sql.exec<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'",
  )
  return new Map(tables.toArray().map(({ name }) => [name, sql.exec(`SELECT * FROM ${name}`).toArray()]))
}

/** What all objects of the service keep, all values of KV with their keys: as text, by what they are. */
export async function everything(pool: string, objects: number): Promise<Map<string, string>> {
  const kept = new Map<string, string>()
  const stubs: [string, DurableObjectStub<never>][] = [
    ...Array.from({ length: objects }, (_, object): [string, DurableObjectStub<never>] => [
      `pool ${object}`,
      env.IDENTITY_POOL.getByName(nameOf(pool, object)) as never,
    ]),
    ['account', env.ACCOUNT.getByName(LOCAL_ACCOUNT) as never],
    ...['RS256', 'receipts'].map((name): [string, DurableObjectStub<never>] => [
      `ring ${name}`,
      env.KEY_RING.getByName(name) as never,
    ]),
  ]
  for (const [what, stub] of stubs)
    for (const [table, rows] of await runInDurableObject(stub, (_, { storage }) => tablesIn(storage)))
      for (const row of rows) kept.set(`${what} ${table} ${kept.size}`, JSON.stringify(row))
  const { keys } = await env.CACHE.list()
  for (const { name } of keys) kept.set(`KV ${name}`, `${name} ${await env.CACHE.get(name)}`)
  return kept
}

/** Where one of these names is mentioned: as it is, without its dashes, by the random end of an id, or encoded. */
export function mentionsOf(names: readonly string[], kept: ReadonlyMap<string, string>): string[] {
  const forms = names.flatMap((name) => {
    const plain = name.replaceAll('-', '')
    return [name, plain, ...(plain.length === 32 ? [plain.slice(16)] : []), btoa(name).replaceAll('=', '')]
  })
  return [...kept].flatMap(([where, text]) =>
    forms.some((form) => text.includes(form) || text.replaceAll('-', '').includes(form)) ? [where] : [],
  )
}
