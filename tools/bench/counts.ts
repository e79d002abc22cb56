import { createPool, publicCall } from './operations.ts'
import { subjectOf } from './subjects.ts'

const WARMING = 3
const COUNTED = 20

/**
 * What a request does outside the Worker's own code, once settings and keys are in memory: calls of objects, outbound
 * fetches, calls of the key-value store and rows written, each per request. A separate pass over the instrumented build.
 *
 * @param {object} url of a running instrumented build
 * @param {readonly object[]} calls sent in turn
 */
export async function countsOf(url, calls) {
  for (let n = 0; n < WARMING; n++) await sent(calls[n % calls.length])
  await taken(url)
  for (let n = 0; n < COUNTED; n++) await sent(calls[(WARMING + n) % calls.length])
  const counts = await taken(url)
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / COUNTED]))
}

/** Counts for GetId with a login that the pool has not seen, and for its repetition. */
export async function countsOfNewUsers(url, issuer) {
  const poolId = await createPool(url, issuer)
  const tokens = await Promise.all(Array.from({ length: WARMING + COUNTED }, (_, n) => issuer.token(subjectOf(n))))
  const calls = tokens.map((token) =>
    publicCall(url, 'GetId', { IdentityPoolId: poolId, Logins: { [issuer.name]: token } }),
  )
  return { created: await countsOf(url, calls), repeated: await countsOf(url, calls) }
}

async function taken(url) {
  return (await fetch(`${url}/bench/counts`)).json()
}

async function sent({ url, ...init }) {
  const answer = await fetch(url, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`Status ${answer.status}: ${text.slice(0, 300)}`)
}
