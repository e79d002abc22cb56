import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type IdentityId, newIdentityId, newPoolId, newUuid, type PoolId, parseIdentityId } from '../../src/base/ids.ts'
import { Overloaded } from '../../src/base/objects.ts'
import { at, type Position } from '../../src/base/position.ts'
import {
  type IdentityPool,
  type Pool,
  type PoolSettings,
  Pools,
  type ProvenLogin,
  uuidOf,
} from '../../src/pools/index.ts'
import type { Hints } from '../../src/pools/spread/hints.ts'
import { objectOf } from '../../src/pools/spread/map.ts'
import { placeOf } from '../../src/pools/spread/places.ts'
import { isAtHome, slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import {
  ACCOUNT,
  developerUser,
  evict,
  inside,
  publicLogin,
  REGION,
  remote,
  SETTINGS,
  START,
  stubOf,
  tablesOf,
  world,
} from './support.ts'
import { TroubledNamespace } from './troubled-namespace.ts'

const TOKYO = at(35.7, 139.7)
const PARIS = at(48.9, 2.3)

let edge: TroubledNamespace<IdentityPool>
let pools: Pools

beforeEach(() => {
  edge = new TroubledNamespace(env.IDENTITY_POOL)
  pools = new Pools(edge.namespace, world)
})

/** A pool with the settings as a Worker has them in memory. */
class Spread {
  readonly id: PoolId
  constructor(id: PoolId) {
    this.id = id
  }

  /** What GetId (without an identity) and the others ask of the pool. */
  async resolve(logins: readonly ProvenLogin[], { identity, from }: { identity?: string; from?: Position } = {}) {
    const named = identity === undefined ? undefined : this.named(identity)
    const fresh = newIdentityId(this.id, world)
    return pools.withSettings(
      named ?? this.id,
      (pool) => pools.resolve(pool, { logins, fresh, identity: named, once: undefined, from: () => from }),
      () => from,
    )
  }

  async identity(...args: Parameters<Spread['resolve']>): Promise<string> {
    const resolved = await this.resolve(...args)
    if (resolved.kind !== 'identity') throw new Error(`no identity: ${resolved.kind}`)
    return resolved.uuid
  }

  named(uuid: string): IdentityId {
    return parseIdentityId(`${REGION}:${uuid}`) as IdentityId
  }

  async record(): Promise<Pool> {
    const found = await pools.read(this.id, ACCOUNT)
    if (found.kind !== 'pool') throw new Error('no pool')
    return found.pool
  }

  async objectOf(uuid: string): Promise<number> {
    const { spread } = await this.record()
    return spread ? objectOf(spread, slotOfIdentity(uuid)) : 0
  }

  names(): string[] {
    return [...new Set(edge.stubs.map(({ name }) => name))].filter((name) => name.startsWith(this.id.tag)).sort()
  }
}

async function spreadPool(tags: Record<string, string>, settings: Partial<PoolSettings> = {}): Promise<Spread> {
  const id = newPoolId(REGION, world)
  const all = { ...SETTINGS, ...settings, tags: new Map(Object.entries(tags)) }
  expect(await pools.create(id, ACCOUNT, all, newUuid(world))).toMatchObject({ kind: 'pool' })
  return new Spread(id)
}

const eight = () => spreadPool({ 'edge-identity:shards': '8' })

/** Calls of objects that `work` makes, but for the first look at the settings. */
async function callsOf(pool: Spread, work: () => Promise<unknown>): Promise<number> {
  await pools.withSettings(pool.id, async () => ({ kind: 'looked' }))
  edge.calls.length = 0
  await work()
  return edge.calls.length
}

/** A login in another object than this slot. */
async function loginBeside(pool: Spread, slot: number, name = 'ben'): Promise<ProvenLogin> {
  const { spread } = await pool.record()
  for (let n = 0; ; n++) {
    const login = publicLogin(`idp-${name}`, `${name}-${n}`)
    if (spread && objectOf(spread, slotOfLogin(login)) !== objectOf(spread, slot)) return login
  }
}

describe('a pool over eight objects', () => {
  it('has all of them from the start, with its settings', async () => {
    const pool = await eight()
    const { spread } = await pool.record()
    expect(spread).toMatchObject({ objects: 8, epoch: 1 })
    for (let number = 1; number < 8; number++)
      expect(await remote(`${pool.id.tag}/${number}`).read({ id: pool.id.text, account: ACCOUNT })).toMatchObject({
        kind: 'pool',
        pool: { settings: { name: 'shop' } },
      })
  })

  it('calls as few objects as the design says', async () => {
    const pool = await eight()
    const ana = publicLogin('idp', 'ana')
    expect(await callsOf(pool, () => pool.identity([]))).toBe(1)
    expect(await callsOf(pool, () => pool.identity([ana]))).toBe(1)
    expect(await callsOf(pool, () => pool.identity([ana]))).toBe(1)
    const user = await pool.identity([ana])
    expect(isAtHome(ana, user)).toBe(true)
    expect(await callsOf(pool, () => pool.identity([ana], { identity: user }))).toBe(1)

    const guest = await pool.identity([])
    const ben = await loginBeside(pool, slotOfIdentity(guest))
    expect(await callsOf(pool, () => pool.identity([ben], { identity: guest }))).toBe(3)
    expect(await callsOf(pool, () => pool.identity([ben], { identity: guest }))).toBe(1)
    expect(await callsOf(pool, () => pool.identity([ben]))).toBe(2)
    const second = await loginBeside(pool, slotOfIdentity(user), 'second')
    expect(await callsOf(pool, () => pool.identity([ana, second], { identity: user }))).toBe(3)
    expect(await callsOf(pool, () => pool.identity([second], { identity: user }))).toBe(1)
    expect(await callsOf(pool, () => pool.identity([ana, ben], { identity: user }))).toBeLessThanOrEqual(7)
    expect(await pool.identity([ben])).toBe(user)
  })

  it('spreads its users', async () => {
    const pool = await eight()
    const numbers = new Set<number>()
    for (let n = 0; n < 60; n++)
      numbers.add(await pool.objectOf(await pool.identity([publicLogin('idp', `user-${n}`)])))
    expect(numbers.size).toBe(8)
  })

  it('describes, lists and deletes identities wherever they are', async () => {
    const pool = await eight()
    const ids: string[] = []
    for (let n = 0; n < 20; n++) ids.push(await pool.identity([]))
    ids.sort()
    const listed: string[] = []
    let after: string | undefined = ''
    while (after !== undefined) {
      const page: Awaited<ReturnType<Pools['listIdentities']>> = await pools.listIdentities(pool.id, ACCOUNT, {
        after,
        limit: 7,
        hideDisabled: false,
      })
      if (page.kind !== 'page') throw new Error(page.kind)
      listed.push(...page.identities.map(({ uuid }) => uuid))
      after = page.next
    }
    expect(listed).toEqual(ids)
    for (const uuid of ids) expect(await pools.describeIdentity(pool.named(uuid), ACCOUNT)).toMatchObject({ uuid })
    expect(await pools.describeIdentity(pool.named(ids[0] ?? ''), '999999999999')).toBeUndefined()
    const [first, ...rest] = ids.slice(0, 12).map((uuid) => pool.named(uuid)) as [IdentityId, ...IdentityId[]]
    expect(await pools.deleteIdentities([first, ...rest], ACCOUNT)).toEqual({ kind: 'deleted' })
    for (const [index, uuid] of ids.entries())
      expect(await pools.describeIdentity(pool.named(uuid), ACCOUNT)).toEqual(
        index < 12 ? undefined : expect.objectContaining({ uuid }),
      )
  })

  it('knows the developer users of identities in any object, merges them and takes them off', async () => {
    const pool = await eight()
    const [one, two] = [developerUser('one'), developerUser('two')]
    const [a, b] = [await pool.identity([one]), await pool.identity([two])]
    const lookup = { provider: one.provider, subject: 'one', after: '', limit: 10 }
    expect(await pools.lookupDeveloper(pool.id, ACCOUNT, lookup)).toEqual({
      kind: 'developer_users',
      uuid: a,
      subjects: ['one'],
    })
    const merge = { provider: one.provider, source: 'one', destination: 'two' }
    expect(await pools.mergeDevelopers(pool.id, ACCOUNT, merge)).toEqual({ kind: 'merged', uuid: b })
    expect(await pools.lookupDeveloper(pool.id, ACCOUNT, lookup)).toMatchObject({ uuid: b, subjects: ['one', 'two'] })
    expect(await pools.unlinkDeveloper(pool.named(a), pool.id, ACCOUNT, one, newUuid(world))).toEqual({
      kind: 'unlinked',
    })
    expect(await pools.lookupDeveloper(pool.id, ACCOUNT, lookup)).toEqual({ kind: 'no_developer_user' })
  })

  it('takes the reservation of a login that is gone off by itself', async () => {
    const pool = await eight()
    const guest = await pool.identity([])
    const ben = await loginBeside(pool, slotOfIdentity(guest))
    await pool.identity([ben], { identity: guest })
    const { spread } = await pool.record()
    const [home, index] = [slotOfIdentity(guest), slotOfLogin(ben)].map((slot) => nameOf(pool, spread, slot))
    const routes = () => inside(index ?? '', (_, { storage }) => tablesOf(storage.sql).route)
    expect(await routes()).toHaveLength(1)
    const call = {
      identity: pool.named(guest),
      proven: [ben],
      providers: [ben.provider],
      once: undefined,
      operation: 'u',
    }
    expect(await pools.unlink(await pool.record(), call)).toEqual({ kind: 'unlinked' })
    // An errand that leads nowhere is put off, and holds up no other.
    await inside(home ?? '', (_, { storage }) => {
      const what = JSON.stringify({ errand: 'none of these' })
      storage.sql.exec("INSERT INTO errand (number, identity, due_at, what) VALUES (0, 'x', 0, ?)", what)
      storage.sql.exec('UPDATE errand SET due_at = 0')
    })
    expect(await runDurableObjectAlarm(stubOf(home ?? ''))).toBe(true)
    expect(await routes()).toEqual([])
  })

  it('uses a proof up in the slot of its login, whatever identity it is used for', async () => {
    const pool = await eight()
    const ana = publicLogin('idp', 'ana')
    const settings = await pool.record()
    const once = (operation: string) => ({
      proofs: [{ name: 'GetId assertion', expiresAt: Date.now() + 60_000, login: ana }],
      operation,
    })
    const user = await pool.identity([ana])
    const guest = await pool.identity([])
    const call = (identity: string, operation: string) =>
      pools.resolve(settings, {
        logins: [ana],
        fresh: newIdentityId(pool.id, world),
        identity: pool.named(identity),
        once: once(operation),
      })
    expect(await call(user, 'first')).toMatchObject({ kind: 'identity' })
    expect(await call(user, 'first')).toMatchObject({ kind: 'identity' })
    expect(await call(user, 'second')).toEqual({ kind: 'proof_used' })
    expect(await call(guest, 'third')).toEqual({ kind: 'proof_used' })
  })
})

describe('the settings of a pool over several objects', () => {
  const guestsOff = { kind: 'replace', settings: { allowGuests: false } } as const

  /** Whether an object admits a guest, asked with the settings that it has itself. */
  async function admits(pool: Spread, number: number): Promise<boolean> {
    const { spread, version } = await pool.record()
    const object = remote(number === 0 ? pool.id.tag : `${pool.id.tag}/${number}`)
    const slot = spread?.runs.find(([, owner]) => owner === number)?.[0] ?? 0
    const fresh = newIdentityId(pool.id, world, slot).text.slice(REGION.length + 1)
    for (const known of [1, version]) {
      const step = { step: 'resolve', logins: [], fresh, claim: 'c' } as const
      const { kind } = await object.take({ pool: pool.id.text, version: known }, step)
      if (kind === 'identity') return true
    }
    return false
  }

  it('have changed everywhere when a change is answered, over 64 objects', async () => {
    const pool = await spreadPool({ 'edge-identity:shards': '64' })
    for (const number of [0, 1, 63]) expect(await admits(pool, number)).toBe(true)
    expect(await pools.change(pool.id, ACCOUNT, guestsOff)).toMatchObject({ kind: 'pool' })
    for (let number = 0; number < 64; number++) expect([number, await admits(pool, number)]).toEqual([number, false])
  })

  it('reach an object that missed them by whoever comes with newer ones', async () => {
    const pool = await eight()
    await remote(pool.id.tag).change({ id: pool.id.text, account: ACCOUNT }, guestsOff)
    expect(await admits(pool, 5)).toBe(true)
    const login = await loginBeside(pool, 0)
    const { spread } = await pool.record()
    const number = spread ? objectOf(spread, slotOfLogin(login)) : 0
    expect(await pool.resolve([login])).toMatchObject({ kind: 'identity' })
    expect(await admits(pool, number)).toBe(false)
  })

  it('reach the others by the alarm of the head, if nobody else tells them', async () => {
    const pool = await eight()
    await remote(pool.id.tag).change({ id: pool.id.text, account: ACCOUNT }, guestsOff)
    expect(await runDurableObjectAlarm(stubOf(pool.id.tag))).toBe(true)
    for (let number = 1; number < 8; number++) expect([number, await admits(pool, number)]).toEqual([number, false])
  })

  it('of a head that was restored to an earlier time count, under a new version', async () => {
    const pool = await eight()
    const login = await loginBeside(pool, 0)
    await pools.change(pool.id, ACCOUNT, guestsOff)
    await inside(pool.id.tag, (_, { storage }) => {
      const settings = JSON.stringify({
        ...SETTINGS,
        tags: undefined,
        allowGuests: true,
        roles: { $map: [] },
        roleMappings: { $map: [] },
        principalTags: { $map: [] },
      })
      storage.sql.exec('UPDATE pool SET version = 2, settings = ?', settings)
    })
    await evictHead(pool)
    pools = new Pools(edge.namespace, world)
    expect(await pool.resolve([login])).toMatchObject({ kind: 'identity' })
    expect((await pool.record()).settings.allowGuests).toBe(true)
    await remote(pool.id.tag).tellPeers()
    for (const number of [1, 4, 7]) expect(await admits(pool, number)).toBe(true)
  })

  it('let a pool have no fewer objects, and keep their places', async () => {
    const pool = await eight()
    const tag = (value: string) =>
      pools.change(pool.id, ACCOUNT, { kind: 'tag', tags: new Map([['edge-identity:shards', value]]) })
    expect(await tag('4')).toEqual({ kind: 'fewer_shards' })
    expect(await tag('8')).toMatchObject({ kind: 'pool' })
    const places = new Map([['edge-identity:places', 'weur enam']])
    expect(await pools.change(pool.id, ACCOUNT, { kind: 'tag', tags: places })).toEqual({ kind: 'places_fixed' })
  })
})

describe('a pool whose objects do not agree on who has a slot', () => {
  it('answers that it is busy, and not for ever nothing', async () => {
    const pool = await eight()
    const name = `${pool.id.tag}/5`
    await inside(name, (_, { storage }) => void storage.sql.exec("UPDATE spread SET slots = '[]'"))
    await evict(name)
    const { spread } = await pool.record()
    const slot = spread?.runs.find(([, number]) => number === 5)?.[0] ?? 0
    const identity = newIdentityId(pool.id, world, slot)
    await expect(pool.resolve([], { identity: uuidOf(identity) })).rejects.toBeInstanceOf(Overloaded)
    await expect(pools.describeIdentity(identity, ACCOUNT)).rejects.toBeInstanceOf(Overloaded)
  })
})

describe('a pool over several objects that is deleted', () => {
  it('is closed everywhere when that is answered, and nobody opens an object of it again', async () => {
    const pool = await eight()
    const settings = await pool.record()
    const login = publicLogin('idp', 'ana')
    await pool.identity([login])
    expect(await pools.delete(pool.id, ACCOUNT, 'op')).toEqual({ kind: 'deleted', spread: true })
    const late = { logins: [login], fresh: newIdentityId(pool.id, world), once: undefined }
    expect(await new Pools(env.IDENTITY_POOL, world).resolve(settings, late)).toEqual({ kind: 'no_pool' })
    for (let number = 1; number < 8; number++) {
      const { spread, ...rest } = settings
      if (!spread) throw new Error('not spread')
      const offer = { pool: rest, number, slots: [[0, 1] as const], map: spread }
      expect(await remote(`${pool.id.tag}/${number}`).adopt(offer)).toEqual({ kind: 'closed' })
    }
    expect(await pools.delete(pool.id, ACCOUNT, 'op')).toMatchObject({ kind: 'deleted' })
  })

  it('waits before it tells an object again that did not hear, whatever else was due', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(START)
    const pool = await spreadPool({ 'edge-identity:shards': '2', 'edge-identity:guests-per-day': '100' })
    const make = async () => {
      const fresh = newIdentityId(pool.id, world, 0)
      const asked = { logins: [], fresh, identity: undefined, once: undefined, guest: {} }
      expect(await pools.withSettings(pool.id, (settings) => pools.resolve(settings, asked))).toMatchObject({
        guest: true,
      })
    }
    // The second is to be written down later.
    for (let n = 0; n < 2; n++) await make()
    const second = `${pool.id.tag}/1`
    await inside(second, (_, { storage }) => void storage.sql.exec("UPDATE pool SET id = 'of another pool'"))
    await evict(second)
    await expect(pools.delete(pool.id, ACCOUNT, 'op')).rejects.toBeInstanceOf(Error)
    vi.setSystemTime(START + 60_000)
    await runDurableObjectAlarm(stubOf(pool.id.tag))
    const next = await inside(pool.id.tag, (_, { storage }) => storage.getAlarm())
    vi.useRealTimers()
    expect(next).toBe(START + 65_000)
  })

  it('leaves nothing but the rows that say so', async () => {
    const pool = await eight()
    for (let n = 0; n < 16; n++) await pool.identity([publicLogin('idp', `user-${n}`)])
    await pools.delete(pool.id, ACCOUNT, 'op')
    for (const name of [pool.id.tag, `${pool.id.tag}/3`]) {
      await runDurableObjectAlarm(stubOf(name))
      const { migration, pool: row, ...tables } = await inside(name, (_, { storage }) => tablesOf(storage.sql))
      expect(row).toEqual([expect.objectContaining({ state: 'deleted', settings: '{}' })])
      expect(Object.values(tables).flat()).toEqual([])
    }
  })
})

describe('what nobody has', () => {
  it('is asked for at the one object of a pool that is not spread, whatever the id says', async () => {
    const id = newPoolId(REGION, world)
    await pools.create(id, ACCOUNT, SETTINGS, newUuid(world))
    const pool = new Spread(id)
    for (const slot of [0, 4095]) {
      const uuid = newIdentityId(id, world, slot).text.slice(REGION.length + 1)
      expect(await pool.resolve([], { identity: uuid })).toEqual({ kind: 'no_identity' })
    }
    expect(pool.names()).toEqual([id.tag])
  })

  it('makes no object of a pool that does not exist', async () => {
    const pool = new Spread(newPoolId(REGION, world))
    expect(await pool.resolve([publicLogin('idp', 'ana')])).toEqual({ kind: 'no_pool' })
    expect(await pools.describeIdentity(newIdentityId(pool.id, world, 4000), ACCOUNT)).toBeUndefined()
    expect(pool.names()).toEqual([pool.id.tag])
  })

  it('is no id: the zeros of an identity id stay zeros', () => {
    expect(parseIdentityId('us-east-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10')).toMatchObject({ slot: 0xd1e })
    expect(parseIdentityId('us-east-1:9f3c2a71-0001-8d1e-b2c4-6a0f5e7d9c10')).toBeUndefined()
    expect(parseIdentityId('us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10')).toBeUndefined()
  })
})

describe('a pool in several places', () => {
  const three = () => spreadPool({ 'edge-identity:shards': '8', 'edge-identity:places': 'weur enam apac-ne' })

  it('deals its objects out over them, the head first', async () => {
    const pool = await three()
    expect(edge.stubs.find(({ name }) => name === pool.id.tag)?.options).toEqual({ locationHint: 'weur' })
    await pool.identity([publicLogin('idp', 'ana')])
    const { spread } = await pool.record()
    const expected = ['weur', 'enam', 'apac-ne', 'weur', 'enam', 'apac-ne', 'weur', 'enam']
    expect(expected.map((_, number) => spread && placeOf(spread, number))).toEqual(expected)
  })

  it('makes users and guests near where they are, and serves them there', async () => {
    const pool = await three()
    const { spread } = await pool.record()
    const placeOfId = (uuid: string) => spread && placeOf(spread, objectOf(spread, slotOfIdentity(uuid)))
    for (const [from, place] of [
      [TOKYO, 'apac-ne'],
      [PARIS, 'weur'],
    ] as const)
      for (let n = 0; n < 6; n++) {
        expect(placeOfId(await pool.identity([], { from }))).toBe(place)
        const login = publicLogin('idp', `${place}-${n}`)
        const isNear = spread && placeOf(spread, objectOf(spread, slotOfLogin(login))) === place
        let user = ''
        const made = async () => {
          user = await pool.identity([login], { from })
        }
        expect(await callsOf(pool, made)).toBe(isNear ? 1 : 2)
        expect(placeOfId(user)).toBe(place)
        expect(await callsOf(pool, () => pool.identity([login], { identity: user, from }))).toBe(1)
        expect(await callsOf(pool, () => pool.identity([login], { from }))).toBe(isNear ? 1 : 2)
        expect(await pool.identity([login], { from: from === TOKYO ? PARIS : TOKYO })).toBe(user)
      }
  })

  it('does not care where anybody is if it is not known', async () => {
    const pool = await three()
    const login = publicLogin('idp', 'ana')
    expect(isAtHome(login, await pool.identity([login]))).toBe(true)
  })

  it('finds a known user near by a hint, which decides nothing', async () => {
    const { hints, kept } = hintsOf()
    pools = new Pools(edge.namespace, world, kept)
    const pool = await three()
    const { spread } = await pool.record()
    const login = await farLogin(pool, 'apac-ne')
    const user = await pool.identity([login], { from: TOKYO })
    expect(hints.get(keyOf(login))).toBe(user)
    expect(await callsOf(pool, () => pool.identity([login], { from: TOKYO }))).toBe(1)

    const other = await pool.identity([], { from: TOKYO })
    hints.set(keyOf(login), other)
    expect(await pool.identity([login], { from: TOKYO })).toBe(user)
    expect(hints.get(keyOf(login))).toBe(user)
    await pools.deleteIdentities([pool.named(user)], ACCOUNT)
    const again = await pool.identity([login], { from: TOKYO })
    expect(again).not.toBe(user)
    expect(spread && placeOf(spread, objectOf(spread, slotOfIdentity(again)))).toBe('apac-ne')
  })

  it('is known to a quiet isolate by an object near it, as far as a hint leads there', async () => {
    const { kept, maps } = hintsOf()
    pools = new Pools(edge.namespace, world, kept)
    const pool = await three()
    const login = publicLogin('idp', 'ana')
    const user = await pool.identity([login], { from: TOKYO })
    const number = await pool.objectOf(user)
    const quiet = async () => {
      pools = new Pools(edge.namespace, world, kept)
      edge.calls.length = 0
      expect(await pool.identity([login], { identity: user, from: TOKYO })).toBe(user)
      return edge.calls.map((name) => name.replace(pool.id.tag, 'pool'))
    }
    expect(await quiet()).toEqual([`pool/${number}.readByRegion`, `pool/${number}.take`])
    await pools.change(pool.id, ACCOUNT, { kind: 'replace', settings: { name: 'other' } })
    expect(await quiet()).toEqual([`pool/${number}.readByRegion`, `pool/${number}.take`])

    maps.set(pool.id.tag, { ...SOME_MAP, runs: [[0, 200]] })
    expect(await quiet()).toEqual(['pool/200.readByRegion', 'pool.readByRegion', `pool/${number}.take`])
    expect(await inside(`${pool.id.tag}/200`, (_, { storage }) => Object.keys(tablesOf(storage.sql)))).toEqual([])
    await pools.delete(pool.id, ACCOUNT, 'op')
    pools = new Pools(edge.namespace, world, kept)
    expect(await pool.resolve([login], { identity: user, from: TOKYO })).toEqual({ kind: 'no_pool' })
  })

  async function farLogin(pool: Spread, place: string): Promise<ProvenLogin> {
    const { spread } = await pool.record()
    for (let n = 0; ; n++) {
      const login = publicLogin('idp', `far-${n}`)
      if (spread && placeOf(spread, objectOf(spread, slotOfLogin(login))) !== place) return login
    }
  }
})

const keyOf = ({ provider, subject }: ProvenLogin) => `${provider} ${subject}`

const SOME_MAP = { epoch: 1, objects: 256, places: ['weur', 'apac-ne'], runs: [] }

/** Hints in memory, which a test can see and forge. */
function hintsOf() {
  const hints = new Map<string, string>()
  const maps = new Map<string, object>()
  const kept: Hints = {
    recall: async (_, login) => hints.get(keyOf(login)),
    remember: (_, login, uuid) => void hints.set(keyOf(login), uuid),
    forget: (_, login) => void hints.delete(keyOf(login)),
    recallMap: async (tag) => maps.get(tag) as Awaited<ReturnType<Hints['recallMap']>>,
    rememberMap: (tag, spread) => void maps.set(tag, spread),
  }
  return { hints, kept, maps }
}

function nameOf(pool: Spread, spread: Pool['spread'], slot: number): string {
  const number = spread ? objectOf(spread, slot) : 0
  return number === 0 ? pool.id.tag : `${pool.id.tag}/${number}`
}

async function evictHead(pool: Spread): Promise<void> {
  const { evictDurableObject } = await import('cloudflare:test')
  await evictDurableObject(stubOf(pool.id.tag))
}
