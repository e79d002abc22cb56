import { poolTagOf } from '../../base/ids.ts'
import { optional, required, string, structure } from '../../protocol/index.ts'
import { publicOperation } from '../operation.ts'
import { logins, poolId } from '../pool/index.ts'
import { identify, poolOfId, verifyLogins } from '../sign-in/index.ts'

const NAME = 'GetId'

/** The identity of these logins, made if none of them is known. Without logins, a new guest at every call. */
export const getId = publicOperation({
  service: 'cognito-identity',
  name: NAME,
  input: structure({
    IdentityPoolId: required(poolId),
    AccountId: optional(string({ min: 1, max: 15, pattern: '\\d+' })),
    Logins: optional(logins),
  }),
  limitedBy: (given) => poolTagOf(given('IdentityPoolId')),
  makesGuest: ({ Logins }) => !Logins?.size,
  async run(input, context) {
    const { identityId } = await identify(NAME, poolOfId(input.IdentityPoolId), context, async (pool) => {
      const logins = await verifyLogins(input.Logins ?? new Map(), pool, context)
      return { logins, decided: undefined }
    })
    return { IdentityId: identityId }
  },
})
