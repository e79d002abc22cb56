import { connect } from '../lib/client.ts'
import { LOCAL_KEY } from '../lib/local-service.ts'
import type { Spread } from '../lib/statistics.ts'
import type { NotMeasured } from './against-floor.ts'
import { type Counts, countsOf } from './counts.ts'
import type { Issuer } from './issuer.ts'
import { bytesOf, type Call } from './load.ts'
import { cpuRatio, type Figures, type MeasuringPlan, measure, throughputRatio } from './measure.ts'
import { createPool, publicCall } from './operations.ts'
import type { Stage } from './stage.ts'
import { subjectOf } from './subjects.ts'

/** Objects of the pool that is compared with one of a single object. */
export const OBJECTS = 8

/** Users that the calls take turns with, so that all objects are asked. */
const USERS = 64

/** An operation on a pool of several objects next to the same on a pool of one. */
export interface MeasuredSpread {
  id: string
  name: string
  one: Figures
  spread: Figures
  /** Calls of objects, rows and the like, on the pool of several objects. */
  counts: Counts
  /** Of the pool of several over that of one. */
  throughput: Spread
  cpu: Spread
  /** The same of the fair floor: what a bare Worker loses that does the operation over as many objects, and not over one. */
  bare: { throughput: Spread; cpu: Spread }
}

interface SpreadOperation {
  id: string
  /** Path of the fair floor. */
  fair: string
  name: string
  calls(on: { url: string; issuer: Issuer; poolId: string }): Promise<Call[]>
}

const OPERATIONS: readonly SpreadOperation[] = [
  {
    id: 'guest',
    fair: '/guest',
    name: 'GetId, new guest',
    calls: async ({ poolId, url }) => [publicCall(url, 'GetId', { IdentityPoolId: poolId })],
  },
  {
    id: 'known',
    fair: '/login',
    name: 'GetId, known login',
    calls: async (on) => (await usersOf(on)).map(({ getId }) => getId),
  },
  {
    id: 'credentials',
    fair: '/session',
    name: 'GetCredentialsForIdentity, a user',
    calls: async (on) => (await usersOf(on)).map(({ credentials }) => credentials),
  },
]

/** The hot calls on a pool of several objects next to a pool of one, in turns on one server. */
export async function spreadPools(
  stage: Stage,
  plan: MeasuringPlan & { algorithm: string },
  onResult: (result: MeasuredSpread | NotMeasured) => void,
): Promise<(MeasuredSpread | NotMeasured)[]> {
  const results: (MeasuredSpread | NotMeasured)[] = []
  for (const operation of OPERATIONS) {
    const { id, name } = operation
    const figures = figuresOf(operation, stage, plan)
    const result = await figures.catch((error: Error) => ({ id, name, notMeasured: error.message }))
    results.push(result)
    onResult(result)
  }
  return results
}

async function figuresOf(
  { calls, fair, id, name }: SpreadOperation,
  stage: Stage,
  plan: MeasuringPlan & { algorithm: string },
): Promise<MeasuredSpread> {
  const issuer = await stage.issuer()
  const tags = { 'edge-identity:shards': String(OBJECTS) }
  const counting = await stage.counting()
  const counted = await calls({ ...counting, issuer, poolId: await createPool(counting.url, issuer, { tags }) })
  const counts = await countsOf(counting.url, counted)
  const server = await stage.service(plan.algorithm)
  const floor = await stage.fairFloor(plan.algorithm)
  const asked = await calls({ ...server, issuer, poolId: await createPool(server.url, issuer) })
  const askedOfSpread = await calls({ ...server, issuer, poolId: await createPool(server.url, issuer, { tags }) })
  const ofFloor = (path: string) => asked.map((call) => bytesOf({ ...call, url: server.url + path }))
  const [one, spread, floorOfOne, floorOfSpread] = (await measure(
    [
      { ...server, requests: asked.map(bytesOf) },
      { ...server, requests: askedOfSpread.map(bytesOf) },
      { ...floor, requests: ofFloor(fair) },
      { ...floor, requests: ofFloor(`${fair}-over-${OBJECTS}`) },
    ],
    plan,
  )) as [Figures, Figures, Figures, Figures]
  return { id, name, one, spread, counts, ...over(spread, one), bare: over(floorOfSpread, floorOfOne) }
}

function over(spread: Figures, one: Figures) {
  return { throughput: throughputRatio(spread, one), cpu: cpuRatio(spread, one) }
}

/** Users whom the pool knows, each by the login of the first sign-in. */
export async function usersOf({ issuer, poolId, url }: { url: string; issuer: Issuer; poolId: string }) {
  const users = []
  for (let n = 0; n < USERS; n++) {
    const Logins = { [issuer.name]: await issuer.token(subjectOf(n)) }
    const { IdentityId } = await connect(url, LOCAL_KEY).publicly('GetId', { IdentityPoolId: poolId, Logins })
    users.push({
      getId: publicCall(url, 'GetId', { IdentityPoolId: poolId, Logins }),
      credentials: publicCall(url, 'GetCredentialsForIdentity', { IdentityId, Logins }),
    })
  }
  return users
}
