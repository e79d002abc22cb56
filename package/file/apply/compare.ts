import type { IdentityDocument } from '../read/document.ts'
import { FileProblems, type Problem } from '../read/problem.ts'
import type { Api } from '../service/api.ts'
import {
  listPools,
  observeFederation,
  observeIssuer,
  observePool,
  observeRole,
  observeSaml,
} from '../service/observe.ts'
import { desiredState } from '../state/desired.ts'
import type { PoolState, State } from '../state/state.ts'

/** What a service has of what a file names, and what it should have. */
export interface Comparison {
  account: string
  region: string
  before: State
  after: State
}

/** A file that does not fit the service: for another account, or for a pool that is not there. */
export class Unfit extends Error {}

export const DEFAULT_REGION = 'us-east-1'

/** Looks at everything that the file names. Nothing is changed. */
export async function compare(
  document: IdentityDocument,
  api: Api,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Comparison> {
  checkSecrets(document, env)
  const { file } = document
  const region = file.region ?? DEFAULT_REGION
  const account = await api.account()
  if (file.account !== undefined && file.account !== account)
    throw new Unfit(`The file is for the account ${file.account}, and the key is of the account ${account}.`)
  const pools = await poolsNamed(document, api)
  const poolIds = new Map([...pools].map(([key, pool]) => [key, pool.id ?? '']))
  const after = desiredState(document, { account, region, poolIds, env })
  const [roles, issuers, samlProviders, federations] = await Promise.all([
    eachOf(after.roles.keys(), (name) => observeRole(api, name)),
    eachOf(after.issuers.keys(), (arn) => observeIssuer(api, arn)),
    eachOf(after.samlProviders.keys(), (arn) => observeSaml(api, arn)),
    eachOf(after.federations.keys(), () => observeFederation(api)),
  ])
  return { account, region, before: { pools, roles, issuers, samlProviders, federations }, after }
}

/** Without the secret of an app, that which the service has would be taken away. */
function checkSecrets(document: IdentityDocument, env: Readonly<Record<string, string | undefined>>): void {
  const problems = Object.entries(document.file.pools ?? {}).flatMap(([key, { providers = [] }]) =>
    providers.flatMap((entry, index): Problem[] => {
      if (!('secret' in entry) || env[entry.secret.env]) return []
      const place = document.placeOf(['pools', key, 'providers', index, 'secret', 'env'])
      return [{ severity: 'error', rule: 'secret', message: `The variable ${entry.secret.env} is not set.`, ...place }]
    }),
  )
  if (problems.length > 0) throw new FileProblems(document.name, problems)
}

/** The pools of the file that exist: by their ids, or by their names where the file has no ids. */
async function poolsNamed(document: IdentityDocument, api: Api): Promise<ReadonlyMap<string, PoolState>> {
  const wanted = Object.entries(document.file.pools ?? {})
  const listed = wanted.some(([, { id }]) => id === undefined) ? await listPools(api) : []
  return eachOf(
    wanted.map(([key]) => key),
    async (key) => {
      const { id, name = key } = document.file.pools?.[key] ?? {}
      const named = listed.filter((pool) => pool.name === name).map((pool) => pool.id)
      if (id === undefined && named.length > 1)
        throw new Unfit(
          `There are ${named.length} pools of the name ${name}. Give the pool ${key} an id: ${named.join(', ')}.`,
        )
      const [found = id] = id === undefined ? named : [id]
      const pool = found === undefined ? undefined : await observePool(api, found)
      if (!pool && id !== undefined) throw new Unfit(`There is no pool ${id}, which the file has for ${key}.`)
      return pool
    },
  )
}

async function eachOf<T>(
  names: Iterable<string>,
  find: (name: string) => Promise<T | undefined>,
): Promise<ReadonlyMap<string, T>> {
  const found = await Promise.all([...names].map(async (name) => [name, await find(name)] as const))
  return new Map(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
