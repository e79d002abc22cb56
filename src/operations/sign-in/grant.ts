import { err, ok, type Result } from '../../base/result.ts'
import { parseR2Grant } from '../../credentials/index.ts'
import type { Fault } from '../../protocol/index.ts'
import { type ChosenBy, chooseRole } from '../../roles/index.ts'
import { poolMisconfigured } from '../faults.ts'
import { isRoleOf } from '../pool/index.ts'
import { roleFault } from './faults.ts'
import type { Identified } from './identify.ts'
import { principalTags } from './principal-tags.ts'

export interface Grant {
  role: string
  chosen: ChosenBy
  tags: Readonly<Record<string, string>>
}

/** Why there is no grant: what the client is told, and what the record has. */
export interface NoGrant {
  fault: Fault
  why: { reason: string; role?: string }
}

/** The role and the session tags that the pool has for an identity, whatever its id. */
export function grantFor(
  { guest, logins, pool }: Omit<Identified, 'identityId'>,
  customRole: string | undefined,
): Result<Grant, NoGrant> {
  const claimed = logins.flatMap((login) => login.claimed ?? [])
  const choice = chooseRole(pool.settings, { guest, logins: claimed }, customRole)
  if (choice.kind === 'denied') return err({ fault: roleFault(choice, customRole), why: { reason: choice.why } })
  const { arn: role, chosen } = choice
  if (!isRoleOf(pool.account, role)) return err({ fault: poolMisconfigured(), why: { reason: 'foreign_role', role } })
  // A role says itself whom it trusts. A grant of R2 does not: it counts where the pool's owner wrote it, not in a claim.
  if (parseR2Grant(role) && chosen.by === 'token')
    return err({ fault: poolMisconfigured(), why: { reason: 'r2_grant_in_token', role } })
  const tags = principalTags(logins, pool.settings)
  if (tags.kind === 'denied') return err({ fault: poolMisconfigured(), why: { reason: tags.why, role } })
  return ok({ role, chosen, tags: tags.tags })
}
