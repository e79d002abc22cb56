import {
  type IdentitiesMerged,
  type Linked,
  type LinkRequest,
  type LoginUnlinked,
  linkLogin,
  type MergeIdentitiesRequest,
  mergeIdentities,
  type UnlinkLoginRequest,
  unlinkLogin,
} from '../by-operator.ts'
import type { Tried } from '../calls.ts'
import { type AttemptOptions, attempts } from './attempts.ts'
import { gather } from './gather.ts'

/**
 * What operators change of the identities of a spread pool. They name identities and prove nothing, so each step goes by the
 * identities as they were seen a moment before: it is refused, and all is looked at again, where an identity is another by then.
 * Blocks are for users, and do not stop them.
 */

export function linkIn(options: AttemptOptions, call: LinkRequest & Tried): Promise<Linked> {
  const { take, world } = options
  const { aliases, dryRun, identity, login } = call
  // Nothing is reserved for logins that must be members.
  const logins = [login, ...aliases.map((alias) => ({ ...alias, mustBeMember: true }))]
  return attempts(options, async (name) => {
    const claimFor = (index: number) => `${name}r${index}`
    const gathered = await gather({ identity, logins, claimFor, dryRun }, take)
    const outcome = linkLogin(gathered, { ...call, now: world.now() })
    return { gathered, logins: 'as seen', outcome, dryRun, evenBlocked: true }
  })
}

export function unlinkIn(options: AttemptOptions, call: UnlinkLoginRequest & Tried): Promise<LoginUnlinked> {
  const { take, world } = options
  const { dryRun, identity, logins, operation } = call
  return attempts(options, async () => {
    const gathered = await gather({ identity, logins, dryRun }, take)
    // The login that goes is what the identity must still have.
    const outcome = unlinkLogin(gathered, { ...call, now: world.now() })
    return { gathered, logins, outcome, operation, dryRun, evenBlocked: true }
  })
}

export function mergeIn(options: AttemptOptions, call: MergeIdentitiesRequest & Tried): Promise<IdentitiesMerged> {
  const { take, world } = options
  const { destination, dryRun, source } = call
  return attempts(options, async () => {
    const gathered = await gather({ identity: source, another: destination, logins: [], dryRun }, take)
    const outcome = mergeIdentities(gathered, { ...call, now: world.now() })
    return { gathered, logins: 'as seen', outcome, dryRun, evenBlocked: true }
  })
}
