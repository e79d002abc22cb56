import type { IdentityFile } from '../declare/index.ts'
import { type Api, Refused } from '../service/api.ts'
import { listPools, observeFederation, observePool } from '../service/observe.ts'
import type { FederationState, PoolState } from '../state/state.ts'
import { Names } from './names.ts'
import { filePool } from './pool.ts'
import { type Records, recordsOf } from './records.ts'
import { fileRole } from './role.ts'

/** What a pull could not write into the file, or wrote in another way than the service has it. */
export interface Pulled {
  file: IdentityFile
  notes: readonly string[]
}

export interface PullOptions {
  /** Ids or names of pools; all of the region, if there are none. */
  pools: readonly string[]
  /** Whether the file gets the ids of the pools: those of another service are of no use. */
  ids: boolean
}

/** A pool that was asked for and is not there. */
export class NoSuchPool extends Error {}

/** Reads pools of a service, with the roles and issuers that they name, as a file. */
export async function pull(api: Api, { ids, pools: wanted }: PullOptions): Promise<Pulled> {
  const account = await api.account()
  const pools = await poolsWanted(api, wanted)
  const notes: string[] = []
  const records = await recordsOf(pools, account, api, notes)
  const keys = new Names(/[^\w+=,.@-]+/g, 128)
  const entries = pools.map((pool) => {
    const key = keys.of(pool.name)
    return [key, filePool(key, pool, { ...records, account, ids }, notes)] as const
  })
  const poolKeys = new Map(pools.map((pool, index) => [pool.id ?? '', entries[index]?.[0] ?? '']))
  const filePools = Object.fromEntries(entries)
  const roles = [...records.roles.values()].map((role) => [role.name, fileRole(role, filePools, poolKeys)] as const)
  const issuers = [...records.issuerNames].map(([arn, name]) => [name, fileIssuer(arn, records)] as const)
  const federation = await readFederation(api, notes)
  const file = {
    version: 1 as const,
    region: api.region,
    account,
    ...(federation?.enabled && { outboundFederation: true }),
    ...(entries.length > 0 && { pools: filePools }),
    ...(roles.length > 0 && { roles: Object.fromEntries(roles) }),
    ...(issuers.length > 0 && { issuers: Object.fromEntries(issuers) }),
  }
  return { file, notes }
}

async function readFederation(api: Api, notes: string[]): Promise<FederationState | undefined> {
  try {
    return await observeFederation(api)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    notes.push(`Whether users may have tokens for other relying parties could not be read: ${error.message}`)
    return undefined
  }
}

async function poolsWanted(api: Api, wanted: readonly string[]): Promise<PoolState[]> {
  const listed = await listPools(api)
  const ids = wanted.flatMap((one) => {
    const named = listed.filter(({ id, name }) => id === one || name === one).map(({ id }) => id)
    if (named.length === 0) throw new NoSuchPool(`There is no pool ${one}.`)
    return named
  })
  const found: PoolState[] = []
  for (const id of wanted.length > 0 ? new Set(ids) : listed.map((pool) => pool.id)) {
    const pool = await observePool(api, id)
    if (pool) found.push(pool)
  }
  return found
}

function fileIssuer(arn: string, { issuers, samlProviders }: Records) {
  const [issuer, provider] = [issuers.get(arn), samlProviders.get(arn)]
  const tags = issuer?.tags ?? provider?.tags ?? {}
  const tagged = Object.keys(tags).length > 0 && { tags }
  return issuer ? { url: issuer.url, ...tagged } : { metadata: provider?.metadata ?? '', ...tagged }
}
