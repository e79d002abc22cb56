import { load, quantile } from './load.mjs'

/** Requests before measuring: code is compiled, keys are imported, pages are in memory. */
const WARM_UP_REQUESTS = 30
/** Bounds what a round may leave in the database, however fast the machine. */
const MAX_REQUESTS_A_ROUND = 20_000

/**
 * Measures one operation and its floor in turns.
 * @returns {Promise<{ name: string, floorPath: string, service: object, floor: object }>} figures of both: requests a
 *   second, latency in milliseconds, and CPU milliseconds a request, `NaN` where the machine does not tell
 */
export async function measure({ name, floor: floorPath, call }, { service, floor, rounds, slice, concurrency }) {
  const floorCall = { url: floor.url + floorPath, method: 'POST', body: call.body ?? '' }
  const sides = [
    { worker: service, call, runs: [] },
    { worker: floor, call: floorCall, runs: [] },
  ]
  const bounds = { milliseconds: slice, concurrency, atMost: MAX_REQUESTS_A_ROUND }
  for (const side of sides) await load(side.call, { ...bounds, atMost: WARM_UP_REQUESTS })
  for (let round = 0; round < rounds; round++) for (const side of sides) side.runs.push(await run(side, bounds))
  const [serviceFigures, floorFigures] = sides.map(({ runs }) => figures(runs))
  return { name, floorPath, service: serviceFigures, floor: floorFigures }
}

async function run({ worker, call }, bounds) {
  const before = worker.cpuMs()
  const { latencies, seconds } = await load(call, bounds)
  const cpuMs = before === undefined ? Number.NaN : worker.cpuMs() - before
  return { latencies, seconds, cpuMs }
}

function figures(runs) {
  const latencies = runs.flatMap((each) => each.latencies).sort((a, b) => a - b)
  const sum = (of) => runs.reduce((total, each) => total + of(each), 0)
  return {
    requests: latencies.length,
    perSecond: latencies.length / sum((each) => each.seconds),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuMs: sum((each) => each.cpuMs) / latencies.length,
  }
}
