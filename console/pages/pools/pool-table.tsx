import type { ComponentChildren } from 'preact'
import { type Column, PageOf, RegionChoice, regionOfRoute, Table, usePages } from '../../parts/index.ts'
import { cognito } from '../../session/index.ts'

/** A pool as a list has it. */
export interface ListedPool {
  IdentityPoolId: string
  IdentityPoolName: string
}

interface PoolPage {
  IdentityPools: ListedPool[]
  NextToken?: string
}

interface PoolTableProps {
  columns: readonly Column<ListedPool>[]
  /** Shown where the region has none. */
  empty: (region: string) => ComponentChildren
}

/** The pools of the account in the region that is chosen above them. */
export function PoolTable({ columns, empty }: PoolTableProps) {
  const region = regionOfRoute()
  const pools = usePages(
    (NextToken) => cognito<PoolPage>('ListIdentityPools', { MaxResults: 60, NextToken }, region),
    [region],
  )
  return (
    <>
      <RegionChoice />
      <PageOf from={pools}>
        {({ IdentityPools }) => (
          <Table
            caption={`Identity pools in ${region}`}
            rows={IdentityPools}
            keyOf={({ IdentityPoolId }) => IdentityPoolId}
            columns={columns}
            empty={empty(region)}
          />
        )}
      </PageOf>
    </>
  )
}
