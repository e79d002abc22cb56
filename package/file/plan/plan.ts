import { createHash } from 'node:crypto'
import type { Comparison } from '../apply/compare.ts'
import type { IdentityDocument } from '../read/document.ts'
import { FileProblems, type Path, type Problem } from '../read/problem.ts'
import {
  canonical,
  type FederationState,
  type OidcState,
  type PoolState,
  type RoleState,
  type SamlState,
} from '../state/state.ts'
import type { Detail } from './detail.ts'
import { CLOSED, poolDetails } from './pool.ts'
import { federationDetails, issuerDetails, roleDetails, samlDetails } from './record.ts'

/** An object that the file names, with what changes in it; nothing, where it is as it should be. */
export interface Planned<T> {
  /** What the file calls it; of an issuer its ARN. */
  key: string
  isNew: boolean
  before: T
  after: T
  details: readonly Detail<T>[]
}

export interface Plan {
  account: string
  region: string
  pools: readonly Planned<PoolState>[]
  roles: readonly Planned<RoleState>[]
  issuers: readonly Planned<OidcState>[]
  samlProviders: readonly Planned<SamlState>[]
  /** At most one. Its key is the account. */
  federations: readonly Planned<FederationState>[]
  /** Names this plan: what there is, what there should be, and the versions of the pools. */
  hash: string
}

/** What has to change. Throws `FileProblems` for what cannot be changed. */
export function planOf(document: IdentityDocument, comparison: Comparison): Plan {
  const { account, after, before, region } = comparison
  const fixed = fixedProblems(document, comparison)
  if (fixed.length > 0) throw new FileProblems(document.name, fixed)
  return {
    account,
    region,
    pools: each(after.pools, before.pools, ({ name }) => ({ ...CLOSED, name }), poolDetails),
    roles: each(after.roles, before.roles, newRole, roleDetails),
    issuers: each(after.issuers, before.issuers, (issuer) => ({ ...issuer, clients: [], tags: {} }), issuerDetails),
    samlProviders: each(after.samlProviders, before.samlProviders, (one) => ({ ...one, tags: {} }), samlDetails),
    federations: each(after.federations, before.federations, () => ({ enabled: false }), federationDetails),
    hash: hashOf(comparison),
  }
}

/** The objects of a plan that are made or changed. */
export function changesOf({ federations, issuers, pools, roles, samlProviders }: Plan) {
  const isChanged = ({ details, isNew }: { details: readonly unknown[]; isNew: boolean }) => isNew || details.length > 0
  return [
    ...samlProviders.filter(isChanged).map((one) => ({ kind: 'SAML provider' as const, ...one })),
    ...issuers.filter(isChanged).map((one) => ({ kind: 'issuer' as const, ...one })),
    ...federations.filter(isChanged).map((one) => ({ kind: 'account' as const, ...one })),
    ...roles.filter(isChanged).map((one) => ({ kind: 'role' as const, ...one })),
    ...pools.filter(isChanged).map((one) => ({ kind: 'pool' as const, ...one })),
  ]
}

function each<T>(
  wanted: ReadonlyMap<string, T>,
  found: ReadonlyMap<string, T>,
  fresh: (after: T) => T,
  detailsOf: (before: T, after: T) => readonly Detail<T>[],
): Planned<T>[] {
  return [...wanted].map(([key, after]) => {
    const known = found.get(key)
    const before = known ?? fresh(after)
    return { key, isNew: known === undefined, before, after, details: detailsOf(before, after) }
  })
}

/** A role that nobody may have and that may do nothing. */
function newRole(role: RoleState): RoleState {
  const nothing = JSON.stringify({ Version: '2012-10-17', Statement: [] })
  return { ...role, trust: nothing, policies: {}, attached: [], tags: {} }
}

/** What the API has no way to change. */
function fixedProblems(document: IdentityDocument, { after, before }: Comparison): Problem[] {
  const problem = (path: Path, message: string): Problem => ({
    severity: 'error',
    rule: 'fixed',
    message,
    ...document.placeOf(path),
  })
  const ofPools = [...after.pools].flatMap(([key, { developer }]) => {
    const old = before.pools.get(key)?.developer
    if (old === undefined || old === developer) return []
    return [problem(['pools', key, 'providers'], `The pool has the developer provider ${old}, which stays for ever.`)]
  })
  const ofRoles = [...after.roles].flatMap(([name, { path }]) => {
    const old = before.roles.get(name)?.path
    if (old === undefined || old === path) return []
    return [problem(['roles', name, 'path'], `The role has the path ${old}, which stays for ever.`)]
  })
  return [...ofPools, ...ofRoles]
}

function hashOf({ account, after, before, region }: Comparison): string {
  const states = [before, after].map((state) => Object.values(state).map((objects) => [...objects]))
  return createHash('sha256')
    .update(canonical([account, region, states]))
    .digest('hex')
    .slice(0, 32)
}
