import { isJsonObject } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { seconds } from '../../base/world.ts'
import { AMAZON, AMAZON_ISSUERS } from '../catalogue.ts'
import { MAX_PROVEN_SECONDS } from '../limits.ts'
import type { LoginRejected } from '../login.ts'
import { parseToken, shown } from '../token.ts'
import { askProvider, type FoundUser, noAnswer, type SocialDeps } from './ask.ts'

/**
 * The user of a Login with Amazon access token that was made for the app. Amazon's own libraries send the token in this
 * header, which no log of addresses keeps. The profile is not asked for: it does not say for which app a token is.
 */
export async function amazonUser(
  { appId }: { appId: string },
  token: string,
  deps: SocialDeps,
): Promise<Result<FoundUser, LoginRejected>> {
  if (parseToken(token)) return err({ reason: 'impossible_token', provider: AMAZON })
  const headers = { 'x-amz-access-token': token }
  const answer = await askProvider(AMAZON, `${deps.hosts.amazonApi}/auth/o2/tokeninfo`, headers, deps)
  if (!answer.ok) return answer
  const { json, status } = answer.value
  if (status === 200 && isJsonObject(json)) return judge(json, appId, seconds(deps.world.now()))
  const isRefusal = [400, 401, 403].includes(status) && isJsonObject(json) && typeof json.error === 'string'
  return err(isRefusal ? { reason: 'token_refused', provider: AMAZON } : noAnswer(AMAZON, status))
}

/** `exp` is how many seconds the token has left, although `iat` beside it is a time. */
function judge(info: Record<string, unknown>, appId: string, now: number): Result<FoundUser, LoginRejected> {
  const { app_id, aud, exp: left, iss, user_id } = info
  if (!AMAZON_ISSUERS.includes(iss) || typeof left !== 'number')
    return err({ reason: 'provider_unreachable', provider: AMAZON, detail: 'bad_answer' })
  const apps = [aud, app_id].filter((app) => typeof app === 'string')
  if (!apps.includes(appId)) return err({ reason: 'audience', found: apps.map(shown), kind: 'amazon' })
  if (left <= 0) return err({ reason: 'expired', now, exp: now + left })
  return ok({ id: user_id, rememberSeconds: Math.min(left, MAX_PROVEN_SECONDS) })
}
