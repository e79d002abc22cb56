import { ok, type Result } from '../../base/result.ts'
import { assumeFault, poolMisconfigured } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import {
  type Grant,
  grantFor,
  type Identified,
  mayAssume,
  type NoGrant,
  sessionFor,
  tokenClaims,
  tokenTags,
} from '../sign-in/index.ts'

export type TokenRole = Pick<Grant, 'tags'> & { role: string | undefined }

/**
 * The role of an identity as tokens for relying parties tell it. Who is refused a role is refused a token, but a pool need not have
 * roles.
 */
export function roleFor(whose: Omit<Identified, 'identityId'>, context: RequestContext): Result<TokenRole, NoGrant> {
  const { roleMappings, roles } = whose.pool.settings
  if (roles.size > 0 || roleMappings.size > 0) return grantFor(whose, undefined, context)
  return ok({ role: undefined, tags: tokenTags(whose.logins, whose.pool.settings, context) })
}

/**
 * Refuses a role that the embedded STS would not give. Another STS is not asked, so that the settings of the pool alone say there
 * who has which role.
 */
export async function checkTrust(
  identified: Identified,
  { role, tags }: TokenRole,
  context: RequestContext,
): Promise<void> {
  if (role === undefined) return
  const session = await sessionFor(identified, role, tokenClaims(identified, tags), context)
  if (!session.ok) {
    context.note({ decision: { ...session.error } })
    throw poolMisconfigured()
  }
  const assumed = await mayAssume(session.value, context)
  if (!assumed.ok) throw assumeFault(assumed.error)
}
