import { addressOf, CopyBlock, Id, PageOf, RegionChoice, regionOfRoute, Table, usePages } from '../parts/index.ts'
import { cognito } from '../session/index.ts'

interface PoolPage {
  IdentityPools: { IdentityPoolId: string; IdentityPoolName: string }[]
  NextToken?: string
}

/** The pools of the account in a region. */
export function Pools() {
  const region = regionOfRoute()
  const pools = usePages(
    (NextToken) => cognito<PoolPage>('ListIdentityPools', { MaxResults: 60, NextToken }, region),
    [region],
  )
  return (
    <>
      <h1>Identity pools</h1>
      <RegionChoice />
      <PageOf from={pools}>
        {({ IdentityPools }) => (
          <Table
            caption={`Identity pools in ${region}`}
            rows={IdentityPools}
            keyOf={({ IdentityPoolId }) => IdentityPoolId}
            columns={[
              {
                title: 'Name',
                cell: ({ IdentityPoolId, IdentityPoolName }) => (
                  <a href={addressOf(['pool', IdentityPoolId, 'overview'])}>{IdentityPoolName}</a>
                ),
              },
              { title: 'Id', cell: ({ IdentityPoolId }) => <Id of={IdentityPoolId} /> },
            ]}
            empty={<NoPools region={region} />}
          />
        )}
      </PageOf>
    </>
  )
}

function NoPools({ region }: { region: string }) {
  const line = `aws cognito-identity create-identity-pool --identity-pool-name my-app --allow-unauthenticated-identities --region ${region} --endpoint-url ${location.origin}`
  return (
    <>
      <p>
        There is no pool in {region}. A pool gives every user of an app one identity, whoever signed them in. Choose
        another region above, or make the first pool:
      </p>
      <CopyBlock title="With the AWS CLI" text={line} />
    </>
  )
}
