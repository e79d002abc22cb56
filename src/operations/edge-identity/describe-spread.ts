import type { NoPool, Pools } from '../../pools/index.ts'
import { required, structure } from '../../protocol/index.ts'
import { noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, onPool, poolId } from '../pool/index.ts'
import { inPascalCase } from './judge-role.ts'

/** Over how many objects a pool is spread, where they are, and how it grows or has grown last. Not of AWS's API. */
export const describeSpread = signedOperation({
  service: 'edge-identity',
  name: 'DescribeSpread',
  readOnly: true,
  input: structure({ IdentityPoolId: required(poolId) }),
  ...onPool,
  async run({ IdentityPoolId }, { caller, pools, world }) {
    const found = await pools.describeSpread(addressed(IdentityPoolId, caller), caller.account)
    return spreadOf(found, IdentityPoolId, world.now())
  },
})

/** A pool and its growth as the API tells it. */
export function spreadOf(found: Awaited<ReturnType<Pools['describeSpread']>> | NoPool, named: string, now: number) {
  if (found.kind !== 'described') throw noSuchPool(named)
  const { growth, pool } = found
  const { objects = 1, places } = pool.spread ?? {}
  return { IdentityPoolId: pool.id, Objects: objects, Places: places, Growth: growth && growthOf(growth, now) }
}

type Growth = NonNullable<Extract<Awaited<ReturnType<Pools['describeSpread']>>, { kind: 'described' }>['growth']>

function growthOf({ before, begunAt, endedAt, error, errorAt, paused, phase, ...counts }: Growth, now: number) {
  const { given, indexed, moved, toMove } = counts
  const elapsed = ((endedAt ?? now) - begunAt) / 1000
  return {
    Phase: PHASES[phase],
    Paused: paused,
    ObjectsBefore: before,
    ...inPascalCase({ slotsMoved: moved, slotsToMove: toMove, loginsIndexed: indexed, rowsGiven: given }),
    RowsPerSecond: elapsed > 0 ? Math.round(given / elapsed) : 0,
    BeginDate: new Date(begunAt),
    EndDate: endedAt === null ? undefined : new Date(endedAt),
    LastError: error ?? undefined,
    LastErrorDate: errorAt === null ? undefined : new Date(errorAt),
  }
}

const PHASES: Readonly<Record<Growth['phase'], string>> = { indexing: 'Indexing', moving: 'Moving', done: 'Done' }
