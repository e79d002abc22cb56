import { areWithin, type Erasable, type ErasureTarget, isWithin, keyOf } from './erasure-table.ts'
import type { ProvenLogin } from './identities.ts'
import type { IdentityTable } from './identity-table.ts'

/** How a user is erased from a pool that is in one object: a function is one transaction, which the caller has begun. */

/** A user of a pool that is in one object. */
export function erasableOf(table: IdentityTable, target: ErasureTarget): Erasable | undefined {
  const named = 'identity' in target ? target.identity : ownerOf(table, target.logins)
  if (named === undefined) return undefined
  const root = endOf(table, named)
  const identities = [...(table.row(root) ? [root] : []), ...table.erasures.leadingTo([root])]
  return identities.length > 0 ? { root, identities, logins: table.logins(identities) } : undefined
}

/** Erases a user of a pool that is in one object, if they are still as they were. */
export function eraseAlone(table: IdentityTable, { identities, logins, root }: Erasable): 'erased' | 'changed' {
  const now = erasableOf(table, { identity: root })
  if (!now) return 'erased'
  if (now.root !== root || !isWithin(now.identities, identities) || !areWithin(now.logins, logins)) return 'changed'
  table.erasures.delete(identities)
  return 'erased'
}

/** Takes a login off an identity that goes on to be. */
export function eraseLoginAlone(
  table: IdentityTable,
  uuid: string,
  login: ProvenLogin,
  now: number,
): 'erased' | 'changed' {
  if (!table.logins([uuid]).some((own) => keyOf(own) === keyOf(login))) return 'changed'
  table.release(login, uuid)
  table.settle(uuid, now)
  return 'erased'
}

function ownerOf(table: IdentityTable, logins: readonly ProvenLogin[]): string | undefined {
  for (const login of logins) {
    const [owner] = table.owners([login])
    if (owner) return owner.uuid
  }
  return undefined
}

/** Where an identity leads by all merges that it and its survivors lost. What merges make is no circle. */
function endOf(table: IdentityTable, uuid: string): string {
  const seen = new Set<string>()
  let at = uuid
  for (let next = table.row(at)?.forward; next && !seen.has(next); next = table.row(at)?.forward) {
    seen.add(next)
    at = next
  }
  return at
}
