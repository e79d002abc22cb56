import { err, ok, type Result } from '../../base/result.ts'
import { parseR2Grant } from '../../credentials/index.ts'
import type { Fault } from '../../protocol/index.ts'
import { type ChosenBy, chooseRole } from '../../roles/index.ts'
import { poolMisconfigured } from '../faults.ts'
import { byProvider, isRoleOf, mappedProvider } from '../pool/index.ts'
import type { Services } from '../services.ts'
import { roleFault } from './faults.ts'
import type { Identified } from './identify.ts'
import { principalTags, rulesOf, type Tags, type TagsRefused } from './principal-tags.ts'

export interface Grant {
  role: string
  chosen: ChosenBy
  tags: Tags
}

/** Why there is no grant: what the client is told, and what the record has. */
export interface NoGrant {
  fault: Fault
  why: ({ reason: string } | TagsRefused) & { role?: string }
}

/** The role and the session tags that the pool has for an identity, whatever its id. */
export function grantFor(
  { guest, logins, pool }: Omit<Identified, 'identityId'>,
  customRole: string | undefined,
  services: Pick<Services, 'sts'>,
): Result<Grant, NoGrant> {
  const claimed = logins.flatMap((login) => login.claimed ?? [])
  const roleMappings = byProvider(pool.settings.roleMappings, pool.settings, mappedProvider)
  const choice = chooseRole({ ...pool.settings, roleMappings }, { guest, logins: claimed }, customRole)
  if (choice.kind === 'denied') return err({ fault: roleFault(choice, customRole), why: { reason: choice.why } })
  const { arn: role, chosen } = choice
  if (!isRoleOf(pool.account, role, services))
    return err({ fault: poolMisconfigured(), why: { reason: 'foreign_role', role } })
  // A role says itself whom it trusts. A grant of R2 does not: it counts where the pool's owner wrote it, not in a claim.
  if (parseR2Grant(role) && chosen.by === 'token')
    return err({ fault: poolMisconfigured(), why: { reason: 'r2_grant_in_token', role } })
  const tags = principalTags(logins, pool.settings, rulesOf(services, role))
  return tags.ok
    ? ok({ role, chosen, tags: tags.value })
    : err({ fault: poolMisconfigured(), why: { ...tags.error, role } })
}
