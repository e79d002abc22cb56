import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { IdentityId } from '../../src/base/ids.ts'
import { newIdentityId, newPoolId, newUuid, type PoolId, parseIdentityId } from '../../src/base/ids.ts'
import {
  type BackupIdentity,
  beginImportOf,
  cancelImportOf,
  exportIdentities,
  finishImportOf,
  importIdentities,
  importOf,
  Pools,
  type ProvenLogin,
} from '../../src/pools/index.ts'
import { ACCOUNT, developerUser, inside, publicLogin, REGION, SETTINGS, world } from './support.ts'

export const pools = new Pools(env.IDENTITY_POOL, world)

export async function poolOver(objects: number): Promise<PoolId> {
  const id = newPoolId(REGION, world)
  const tags = new Map(objects > 1 ? [['edge-identity:shards', String(objects)]] : [])
  expect(await pools.create(id, ACCOUNT, { ...SETTINGS, tags }, newUuid(world))).toMatchObject({ kind: 'pool' })
  return id
}

export const named = (uuid: string) => parseIdentityId(`${REGION}:${uuid}`) as IdentityId

export function resolved(id: PoolId, logins: readonly ProvenLogin[], identity?: string) {
  return pools.withSettings(id, (pool) =>
    pools.resolve(pool, {
      logins,
      fresh: newIdentityId(id, world),
      identity: identity === undefined ? undefined : named(identity),
      once: undefined,
    }),
  )
}

export async function identityOf(...asked: Parameters<typeof resolved>): Promise<string> {
  const answer = await resolved(...asked)
  if (answer.kind !== 'identity') throw new Error(answer.kind)
  return answer.uuid
}

/** Everything, in pages of this size. */
export async function exported(id: PoolId, limit = 1_000, since?: number): Promise<BackupIdentity[]> {
  const found: BackupIdentity[] = []
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: Awaited<ReturnType<typeof exportIdentities>> = await exportIdentities(pools, id, ACCOUNT, {
      after,
      limit,
      since,
    })
    if (page.kind !== 'page') throw new Error(page.kind)
    found.push(...page.identities)
    after = page.next
  }
  return found
}

/** The same identities, as they are in another pool. */
export function retagged(identities: readonly BackupIdentity[], { tag }: PoolId): BackupIdentity[] {
  const of = (uuid: string) => tag + uuid.slice(8)
  return identities.map((one) => ({ ...one, uuid: of(one.uuid), forward: one.forward && of(one.forward) }))
}

export const countsOf = (identities: readonly BackupIdentity[]) => ({
  identities: identities.length,
  logins: identities.reduce((sum, { logins }) => sum + logins.length, 0),
})

export function importer(id: PoolId, source = 'the file', through = pools, run = newUuid(world)) {
  const call = { id, account: ACCOUNT, run }
  return {
    begin: () => beginImportOf(through, call, source),
    page: (line: number, identities: readonly BackupIdentity[]) =>
      importIdentities(through, call, { line, identities }),
    finish: (told: { identities: number; logins: number }) =>
      finishImportOf(through, call, { ...told, checked: undefined }),
    cancel: () => cancelImportOf(through, call),
    state: () => importOf(through, call),
  }
}

export async function imported(id: PoolId, identities: readonly BackupIdentity[], size = 1_000) {
  const into = importer(id)
  expect(await into.begin()).toMatchObject({ kind: 'importing', line: 1 })
  for (let at = 0; at < identities.length; at += size)
    expect(await into.page(at + 2, identities.slice(at, at + size))).toMatchObject({ kind: 'importing' })
  expect(await into.finish(countsOf(identities))).toEqual({ kind: 'done' })
}

const PROVIDERS = ['idp-1', 'idp-2', 'idp-3']

/** A pool with a life behind it: guests, users of several logins, merges one after the other, deletions, blocks. */
export async function livedIn(id: PoolId, people: number, chance: () => number): Promise<void> {
  const one = <T>(of: readonly T[]) => of[Math.floor(chance() * of.length)] as T
  const made: string[] = []
  for (let n = 0; n < people; n++) {
    const user = `user-${Math.floor(chance() * people)}`
    const logins = PROVIDERS.filter(() => chance() < 0.5).map((provider) => publicLogin(provider, user))
    if (chance() < 0.3) logins.push(developerUser(`${user}-${n}`))
    const known = chance() < 0.4 && made.length > 0 ? one(made) : undefined
    const answer = await resolved(id, logins, known)
    if (answer.kind === 'identity') made.push(answer.uuid)
    if (chance() < 0.1 && made.length > 0) await pools.deleteIdentities([named(one(made))], ACCOUNT)
    if (chance() < 0.1 && made.length > 0)
      await pools.withSettings(id, (pool) =>
        pools.unlink(pool, {
          identity: named(one(made)),
          proven: [publicLogin('idp-1', user)],
          providers: ['idp-1', 'idp-2'],
          once: undefined,
          operation: newUuid(world),
        }),
      )
  }
  const objects = (await pools.read(id, ACCOUNT)) as { pool: { spread?: { objects: number } } }
  for (let number = 0; number < (objects.pool.spread?.objects ?? 1); number++)
    await inside(number === 0 ? id.tag : `${id.tag}/${number}`, (_, { storage: { sql } }) => {
      sql.exec(`UPDATE identity SET used_day = 20000, blocked_until = 4102444800000, block_reason = 'a "reason"', not_before = 1700000000,
        source = 'backend' WHERE uuid LIKE '%1'`)
      sql.exec('UPDATE login SET linked_day = 20001 WHERE identity LIKE ?', '%3')
    })
}

/** Numbers from 0 to 1 that are the same for the same seed. */
export function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
