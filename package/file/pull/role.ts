import type { FilePool, FileRole, IdentityFile } from '../declare/index.ts'
import type { RoleState } from '../state/state.ts'
import { trustedIn, trustOfPools, usesOf } from '../state/trust.ts'

/** A role as a file has it. `poolKeys`: what the file calls the pools, by id. */
export function fileRole(
  role: RoleState,
  pools: Readonly<Record<string, FilePool>>,
  poolKeys: ReadonlyMap<string, string>,
): FileRole {
  const { attached, boundary, description, maxSessionSeconds, name, path, policies, tags } = role
  const documents = Object.fromEntries(Object.entries(policies).map(([key, text]) => [key, JSON.parse(text)]))
  const { policy, ...others } = documents
  return {
    trust: isOfPools(role, { version: 1, pools }, poolKeys) ? 'pool' : JSON.parse(role.trust),
    ...(policy !== undefined && { policy }),
    ...(Object.keys(others).length > 0 && { policies: others }),
    ...(attached.length > 0 && { attach: attached }),
    ...(boundary !== undefined && { boundary }),
    ...(path !== '/' && { path }),
    ...(description !== '' && { description }),
    ...(maxSessionSeconds !== 3600 && { maxSessionSeconds }),
    ...(Object.keys(tags).length > 0 && { tags }),
  } as FileRole & { name?: typeof name }
}

/** Whether the trust policy is what `trust: pool` would write, with the ids that the pools have where they are read. */
function isOfPools(role: RoleState, file: IdentityFile, poolKeys: ReadonlyMap<string, string>): boolean {
  if (!trustedIn(role.trust)) return false
  const ids = new Map([...poolKeys].map(([id, key]) => [key, id]))
  return trustOfPools(usesOf(role.name, file), (pool) => ids.get(pool) ?? '') === role.trust
}
