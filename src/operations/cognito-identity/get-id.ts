import { poolTagOf } from '../../base/ids.ts'
import { optional, required, string, structure } from '../../protocol/index.ts'
import { publicOperation } from '../operation.ts'
import { logins, poolId } from '../pool/index.ts'
import { GUEST_PASS_KEY, guestPlea, identify, poolOfId, verifyLogins, withoutGuestPass } from '../sign-in/index.ts'

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
  makesGuest: ({ Logins }) => !Logins || withoutGuestPass(Logins).size === 0,
  async run(input, context) {
    const { identityId } = await identify(NAME, poolOfId(input.IdentityPoolId), context, async (pool) => {
      const logins = await verifyLogins(input.Logins ?? new Map(), pool, context)
      const pass = context.guestPass ?? input.Logins?.get(GUEST_PASS_KEY)
      const guest = logins.length === 0 ? await guestPlea(pool, { ...context, pass }) : undefined
      return { logins, guest, decided: undefined }
    })
    return { IdentityId: identityId }
  },
})
