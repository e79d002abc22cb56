import { quantile } from '../lib/statistics.ts'
import { exponential, type Generator } from './random.ts'

/**
 * One object works through its calls one after the other: a queue with one server, Poisson arrivals and service times
 * that are constant (M/D/1) or one of two constants, for reads and writes (M/G/1).
 */
export interface Service {
  readMs: number
  writeMs: number
  /** Share of the calls that write. */
  writeShare: number
}

/** Milliseconds before service. */
export interface Waits {
  mean: number
  p99: number
  p999: number
}

/** Mean service time in milliseconds. */
export function meanServiceMs({ readMs, writeMs, writeShare }: Service): number {
  return (1 - writeShare) * readMs + writeShare * writeMs
}

/** Share of the time in which the object is at work; from 1 on it cannot keep up. */
export function utilisation(perSecond: number, service: Service): number {
  return (perSecond * meanServiceMs(service)) / 1000
}

/** Mean wait before service in milliseconds, by the formula of Pollaczek and Khinchine; infinite at overload. */
export function meanWaitMs(perSecond: number, service: Service): number {
  const { readMs, writeMs, writeShare } = service
  const load = utilisation(perSecond, service)
  if (load >= 1) return Number.POSITIVE_INFINITY
  const secondMoment = (1 - writeShare) * readMs ** 2 + writeShare * writeMs ** 2
  return ((perSecond / 1000) * secondMoment) / (2 * (1 - load))
}

/** Waits of `calls` calls, simulated one by one (Lindley's recursion). */
export function simulateWaits(next: Generator, perSecond: number, service: Service, calls: number): Waits {
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
