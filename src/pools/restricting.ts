import type { IdentityTable } from './identity-table.ts'
import { stoodForBy } from './resolve.ts'
import { type Restricted, type Restriction, restrictedOf } from './restrictions.ts'

/** Restricts who signs in as an identity of a pool in one object; one that lost a merge stands for the survivor. */
export function restrictNamed(
  table: IdentityTable,
  uuid: string,
  restriction: Restriction,
  now: number,
): Restricted | { kind: 'no_identity' } {
  const row = stoodForBy(table, uuid)
  return row ? restrictedOf(table.restrict(row, restriction, now)) : { kind: 'no_identity' }
}
