import { boolean, optional, pageToken, readPageToken, required, structure } from '../../protocol/index.ts'
import { badPageToken, noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, maxResults, nextToken, onPool, poolId } from '../pool/index.ts'
import { describe } from './describe-identity.ts'

const NAME = 'ListIdentities'

export const listIdentities = signedOperation({
  service: 'cognito-identity',
  name: NAME,
  input: structure({
    IdentityPoolId: required(poolId),
    MaxResults: required(maxResults),
    NextToken: optional(nextToken),
    HideDisabled: optional(boolean()),
  }),
  ...onPool,
  async run(input, { caller, pools }) {
    const id = addressed(input.IdentityPoolId, caller)
    const after = input.NextToken === undefined ? '' : readPageToken(input.NextToken, NAME, id.text)
    if (after === undefined) throw badPageToken()
    const limit = input.MaxResults
    const page = { after, limit, hideDisabled: input.HideDisabled ?? false }
    const listed = await pools.listIdentities(id, caller.account, page)
    if (listed.kind !== 'page') throw noSuchPool(input.IdentityPoolId)
    return {
      IdentityPoolId: id.text,
      Identities: listed.identities.map((identity) => describe(identity, id.region)),
      NextToken: listed.next === undefined ? undefined : pageToken(NAME, id.text, listed.next),
    }
  },
})
