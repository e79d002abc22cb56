import { useMemo } from 'preact/hooks'
import {
  addressOf,
  type Column,
  CopyBlock,
  countText,
  Id,
  Moment,
  poolName,
  regionOfRoute,
  WhenSeen,
} from '../../parts/index.ts'
import { type AskOnce, askOnce, Counted } from './counted.tsx'
import { Health } from './health.tsx'
import { type ListedPool, PoolTable } from './pool-table.tsx'

/** The pools of the account in a region. */
export function PoolList() {
  const region = regionOfRoute()
  const columns = useMemo(() => columnsWith(askOnce()), [region])
  return (
    <>
      <div class="row heading">
        <h1>Identity pools</h1>
        <a class="button main" href={addressOf(['pools', 'new'], { region })}>
          Create a pool
        </a>
      </div>
      <PoolTable columns={columns} empty={(where) => <NoPools region={where} />} />
    </>
  )
}

/** Counts and health of a pool are asked for when its row comes into sight: a list may be long. */
function columnsWith(ask: AskOnce): Column<ListedPool>[] {
  const counted = (show: Parameters<typeof Counted>[0]['show']) => (row: ListedPool) => (
    <WhenSeen>{() => <Counted of={row.IdentityPoolId} ask={ask} show={show} />}</WhenSeen>
  )
  return [
    {
      title: 'Name',
      cell: ({ IdentityPoolId, IdentityPoolName }) => (
        <a href={addressOf(['pool', IdentityPoolId])}>{poolName(IdentityPoolName)}</a>
      ),
    },
    { title: 'Id', cell: ({ IdentityPoolId }) => <Id of={IdentityPoolId} /> },
    { title: 'Users', isNumber: true, cell: counted(({ Users }) => countText(Users)) },
    { title: 'Guests', isNumber: true, cell: counted(({ Guests }) => countText(Guests)) },
    { title: 'Counted', cell: counted(({ AsOf }) => <Moment at={AsOf} />) },
    {
      title: 'Health',
      cell: ({ IdentityPoolId }) => <WhenSeen>{() => <Health of={IdentityPoolId} />}</WhenSeen>,
    },
  ]
}

function NoPools({ region }: { region: string }) {
  const line = `aws cognito-identity create-identity-pool --identity-pool-name my-app --allow-unauthenticated-identities --region ${region} --endpoint-url ${location.origin}`
  return (
    <>
      <p>
        There is no pool in {region}. A pool gives every user of an app one identity, whoever signed them in. Choose
        another region above, or <a href={addressOf(['pools', 'new'], { region })}>make the first pool</a>.
      </p>
      <CopyBlock title="With the AWS CLI" text={line} />
    </>
  )
}
