import { partitionOf } from '../../base/arn.ts'
import { optional, pageToken, readPageToken, required, structure } from '../../protocol/index.ts'
import { badPageToken } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { maxResults, nextToken } from '../pool/index.ts'

const NAME = 'ListIdentityPools'

export const listIdentityPools = signedOperation({
  service: 'cognito-identity',
  name: NAME,
  input: structure({ MaxResults: required(maxResults), NextToken: optional(nextToken) }),
  resource: (_input, { account, region }) =>
    `arn:${partitionOf(region)}:cognito-identity:${region}:${account}:identitypool/`,
  async run(input, context) {
    const { account, region } = context.caller
    const scope = `${account}:${region}`
    const after = input.NextToken === undefined ? '' : readPageToken(input.NextToken, NAME, scope)
    if (after === undefined) throw badPageToken()
    const page = await context.accounts.read(account, (a) => a.listPools(region, after, input.MaxResults))
    const last = page.pools.at(-1)
    return {
      IdentityPools: page.pools.map(({ id, name }) => ({ IdentityPoolId: id, IdentityPoolName: name })),
      NextToken: page.more && last ? pageToken(NAME, scope, last.id) : undefined,
    }
  },
})
