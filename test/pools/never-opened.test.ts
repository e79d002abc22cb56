import { runDurableObjectAlarm } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { IdentityPool } from '../../src/pools/index.ts'
import { ACCOUNT, inside, methodsOf, publicLogin, REGION, type RemotePool, remote, stubOf } from './support.ts'

const address = { id: `${REGION}:00000000-0000-4000-8000-000000000000`, account: ACCOUNT }
const uuid = '00000000-0000-8000-8000-000000000000'
const ana = publicLogin('idp', 'ana')
const once = { proofs: [{ name: 'assertion', expiresAt: Date.now() + 60_000 }], operation: 'op' }

/** Every method but those that open a pool, with arguments that would do something in a pool. */
const CALLS: {
  [M in Exclude<keyof RemotePool, 'create' | 'createSpread' | 'adopt' | 'alarm'>]: [
    (pool: RemotePool) => Promise<unknown>,
    unknown,
  ]
} = {
  read: [(pool) => pool.read(address), { kind: 'no_pool' }],
  readByRegion: [(pool) => pool.readByRegion(REGION), { kind: 'no_pool' }],
  change: [(pool) => pool.change(address, { kind: 'replace', settings: { name: 'other' } }), { kind: 'no_pool' }],
  changeAndGrow: [
    (pool) => pool.changeAndGrow(address, { kind: 'tag', tags: new Map([['edge-identity:shards', '4']]) }),
    { kind: 'no_pool' },
  ],
  changeIf: [
    (pool) => pool.changeIf(address, { kind: 'replace', settings: { name: 'other' } }, 1),
    { kind: 'no_pool' },
  ],
  delete: [(pool) => pool.delete(address, 'op'), { kind: 'no_pool' }],
  resolve: [
    (pool) => pool.resolve({ region: REGION, version: 1, logins: [ana], fresh: uuid, once }),
    { kind: 'no_pool' },
  ],
  tryResolve: [
    (pool) => pool.tryResolve({ region: REGION, version: 1, logins: [ana], fresh: uuid, once }),
    { kind: 'no_pool' },
  ],
  makeGuest: [(pool) => pool.makeGuest({ region: REGION, version: 1, fresh: uuid, asked: {} }), { kind: 'no_pool' }],
  unlink: [
    (pool) =>
      pool.unlink({ region: REGION, version: 1, identity: uuid, proven: [ana], providers: ['idp'], operation: 'op' }),
    { kind: 'no_pool' },
  ],
  unlinkDeveloper: [
    (pool) => pool.unlinkDeveloper(address, { identity: uuid, provider: 'dev', subject: 'ana', operation: 'op' }),
    { kind: 'no_pool' },
  ],
  lookupDeveloper: [
    (pool) => pool.lookupDeveloper(address, { provider: 'dev', subject: 'ana', after: '', limit: 10 }),
    { kind: 'no_pool' },
  ],
  mergeDevelopers: [
    (pool) => pool.mergeDevelopers(address, { provider: 'dev', source: 'ana', destination: 'ben' }),
    { kind: 'no_pool' },
  ],
  deleteIdentities: [(pool) => pool.deleteIdentities(REGION, ACCOUNT, [uuid]), { kind: 'no_pool' }],
  statistics: [(pool) => pool.statistics(address), { kind: 'no_pool' }],
  restrict: [(pool) => pool.restrict(address, uuid, { restriction: 'revoke' }), { kind: 'no_pool' }],
  describeIdentity: [(pool) => pool.describeIdentity(REGION, ACCOUNT, uuid), undefined],
  listIdentities: [(pool) => pool.listIdentities(address, '', 10, false), { kind: 'no_pool' }],
  findIdentity: [(pool) => pool.findIdentity(address, [ana]), { kind: 'no_pool' }],
  identityDetail: [(pool) => pool.identityDetail(address, uuid), { kind: 'no_pool' }],
  walkDetails: [(pool) => pool.walkDetails(address, { after: '', limit: 10 }), { kind: 'no_pool' }],
  lookToErase: [(pool) => pool.lookToErase(address, { identity: uuid }), { kind: 'no_pool' }],
  erase: [(pool) => pool.erase(address, { root: uuid, identities: [uuid], logins: [ana] }), { kind: 'no_pool' }],
  eraseLogin: [(pool) => pool.eraseLogin(address, uuid, ana), { kind: 'no_pool' }],
  rowsToErase: [(pool) => pool.rowsToErase(address, '', 10), { kind: 'no_pool' }],
  takeErasing: [
    (pool) => pool.takeErasing({ pool: address.id }, { step: 'erase_leads', slots: [0, 1], identities: [uuid] }),
    { kind: 'unopened' },
  ],
  linkLogin: [(pool) => pool.linkLogin(address, { identity: uuid, login: ana, aliases: [] }), { kind: 'no_pool' }],
  unlinkLogin: [
    (pool) => pool.unlinkLogin(address, { identity: uuid, logins: [ana], operation: 'op' }),
    { kind: 'no_pool' },
  ],
  mergeIdentities: [(pool) => pool.mergeIdentities(address, { source: uuid, destination: uuid }), { kind: 'no_pool' }],
  readSince: [(pool) => pool.readSince(REGION, 7), { kind: 'no_pool' }],
  backup: [
    (pool) => pool.backup(address, { step: 'import_begin', slots: [0, 1], run: 'r', source: 's' }),
    { kind: 'no_pool' },
  ],
  check: [(pool) => pool.check(address, '', 10), { kind: 'no_pool' }],
  take: [
    (pool) => pool.take({ pool: address.id }, { step: 'look', identities: [uuid], logins: [{ login: ana }] }),
    { kind: 'unopened' },
  ],
  watch: [(pool) => pool.watch(address, 1000), { kind: 'no_pool' }],
  tellPeers: [(pool) => pool.tellPeers(), { kind: 'told' }],
  describeSpread: [(pool) => pool.describeSpread(address), { kind: 'no_pool' }],
  pauseSpread: [(pool) => pool.pauseSpread(address, true), { kind: 'no_pool' }],
  give: [(pool) => pool.give(address.id), undefined],
  plan: [(pool) => pool.plan(address.id, { plan: 'next', source: 1 }), { kind: 'no_pool' }],
  move: [(pool) => pool.move(address.id, { move: 'prepare', op: 'op', slots: [0, 1] }), { kind: 'no_pool' }],
}

const OPENING = ['adopt', 'create', 'createSpread']

/** What the object has stored, and what it would do later. */
function traces(tag: string) {
  return inside(tag, async (_, { storage }) => ({
    tables: storage.sql.exec('SELECT name FROM sqlite_master').toArray(),
    changes: storage.sql.exec('SELECT total_changes() AS n').one(),
    bytes: storage.sql.databaseSize,
    alarm: await storage.getAlarm(),
  }))
}

describe('a pool object under a name that nobody opened', () => {
  const called = Object.entries(CALLS)

  it('is asked with every method that it has', () => {
    expect([...Object.keys(CALLS), ...OPENING, 'alarm'].sort()).toEqual(methodsOf(IdentityPool).sort())
  })

  it.each(called)(
    'answers %s that there is nothing, makes no table and writes nothing',
    async (method, [call, answer]) => {
      const untouched = await traces(`untouched-${method}`)
      expect(untouched).toMatchObject({ tables: [], alarm: null })
      const tag = `crafted-${method}`
      expect(await call(remote(tag))).toEqual(answer)
      expect(await runDurableObjectAlarm(stubOf(tag))).toBe(false)
      expect(await traces(tag)).toEqual(untouched)
    },
  )

  it('is not opened by settings that are too large either', async () => {
    const untouched = await traces('untouched-create')
    const settings = { name: 'x'.repeat(1_000_001), allowGuests: true, roles: new Map(), roleMappings: new Map() }
    const refused = await remote('crafted-create').create(
      address.id,
      ACCOUNT,
      { ...settings, principalTags: new Map() },
      'op',
    )
    expect(refused).toEqual({ kind: 'too_large' })
    expect(await traces('crafted-create')).toEqual(untouched)
  })
})
