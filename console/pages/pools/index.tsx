import { route } from '../../parts/index.ts'
import { NewPool } from './new-pool.tsx'
import { PoolList } from './pools.tsx'

export { type ListedPool, PoolTable } from './pool-table.tsx'

/** The pools of a region, or the form for another one. */
export function Pools() {
  return route.value.path[1] === 'new' ? <NewPool /> : <PoolList />
}
