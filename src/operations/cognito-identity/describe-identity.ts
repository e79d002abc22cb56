import { parseIdentityId } from '../../base/ids.ts'
import type { IdentityDescription } from '../../pools/index.ts'
import { required, structure } from '../../protocol/index.ts'
import { noSuchIdentity } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { identityId, poolsOf } from '../pool/index.ts'

export const describeIdentity = signedOperation({
  service: 'cognito-identity',
  name: 'DescribeIdentity',
  input: structure({ IdentityId: required(identityId) }),
  resource: () => '*',
  pools: (input) => poolsOf([input.IdentityId]),
  async run(input, { caller, pools }) {
    const id = parseIdentityId(input.IdentityId)
    const found = id?.region === caller.region ? await pools.describeIdentity(id, caller.account) : undefined
    if (!id || !found) throw noSuchIdentity(input.IdentityId)
    return describe(found, id.region)
  },
})

/** An identity as the API describes it: the names of its providers, never the user ids there. */
export function describe({ uuid, logins, createdAt, modifiedAt }: IdentityDescription, region: string) {
  return {
    IdentityId: `${region}:${uuid}`,
    Logins: logins.length > 0 ? [...new Set(logins)] : undefined,
    CreationDate: new Date(createdAt),
    LastModifiedDate: new Date(modifiedAt),
  }
}
