import { readBounded } from '../base/bounded-body.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { FETCH_TIMEOUT_MS, MAX_ANSWER_BYTES } from './limits.ts'
import type { KeysFailure } from './login.ts'

export interface JsonAnswer {
  json: unknown
  headers: Headers
}

/**
 * Gets one JSON document from a URL that `outboundUrl` has passed. Bounded in time and size, and a redirect is a
 * failure: where it leads was not checked. Whatever goes wrong comes back as a short code.
 */
export async function fetchJson(world: World, url: URL): Promise<Result<JsonAnswer, KeysFailure>> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS)
  try {
    const response = await world.fetch(url.href, {
      redirect: 'manual',
      signal,
      headers: { accept: 'application/json, application/jwk-set+json', 'user-agent': 'edge-identity' },
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      return err(response.status >= 300 && response.status < 400 ? 'redirect' : 'status')
    }
    const text = await readBounded(response, MAX_ANSWER_BYTES, signal)
    if (!text.ok) return err(text.error === 'oversized' ? 'too_large' : text.error)
    const json = parse(text.value)
    return json === undefined ? err('not_json') : ok({ json, headers: response.headers })
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
