import { stoodForBy } from '../resolve.ts'
import type { Restricted, Restriction } from '../restrictions.ts'
import { gather } from './gather.ts'
import { Busy } from './interruptions.ts'
import { MAX_ATTEMPTS } from './limits.ts'
import type { TakeStep } from './step.ts'

/**
 * Restricts who signs in as an identity of a spread pool. A merge that it is in is brought to its end first: whoever takes its
 * logins over would not know of the restriction.
 */
export async function restrictIn(
  { take }: { take: TakeStep },
  uuid: string,
  restriction: Restriction,
): Promise<Restricted | { kind: 'no_identity' }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const row = stoodForBy(await gather({ identity: uuid, logins: [] }, take), uuid)
    if (!row) return { kind: 'no_identity' }
    const restricted = await take({ step: 'restrict', identity: row.uuid, restriction })
    if (restricted.kind === 'restricted') return restricted
  }
  throw new Busy()
}
