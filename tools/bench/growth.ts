import { connect } from '../lib/client.ts'
import { LOCAL_KEY } from '../lib/local-service.ts'
import { median, type Spread } from '../lib/statistics.ts'
import type { NotMeasured } from './against-floor.ts'
import type { Issuer } from './issuer.ts'
import { bytesOf, type Call, Connections } from './load.ts'
import { type Figures, type MeasuringPlan, measure, p50Ratio } from './measure.ts'
import { createPool, publicCall, signedCall, type Target } from './operations.ts'
import type { Seeded, Seeding } from './seeding.ts'
import { type Stage, serviceWorker } from './stage.ts'
import { timeOf } from './startup.ts'
import { subjectOf } from './subjects.ts'
import { type Server, serve, type WorkerSetup } from './workerd.ts'

/** Identities that one seeding call adds, in one transaction. */
const CHUNK = 20_000
/** Identities and users that the load takes turns with, so that it does not stay on a few pages of the database. */
const GUESTS_IN_TURN = 20_000
const USERS_IN_TURN = 1_000
const PAGE = 60

export interface GrowthPlan extends MeasuringPlan {
  emptyPools: number
  evictions: number
  /** Calls before memory is looked at. */
  callsForMemory: number
}

/** What pools of several sizes showed, by size in ascending order. */
export interface Growth {
  sizes: readonly number[]
  bytes: { size: number; bytesPerGuest: number; bytesPerUser: number }[]
  operations: (GrownOperation | NotMeasured)[]
  /** Milliseconds of the first request. */
  afterEviction: { size: number; ms: number }[]
  memory: Memory
}

export interface GrownOperation {
  id: string
  name: string
  bySize: Figures[]
  /** Of the largest pool over the smallest. */
  p50Growth: Spread
}

/** Of the process, in KiB. */
export interface Memory {
  onePoolKiB: number
  perPoolKiB: number
  pools: number
  smallestInUseKiB: number
  largestInUseKiB: number
}

interface FilledPool {
  size: number
  poolId: string
  /** Ids of some of its guests. */
  guests: string[]
  /** Numbers of some of its users. */
  users: number[]
  bytesPerGuest: number
  bytesPerUser: number
  seconds: number
}

interface GrowthOperation {
  id: string
  name: string
  calls(on: Target & FilledPool): Call[] | Promise<Call[]>
}

/**
 * The same operations on pools of several sizes, in one process on one disk. Half of each pool are guests and half are
 * users of one login. The pools are filled by the instrumented build; everything is measured on the production bundle, which is
 * then started on the same disk. `sizes`: identities a pool, ascending.
 */
export async function growth(
  stage: Stage,
  plan: GrowthPlan,
  sizes: readonly number[],
  progress: (line: string) => void,
): Promise<Growth> {
  const issuer = await stage.issuer()
  const seeding = await serviceWorker(stage, { name: 'growth', script: await stage.instrumented() })
  const server = await serve(seeding)
  const pools: FilledPool[] = []
  for (const size of sizes) {
    const pool = await filledPool(server.url, issuer, size)
    pools.push(pool)
    progress(`  ${size} identities in place, ${pool.seconds.toFixed(1)} s`)
  }
  const emptyPools: string[] = []
  for (let n = 0; n < plan.emptyPools; n++) emptyPools.push(await createPool(server.url, issuer))
  await server.stop()

  const worker = { ...seeding, script: await stage.production() }
  const afterEviction = await firstRequests(worker, pools, emptyPools[0] ?? '', plan.evictions)
  progress(`  first requests after eviction measured`)
  const memory = await memoryOf(worker, pools, emptyPools, plan.callsForMemory)
  const running = await stage.start(worker)
  const operations: (GrownOperation | NotMeasured)[] = []
  for (const operation of OPERATIONS) {
    const { id, name } = operation
    const figures = acrossSizes(operation, running, pools, issuer, plan)
    operations.push(await figures.catch((error: Error) => ({ id, name, notMeasured: error.message })))
    progress(`  ${name} done`)
  }
  return {
    sizes,
    bytes: pools.map(({ bytesPerGuest, bytesPerUser, size }) => ({ size, bytesPerGuest, bytesPerUser })),
    operations,
    afterEviction,
    memory,
  }
}

const DETAILS = 'ListIdentityDetails'
const LISTS = ['ListIdentities', DETAILS]

const OPERATIONS: readonly GrowthOperation[] = [
  {
    id: 'guest',
    name: 'GetId, new guest',
    calls: ({ url, poolId }) => [publicCall(url, 'GetId', { IdentityPoolId: poolId })],
  },
  { id: 'known', name: 'GetId, known login', calls: knownLogins },
  { id: 'token', name: 'GetOpenIdToken', calls: (on) => forGuests('GetOpenIdToken', on) },
  { id: 'credentials', name: 'GetCredentialsForIdentity', calls: (on) => forGuests('GetCredentialsForIdentity', on) },
  { id: 'find', name: 'FindIdentity', calls: finding },
  ...LISTS.flatMap((list): GrowthOperation[] => [
    { id: `${list}-first-page`, name: `${list}, first page`, calls: (on) => listing(list, on) },
    {
      id: `${list}-late-page`,
      name: `${list}, late page`,
      calls: async (on) => listing(list, on, await lateToken(list, on)),
    },
  ]),
]

async function acrossSizes(
  { calls, id, name }: GrowthOperation,
  { cpuMs, url }: Server,
  pools: readonly FilledPool[],
  issuer: Issuer,
  plan: MeasuringPlan,
): Promise<GrownOperation> {
  const sides = []
  for (const pool of pools) {
    const prepared = await calls({ url, issuer, ...pool })
    sides.push({ url, cpuMs, requests: prepared.map(bytesOf) })
  }
  const figures = await measure(sides, plan)
  const [smallest, largest] = [figures[0], figures.at(-1)]
  if (!smallest || !largest) throw new Error('There are no pools to measure.')
  return { id, name, bySize: figures, p50Growth: p50Ratio(largest, smallest) }
}

async function knownLogins({ url, issuer, poolId, users }: Target & FilledPool): Promise<Call[]> {
  const tokens = await Promise.all(users.map((n) => issuer.token(subjectOf(n))))
  return tokens.map((token) => publicCall(url, 'GetId', { IdentityPoolId: poolId, Logins: { [issuer.name]: token } }))
}

function forGuests(operation: string, { url, guests }: { url: string; guests: readonly string[] }): Call[] {
  return guests.map((IdentityId) => publicCall(url, operation, { IdentityId }))
}

function finding({ url, issuer, poolId, users }: Target & FilledPool): Promise<Call[]> {
  const of = { IdentityPoolId: poolId, Provider: issuer.name }
  return Promise.all(users.map((n) => signedCall(url, 'FindIdentity', { ...of, Subject: subjectOf(n) }, true)))
}

async function listing(list: string, { url, poolId }: Target, NextToken?: string): Promise<Call[]> {
  const input = { IdentityPoolId: poolId, MaxResults: PAGE, NextToken }
  return [await signedCall(url, list, input, list === DETAILS)]
}

/** The token of a page at nine tenths of the pool: to be handed out 15,000 pages earlier would take as many calls. */
async function lateToken(list: string, { url, poolId }: Target): Promise<string> {
  const client = connect(url, LOCAL_KEY)
  const ask = list === DETAILS ? client.own : client.signed
  const { NextToken } = await ask(list, { IdentityPoolId: poolId, MaxResults: 1 })
  const [name, scope] = JSON.parse(Buffer.from(NextToken, 'base64url').toString())
  const [, tag] = /:(\w{8})-/.exec(poolId) ?? []
  const after = `${tag}-0000-8e66-8000-000000000000`
  return Buffer.from(JSON.stringify([name, scope, after])).toString('base64url')
}

/** A pool of its size, half guests and half users; and what each takes in the database. */
async function filledPool(url: string, issuer: Issuer, size: number): Promise<FilledPool> {
  const start = performance.now()
  const poolId = await createPool(url, issuer)
  const [region] = poolId.split(':')
  const half = Math.floor(size / 2)
  const empty = (await seeded(url, { poolId, from: 0, count: 0, stride: 1 })).bytes
  const guests = await seededInChunks(url, { poolId, count: half, stride: Math.ceil(half / GUESTS_IN_TURN) })
  const stride = Math.ceil(half / USERS_IN_TURN)
  const members = await seededInChunks(url, { poolId, provider: issuer.name, count: half, stride })
  // Single writes fold what the bulk left in the database's log into the database.
  for (let n = 0; n < 5; n++) await timeOf(publicCall(url, 'GetId', { IdentityPoolId: poolId }))
  return {
    size,
    poolId,
    guests: guests.sample.map((uuid) => `${region}:${uuid}`),
    users: members.sample.map((_, n) => n * stride),
    bytesPerGuest: (guests.bytes - empty) / half,
    bytesPerUser: (members.bytes - guests.bytes) / half,
    seconds: (performance.now() - start) / 1000,
  }
}

/** Fills a pool that an instrumented service has. */
export async function seededInChunks(url: string, { count, ...seeding }: Omit<Seeding, 'from'>): Promise<Seeded> {
  const sample: string[] = []
  let bytes = 0
  for (let from = 0; from < count; from += CHUNK) {
    const added = await seeded(url, { ...seeding, from, count: Math.min(CHUNK, count - from) })
    sample.push(...added.sample)
    bytes = added.bytes
  }
  return { sample, bytes }
}

async function seeded(url: string, seeding: Seeding): Promise<Seeded> {
  const answer = await fetch(`${url}/bench/seed`, { method: 'POST', body: JSON.stringify(seeding) })
  if (!answer.ok) throw new Error(`Seeding failed: ${await answer.text()}`)
  return answer.json()
}

/**
 * What the first request for a pool takes in a process that has served others, by size: start again on the same disk, use
 * another pool, then ask for a guest's credentials.
 */
async function firstRequests(
  worker: WorkerSetup,
  pools: readonly FilledPool[],
  otherPool: string,
  evictions: number,
): Promise<Growth['afterEviction']> {
  const times = pools.map((): number[] => [])
  for (let n = 0; n < evictions; n++) {
    const server = await serve(worker)
    for (let warming = 0; warming < 20; warming++)
      await timeOf(publicCall(server.url, 'GetId', { IdentityPoolId: otherPool }))
    const order = [...pools.entries()]
    for (const [i, { poolId }] of n % 2 === 0 ? order : order.toReversed())
      times[i]?.push(await timeOf(publicCall(server.url, 'GetId', { IdentityPoolId: poolId })))
    await server.stop()
  }
  return pools.map(({ size }, i) => ({ size, ms: median(times[i] ?? []) }))
}

/** Memory of a process: with one pool open, with many, and after as many calls in the smallest as in the largest pool. */
async function memoryOf(
  worker: WorkerSetup,
  pools: readonly FilledPool[],
  emptyPools: readonly string[],
  calls: number,
): Promise<Memory> {
  const server = await serve(worker)
  const use = async (requests: readonly Call[], atMost: number) => {
    const connections = new Connections(server.url, 8)
    await connections.run(requests.map(bytesOf), { atMost })
    connections.close()
    return server.residentKiB() ?? Number.NaN
  }
  const guestOf = (poolId: string) => publicCall(server.url, 'GetId', { IdentityPoolId: poolId })
  const inUse = ({ guests }: { guests: readonly string[] } = { guests: [] }) =>
    use(forGuests('GetCredentialsForIdentity', { url: server.url, guests }), calls)
  const [first = '', ...others] = emptyPools
  // As many calls as the other pools get, so that the difference is theirs and not the compiler's.
  const onePoolKiB = await use([guestOf(first)], others.length)
  const manyPoolsKiB = await use(others.map(guestOf), others.length)
  const smallestInUseKiB = await inUse(pools[0])
  const largestInUseKiB = await inUse(pools.at(-1))
  await server.stop()
  const perPoolKiB = (manyPoolsKiB - onePoolKiB) / others.length
  return { onePoolKiB, perPoolKiB, pools: emptyPools.length, smallestInUseKiB, largestInUseKiB }
}
