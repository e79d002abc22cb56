import { seconds } from '../../base/world.ts'
import type { Pool } from '../../pools/index.ts'
import { type OwnTokenRejected, verifyOwnToken } from '../../tokens/index.ts'
import { cognitoTokenFault, expiredLogin, loginsDoNotMatch, unsupportedProvider, unverifiedLogin } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { currentRing, tokenId } from '../signing.ts'
import { DEVELOPER_TOKEN_TOLERANCE_SECONDS } from './limits.ts'
import { type AcceptedLogin, developerLogin } from './login.ts'

/** Keys of the logins map under which clients hand back the token that a backend got for them. SDKs send it literally. */
export const HAND_BACK_KEYS: ReadonlySet<string> = new Set([
  'cognito-identity.amazonaws.com',
  'cognito-identity.cn-north-1.amazonaws.com.cn',
])

/**
 * The developer login behind a token that GetOpenIdTokenForDeveloperIdentity minted for this identity and this pool; no
 * other token of ours will do. Whether the login still is the identity's is for the pool to say.
 */
export async function acceptDeveloperToken(
  token: string,
  identityId: string,
  pool: Pool,
  context: RequestContext,
): Promise<AcceptedLogin> {
  const { issuer, world } = context
  const view = await currentRing(context)
  const clockToleranceSeconds = DEVELOPER_TOKEN_TOLERANCE_SECONDS
  const verified = await verifyOwnToken(token, { view, issuer, now: world.now(), clockToleranceSeconds })
  const given = { provider: 'cognito-identity.amazonaws.com', tokenId: await tokenId(token) }
  context.learn({ decision: { logins: [{ ...given, accepted: verified.ok, ...(!verified.ok && verified.error) }] } })
  if (!verified.ok) throw rejection(verified.error, seconds(world.now()))
  const { amr, aud, sub, tags } = verified.value
  if (aud !== pool.id) throw unsupportedProvider()
  if (sub !== identityId) throw loginsDoNotMatch()
  const provider = pool.settings.developerProvider
  const entry = amr.find((text) => provider !== undefined && text.startsWith(`${provider}:${pool.id}:`))
  if (provider === undefined || entry === undefined) throw unsupportedProvider()
  const login = developerLogin(provider, entry.slice(provider.length + pool.id.length + 2), pool.id, tags)
  return { ...login, proven: { ...login.proven, mustBeMember: true } }
}

function rejection(rejected: OwnTokenRejected, now: number) {
  switch (rejected.reason) {
    case 'malformed':
    case 'not_ours':
      return cognitoTokenFault()
    case 'expired':
      return expiredLogin(now, rejected.exp)
    case 'unknown_key':
    case 'revoked_key':
    case 'signature':
      return unverifiedLogin()
  }
}
