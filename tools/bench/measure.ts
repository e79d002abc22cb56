import { median, quantile, spread } from '../lib/statistics.ts'
import { Connections } from './load.ts'

/** The first part of each turn is not counted: the other side has just had the caches of the processor. */
const SETTLING = 0.15

/**
 * Measures several servers in turns, so that what disturbs the machine disturbs them all: A B B A, then B A A B, and so on.
 *
 * @param {{ url: string, requests: readonly Buffer[], cpuMs: () => number | undefined }[]} sides
 * @param {{ rounds: number, slice: number, warmUp: number, concurrency: number }} plan slice and warm-up in milliseconds;
 *   a side has two slices a round
 * @returns one entry a side: requests a second and p50 (medians over the rounds), p99 (of all requests) and CPU
 *   milliseconds a request, `NaN` where the machine does not tell; and `rounds` for ratios between sides
 */
export async function measure(sides, { rounds, slice, warmUp, concurrency }) {
  const lanes = sides.map((side) => ({ ...side, connections: new Connections(side.url, concurrency), rounds: [] }))
  try {
    for (const { connections, requests } of lanes) await connections.run(requests, { milliseconds: warmUp })
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? lanes : [...lanes].reverse()
      const turns = new Map(lanes.map((lane) => [lane, []]))
      for (const lane of [...order, ...order.toReversed()]) turns.get(lane).push(await turn(lane, slice))
      for (const lane of lanes) lane.rounds.push(together(turns.get(lane)))
    }
  } finally {
    for (const { connections } of lanes) connections.close()
  }
  return lanes.map((lane) => figures(lane.rounds))
}

/** Throughput of one side over that of another, round by round. */
export function throughputRatio(side, other) {
  return spread(side.rounds.map((round, i) => round.perSecond / other.rounds[i].perSecond))
}

/** What a request costs the other side, over what it costs this one: as with throughput, more is better. */
export function cpuRatio(side, other) {
  return spread(side.rounds.map((round, i) => other.rounds[i].cpuMs / round.cpuMs))
}

export function p50Ratio(side, other) {
  return spread(side.rounds.map((round, i) => round.p50 / other.rounds[i].p50))
}

async function turn({ connections, cpuMs, requests }, slice) {
  await connections.run(requests, { milliseconds: slice * SETTLING })
  const before = cpuMs()
  const { latencies, seconds } = await connections.run(requests, { milliseconds: slice * (1 - SETTLING) })
  return { latencies, seconds, cpuMs: before === undefined ? Number.NaN : cpuMs() - before }
}

function together(turns) {
  const sum = (of) => turns.reduce((total, each) => total + of(each), 0)
  const latencies = turns.flatMap((each) => each.latencies).sort((a, b) => a - b)
  return {
    latencies,
    perSecond: latencies.length / sum((each) => each.seconds),
    p50: quantile(latencies, 0.5),
    cpuMs: sum((each) => each.cpuMs) / latencies.length,
  }
}

function figures(rounds) {
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
