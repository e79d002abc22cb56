import { exponential, quantile } from './random.ts'

/**
 * One object works through its calls one after the other: a queue with one server, Poisson arrivals and service times
 * that are constant (M/D/1) or one of two constants, for reads and writes (M/G/1).
 *
 * @typedef {{ readMs: number, writeMs: number, writeShare: number }} Service
 */

/** Mean service time in milliseconds. */
export function meanServiceMs({ readMs, writeMs, writeShare }) {
  return (1 - writeShare) * readMs + writeShare * writeMs
}

/** Share of the time in which the object is at work; from 1 on it cannot keep up. */
export function utilisation(perSecond, service) {
  return (perSecond * meanServiceMs(service)) / 1000
}

/** Mean wait before service in milliseconds, by the formula of Pollaczek and Khinchine; infinite at overload. */
export function meanWaitMs(perSecond, service) {
  const { readMs, writeMs, writeShare } = service
  const load = utilisation(perSecond, service)
  if (load >= 1) return Number.POSITIVE_INFINITY
  const secondMoment = (1 - writeShare) * readMs ** 2 + writeShare * writeMs ** 2
  return ((perSecond / 1000) * secondMoment) / (2 * (1 - load))
}

/**
 * Waits of `calls` calls, simulated one by one (Lindley's recursion).
 * @returns {{ mean: number, p99: number, p999: number }} milliseconds
 */
export function simulateWaits(next, perSecond, service, calls) {
  if (utilisation(perSecond, service) >= 1) {
    const never = Number.POSITIVE_INFINITY
    return { mean: never, p99: never, p999: never }
  }
  const waits = new Float64Array(calls)
  let wait = 0
  for (let i = 0; i < calls; i++) {
    waits[i] = wait
    const served = next() < service.writeShare ? service.writeMs : service.readMs
    wait = Math.max(0, wait + served - exponential(next, 1000 / perSecond))
  }
  const mean = waits.reduce((sum, each) => sum + each, 0) / calls
  waits.sort()
  return { mean, p99: quantile(waits, 0.99), p999: quantile(waits, 0.999) }
}
