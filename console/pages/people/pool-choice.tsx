import { addressOf, type Column, poolName } from '../../parts/index.ts'
import { type ListedPool, PoolTable } from '../pools/index.tsx'
import { addressOfList } from './identity.ts'

const COLUMNS: readonly Column<ListedPool>[] = [
  {
    title: 'Pool',
    cell: ({ IdentityPoolId, IdentityPoolName }) => (
      <a href={addressOfList(IdentityPoolId)}>{poolName(IdentityPoolName)}</a>
    ),
  },
  { title: 'Id', cell: ({ IdentityPoolId }) => <code>{IdentityPoolId}</code> },
  {
    title: 'Find',
    cell: ({ IdentityPoolId, IdentityPoolName }) => (
      <a href={addressOf(['identities', IdentityPoolId, 'find'])}>Find a user of {poolName(IdentityPoolName)}</a>
    ),
  },
]

/** Identities are those of a pool: which one? */
export function PoolChoice() {
  return (
    <>
      <p>An identity is one user, or one guest, of a pool. Choose the pool.</p>
      <PoolTable
        columns={COLUMNS}
        empty={(region) => (
          <p>
            There is no pool in {region}. <a href={addressOf(['pools'], { region })}>The pools</a> tell how to make one.
          </p>
        )}
      />
    </>
  )
}
