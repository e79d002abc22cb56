import { connect } from '../lib/client.ts'
import { LOCAL_KEY } from '../lib/local-service.ts'
import { quantile, type Spread, spread } from '../lib/statistics.ts'
import type { Issuer } from './issuer.ts'
import type { Call } from './load.ts'
import { createPool, publicCall } from './operations.ts'
import { type Paced, PacedLoad } from './paced.ts'
import { usersOf } from './spread-pools.ts'
import { type Stage, serviceWorker } from './stage.ts'
import { type Server, serve } from './workerd.ts'

/** New guests that a stranger asks for in a second, from one address. */
const FLOOD_PER_SECOND = 500
/** Credentials that others ask for in a second meanwhile: well below what the machine can do. */
const OTHERS_PER_SECOND = 100
/** Guests of one address in an hour. */
const ADDRESS_BUDGET = 100
/** Addresses of the other flood, each in a block of its own. */
const ADDRESSES = 10_000
/** Guests that a killed object may have forgotten (`SAVE_AFTER_GUESTS` of `src/pools/limits.ts`). */
export const FORGOTTEN_AT_MOST = 100

export interface FloodPlan {
  /** Milliseconds of each slice; a side has two a round. */
  floodSlice: number
  rounds: number
  /** Guests of a day in the pool that is flooded from many addresses. */
  dayBudget: number
}

/** What strangers who ask for guests come to, and what others notice of them. */
export interface Flood {
  perSecond: number
  /** Of the flood from one address: its budget for the time that the flood took, and the guests that it was given. */
  budget: number
  made: number
  refused: number
  /**
   * Milliseconds of others' GetCredentialsForIdentity: with nothing else, during the flood, and during one of as many requests for
   * the discovery document, which asks no object. Server, strangers and others share the machine.
   */
  quiet: Latencies
  flooded: Latencies
  control: Latencies
  /** Of the flooded over the quiet, and over the control, round by round. */
  p99: Spread
  p99OfControl: Spread
  /** Of the flood from many addresses, with a kill in its middle. */
  ofMany: { addresses: number; budget: number; made: number }
}

interface Latencies {
  requests: number
  p50: number
  p99: number
}

/** Floods a pool with calls for new guests: from one address while others get credentials, and from many over a kill. */
export async function flood(stage: Stage, plan: FloodPlan): Promise<Flood> {
  const issuer = await stage.issuer()
  const worker = await serviceWorker(stage, { name: 'flood', script: await stage.production() })
  const server = await serve(worker)
  let fromOne: Omit<Flood, 'ofMany'>
  try {
    fromOne = await fromOneAddress(server, issuer, plan)
  } finally {
    await server.stop()
  }
  return { ...fromOne, ofMany: await fromManyAddresses(() => serve(worker), issuer, plan) }
}

type Side = 'quiet' | 'flooded' | 'control'

/** So that what disturbs the machine disturbs all sides. */
const ORDER: readonly Side[] = ['quiet', 'flooded', 'control', 'control', 'flooded', 'quiet']

async function fromOneAddress(server: Server, issuer: Issuer, plan: FloodPlan): Promise<Omit<Flood, 'ofMany'>> {
  const tags = { 'edge-identity:guests-per-address-hour': String(ADDRESS_BUDGET) }
  const poolId = await createPool(server.url, issuer, { tags })
  const others = (await usersOf({ ...server, issuer, poolId })).map(({ credentials }) => credentials)
  const strangers: Readonly<Record<Side, readonly Call[]>> = {
    quiet: [],
    flooded: [guestFrom('203.0.113.7', server.url, poolId)],
    control: [{ url: `${server.url}/.well-known/openid-configuration` }],
  }
  const [load, flooding] = [new PacedLoad(), new PacedLoad()]
  const begun = hourOf(Date.now())
  let refused = 0
  const slice = async (side: Side): Promise<number[]> => {
    const calls = strangers[side]
    const flood = calls.length > 0 ? flooding.run(calls, FLOOD_PER_SECOND, plan.floodSlice) : undefined
    const asked = await load.run(others, OTHERS_PER_SECOND, plan.floodSlice)
    refused += (await flood)?.statuses.get(400) ?? 0
    return allGood(asked)
  }
  for (const side of ORDER.slice(0, 3)) await slice(side)
  const rounds: Record<Side, number[]>[] = []
  for (let round = 0; round < plan.rounds; round++) {
    const found: Record<Side, number[]> = { quiet: [], flooded: [], control: [] }
    for (const side of ORDER) found[side].push(...(await slice(side)))
    rounds.push(found)
  }
  load.close()
  flooding.close()
  const p99Over = (other: Side) => spread(rounds.map((one) => p99Of(one.flooded) / p99Of(one[other])))
  const all = (side: Side) => latenciesOf(rounds.flatMap((one) => one[side]))
  return {
    perSecond: FLOOD_PER_SECOND,
    budget: ADDRESS_BUDGET * (hourOf(Date.now()) - begun + 1),
    made: await guestsIn(server.url, poolId),
    refused,
    quiet: all('quiet'),
    flooded: all('flooded'),
    control: all('control'),
    p99: p99Over('quiet'),
    p99OfControl: p99Over('control'),
  }
}

const p99Of = (latencies: readonly number[]) => quantile(sorted(latencies), 0.99)

/** Over and over from other addresses, until far more were asked for than the day has; the server is killed in the middle. */
async function fromManyAddresses(
  start: () => Promise<Server>,
  issuer: Issuer,
  plan: FloodPlan,
): Promise<Flood['ofMany']> {
  const budget = plan.dayBudget
  const load = new PacedLoad()
  let server = await start()
  try {
    const poolId = await createPool(server.url, issuer, { tags: { 'edge-identity:guests-per-day': String(budget) } })
    const calls = Array.from({ length: ADDRESSES }, (_, n) =>
      guestFrom(`10.${n >> 8}.${n & 0xff}.1`, server.url, poolId),
    )
    const milliseconds = (1.5 * budget * 1000) / FLOOD_PER_SECOND
    const strangers = load.run(calls, FLOOD_PER_SECOND, milliseconds)
    await new Promise((resolve) => setTimeout(resolve, milliseconds / 3))
    await server.stop()
    server = await start()
    await strangers
    await load.run(calls, FLOOD_PER_SECOND, milliseconds)
    return { addresses: ADDRESSES, budget, made: await guestsIn(server.url, poolId) }
  } finally {
    load.close()
    await server.stop()
  }
}

function guestFrom(address: string, url: string, poolId: string): Call {
  const call = publicCall(url, 'GetId', { IdentityPoolId: poolId })
  return { ...call, headers: { ...call.headers, 'cf-connecting-ip': address } }
}

/** Guests that a pool has. */
async function guestsIn(url: string, poolId: string): Promise<number> {
  const { own } = connect(url, LOCAL_KEY)
  let [count, token]: [number, string | undefined] = [0, undefined]
  do {
    const asked: object = { IdentityPoolId: poolId, MaxResults: 1000, State: 'Guest', NextToken: token }
    const page: { Identities: object[]; NextToken?: string } = await own('ListIdentityDetails', asked)
    count += page.Identities.length
    token = page.NextToken
  } while (token !== undefined)
  return count
}

/** The latencies of a slice. One that was refused would pass for a fast one. */
function allGood({ latencies, statuses }: Paced): number[] {
  if (statuses.size !== 1 || !statuses.has(200))
    throw new Error(`Others were not given credentials: ${JSON.stringify([...statuses])}`)
  return latencies
}

function latenciesOf(latencies: number[]): Latencies {
  const all = sorted(latencies)
  return { requests: all.length, p50: quantile(all, 0.5), p99: quantile(all, 0.99) }
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b)

const hourOf = (milliseconds: number) => Math.floor(milliseconds / 3_600_000)
