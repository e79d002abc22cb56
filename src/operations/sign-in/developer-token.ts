import { err, ok, type Result } from '../../base/result.ts'
import type { Pool } from '../../pools/index.ts'
import { verifyOwnToken } from '../../tokens/index.ts'
import type { RequestContext } from '../operation.ts'
import { type DeveloperTokenRejected, developerTokenFault } from './faults.ts'
import { DEVELOPER_TOKEN_TOLERANCE_SECONDS } from './limits.ts'
import { type AcceptedLogin, developerLogin } from './login.ts'
import { currentRing, tokenId } from './signing.ts'

/** Keys of the logins map under which clients hand back the token that a backend got for them. SDKs send it literally. */
const HAND_BACK_KEYS: ReadonlySet<string> = new Set([
  'cognito-identity.amazonaws.com',
  'cognito-identity.cn-north-1.amazonaws.com.cn',
])

/** The tokens among a request's logins that are handed back, and the logins of providers. */
export function splitHandedBack(logins: ReadonlyMap<string, string>) {
  const isHandedBack = ([key]: readonly [string, string]) => HAND_BACK_KEYS.has(key)
  return {
    handedBack: [...logins].filter(isHandedBack),
    others: new Map([...logins].filter((login) => !isHandedBack(login))),
  }
}

/** The developer login behind a token that is handed back, or the fault for any other token. */
export async function acceptDeveloperToken(
  token: string,
  identityId: string,
  pool: Pool,
  context: RequestContext,
): Promise<AcceptedLogin> {
  const judged = await judgeDeveloperToken(token, identityId, pool, context)
  const given = { provider: 'cognito-identity.amazonaws.com', tokenId: await tokenId(token) }
  context.note({ decision: { logins: [{ ...given, accepted: judged.ok, ...(!judged.ok && judged.error) }] } })
  if (!judged.ok) throw developerTokenFault(judged.error, context)
  return judged.value
}

/**
 * The developer login behind a token that GetOpenIdTokenForDeveloperIdentity minted for this identity and this pool. Every
 * other token of ours is refused. The pool decides whether the login still belongs to the identity.
 */
export async function judgeDeveloperToken(
  token: string,
  identityId: string,
  pool: Pool,
  context: RequestContext,
): Promise<Result<AcceptedLogin, DeveloperTokenRejected>> {
  const { issuer, world } = context
  const view = await currentRing(context)
  const clockToleranceSeconds = DEVELOPER_TOKEN_TOLERANCE_SECONDS
  const verified = await verifyOwnToken(token, { view, issuer, now: world.now(), clockToleranceSeconds })
  if (!verified.ok) return verified
  const { amr, aud, iat, sub, tags } = verified.value
  if (aud !== pool.id) return err({ reason: 'other_pool' })
  if (sub !== identityId) return err({ reason: 'other_identity' })
  const provider = pool.settings.developerProvider
  const entry = amr.find((text) => provider !== undefined && text.startsWith(`${provider}:${pool.id}:`))
  if (provider === undefined || entry === undefined) return err({ reason: 'other_provider' })
  const login = developerLogin(provider, entry.slice(provider.length + pool.id.length + 2), pool.id, tags)
  return ok({ ...login, proven: { ...login.proven, mustBeMember: true, issuedAt: iat } })
}
