import { evictAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { asNew } from './as-new.ts'

const CACHED = 'https://cached.example/'
const FAR_AWAY = new Date('2001-02-03')

it('the Worker that files share knows nothing of the files before', async () => {
  await leaveTraces()
  const keyIds = await readKeyIds()
  const traces = {
    rows: [1, 1, 1],
    kv: expect.arrayContaining([{ name: 'left' }]),
    cached: true,
    admitted: false,
    year: 2001,
  }
  expect(await readTraces()).toEqual(traces)

  // As happens to what was not used for ten seconds: nothing runs.
  await evictAllDurableObjects()
  await asNew()
  const { year, ...others } = await readTraces()
  expect(others).toEqual({ rows: [0, 0, 0], kv: [], cached: false, admitted: true })
  expect(year).toBeGreaterThan(2001)
  const newKeyIds = await readKeyIds()
  expect(newKeyIds.filter((id) => keyIds.includes(id))).toEqual([])
})

async function leaveTraces(): Promise<void> {
  await env.CACHE.put('left', 'value')
  await caches.default.put(CACHED, new Response('', { headers: { 'cache-control': 'max-age=3600' } }))
  await withRows((sql) => sql.exec('INSERT INTO trace VALUES (1)'))
  while (await isAdmitted());
  vi.useFakeTimers({ toFake: ['Date'], now: FAR_AWAY })
}

async function readTraces() {
  return {
    rows: await withRows((sql) => sql.exec('SELECT * FROM trace').toArray().length),
    kv: (await env.CACHE.list()).keys,
    cached: (await caches.default.match(CACHED)) !== undefined,
    admitted: await isAdmitted(),
    year: new Date().getFullYear(),
  }
}

/** In an object of each class, in a table that the class does not have. */
function withRows<T>(use: (sql: SqlStorage) => T): Promise<T[]> {
  const objects: DurableObjectNamespace[] = [env.ACCOUNT, env.IDENTITY_POOL, env.KEY_RING]
  const inTable = (sql: SqlStorage) => {
    sql.exec('CREATE TABLE IF NOT EXISTS trace (value)')
    return use(sql)
  }
  return Promise.all(
    objects.map((namespace) =>
      runInDurableObject(namespace.getByName('trace'), (_, { storage }) => inTable(storage.sql)),
    ),
  )
}

async function isAdmitted(): Promise<boolean> {
  return (await env.RATE_LIMIT_GUESTS.limit({ key: 'left' })).success
}

/** Of the keys that the deployment publishes, which come from an object and are kept in the deployment. */
async function readKeyIds(): Promise<string[]> {
  const headers = { host: 'localhost' }
  const response = await exports.default.fetch('http://localhost/.well-known/jwks.json', { headers })
  const { keys }: { keys: { kid: string }[] } = await response.json()
  expect(keys.length).toBeGreaterThan(0)
  return keys.map(({ kid }) => kid)
}
