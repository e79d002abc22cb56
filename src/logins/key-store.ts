import { base64url } from 'jose'
import { utf8 } from '../base/bytes.ts'
import { KV_READ_MS, within } from '../base/deadline.ts'
import { isJsonObject } from '../base/json.ts'
import type { World } from '../base/world.ts'
import type { KeySource } from './catalogue.ts'
import { type KeySet, keySet, signingKeys } from './key-set.ts'
import { MAX_RECORD_CHARS, MAX_SET_AGE_SECONDS, STORE_TIMEOUT_MS } from './limits.ts'

/** Key sets in KV, shared by all isolates. A failing or slow store is an empty one. */
export interface KeyStore {
  read(source: KeySource): Promise<KeySet | undefined>
  /** Nobody waits for a write, and it may fail. */
  write(source: KeySource, set: KeySet): void
}

interface KeyStoreDeps {
  world: World
  cache: KVNamespace
  cacheKey: () => Promise<Uint8Array<ArrayBuffer>>
  /** Runs work that may outlast the answer. */
  later: (work: Promise<unknown>) => void
}

/**
 * A record is `{body, mac}`: the set, its source and its times as one JSON text, and that text's HMAC-SHA-256. So
 * whoever can write to KV can neither add a key, nor move a set to another issuer, nor make an old one young again.
 */
export function createKeyStore({ world, cache, cacheKey, later }: KeyStoreDeps): KeyStore {
  const macKey = async () =>
    crypto.subtle.importKey('raw', await cacheKey(), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])

  const read = async (source: KeySource) => {
    // The key may have to come from KV too, and one way there is enough.
    const reading = within('KV', KV_READ_MS, () => cache.get(nameOf(source)))
    const [key, text] = await Promise.all([macKey(), reading])
    if (text === null) return undefined
    const body = await sealedBody(text, key)
    const set = body === undefined ? undefined : setFrom(body, source)
    if (!set) world.log.warn('cached_key_set_refused', { issuer: source.issuer })
    return set
  }

  const write = async (source: KeySource, { keys, fetchedAt, freshUntil }: KeySet) => {
    const body = JSON.stringify({ url: source.url, issuer: source.issuer, fetchedAt, freshUntil, keys })
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', await macKey(), utf8(body)))
    const record = JSON.stringify({ body, mac: base64url.encode(mac) })
    await cache.put(nameOf(source), record, { expirationTtl: MAX_SET_AGE_SECONDS })
  }

  return {
    read: (source) =>
      orNothing(
        'read',
        within('KV', STORE_TIMEOUT_MS, () => read(source)),
        world,
      ),
    write: (source, set) => later(orNothing('write', write(source, set), world)),
  }
}

/** An issuer and the address of its keys, under which its set is kept, in KV as in memory. */
export function nameOf({ issuer, url }: KeySource): string {
  return `jwks:${JSON.stringify([issuer, url])}`
}

/** The issuer and the address that a name has. */
export function sourceOf(name: string): { issuer: string; url: string } {
  const [issuer, url]: string[] = JSON.parse(name.slice(name.indexOf(':') + 1))
  return { issuer: issuer ?? '', url: url ?? '' }
}

/** The sealed text of a record, or `undefined` if its seal is not ours. */
async function sealedBody(text: string, key: CryptoKey): Promise<string | undefined> {
  if (text.length > MAX_RECORD_CHARS) return undefined
  try {
    const { body, mac }: Record<string, unknown> = JSON.parse(text)
    if (typeof body !== 'string' || typeof mac !== 'string') return undefined
    const isOurs = await crypto.subtle.verify('HMAC', key, base64url.decode(mac), utf8(body))
    return isOurs ? body : undefined
  } catch {
    return undefined
  }
}

/** The set in a sealed text. It is ours, but perhaps of an earlier version, so it is read as carefully as any other. */
function setFrom(body: string, source: KeySource): KeySet | undefined {
  const record: unknown = JSON.parse(body)
  if (!isJsonObject(record) || record.url !== source.url || record.issuer !== source.issuer) return undefined
  const { fetchedAt, freshUntil } = record
  if (typeof fetchedAt !== 'number' || typeof freshUntil !== 'number') return undefined
  const keys = signingKeys(record)
  return keys.ok ? keySet(keys.value, fetchedAt, freshUntil) : undefined
}

async function orNothing<T>(operation: string, work: Promise<T>, world: World): Promise<T | undefined> {
  try {
    return await work
  } catch {
    world.log.warn('key_set_cache_unavailable', { operation })
    return undefined
  }
}
