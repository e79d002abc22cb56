import { median, quantile, type Spread, spread } from '../lib/statistics.ts'
import { Connections } from './load.ts'

/** The first part of each turn is not counted: the other side has just had the caches of the processor. */
const SETTLING = 0.15

/** A server to be measured, and what it is sent in turn. */
export interface Side {
  url: string
  requests: readonly Buffer[]
  cpuMs(): number | undefined
}

/** How long each side is measured. Slice and warm-up are in milliseconds; a side has two slices a round. */
export interface MeasuringPlan {
  rounds: number
  slice: number
  warmUp: number
  concurrency: number
}

/** What one round showed of one side. */
interface Round {
  latencies: number[]
  perSecond: number
  p50: number
  cpuMs: number
}

/** Requests a second and milliseconds, for one side. CPU is per request, `NaN` where the machine does not tell. */
export interface Figures {
  requests: number
  /** Median over the rounds, as are p50 and CPU. */
  perSecond: number
  p50: number
  /** Of all requests. */
  p99: number
  cpuMs: number
  /** For ratios between sides. */
  rounds: Omit<Round, 'latencies'>[]
}

interface Turn {
  latencies: number[]
  seconds: number
  cpuMs: number
}

/**
 * Measures several servers in turns, so that what disturbs the machine disturbs them all: A B B A, then B A A B, and so on.
 * The answer has an entry for each side.
 */
export async function measure(sides: readonly Side[], plan: MeasuringPlan): Promise<Figures[]> {
  const { concurrency, rounds, slice, warmUp } = plan
  const lanes = sides.map(
    (side): Lane => ({
      ...side,
      connections: new Connections(side.url, concurrency),
      rounds: [],
      turns: [],
    }),
  )
  try {
    for (const { connections, requests } of lanes) await connections.run(requests, { milliseconds: warmUp })
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? lanes : [...lanes].reverse()
      for (const lane of [...order, ...order.toReversed()]) lane.turns.push(await turn(lane, slice))
      for (const lane of lanes) lane.rounds.push(together(lane.turns.splice(0)))
    }
  } finally {
    for (const { connections } of lanes) connections.close()
  }
  return lanes.map((lane) => figures(lane.rounds))
}

/** Throughput of one side over that of another, round by round. */
export function throughputRatio(side: Figures, other: Figures): Spread {
  return ratio(side, other, (ours, theirs) => ours.perSecond / theirs.perSecond)
}

/** What a request costs the other side, over what it costs this one: as with throughput, more is better. */
export function cpuRatio(side: Figures, other: Figures): Spread {
  return ratio(side, other, (ours, theirs) => theirs.cpuMs / ours.cpuMs)
}

export function p50Ratio(side: Figures, other: Figures): Spread {
  return ratio(side, other, (ours, theirs) => ours.p50 / theirs.p50)
}

type RoundFigures = Figures['rounds'][number]

function ratio(side: Figures, other: Figures, of: (ours: RoundFigures, theirs: RoundFigures) => number): Spread {
  return spread(
    side.rounds.flatMap((ours, i) => {
      const theirs = other.rounds[i]
      return theirs ? [of(ours, theirs)] : []
    }),
  )
}

interface Lane extends Side {
  connections: Connections
  rounds: Round[]
  turns: Turn[]
}

async function turn({ connections, cpuMs, requests }: Lane, slice: number): Promise<Turn> {
  await connections.run(requests, { milliseconds: slice * SETTLING })
  const before = cpuMs()
  const { latencies, seconds } = await connections.run(requests, { milliseconds: slice * (1 - SETTLING) })
  return { latencies, seconds, cpuMs: (cpuMs() ?? Number.NaN) - (before ?? Number.NaN) }
}

function together(turns: readonly Turn[]): Round {
  const sum = (of: (turn: Turn) => number) => turns.reduce((total, each) => total + of(each), 0)
  const latencies = turns.flatMap((each) => each.latencies).sort((a, b) => a - b)
  return {
    latencies,
    perSecond: latencies.length / sum((each) => each.seconds),
    p50: quantile(latencies, 0.5),
    cpuMs: sum((each) => each.cpuMs) / latencies.length,
  }
}

function figures(rounds: readonly Round[]): Figures {
  const latencies = rounds.flatMap((each) => each.latencies).sort((a, b) => a - b)
  return {
    requests: latencies.length,
    perSecond: median(rounds.map((each) => each.perSecond)),
    p50: median(rounds.map((each) => each.p50)),
    p99: quantile(latencies, 0.99),
    cpuMs: median(rounds.map((each) => each.cpuMs)),
    rounds: rounds.map(({ cpuMs, p50, perSecond }) => ({ cpuMs, p50, perSecond })),
  }
}
