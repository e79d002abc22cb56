import { isJsonObject } from '../base/json.ts'
import { outboundUrl } from '../base/outbound-url.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { type KeySource, withoutClosingSlash } from './catalogue.ts'
import { fetchJson } from './fetch-json.ts'
import { type KeySet, keySet, signingKeys } from './key-set.ts'
import { DEFAULT_FRESH_SECONDS, FETCH_TIMEOUT_MS, MAX_SET_AGE_SECONDS, MIN_FRESH_SECONDS } from './limits.ts'
import type { KeysFailure } from './login.ts'

/** Gets and checks the keys of `source` from the network. Freshness follows the answer's `Cache-Control`, within limits. */
export async function fetchKeySet(
  source: KeySource,
  { world, localMode }: { world: World; localMode: boolean },
): Promise<Result<KeySet, KeysFailure>> {
  const fetchedAt = world.now()
  // Both documents have one deadline: whoever logs in is waiting.
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS)
  const address = source.document === 'discovery' ? await discover(source, world, localMode, signal) : ok(source.url)
  if (!address.ok) return address
  const url = outboundUrl(address.value, localMode)
  if (!url) return err(source.document === 'discovery' ? 'discovery_jwks_uri' : 'bad_url')
  const answer = await fetchDocument(world, url, signal)
  if (!answer.ok) return answer
  const keys = signingKeys(answer.value.json)
  if (!keys.ok) return keys
  const fresh = freshSeconds(answer.value.headers.get('cache-control'))
  return ok(keySet(keys.value, fetchedAt, fetchedAt + fresh * 1000))
}

/**
 * The `jwks_uri` of an issuer whose discovery document names that very issuer (OpenID Connect Discovery, section 4.3), with a
 * closing slash or without.
 */
async function discover(
  source: KeySource,
  world: World,
  localMode: boolean,
  signal: AbortSignal,
): Promise<Result<string, KeysFailure>> {
  const url = outboundUrl(source.url, localMode)
  if (!url || url.search || url.hash) return err('bad_url')
  const answer = await fetchDocument(world, url, signal)
  if (!answer.ok) return answer
  const document = isJsonObject(answer.value.json) ? answer.value.json : {}
  const { issuer } = document
  if (typeof issuer !== 'string' || withoutClosingSlash(issuer) !== source.issuer) return err('discovery_issuer')
  return typeof document.jwks_uri === 'string' ? ok(document.jwks_uri) : err('discovery_jwks_uri')
}

/**
 * One connection that drops is no reason to refuse all users of an issuer for the length of a cool-down: the document is
 * asked for once more, at once and before the same `signal`. An answer, whatever it says, is not asked for again.
 */
async function fetchDocument(world: World, url: URL, signal: AbortSignal): ReturnType<typeof fetchJson> {
  const first = await fetchJson(world, url, signal)
  return !first.ok && first.error === 'network' ? fetchJson(world, url, signal) : first
}

function freshSeconds(cacheControl: string | null): number {
  const [, maxAge] = /(?:^|[\s,])max-age=(\d{1,10})/i.exec(cacheControl ?? '') ?? []
  const wanted = maxAge === undefined ? DEFAULT_FRESH_SECONDS : Number(maxAge)
  return Math.min(Math.max(wanted, MIN_FRESH_SECONDS), MAX_SET_AGE_SECONDS)
}
