import type { Pool } from '../../pools/index.ts'
import type { RequestContext } from '../operation.ts'
import { acceptDeveloperToken, splitHandedBack } from './developer-token.ts'
import type { AcceptedLogin } from './login.ts'
import { verifyLogins } from './verify-logins.ts'

/** Verifies what the request brings: logins, or the token that the client's backend got for it, which it hands back. */
export async function acceptLoginsOrToken(
  given: ReadonlyMap<string, string>,
  identityId: string,
  pool: Pool,
  context: RequestContext,
): Promise<AcceptedLogin[]> {
  const { handedBack, others } = splitHandedBack(given)
  const developer = await Promise.all(
    handedBack.map(([, token]) => acceptDeveloperToken(token, identityId, pool, context)),
  )
  return [...developer, ...(await verifyLogins(others, pool, context))]
}
