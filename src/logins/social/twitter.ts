import { hex } from '../../base/bytes.ts'
import { isJsonObject } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { seconds } from '../../base/world.ts'
import { TWITTER } from '../catalogue.ts'
import { UNDATED_PROVEN_SECONDS } from '../limits.ts'
import type { LoginRejected } from '../login.ts'
import { askProvider, type FoundUser, misconfigured, noAnswer, type SocialDeps } from './ask.ts'
import { oauthHeader, type Pair } from './oauth.ts'

/**
 * The user of a Twitter (X) login, `<token>;<token secret>`. The request is signed with the pool's consumer key as well,
 * so that X answers it at all is the proof that the token was made for that app.
 */
export async function twitterUser(
  { consumerKey, consumerSecret }: { consumerKey: string; consumerSecret: string },
  login: string,
  deps: SocialDeps,
): Promise<Result<FoundUser, LoginRejected>> {
  const token = pairOf(login)
  if (!token) return err({ reason: 'impossible_token', provider: TWITTER })
  if (!consumerKey || !consumerSecret) return err(misconfigured(TWITTER, 'consumer_secret_missing'))
  const url = `${deps.hosts.twitterApi}/1.1/account/verify_credentials.json?include_entities=false&skip_status=true`
  const authorization = await oauthHeader({
    method: 'GET',
    url,
    consumer: { key: consumerKey, secret: consumerSecret },
    token,
    nonce: hex(deps.world.random(16)),
    timestamp: seconds(deps.world.now()),
  })
  const answer = await askProvider(TWITTER, url, { authorization }, deps)
  if (!answer.ok) return answer
  const { json, status } = answer.value
  if (status === 200 && isJsonObject(json)) return ok({ id: json.id_str, rememberSeconds: UNDATED_PROVEN_SECONDS })
  return err(refusal(status, json))
}

function pairOf(login: string): Pair | undefined {
  const at = login.indexOf(';')
  return at > 0 && at < login.length - 1 ? { key: login.slice(0, at), secret: login.slice(at + 1) } : undefined
}

const RATE_LIMIT_EXCEEDED = 88
/** Could not authenticate, bad or expired token, bad authentication data; account suspended, account locked. */
const REFUSING = [32, 89, 215, 64, 326]
const OTHER_ACCESS_LEVEL = 453

/** X has two forms of errors: a list of codes, and for an app outside any plan a problem document with a `reason`. */
function refusal(status: number, json: unknown): LoginRejected {
  const { errors, reason } = isJsonObject(json) ? json : {}
  const codes = Array.isArray(errors) ? errors.filter(isJsonObject).map(({ code }) => code) : []
  const has = (...known: number[]) => known.some((code) => codes.includes(code))
  if (has(RATE_LIMIT_EXCEEDED)) return { reason: 'provider_rate_limited', provider: TWITTER }
  if (has(OTHER_ACCESS_LEVEL) || reason === 'client-not-enrolled') return misconfigured(TWITTER, 'access_level')
  if (has(...REFUSING)) return { reason: 'token_refused', provider: TWITTER }
  return noAnswer(TWITTER, status)
}
