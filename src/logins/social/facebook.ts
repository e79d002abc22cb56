import { hex } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { seconds } from '../../base/world.ts'
import { isRecord } from '../key-set.ts'
import { MAX_PROVEN_SECONDS, UNDATED_PROVEN_SECONDS } from '../limits.ts'
import type { LoginRejected } from '../login.ts'
import { FACEBOOK } from '../providers.ts'
import { shown } from '../token.ts'
import { askProvider, type FoundUser, misconfigured, noAnswer, type SocialMeans } from './ask.ts'
import { hmac } from './hmac.ts'

const REFUSED: LoginRejected = { reason: 'token_refused', provider: FACEBOOK }
const BAD_ANSWER: LoginRejected = { reason: 'provider_unreachable', provider: FACEBOOK, detail: 'bad_answer' }

/**
 * The user of a Facebook access token that was made for the app. With the app's secret the token is inspected
 * (`debug_token`). Without, it is tried out: it must be able to name both the app and the user, for the user alone would
 * also be named to a token of any other app.
 */
export function facebookUser({ appId }: { appId: string }, token: string, means: SocialMeans) {
  const secret = means.facebookAppSecrets?.get(appId)
  return secret ? inspect(appId, secret, token, means) : tryOut(appId, token, means)
}

async function tryOut(appId: string, token: string, means: SocialMeans): Promise<Result<FoundUser, LoginRejected>> {
  const get = (path: string) => graph(`${path}?fields=id`, token, means, () => REFUSED)
  const [app, user] = await Promise.all([get('/app'), get('/me')])
  if (!app.ok) return app
  const madeFor = idOf(app.value.id)
  if (madeFor === undefined) return err(BAD_ANSWER)
  if (madeFor !== appId) return err(otherApp(madeFor))
  return user.ok ? ok({ id: idOf(user.value.id), rememberSeconds: UNDATED_PROVEN_SECONDS }) : user
}

/** The question is put in the name of the app, so an error of the call speaks of the app and not of the token. */
async function inspect(
  appId: string,
  secret: string,
  token: string,
  means: SocialMeans,
): Promise<Result<FoundUser, LoginRejected>> {
  const appToken = `${appId}|${secret}`
  const appsecret_proof = hex(await hmac('SHA-256', secret, appToken))
  const query = new URLSearchParams({ input_token: token, appsecret_proof })
  const answer = await graph(`/debug_token?${query}`, appToken, means, (code) =>
    code === OTHER_APP_TOKEN ? otherApp() : misconfigured(FACEBOOK, 'app_secret_refused'),
  )
  return answer.ok ? judge(answer.value.data, appId, seconds(means.world.now())) : answer
}

function judge(data: unknown, appId: string, now: number): Result<FoundUser, LoginRejected> {
  if (!isRecord(data)) return err(BAD_ANSWER)
  if (data.is_valid === false) return err(REFUSED)
  const madeFor = idOf(data.app_id)
  const { expires_at: exp } = data
  if (data.is_valid !== true || madeFor === undefined || typeof exp !== 'number') return err(BAD_ANSWER)
  if (madeFor !== appId) return err(otherApp(madeFor))
  if (data.type !== 'USER') return err(REFUSED)
  const left = exp === 0 ? MAX_PROVEN_SECONDS : exp - now
  if (left <= 0) return err({ reason: 'expired', now, exp })
  return ok({ id: idOf(data.user_id), rememberSeconds: Math.min(left, MAX_PROVEN_SECONDS) })
}

/** One question to the Graph API. The bearer token travels in a header, which no log of addresses keeps. */
async function graph(
  path: string,
  bearer: string,
  means: SocialMeans,
  refusal: (code: number) => LoginRejected,
): Promise<Result<Record<string, unknown>, LoginRejected>> {
  const headers = { authorization: `Bearer ${bearer}` }
  const answer = await askProvider(FACEBOOK, `${means.hosts.facebookGraph}${path}`, headers, means)
  if (!answer.ok) return answer
  const { json, status } = answer.value
  if (!isRecord(json)) return err(noAnswer(FACEBOOK, status))
  const code = isRecord(json.error) ? json.error.code : undefined
  if (typeof code === 'number') return err(errorOf(code, refusal))
  return status === 200 && json.error === undefined ? ok(json) : err(noAnswer(FACEBOOK, status))
}

/** Codes of Graph API errors (Meta for Developers, "Handle errors"). */
const TEMPORARY = [1, 2]
const RATE_LIMITED = [4, 17, 32, 613]
const PROOF_REQUIRED = 104
const OTHER_APP_TOKEN = 100

function errorOf(code: number, refusal: (code: number) => LoginRejected): LoginRejected {
  if (TEMPORARY.includes(code)) return { reason: 'provider_unreachable', provider: FACEBOOK, detail: 'temporary' }
  if (RATE_LIMITED.includes(code)) return { reason: 'provider_rate_limited', provider: FACEBOOK }
  if (code === PROOF_REQUIRED) return misconfigured(FACEBOOK, 'app_secret_required')
  return refusal(code)
}

function otherApp(...found: string[]): LoginRejected {
  return { reason: 'audience', found: found.map(shown), kind: 'facebook' }
}

/** Ids are digits, as text; older versions of the Graph API write some as numbers. A number too large to be exact is none. */
function idOf(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' ? value : undefined
}
