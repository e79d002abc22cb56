import { parseArn } from '../../../src/base/arn.ts'
import { parseVends, VENDS_TAG } from '../../../src/credentials/r2/vended.ts'
import type { FilePool, FileRole, IdentityFile } from '../declare/index.ts'
import type { RoleState } from '../state/state.ts'
import { trustedIn, trustOfPools, usesOf } from '../state/trust.ts'

/** A role as a file has it. `poolKeys`: what the file calls the pools, by id. */
export function fileRole(
  role: RoleState,
  pools: Readonly<Record<string, FilePool>>,
  poolKeys: ReadonlyMap<string, string>,
): FileRole {
  const { attached, boundary, description, maxSessionSeconds, name, path, policies } = role
  const { tags, vends } = vendsIn(role)
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
    ...(vends && { vends }),
  } as FileRole & { name?: typeof name }
}

/** The grant that a role vends, as a file has it, and the tags that are left: a value that a file cannot say stays a tag. */
function vendsIn({ arn, tags }: RoleState) {
  const { [VENDS_TAG]: said = '', ...others } = tags
  const parsed = parseVends(said, parseArn(arn)?.account ?? '')
  if (!parsed.ok || parsed.value.kind === 'session') return { tags }
  const [, bucket = '', what = '', ...path] = said.split('/')
  const access = what.startsWith('object-') ? what : what.split('+')
  return { tags: others, vends: { r2: { bucket, access, prefix: path.join('/') } } }
}

/** Whether the trust policy is what `trust: pool` would write, with the ids that the pools have where they are read. */
function isOfPools(role: RoleState, file: IdentityFile, poolKeys: ReadonlyMap<string, string>): boolean {
  if (!trustedIn(role.trust)) return false
  const ids = new Map([...poolKeys].map(([id, key]) => [key, id]))
  return trustOfPools(usesOf(role.name, file), (pool) => ids.get(pool) ?? '') === role.trust
}
