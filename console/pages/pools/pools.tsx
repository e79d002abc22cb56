import { useMemo } from 'preact/hooks'
import {
  addressOf,
  type Column,
  CopyBlock,
  countText,
  Id,
  Moment,
  PageOf,
  poolName,
  RegionChoice,
  regionOfRoute,
  Table,
  usePages,
  WhenSeen,
} from '../../parts/index.ts'
import { cognito } from '../../session/index.ts'
import { type AskOnce, askOnce, Counted } from './counted.tsx'
import { Health } from './health.tsx'

interface PoolPage {
  IdentityPools: { IdentityPoolId: string; IdentityPoolName: string }[]
  NextToken?: string
}

/** The pools of the account in a region. */
export function PoolList() {
  const region = regionOfRoute()
  const pools = usePages(
    (NextToken) => cognito<PoolPage>('ListIdentityPools', { MaxResults: 60, NextToken }, region),
    [region],
  )
  const columns = useMemo(() => columnsWith(askOnce()), [region])
  return (
    <>
      <div class="row heading">
        <h1>Identity pools</h1>
        <a class="button main" href={addressOf(['pools', 'new'], { region })}>
          Create a pool
        </a>
      </div>
      <RegionChoice />
      <PageOf from={pools}>
        {({ IdentityPools }) => (
          <Table
            caption={`Identity pools in ${region}`}
            rows={IdentityPools}
            keyOf={({ IdentityPoolId }) => IdentityPoolId}
            columns={columns}
            empty={<NoPools region={region} />}
          />
        )}
      </PageOf>
    </>
  )
}

type Row = PoolPage['IdentityPools'][number]

/** Counts and health of a pool are asked for when its row comes into sight: a list may be long. */
function columnsWith(ask: AskOnce): Column<Row>[] {
  const counted = (show: Parameters<typeof Counted>[0]['show']) => (row: Row) => (
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
