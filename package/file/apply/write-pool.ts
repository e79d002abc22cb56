import type { Api } from '../service/api.ts'
import { canonical, type PoolState } from '../state/state.ts'
import { claimsInput, mappingsInput, poolInput } from './write.ts'

/** Gives a pool all its settings, by the calls of Amazon Cognito's API; as many as the change needs. */
export async function writePool(api: Api, id: string, before: PoolState | undefined, after: PoolState): Promise<void> {
  const IdentityPoolId = id
  const isOther = (part: (pool: PoolState) => unknown) => !before || canonical(part(before)) !== canonical(part(after))
  const { claims, mappings, roles } = after
  if (isOther((pool) => poolInput(id, pool))) await api.identity('UpdateIdentityPool', poolInput(id, after))
  if (isOther((pool) => [pool.roles, pool.mappings]))
    await api.identity('SetIdentityPoolRoles', { IdentityPoolId, Roles: roles, RoleMappings: mappingsInput(mappings) })
  const gone = Object.keys(before?.claims ?? {}).filter((provider) => claims[provider] === undefined)
  const wanted = [...Object.entries(claims), ...gone.map((provider) => [provider, NO_CLAIMS] as const)]
  for (const [IdentityProviderName, map] of wanted) {
    const had = before?.claims[IdentityProviderName] ?? NO_CLAIMS
    if (canonical(had) === canonical(map)) continue
    await api.identity('SetPrincipalTagAttributeMap', { IdentityPoolId, IdentityProviderName, ...claimsInput(map) })
  }
}

const NO_CLAIMS = { defaults: false, tags: {} }
