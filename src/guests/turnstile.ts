import { readBounded } from '../base/bounded-body.ts'
import { base64url, sha256, utf8 } from '../base/bytes.ts'
import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { MAX_TURNSTILE_ANSWER_BYTES, TURNSTILE_MS } from './limits.ts'

/** Where tokens of Turnstile are verified, unless a setting names a proxy. */
const TURNSTILE_URL = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'

/** A widget of Turnstile, as the settings of an account have it. */
export interface TurnstileWidget {
  secret: string
  /** If given, a token of another host is refused. */
  hostnames?: readonly string[]
}

/** `unreachable`: nobody knows whether the token is good. `misconfigured`: Cloudflare does not take our secret. */
export type TurnstileRefused =
  | { kind: 'refused'; codes: string }
  | { kind: 'unreachable'; why: string }
  | { kind: 'misconfigured'; codes: string }

export interface TurnstileQuestion {
  token: string
  clientAddress: string
  /** Names the call: asked again under the same name, Cloudflare answers the same. */
  callId: string
}

/** Asks Cloudflare whether a token of Turnstile is good. Cloudflare answers that once for each token. */
export async function checkTurnstile(
  { callId, clientAddress, token }: TurnstileQuestion,
  { hostnames, secret }: TurnstileWidget,
  { url = TURNSTILE_URL, world }: { url?: string | undefined; world: Pick<World, 'fetch'> },
): Promise<Result<void, TurnstileRefused>> {
  const remote = clientAddress === 'local' ? {} : { remoteip: clientAddress }
  const body = JSON.stringify({ secret, response: token, idempotency_key: callId, ...remote })
  const answer = await asked(url, body, world)
  if (!answer.ok) return err({ kind: 'unreachable', why: answer.error })
  const { hostname, success } = answer.value
  const codes = codesOf(answer.value)
  if (success !== true) return err(refusalOf(codes))
  if (hostnames && !hostnames.includes(String(hostname))) return err({ kind: 'refused', codes: 'other-hostname' })
  return ok(undefined)
}

/** The name of a token, the same each time. */
export async function turnstileName(token: string): Promise<string> {
  return `t${base64url.encode((await sha256(utf8(token))).subarray(0, 16))}`
}

/** One exchange, bounded in time and size. A redirect is a failure. */
async function asked(
  url: string,
  body: string,
  world: Pick<World, 'fetch'>,
): Promise<Result<Record<string, unknown>, string>> {
  const signal = AbortSignal.timeout(TURNSTILE_MS)
  try {
    const headers = { 'content-type': 'application/json', 'user-agent': 'edge-identity' }
    const response = await world.fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
    const text = await readBounded(response, MAX_TURNSTILE_ANSWER_BYTES, signal)
    if (!text.ok) return err(text.error)
    const answer: unknown = JSON.parse(text.value)
    return isJsonObject(answer) && typeof answer.success === 'boolean' ? ok(answer) : err(`status ${response.status}`)
  } catch (error) {
    return err(signal.aborted ? 'timeout' : error instanceof SyntaxError ? 'not_json' : 'network')
  }
}

function codesOf({ 'error-codes': codes }: Record<string, unknown>): string {
  return (Array.isArray(codes) ? codes : []).map(String).join(' ').slice(0, 200)
}

/** By the codes that Cloudflare documents for siteverify. */
function refusalOf(codes: string): TurnstileRefused {
  if (codes.includes('-input-secret')) return { kind: 'misconfigured', codes }
  return codes.includes('internal-error') ? { kind: 'unreachable', why: codes } : { kind: 'refused', codes }
}
