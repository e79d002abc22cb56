import { readBounded } from '../base/bounded-body.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { FETCH_TIMEOUT_MS, MAX_ANSWER_BYTES } from './limits.ts'
import type { FetchFailure } from './login.ts'

export interface JsonQuestion {
  method?: 'POST'
  headers: Readonly<Record<string, string>>
  body?: string
  maxBytes: number
  /** When to give up; `FETCH_TIMEOUT_MS` from now unless told. */
  signal?: AbortSignal
}

export interface JsonAnswer {
  status: number
  /** `undefined` if the body is not JSON. */
  json: unknown
  headers: Headers
}

/** Gets one JSON document from a URL that `outboundUrl` has passed, before `signal`; anything but a 200 is a failure. */
export async function fetchJson(
  world: World,
  url: URL,
  signal: AbortSignal,
): Promise<Result<JsonAnswer, FetchFailure>> {
  const headers = { accept: 'application/json, application/jwk-set+json' }
  const answer = await askJson(world, url, { headers, maxBytes: MAX_ANSWER_BYTES, signal })
  if (!answer.ok) return answer
  if (answer.value.status !== 200) return err('status')
  return answer.value.json === undefined ? err('not_json') : answer
}

/**
 * One exchange with a URL that `outboundUrl` has passed. Bounded in time and size, and a redirect is a failure: where it
 * leads was not checked. An error's body is read as far as it can be; its status counts without. Whatever goes wrong
 * comes back as a short code.
 */
export async function askJson(
  world: World,
  url: URL,
  { headers, maxBytes, signal = AbortSignal.timeout(FETCH_TIMEOUT_MS), ...question }: JsonQuestion,
): Promise<Result<JsonAnswer, FetchFailure>> {
  try {
    const response = await world.fetch(url.href, {
      ...question,
      redirect: 'manual',
      signal,
      headers: { ...headers, 'user-agent': 'edge-identity' },
    })
    const { status } = response
    if (status >= 300 && status < 400) {
      await response.body?.cancel()
      return err('redirect')
    }
    const text = await readBounded(response, maxBytes, signal)
    if (!text.ok && status < 400) return err(text.error === 'oversized' ? 'too_large' : text.error)
    return ok({ status, json: text.ok ? parse(text.value) : undefined, headers: response.headers })
  } catch {
    return err(signal.aborted ? 'timeout' : 'network')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
