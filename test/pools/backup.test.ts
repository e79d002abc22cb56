import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Occupied } from '../../src/base/objects.ts'
import {
  type BackupIdentity,
  exportIdentities,
  findIdentity,
  identityDetail,
  linkLogin,
  lookToErase,
  mergeIdentities,
  restrictIdentity,
  unlinkLogin,
  uuidOf,
} from '../../src/pools/index.ts'
import { EXPORT_CHARS } from '../../src/pools/limits.ts'
import {
  chanceOf,
  countsOf,
  exported,
  identityOf,
  imported,
  importer,
  livedIn,
  named,
  poolOver,
  pools,
  resolved,
  retagged,
} from './backup-support.ts'
import { ACCOUNT, evict, inside, publicLogin, tablesOf } from './support.ts'

/** More with `npm run test:long -- --sequences`. */
const LIVES = Math.max(2, Math.ceil(Number((env as { SEQUENCES?: string }).SEQUENCES ?? 0) / 50))

describe.each([
  [1, 1],
  [1, 4],
  [4, 1],
  [4, 8],
])('a pool over %i objects, exported and imported into one over %i', (before, after) => {
  it('is the same, whatever happened in it and however large the pages are', async () => {
    for (let seed = 1; seed <= LIVES; seed++) {
      const [from, to] = [await poolOver(before), await poolOver(after)]
      await livedIn(from, 40, chanceOf(before * 10 + seed))
      const all = await exported(from)
      expect(all.length).toBeGreaterThan(5)
      expect(all.map(({ uuid }) => uuid)).toEqual(all.map(({ uuid }) => uuid).toSorted())
      for (const limit of [1, 3, 7]) expect(await exported(from, limit)).toEqual(all)
      await imported(to, retagged(all, to), 7)
      expect(await exported(to)).toEqual(retagged(all, to))
      for (const { blockedUntil, logins, uuid } of retagged(all, to))
        for (const login of logins) {
          const found = identityOf(to, [login])
          // A block is brought along.
          await (blockedUntil === undefined
            ? expect(found).resolves.toBe(uuid)
            : expect(found).rejects.toThrow('forbidden'))
        }
      expect(await pools.check(to, ACCOUNT, { repair: false })).toMatchObject({ kind: 'checked', findings: [] })
    }
  })
})

describe.each([1, 4])('a pool over %i objects whose users have the longest logins', (objects) => {
  it('is exported in pages that no call is too small for', async () => {
    const id = await poolOver(objects)
    const longest = 20 * (1_024 + 128)
    for (let number = 0; number < objects; number++)
      await inside(number === 0 ? id.tag : `${id.tag}/${number}`, (_, { storage: { sql } }) => {
        const first = ((number * 4_096) / objects).toString(16).padStart(3, '0')
        const some = `WITH RECURSIVE one (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM one WHERE n < ${100 / objects - 1})`
        const uuid = `'${id.tag}-0000-8${first}-8000-' || printf('%012d', n)`
        sql.exec(
          `INSERT INTO identity (uuid, state, created_at, modified_at) ${some} SELECT ${uuid}, 'member', 1, 2 FROM one`,
        )
        sql.exec(
          `INSERT INTO login (provider, subject, identity, developer)
           ${some} SELECT ?, ? || value || '/' || n || '/' || ?, ${uuid}, 1 FROM one, json_each(?)`,
          ...['p'.repeat(128), '漢'.repeat(1_000), number, JSON.stringify(Array.from({ length: 20 }, (_, n) => n))],
        )
      })
    const all: BackupIdentity[] = []
    for (let [after, pages] = ['' as string | undefined, 0]; after !== undefined; pages++) {
      const page = await exportIdentities(pools, id, ACCOUNT, { after, limit: 1_000 })
      if (page.kind !== 'page') throw new Error(page.kind)
      const logins = page.identities.flatMap((one) => one.logins)
      const chars = logins.reduce((sum, { provider, subject }) => sum + provider.length + subject.length, 0)
      expect(chars).toBeLessThanOrEqual(2 * (EXPORT_CHARS + longest))
      expect(pages).toBeLessThan(10)
      all.push(...page.identities)
      after = page.next
    }
    expect(countsOf(all)).toEqual({ identities: 100, logins: 2_000 })
    expect(new Set(all.map(({ uuid }) => uuid)).size).toBe(100)
    expect(all.every(({ logins }) => logins.length === 20)).toBe(true)
  })
})

const member = (uuid: string, ...subjects: string[]): BackupIdentity => ({
  uuid,
  state: 'member',
  createdAt: 1,
  modifiedAt: 2,
  logins: subjects.map((subject, index) => ({ provider: `idp-${index}`, subject, developer: false })),
})
const guest = (uuid: string): BackupIdentity => ({ ...member(uuid), state: 'guest' })
const isOccupied = (work: Promise<unknown>) => expect(work).rejects.toBeInstanceOf(Occupied)

afterEach(() => vi.restoreAllMocks())

describe.each([1, 4])('an import into a pool over %i objects', (objects) => {
  /** Ids of this pool in order, some in each object. */
  const idsOf = (tag: string, count: number) =>
    Array.from({ length: count }, (_, n) => {
      const slot = Math.floor((n * 4096) / count)
        .toString(16)
        .padStart(3, '0')
      return `${tag}-0000-8${slot}-8000-${String(n).padStart(12, '0')}`
    })
  const open = async (count = 40) => {
    const id = await poolOver(objects)
    return { id, into: importer(id), ids: idsOf(id.tag, count) }
  }

  it('serves those who are there already, and nobody else until it is over', async () => {
    const { id, ids, into } = await open()
    const all = ids.map((uuid, n) => (n % 4 === 0 ? guest(uuid) : member(uuid, `user-${n}`)))
    await into.begin()
    await into.page(2, all.slice(0, 20))
    const [known = '', user = ''] = ids
    expect(await identityOf(id, [], known)).toBe(known)
    expect(await identityOf(id, [publicLogin('idp-0', 'user-1')], user)).toBe(user)
    for (const [logins, identity] of [
      [[]],
      [[], ids[24]],
      [[publicLogin('idp-0', 'user-25')]],
      [[publicLogin('idp-0', 'user-25')], ids[25]],
      [[publicLogin('idp-0', 'user-1'), publicLogin('idp-9', 'user-1')], user],
    ] as [ReturnType<typeof publicLogin>[], string?][])
      await isOccupied(resolved(id, logins, identity))
    const unlink = { proven: [publicLogin('idp-0', 'user-1')], providers: ['idp-0'], once: undefined, operation: 'u' }
    await isOccupied(pools.withSettings(id, (pool) => pools.unlink(pool, { identity: named(user), ...unlink })))
    await isOccupied(pools.deleteIdentities([named(user)], ACCOUNT))
    const later = { provider: 'idp-0', subject: 'user-25', developer: false }
    const [to, address] = [named(ids[25] ?? ''), { id, account: ACCOUNT }]
    for (const asked of [
      () => pools.deleteIdentities([to], ACCOUNT),
      () => pools.describeIdentity(to, ACCOUNT),
      () => findIdentity(pools, id, ACCOUNT, [later]),
      () => identityDetail(pools, id, ACCOUNT, to),
      () => lookToErase(pools, id, ACCOUNT, { logins: [later] }),
      () => lookToErase(pools, id, ACCOUNT, { identity: uuidOf(to) }),
      () => linkLogin(pools, address, to, publicLogin('idp-9', 'ana'), []),
      () => linkLogin(pools, address, named(user), publicLogin('idp-9', 'ana'), []),
      () => unlinkLogin(pools, address, named(user), [later], 'op'),
      () => mergeIdentities(pools, address, to, named(user)),
      () => mergeIdentities(pools, address, named(user), to),
      () => restrictIdentity(pools, id, ACCOUNT, to, { restriction: 'revoke' }),
      () =>
        pools.lookupDeveloper(id, ACCOUNT, {
          identity: ids[25],
          provider: 'login.shop',
          subject: undefined,
          after: '',
          limit: 1,
        }),
      () => pools.unlinkDeveloper(to, id, ACCOUNT, { provider: 'login.shop', subject: 'ana' }, 'op'),
    ])
      await isOccupied(asked())
    await isOccupied(pools.delete(id, ACCOUNT, 'op'))
    await isOccupied(pools.change(id, ACCOUNT, { kind: 'tag', tags: new Map([['edge-identity:shards', '8']]) }))
    await isOccupied(pools.check(id, ACCOUNT, { repair: false }))
    await inside(id.tag, (_, { storage }) => storage.sql.exec('UPDATE identity SET used_day = 1'))
    await into.page(22, all.slice(20))
    expect(await into.finish(countsOf(all))).toEqual({ kind: 'done' })
    expect(await into.finish(countsOf(all))).toEqual({ kind: 'done' })
    // What is kept of the import mentions nobody who may be erased one day.
    expect(JSON.stringify((await inside(id.tag, (_, { storage }) => tablesOf(storage.sql))).import)).not.toContain(
      ids.at(-1),
    )
    expect(await identityOf(id, [publicLogin('idp-0', 'user-25')])).toBe(ids[25])
    expect(await resolved(id, [])).toMatchObject({ kind: 'identity', guest: true })
    expect(await pools.delete(id, ACCOUNT, 'op')).toMatchObject({ kind: 'deleted' })
  })

  it('keeps guests whom a sweep would delete, until it is over and their days are', async () => {
    const { id, ids, into } = await open(4)
    await pools.change(id, ACCOUNT, { kind: 'tag', tags: new Map([['edge-identity:guest-ttl-days', '1']]) })
    const inHead = async (sql: string) => {
      await inside(id.tag, (_, { storage }) => void storage.sql.exec(sql))
      await evict(id.tag)
    }
    await inHead('INSERT INTO guest_sweep (one, since, last_used_days) VALUES (1, 0, 7)')
    const all = ids.map(guest)
    await into.begin()
    await into.page(2, all)
    await inside(id.tag, (pool) => pool.alarm())
    expect(await into.finish(countsOf(all))).toEqual({ kind: 'done' })
    expect(await exported(id)).toEqual(all)
    // Uses that came after the file are not in it, so the days of those who were in it begin anew.
    await inHead('UPDATE guest_sweep SET swept_day = NULL')
    await inside(id.tag, (pool) => pool.alarm())
    expect(await exported(id)).toEqual(all)
    await inHead('UPDATE guest_sweep SET swept_day = NULL')
    await inHead('UPDATE import SET ended_at = 0')
    await inside(id.tag, (pool) => pool.alarm())
    expect((await exported(id)).length).toBeLessThan(all.length)
  })

  it('begins only in a pool that has nothing and that stays as many objects', async () => {
    const { id, into } = await open()
    const user = await identityOf(id, [publicLogin('idp', 'ana')])
    expect(await into.begin()).toEqual({ kind: 'not_empty' })
    expect(await identityOf(id, [publicLogin('idp', 'ben')])).not.toBe(user)
    const growing = await poolOver(objects)
    await pools.change(growing, ACCOUNT, { kind: 'tag', tags: new Map([['edge-identity:shards', '8']]) })
    await pools.pauseSpread(growing, ACCOUNT, true)
    expect(await importer(growing).begin()).toEqual({ kind: 'growing' })
    expect(await importer(await poolOver(objects)).state()).toEqual({ kind: 'none' })
    expect(await importer(growing).cancel()).toEqual({ kind: 'cancelled' })
  })

  it('stops at a login that another has, keeps what came before, and goes on with the corrected file', async () => {
    const { id, ids, into } = await open()
    // Each with a login of its own, so that some are in the slots of others; and one that comes twice.
    const all = ids.map((uuid, n) => member(uuid, `user-${n}`, `mail-${n}`))
    const wrong = all.with(30, { ...member(ids[30] ?? ''), logins: all[3]?.logins ?? [] })
    await into.begin()
    expect(await into.page(2, wrong.slice(0, 10))).toMatchObject({ line: 11 })
    expect(await into.page(12, wrong.slice(10))).toEqual({ kind: 'login_of_another', line: 32 })
    expect((await exported(id)).map(({ uuid }) => uuid)).toEqual(ids.slice(0, 30))
    const again = importer(id)
    expect(await again.begin()).toMatchObject({ kind: 'importing', line: 31, last: ids[29] })
    expect(await into.page(32, all.slice(30))).toEqual({ kind: 'other_run' })
    expect(await again.page(32, all.slice(30))).toMatchObject({ line: 41 })
    expect(await again.finish(countsOf(all))).toEqual({ kind: 'done' })
    expect(await exported(id)).toEqual(all)
    expect(await pools.check(id, ACCOUNT, { repair: false })).toMatchObject({ kind: 'checked', findings: [] })
  })

  it('stops at a login that comes twice in one call', async () => {
    const { id, ids, into } = await open(3)
    const [a = '', b = '', c = ''] = ids
    await into.begin()
    const page = [member(a, 'ana'), member(b, 'ben', 'ben'), member(c, 'ana')]
    expect(await into.page(2, page)).toEqual({ kind: 'login_of_another', line: 4 })
    expect(await exported(id)).toEqual(page.slice(0, 2))
  })

  it('takes identities in order alone, each line once, and tells another file from this one', async () => {
    const { id, ids, into } = await open(4)
    const [a = '', b = '', c = ''] = ids
    await into.begin()
    expect(await into.page(2, [guest(b), guest(a)])).toEqual({ kind: 'out_of_order', line: 3 })
    expect(await into.page(3, [guest(b)])).toEqual({ kind: 'out_of_order', line: 3 })
    const page = [guest(c)]
    expect(await into.page(3, page)).toMatchObject({ line: 3, last: c })
    expect(await into.page(3, page)).toMatchObject({ line: 3, last: c })
    expect(await into.page(5, page)).toEqual({ kind: 'other_run' })
    expect(await importer(id, 'another file').begin()).toEqual({ kind: 'other_import', source: 'the file' })
    expect(await exported(id)).toEqual([guest(b), guest(c)])
  })

  it('forgets what a call has left that did not come to its end', async () => {
    const { id, ids, into } = await open()
    const [early, late] = [ids.slice(0, 10), ids.slice(10)]
    await into.begin()
    await into.page(
      2,
      early.map((uuid, n) => member(uuid, `user-${n}`)),
    )
    await into.page(
      12,
      late.map((uuid, n) => member(uuid, `late-${n}`)),
    )
    // As if the call had ended before it noted how far it came.
    await inside(id.tag, (_, { storage }) =>
      storage.sql.exec('UPDATE import SET line = 11, last = ?, identities = 10, logins = 10', early.at(-1) ?? ''),
    )
    const again = importer(id)
    await again.begin()
    expect((await exported(id)).map(({ uuid }) => uuid)).toEqual(early)
    const [last = ''] = late
    expect(await again.page(12, [member(last, 'late-7')])).toMatchObject({ line: 12 })
    expect(await again.finish({ identities: 11, logins: 11 })).toEqual({ kind: 'done' })
    expect(await pools.check(id, ACCOUNT, { repair: false })).toMatchObject({ kind: 'checked', findings: [] })
  })

  it('is not over while forwards lead nowhere, or something is missing', async () => {
    const { ids, into } = await open(6)
    const [a = '', c = '', d = ''] = ids
    const lost = (uuid: string, forward: string): BackupIdentity => ({ ...guest(uuid), state: 'disabled', forward })
    await into.begin()
    await into.page(2, [lost(a, c), member(c, 'user')])
    expect(await into.finish({ identities: 3, logins: 1 })).toEqual({ kind: 'other_counts', identities: 2, logins: 1 })
    await into.page(4, [lost(d, a)])
    expect(await into.finish({ identities: 3, logins: 1 })).toEqual({ kind: 'leads_nowhere', uuid: d })
    const { into: empty } = await open()
    await empty.begin()
    expect(await empty.finish({ identities: 0, logins: 0 })).toEqual({ kind: 'done' })
  })

  it('can be given up, and the pool is as new then', async () => {
    const { id, ids, into } = await open()
    const all = ids.map((uuid, n) => member(uuid, `user-${n}`))
    await into.begin()
    await into.page(2, all)
    expect(await importer(id).cancel()).toEqual({ kind: 'cancelled' })
    expect(await exported(id)).toEqual([])
    expect(await into.page(42, [])).toEqual({ kind: 'other_run' })
    await imported(id, all)
    expect(await exported(id)).toEqual(all)
    expect(await importer(id).cancel()).toEqual({ kind: 'other_run' })
  })
})
