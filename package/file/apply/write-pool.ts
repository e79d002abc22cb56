import type { ServiceApi } from '../service/api.ts'
import { settingsState } from '../service/observe.ts'
import type { PoolState } from '../state/state.ts'
import { claimsInput, mappingsInput, poolInput } from './write.ts'

/**
 * Gives a pool all its settings at once, if it still has those of `before`; the answer is the pool with its new version. Throws
 * `Refused` with ConcurrentModificationException if somebody else has changed it meanwhile.
 */
export async function writePool(api: ServiceApi, before: PoolState, after: PoolState): Promise<PoolState> {
  const input = {
    ...poolInput(before.id ?? '', after),
    IfVersion: before.version,
    Roles: after.roles,
    RoleMappings: mappingsInput(after.mappings),
    PrincipalTagMaps: Object.fromEntries(
      Object.entries(after.claims).map(([provider, claims]) => [provider, claimsInput(claims)]),
    ),
    TokenAudiences: Object.entries(after.audiences).map(([Audience, { claims, guests, maxSeconds, subject }]) => ({
      ...{ Audience, Subject: subject, Claims: claims },
      ...{ MaxSeconds: maxSeconds, Guests: guests },
    })),
  }
  return settingsState(await api.own('SetPoolSettings', input))
}
