import type { Pool } from '../../pools/index.ts'
import { integer, map, optional, required, string, structure } from '../../protocol/index.ts'
import { DEVELOPER_TOKEN_SECONDS } from '../../tokens/index.ts'
import { invalidParameter, unsupportedDeveloperProvider } from '../faults.ts'
import { type RequestContext, signedOperation } from '../operation.ts'
import { addressed, developerLogins, identityId, identityIn, onPool, poolId } from '../pool/index.ts'
import {
  type AcceptedLogin,
  currentRing,
  developerLogin,
  poolOfAccount,
  resolveLogins,
  signToken,
  tokenClaims,
  tokenTags,
  verifyLogins,
} from '../sign-in/index.ts'
import { MAX_DEVELOPER_USER_CHARS } from './limits.ts'

const NAME = 'GetOpenIdTokenForDeveloperIdentity'

/** A token for a user that the caller's own backend has authenticated; the client trades it for credentials. */
export const getOpenIdTokenForDeveloperIdentity = signedOperation({
  service: 'cognito-identity',
  name: NAME,
  readOnly: false,
  management: false,
  input: structure({
    IdentityPoolId: required(poolId),
    IdentityId: optional(identityId),
    Logins: required(developerLogins),
    PrincipalTags: optional(
      map(string({ min: 1, max: 128 }), string({ min: 1, max: 256, unrecorded: true }), { max: 50 }),
    ),
    TokenDuration: optional(integer({ min: 1, max: 86400 })),
  }),
  ...onPool,
  async run(input, context) {
    const { account } = context.caller
    const home = addressed(input.IdentityPoolId, context.caller)
    const identity = input.IdentityId === undefined ? undefined : identityIn(home, input.IdentityId)
    const target = { ...poolOfAccount(home, account), identity }
    const identified = await resolveLogins(NAME, target, context, async (pool) => {
      const given = input.PrincipalTags && Object.fromEntries(input.PrincipalTags)
      const logins = await acceptDeveloperLogins(input.Logins, given, pool, context)
      // Judged before the logins are linked: what is refused changes nothing.
      return { logins, decided: tokenTags(logins, pool.settings, context), ahead: () => currentRing(context) }
    })
    const claims = tokenClaims(identified, identified.decided)
    const lifetimeSeconds = input.TokenDuration ?? DEVELOPER_TOKEN_SECONDS
    const token = await signToken(claims, { lifetimeSeconds }, context)
    return { IdentityId: identified.identityId, Token: token }
  },
})

/** The developer login, on the signed caller's word; the public ones beside it by their tokens, as everywhere. */
async function acceptDeveloperLogins(
  given: ReadonlyMap<string, string>,
  tags: Readonly<Record<string, string>> | undefined,
  pool: Pool,
  context: RequestContext,
): Promise<AcceptedLogin[]> {
  const provider = pool.settings.developerProvider
  const user = provider === undefined ? undefined : given.get(provider)
  if (provider === undefined || user === undefined) throw unsupportedDeveloperProvider()
  if (user.length > MAX_DEVELOPER_USER_CHARS)
    throw invalidParameter(`A developer user identifier may have at most ${MAX_DEVELOPER_USER_CHARS} characters.`)
  context.note({ decision: { logins: [{ provider, accepted: true }] } })
  const others = new Map([...given].filter(([key]) => key !== provider))
  return [developerLogin(provider, user, pool.id, tags), ...(await verifyLogins(others, pool, context))]
}
