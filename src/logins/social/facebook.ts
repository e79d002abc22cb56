import { hex } from '../../base/bytes.ts'
import { isJsonObject } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { seconds } from '../../base/world.ts'
import { FACEBOOK } from '../catalogue.ts'
import { MAX_PROVEN_SECONDS, UNDATED_PROVEN_SECONDS } from '../limits.ts'
import type { LoginRejected, Misconfigured } from '../login.ts'
import { shown } from '../token.ts'
import { askProvider, type FoundUser, misconfigured, noAnswer, type SocialDeps } from './ask.ts'
import { hmac } from './hmac.ts'

const REFUSED: LoginRejected = { reason: 'token_refused', provider: FACEBOOK }
const BAD_ANSWER: LoginRejected = { reason: 'provider_unreachable', provider: FACEBOOK, detail: 'bad_answer' }

/**
 * The user of a Facebook access token that was made for the app. With the app's secret the token is inspected
 * (`debug_token`). Without, it is tried out: it must be able to name both the app and the user, for the user alone would
 * also be named to a token of any other app.
 */
export function facebookUser({ appId }: { appId: string }, token: string, deps: SocialDeps) {
  const secret = deps.facebookAppSecrets?.get(appId)
  return secret ? inspect(appId, secret, token, deps) : tryOut(appId, token, deps)
}

async function tryOut(appId: string, token: string, deps: SocialDeps): Promise<Result<FoundUser, LoginRejected>> {
  const get = (path: string) => graph(`${path}?fields=id`, token, deps, AS_USER)
  const [app, user] = await Promise.all([get('/app'), get('/me')])
  if (!app.ok) return app
  const madeFor = idOf(app.value.id)
  if (madeFor === undefined) return err(BAD_ANSWER)
  if (madeFor !== appId) return err(otherApp(madeFor))
  return user.ok ? ok({ id: idOf(user.value.id), rememberSeconds: UNDATED_PROVEN_SECONDS }) : user
}

async function inspect(
  appId: string,
  secret: string,
  token: string,
  deps: SocialDeps,
): Promise<Result<FoundUser, LoginRejected>> {
  const appToken = `${appId}|${secret}`
  const appsecret_proof = hex(await hmac('SHA-256', secret, appToken))
  const query = new URLSearchParams({ input_token: token, appsecret_proof })
  const answer = await graph(`/debug_token?${query}`, appToken, deps, AS_APP)
  return answer.ok ? judge(answer.value.data, appId, seconds(deps.world.now())) : answer
}

function judge(data: unknown, appId: string, now: number): Result<FoundUser, LoginRejected> {
  if (!isJsonObject(data)) return err(BAD_ANSWER)
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

/** One question to the Graph API. The token it is put with travels in a header, which no log of addresses keeps. */
async function graph(
  path: string,
  bearer: string,
  deps: SocialDeps,
  asking: Asking,
): Promise<Result<Record<string, unknown>, LoginRejected>> {
  const headers = { authorization: `Bearer ${bearer}` }
  const answer = await askProvider(FACEBOOK, `${deps.hosts.facebookGraph}${path}`, headers, deps)
  if (!answer.ok) return answer
  const { json, status } = answer.value
  if (!isJsonObject(json)) return err(noAnswer(FACEBOOK, status))
  if (isJsonObject(json.error) && typeof json.error.code === 'number')
    return err(refusalFor(json.error.code, json.error.type, asking))
  return status === 200 && json.error === undefined ? ok(json) : err(noAnswer(FACEBOOK, status))
}

/** What errors mean depends on whose token the question was put with: that of the user, or that of the app itself. */
interface Asking {
  refused(code: number): LoginRejected
  /** The app's secret is missing, or wrong. */
  unproven: Misconfigured
}

const AS_USER: Asking = { refused: () => REFUSED, unproven: 'app_secret_required' }
const AS_APP: Asking = {
  refused: (code) => (code === BAD_PARAMETER ? otherApp() : misconfigured(FACEBOOK, 'app_secret_refused')),
  unproven: 'app_secret_refused',
}

/** Codes of Graph API errors (Meta for Developers, "Handle errors"). An app may only inspect tokens made for it. */
const TEMPORARY = [1, 2]
const RATE_LIMITED = [4, 17, 32, 613]
const BAD_PARAMETER = 100
const BAD_PROOF = 104

/** A missing or wrong `appsecret_proof` is a bad parameter too, told apart by its type. */
function refusalFor(code: number, type: unknown, { refused, unproven }: Asking): LoginRejected {
  if (TEMPORARY.includes(code)) return { reason: 'provider_unreachable', provider: FACEBOOK, detail: 'temporary' }
  if (RATE_LIMITED.includes(code)) return { reason: 'provider_rate_limited', provider: FACEBOOK }
  if (code === BAD_PROOF || (code === BAD_PARAMETER && type === 'GraphMethodException'))
    return misconfigured(FACEBOOK, unproven)
  return refused(code)
}

function otherApp(...found: string[]): LoginRejected {
  return { reason: 'audience', found: found.map(shown), kind: 'facebook' }
}

/** Ids are digits, as text; older versions of the Graph API write some as numbers. A number too large to be exact is none. */
function idOf(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' ? value : undefined
}
