import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { IdentityId } from '../../src/base/ids.ts'
import { newIdentityId, newPoolId, newUuid, type PoolId, parseIdentityId } from '../../src/base/ids.ts'
import {
  findIdentity,
  type IdentityPool,
  identityDetail,
  identityDetails,
  Pools,
  type ProvenLogin,
} from '../../src/pools/index.ts'
import { objectOf } from '../../src/pools/spread/map.ts'
import { slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import { ACCOUNT, inside, publicLogin, REGION, SETTINGS, START, world } from './support.ts'
import { TroubledNamespace } from './troubled-namespace.ts'

let edge: TroubledNamespace<IdentityPool>
let pools: Pools
beforeEach(() => {
  edge = new TroubledNamespace(env.IDENTITY_POOL)
  pools = new Pools(edge.namespace, world)
})
afterEach(() => {
  vi.useRealTimers()
})

async function poolOver(objects: number): Promise<PoolId> {
  const id = newPoolId(REGION, world)
  const tags = new Map(objects > 1 ? [['edge-identity:shards', String(objects)]] : [])
  expect(await pools.create(id, ACCOUNT, { ...SETTINGS, tags }, newUuid(world))).toMatchObject({ kind: 'pool' })
  return id
}

const named = (uuid: string) => parseIdentityId(`${REGION}:${uuid}`) as IdentityId

async function identityOf(id: PoolId, logins: readonly ProvenLogin[], identity?: string): Promise<string> {
  const resolved = await pools.withSettings(id, (pool) =>
    pools.resolve(pool, {
      logins,
      fresh: newIdentityId(id, world),
      identity: identity === undefined ? undefined : named(identity),
      once: undefined,
    }),
  )
  if (resolved.kind !== 'identity') throw new Error(resolved.kind)
  return resolved.uuid
}

/** Of two identities of one millisecond, chance decides which is the older. */
async function nextMillisecond(): Promise<void> {
  const now = Date.now()
  while (Date.now() === now) await scheduler.wait(1)
}

/** Calls of objects that `work` makes. */
async function callsOf(work: () => Promise<unknown>): Promise<number> {
  edge.calls.length = 0
  await work()
  return edge.calls.length
}

/** A login whose route is in another object than this identity. */
async function loginBeside(id: PoolId, uuid: string): Promise<ProvenLogin> {
  const found = await pools.read(id, ACCOUNT)
  if (found.kind !== 'pool' || !found.pool.spread) throw new Error('no spread pool')
  const { spread } = found.pool
  for (let n = 0; ; n++) {
    const login = publicLogin('idp-2', `beside-${n}`)
    if (objectOf(spread, slotOfLogin(login)) !== objectOf(spread, slotOfIdentity(uuid))) return login
  }
}

const ana = publicLogin('idp', 'ana')
const nobody = publicLogin('idp', 'nobody')

describe('what the directory costs', () => {
  it('one call of the object of a pool, whatever is asked, in an isolate that knows nothing', async () => {
    const id = await poolOver(1)
    const user = await identityOf(id, [ana])
    pools = new Pools(edge.namespace, world)
    for (const logins of [[ana], [nobody, ana], [nobody]])
      expect(await callsOf(() => findIdentity(pools, id, ACCOUNT, logins))).toBe(1)
    expect(await callsOf(() => identityDetail(pools, id, ACCOUNT, named(user)))).toBe(1)
    expect(await callsOf(() => identityDetails(pools, id, ACCOUNT, { after: '', limit: 10 }))).toBe(1)
  })

  it('two calls at most to find somebody in a spread pool', async () => {
    const id = await poolOver(8)
    const user = await identityOf(id, [ana])
    expect(await callsOf(() => findIdentity(pools, id, ACCOUNT, [ana]))).toBe(1)
    const login = await loginBeside(id, user)
    await identityOf(id, [ana, login], user)
    expect(await callsOf(() => findIdentity(pools, id, ACCOUNT, [login]))).toBe(2)
    expect(await findIdentity(pools, id, ACCOUNT, [login])).toMatchObject({ identity: { uuid: user } })
  })
})

describe.each([1, 8])('the directory of a pool over %i objects', (objects) => {
  it('tells who lost merges to whom, wherever they are, and not those that were deleted', async () => {
    const id = await poolOver(objects)
    const user = await identityOf(id, [ana])
    await nextMillisecond()
    const losers: string[] = []
    for (let n = 0; n < 12; n++) {
      const guest = await identityOf(id, [])
      await identityOf(id, [publicLogin('idp-2', 'ana')], guest)
      expect(await identityOf(id, [ana, publicLogin('idp-2', 'ana')], guest)).toBe(user)
      losers.push(guest)
      await pools.withSettings(id, (pool) =>
        pools.unlink(pool, {
          identity: named(user),
          proven: [ana],
          providers: ['idp-2'],
          once: undefined,
          operation: newUuid(world),
        }),
      )
    }
    const told = async () => {
      const found = await identityDetail(pools, id, ACCOUNT, named(user))
      return found.kind === 'found' ? found.identity?.forwardedFrom : found
    }
    expect(await told()).toEqual(losers.toSorted())
    const [first = '', ...others] = losers
    await pools.deleteIdentities([named(first)], ACCOUNT)
    expect(await told()).toEqual(others.toSorted())
    expect(await identityDetail(pools, id, ACCOUNT, named(first))).toEqual({ kind: 'found', identity: undefined })
    expect(await identityDetail(pools, id, '999999999999', named(user))).toEqual({ kind: 'no_pool' })
    expect(await findIdentity(pools, id, '999999999999', [ana])).toEqual({ kind: 'no_pool' })
  })

  it('tells the day on which each login was linked, also after a merge', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START })
    const id = await poolOver(objects)
    const user = await identityOf(id, [ana])
    const others = Array.from({ length: 3 }, (_, n) => publicLogin(`idp-${n + 2}`, 'ana'))
    const [second, third, fourth] = others as [ProvenLogin, ProvenLogin, ProvenLogin]
    const days = [ana, second, third, fourth].map(({ provider }, n) => [provider, START / 86_400_000 + n])
    vi.setSystemTime(START + 86_400_000)
    await identityOf(id, [second])
    vi.setSystemTime(START + 2.9 * 86_400_000)
    await identityOf(id, [ana, third], user)
    vi.setSystemTime(START + 3 * 86_400_000)
    expect(await identityOf(id, [ana, second, fourth])).toBe(user)
    const found = await identityDetail(pools, id, ACCOUNT, named(user))
    const logins = found.kind === 'found' ? (found.identity?.logins ?? []) : []
    expect(logins.map(({ linkedDay, provider }) => [provider, linkedDay]).sort()).toEqual(days)
  })

  it('looks at so many identities in one call, and goes on from there', async () => {
    const id = await poolOver(objects)
    const rare = await identityOf(id, [ana])
    // Guests of the first slots, which are all on the head; in the last of them is the user of a provider.
    await inside(id.tag, (_, { storage }) => {
      storage.sql.exec(
        `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4499)
         INSERT INTO identity (uuid, state, created_at, modified_at)
         SELECT format('%s-0000-8%03x-8000-%012x', ?, i / 100, i), 'guest', 0, 0 FROM n`,
        id.tag,
      )
    })
    const pages: number[] = []
    const found: string[] = []
    let after: string | undefined = ''
    while (after !== undefined) {
      const page: Awaited<ReturnType<typeof identityDetails>> = await identityDetails(pools, id, ACCOUNT, {
        after,
        limit: 1_000,
        state: 'member',
      })
      if (page.kind !== 'page') throw new Error(page.kind)
      pages.push(page.identities.length)
      found.push(...page.identities.map(({ uuid }) => uuid))
      after = page.next
    }
    expect(found).toEqual([rare])
    expect(pages.length).toBe(3)
    const all = await identityDetails(pools, id, ACCOUNT, { after: '', limit: 1_000 })
    expect(all).toMatchObject({ kind: 'page', identities: { length: 1_000 }, next: expect.any(String) })
  })
})
