import type { PoolId } from '../../base/ids.ts'
import { exportIdentities as exportOf, importOf } from '../../pools/index.ts'
import { Fault, integer, optional, required, structure } from '../../protocol/index.ts'
import { noSuchPool } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { mayReadSubjects } from '../permission/index.ts'
import { addressed, identityId, identityIn, onPool, poolArn, poolId } from '../pool/index.ts'
import { lineOf } from './backup-line.ts'
import { exportedWhole } from './import-faults.ts'
import { BACKUP_PAGE } from './limits.ts'

/**
 * The next identities of a pool as lines of a backup, in order of id. `After` is the `Next` of the page before, or the last id of a
 * file that is to go on. A page may be short although another follows. Not of AWS's API.
 */
export const exportIdentities = signedOperation({
  service: 'edge-identity',
  name: 'ExportIdentities',
  // It gives out who people are, so that its successes are recorded too.
  readOnly: false,
  input: structure({
    IdentityPoolId: required(poolId),
    MaxResults: optional(integer({ min: 1, max: BACKUP_PAGE })),
    After: optional(identityId),
    ChangedSince: optional(integer({ min: 0 })),
  }),
  ...onPool,
  async run({ After, ChangedSince: since, IdentityPoolId, MaxResults: limit = BACKUP_PAGE }, context) {
    const { caller, pools, world } = context
    const id = addressed(IdentityPoolId, caller)
    if (!(await mayReadSubjects(id, context))) throw subjectsHidden(id.text, context)
    const after = After === undefined ? '' : identityIn(id, After).text.slice(id.region.length + 1)
    // Whatever is changed from now on is told again by a later call with ChangedSince.
    const time = world.now()
    const read = After === undefined ? await pools.read(id, caller.account) : undefined
    if (read && read.kind !== 'pool') throw noSuchPool(IdentityPoolId)
    // Whoever goes on has begun while the pool was whole.
    if (read) await checkWhole(id, context)
    const page = await exportOf(pools, id, caller.account, { after, limit, since })
    if (page.kind !== 'page') throw noSuchPool(IdentityPoolId)
    const { identities, next } = page
    const [firstIdentity, lastIdentity] = [identities[0], identities.at(-1)].map(
      (one) => one && `${id.region}:${one.uuid}`,
    )
    context.note({ decision: { pool: id.text, firstIdentity, lastIdentity, subjects: 'shown' } })
    return {
      IdentityPoolId: id.text,
      SettingsVersion: read?.pool.version,
      Time: time,
      Lines: identities.map((identity) => lineOf(identity, id.region)).join('\n'),
      Next: next && `${id.region}:${next}`,
    }
  },
})

/** Refuses to export a pool of which only a part is there yet. */
async function checkWhole(id: PoolId, { caller, pools }: SignedContext): Promise<void> {
  const found = await importOf(pools, { id, account: caller.account })
  if (found.kind === 'importing' && found.state === 'importing') throw exportedWhole()
}

/** Without subjects a backup is none: nobody who signs in again would be found. */
function subjectsHidden(pool: string, { caller }: SignedContext): Fault {
  const action = 'edge-identity:ReadSubjects'
  return new Fault(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${poolArn(pool, caller.account)}, which ExportIdentities needs as well`,
  )
}
