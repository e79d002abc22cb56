import { parsePoolId } from '../../base/ids.ts'
import { optional, string, structure } from '../../protocol/index.ts'
import { invalidParameter } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { WATCH_POOLS_MS, WATCH_SECONDS } from './limits.ts'

/**
 * The audit records of the caller's account since a cursor, for an operator who watches: whoever asks again and again sees them
 * as they happen. While nobody asks, nothing is gathered. The first call leaves a record. Not of AWS's API.
 */
export const watchDecisions = signedOperation({
  service: 'edge-identity',
  name: 'WatchDecisions',
  // It gives out who signs in, and from where.
  readOnly: false,
  input: structure({ Cursor: optional(string({ pattern: '[0-9a-f]{8}-[0-9]{1,15}-[0-9]{1,15}' })) }),
  resource: () => '*',
  async run({ Cursor }, context) {
    const { accounts, caller, decisions, note } = context
    if (!decisions.canBeWatched) throw invalidParameter('DECISIONS is off: no decision can be watched.')
    const { begins, cursor, left, missed, more, records, tell } = await accounts.watchDecisions(caller.account, Cursor)
    if (!begins) note({ goesOn: true })
    decisions.watch(caller.account, left)
    await Promise.all(tell.map((pool) => tellPool(pool, context)))
    return {
      Cursor: cursor,
      Records: records.map((record) => JSON.parse(record)),
      Missed: missed,
      Began: begins,
      More: more,
      AskAgainAfterSeconds: more ? 0 : WATCH_SECONDS,
    }
  },
})

/** Isolates hear from a pool that somebody watches. One that cannot be told is told the next time. */
async function tellPool(pool: string, { caller, pools, world }: SignedContext): Promise<void> {
  const id = parsePoolId(pool)
  if (!id) return
  try {
    await pools.watch(id, caller.account, WATCH_POOLS_MS)
  } catch (error) {
    world.log.warn('pool_not_told_of_watch', { pool, message: String(error) })
  }
}
