import type { Issuer } from './issuer.ts'
import type { Call } from './load.ts'
import { createPool, publicCall } from './operations.ts'
import { subjectOf } from './subjects.ts'

const WARMING = 3
const COUNTED = 20

/** What a request does outside the Worker's own code, on average. */
export interface Counts {
  objectCalls: number
  fetches: number
  kvCalls: number
  rowsWritten: number
  loggedBytes: number
}

/**
 * What a request does outside the Worker's own code, once settings and keys are in memory: calls of objects, outbound
 * fetches, calls of the key-value store, rows written and bytes logged, each per request. A separate pass over the instrumented build,
 * which runs at `url`. The calls are sent in turn.
 */
export async function countsOf(url: string, calls: readonly Call[]): Promise<Counts> {
  for (let n = 0; n < WARMING; n++) await send(inTurn(calls, n))
  await taken(url)
  for (let n = 0; n < COUNTED; n++) await send(inTurn(calls, WARMING + n))
  const { fetches, kvCalls, loggedBytes, objectCalls, rowsWritten } = await taken(url)
  return {
    objectCalls: objectCalls / COUNTED,
    fetches: fetches / COUNTED,
    kvCalls: kvCalls / COUNTED,
    rowsWritten: rowsWritten / COUNTED,
    loggedBytes: loggedBytes / COUNTED,
  }
}

/** Counts for GetId with a login that the pool has not seen, and for its repetition. */
export async function countsOfNewUsers(url: string, issuer: Issuer): Promise<{ created: Counts; repeated: Counts }> {
  const poolId = await createPool(url, issuer)
  const tokens = await Promise.all(Array.from({ length: WARMING + COUNTED }, (_, n) => issuer.token(subjectOf(n))))
  const calls = tokens.map((token) =>
    publicCall(url, 'GetId', { IdentityPoolId: poolId, Logins: { [issuer.name]: token } }),
  )
  return { created: await countsOf(url, calls), repeated: await countsOf(url, calls) }
}

function inTurn(calls: readonly Call[], n: number): Call {
  const call = calls[n % calls.length]
  if (!call) throw new Error('There are no calls to count.')
  return call
}

/** The counts since they were taken the last time. */
async function taken(url: string): Promise<Counts> {
  return (await fetch(`${url}/bench/counts`)).json()
}

async function send({ url, ...init }: Call): Promise<void> {
  const answer = await fetch(url, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`Status ${answer.status}: ${text.slice(0, 300)}`)
}
