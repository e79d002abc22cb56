import { createHash } from 'node:crypto'
import type { IdentityDocument } from '../read/document.ts'
import { type ServiceAddress, type ServiceApi, serviceApi } from '../service/api.ts'
import { providersOf } from '../state/names.ts'
import type { PoolState } from '../state/state.ts'
import { carryOut } from './carry-out.ts'
import { compare, DEFAULT_REGION } from './compare.ts'

/** Where a seed went. Everything is by the names of the file. */
export interface Seeded {
  account: string
  region: string
  pools: Readonly<Record<string, SeededPool>>
}

export interface SeededPool {
  id: string
  region: string
  /** Identity ids. */
  identities: Readonly<Record<string, string>>
}

export interface SeedOptions extends Omit<ServiceAddress, 'region'> {
  /** For what the file has in variables; that of this process unless given. */
  env?: Readonly<Record<string, string | undefined>>
}

/**
 * Brings a service in local mode to what the file says, identities included. On an empty service, pools and identities get the
 * same ids each time: those of pools follow from account, access key and name, those of identities from pool and name. Throws
 * `ApplyFailed`, `Refused`, `Unreachable` or `Unfit`.
 */
export async function seed(
  document: IdentityDocument,
  { env = process.env, ...address }: SeedOptions,
): Promise<Seeded> {
  const api = serviceApi({ ...address, region: document.file.region ?? DEFAULT_REGION })
  const comparison = await compare(document, api, env)
  const { account, region } = comparison
  const poolIds = await carryOut(document, api, comparison, { env, invocationOf })
  const pools: Record<string, SeededPool> = {}
  for (const [key, id] of poolIds)
    pools[key] = { id, region, identities: await seedIdentities(api, key, id, document, { account, region }) }
  return { account, region, pools }
}

/** The id of a new pool follows from the name of the call that makes it, which is the same for a pool of the same name. */
function invocationOf({ name }: PoolState): string {
  const digest = createHash('sha256').update(`seeded pool ${name}`).digest('hex')
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

async function seedIdentities(
  api: ServiceApi,
  key: string,
  IdentityPoolId: string,
  { file }: IdentityDocument,
  home: { account: string; region: string },
): Promise<Record<string, string>> {
  const pool = file.pools?.[key] ?? {}
  const providers = providersOf(pool, file, home)
  const ids: Record<string, string> = {}
  for (const { id: Name, logins } of pool.identities ?? []) {
    const users = Object.entries(logins ?? {}).map(([name, user]) => [
      providers.find(({ names }) => names.includes(name))?.login ?? name,
      user,
    ])
    const Logins = users.length > 0 ? Object.fromEntries(users) : undefined
    const { IdentityId } = await api.own('SeedIdentity', { IdentityPoolId, Name, Logins })
    ids[Name] = IdentityId
  }
  return ids
}
