import {
  addressOf,
  type Column,
  PageOf,
  poolName,
  RegionChoice,
  regionOfRoute,
  Table,
  usePages,
} from '../../parts/index.ts'
import { cognito } from '../../session/index.ts'
import { addressOfList } from './identity.ts'

interface Pool {
  IdentityPoolId: string
  IdentityPoolName: string
}

interface PoolPage {
  IdentityPools: Pool[]
  NextToken?: string
}

const COLUMNS: readonly Column<Pool>[] = [
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
  const region = regionOfRoute()
  const pools = usePages(
    (NextToken) => cognito<PoolPage>('ListIdentityPools', { MaxResults: 60, NextToken }, region),
    [region],
  )
  return (
    <>
      <p>An identity is one user, or one guest, of a pool. Choose the pool.</p>
      <RegionChoice />
      <PageOf from={pools}>
        {({ IdentityPools }) => (
          <Table
            caption={`Identity pools in ${region}`}
            rows={IdentityPools}
            keyOf={({ IdentityPoolId }) => IdentityPoolId}
            columns={COLUMNS}
            empty={
              <p>
                There is no pool in {region}. <a href={addressOf(['pools'], { region })}>The pools</a> tell how to make
                one.
              </p>
            }
          />
        )}
      </PageOf>
    </>
  )
}
