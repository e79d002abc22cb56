import { reset, runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { vi } from 'vitest'
import { type ObjectBinding, objectsThatRan } from './worker.ts'

/** A loopback address that no test calls. */
const ELSEWHERE = 'http://127.0.0.9/'

/**
 * Makes the Worker that files of tests share as it was at its start: nothing in objects, KV, the HTTP cache and the rate
 * limits, and a deployment that remembers nothing. Tests set no ISSUER, so the address that is called is the issuer, and a
 * call to another one makes a new deployment (src/worker.ts). What stays are memories of modules. They know nothing but
 * what follows from their keys: a policy by its text, a signing key by its secret.
 */
export async function asNew(): Promise<void> {
  vi.useRealTimers()
  await wakeAll()
  await reset()
  objectsThatRan.clear()
  await exports.default.fetch(ELSEWHERE)
}

/** `reset` empties what runs, and what was not used for ten seconds has stopped. KV and the cache are objects as well. */
async function wakeAll(): Promise<void> {
  const objects = [...objectsThatRan].map(([id, binding]) => wake(id, binding))
  await Promise.all([...objects, env.CACHE.get('none'), caches.default.match('http://none/')])
}

/** An object whose start or call fails has its storage open all the same. */
async function wake(id: string, binding: ObjectBinding): Promise<void> {
  const objects: DurableObjectNamespace = env[binding]
  await runInDurableObject(objects.get(objects.idFromString(id)), () => {}).catch(() => {})
}
