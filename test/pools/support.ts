import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { DurableObject, env } from 'cloudflare:workers'
import { newPoolId, newUuid, type PoolId } from '../../src/base/ids.ts'
import { consoleLog } from '../../src/base/log.ts'
import type { World } from '../../src/base/world.ts'
import type { IdentityPool, PoolSettings, ProvenLogin } from '../../src/pools/index.ts'
import { ACCOUNT, REGION } from './names.ts'

export { ACCOUNT, developerUser, publicLogin, REGION } from './names.ts'

/** Far in the future, so that no alarm set by a frozen clock is due by the platform's own. */
export const START = Date.UTC(2100, 0, 1)

export const world: World = {
  now: () => Date.now(),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  uuid: () => crypto.randomUUID(),
  fetch: () => Promise.reject(new Error('a pool fetches nothing')),
  log: consoleLog,
}

/** The names of the methods that an object of a class has, those that it inherits among them. */
export function methodsOf(one: { prototype: object }): string[] {
  const names = new Set<string>()
  for (
    let of = one.prototype;
    of !== DurableObject.prototype && of !== Object.prototype;
    of = Object.getPrototypeOf(of)
  )
    for (const name of Object.getOwnPropertyNames(of)) names.add(name)
  names.delete('constructor')
  return [...names]
}

type Methods = Exclude<keyof IdentityPool, keyof DurableObject>

/** The object's methods as they look from outside. */
export type RemotePool = {
  [M in Methods]: (...args: Parameters<IdentityPool[M]>) => Promise<Awaited<ReturnType<IdentityPool[M]>>>
}

export type Row = Record<string, SqlStorageValue>

export const SETTINGS: PoolSettings = {
  name: 'shop',
  allowGuests: true,
  roles: new Map(),
  roleMappings: new Map(),
  principalTags: new Map(),
}

export function stubOf(tag: string): DurableObjectStub<IdentityPool> {
  return env.IDENTITY_POOL.getByName(tag)
}

export function remote(tag: string): RemotePool {
  return stubOf(tag) as unknown as RemotePool
}

export function inside<T>(tag: string, work: (pool: IdentityPool, state: DurableObjectState) => T | Promise<T>) {
  return runInDurableObject<IdentityPool, T>(stubOf(tag), work)
}

/** Takes the object's memory; its storage stays. */
export async function evict(tag: string): Promise<void> {
  await inside(tag, () => {})
  await evictDurableObject(stubOf(tag))
}

/** Everything the object keeps, table by table. */
function dump(tag: string): Promise<Record<string, Row[]>> {
  return inside(tag, (_, { storage }) => tablesOf(storage.sql))
}

export function tablesOf(sql: SqlStorage): Record<string, Row[]> {
  const tables = sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'")
    .toArray()
  return Object.fromEntries(tables.map(({ name }) => [name, sql.exec(`SELECT * FROM ${name}`).toArray()]))
}

/** One identity as a text, such as `guest`, `member: idp/ana`, or `disabled → B`. */
export type Holdings = Record<string, string>

/** An open pool of its own object. Identities may have any text for a UUID, so tests name them as they like. */
export class TestPool {
  readonly id: PoolId
  readonly address: { id: string; account: string }

  constructor(id: PoolId) {
    this.id = id
    this.address = { id: id.text, account: ACCOUNT }
  }

  get object(): RemotePool {
    return remote(this.id.tag)
  }

  /** Resolves with the settings of a pool that was never changed. */
  resolve(
    logins: readonly ProvenLogin[],
    { identity, fresh = newUuid(world) }: { identity?: string; fresh?: string } = {},
  ) {
    return this.object.resolve({ region: this.id.region, version: 1, identity, logins, fresh })
  }

  unlink(identity: string, proven: readonly ProvenLogin[], providers: readonly string[], operation = newUuid(world)) {
    return this.object.unlink({ region: this.id.region, version: 1, identity, proven, providers, operation })
  }

  unlinkDeveloper(identity: string, { provider, subject }: ProvenLogin, operation = newUuid(world)) {
    return this.object.unlinkDeveloper(this.address, { identity, provider, subject, operation })
  }

  mergeDevelopers(source: string, destination: string, provider = 'login.shop') {
    return this.object.mergeDevelopers(this.address, { provider, source, destination })
  }

  delete(...uuids: string[]) {
    return this.object.deleteIdentities(this.id.region, ACCOUNT, uuids)
  }

  dump() {
    return dump(this.id.tag)
  }

  evict() {
    return evict(this.id.tag)
  }

  async holdings(): Promise<Holdings> {
    const { identity = [], login = [] } = await this.dump()
    return Object.fromEntries(
      identity.map(({ forward, state, uuid }) => {
        const held = login.filter((row) => row.identity === uuid).map(nameOf)
        return [
          uuid,
          `${state}${held.length > 0 ? `: ${held.join(', ')}` : ''}${forward === null ? '' : ` → ${forward}`}`,
        ]
      }),
    )
  }
}

export async function openPool(settings: Partial<PoolSettings> = {}): Promise<TestPool> {
  const id = newPoolId(REGION, world)
  await remote(id.tag).create(id.text, ACCOUNT, { ...SETTINGS, ...settings }, newUuid(world))
  return new TestPool(id)
}

function nameOf({ developer, provider, subject }: Row): string {
  return `${developer === 1 ? 'developer ' : ''}${provider}/${subject}`
}
