import { figure, percent, table } from '../lib/table.ts'
import { hitRatios } from './caches.ts'
import { isolates } from './capacity.ts'
import { PLACES, ROUND_TRIPS, roundTripMs } from './geography.ts'
import { ASSUMED, valuesOf } from './inputs.ts'
import {
  COLD,
  type EdgeOptions,
  edgeMs,
  type Luck,
  OPERATIONS,
  type Operation,
  regionalMs,
  type State,
  sampledPlaces,
  stateOf,
  UNCACHED,
  WARM,
} from './latency.ts'

const assumed = valuesOf(ASSUMED)
export const SAMPLES = 10_000
/** Requests a second of an isolate where little happens: one in 100 seconds. */
export const QUIET = 0.01

/** The published round trips. */
export function roundTripsBlock() {
  const rows = ROUND_TRIPS.places.map(({ name, region }) => [
    name,
    region,
    ...PLACES.map((to) => ms(roundTripMs(name, to))),
  ])
  const source = `${ROUND_TRIPS.source}, ${ROUND_TRIPS.period}; within a place ${assumed.metro} ms are assumed.`
  return `${table(['From', 'stands for', ...PLACES], rows)}\n\n${source}`
}

/** What requests find in memory, by how busy an isolate is. */
export function cachesBlock() {
  const rates = [isolates().perSecond, 1, 0.1, QUIET]
  const rows = rates.map((perSecond) => {
    const { connection, isolate, keySet, kvInCity, records, ring } = hitRatios(perSecond)
    return [
      figure(perSecond, 2),
      ...[isolate, keySet, ring, records, connection, kvInCity].map((ratio) => percent(ratio, 2)),
    ]
  })
  const headings = [
    'Requests /s of an isolate',
    'isolate and pool settings',
    'provider keys',
    'own key ring',
    'account records',
    'open connection to STS',
  ]
  return table([...headings, "KV, in the city's cache"], rows)
}

/** Every operation from every place over a new connection. */
export function latencyBlock(seed: number): string {
  const places = sampledPlaces(SAMPLES, seed)
  const busy = isolates().perSecond
  const scenarios: Readonly<Record<string, (operation: Operation) => (luck: Luck) => number>> = {
    busy: (operation) => (luck) => edgeMs(operation, stateOf(luck, busy), luck),
    quiet: (operation) => (luck) => edgeMs(operation, stateOf(luck, QUIET), luck),
    'quiet, copies': (operation) => (luck) => edgeMs(operation, stateOf(luck, QUIET), luck, { copies: true }),
    'new isolate': (operation) => (luck) => edgeMs(operation, withKv(COLD), luck),
    'no caches': (operation) => (luck) => edgeMs(operation, UNCACHED, luck),
    placed: (operation) => (luck) => edgeMs(operation, stateOf(luck, busy), luck, { placed: true }),
    'placed, quiet': (operation) => (luck) => edgeMs(operation, stateOf(luck, QUIET), luck, { placed: true }),
    'one region': (operation) => (luck) => regionalMs(operation, luck),
  }
  const headings = ['From', ...Object.keys(scenarios)]
  const tables = OPERATIONS.map((operation) => {
    const rows = places.map(({ of, place }) => [
      place,
      ...Object.values(scenarios).map((each) => pair(of(each(operation)))),
    ])
    return `**${operation.name}**\n\n${table(headings, rows)}`
  })
  return tables.join('\n\n')
}

/** The same over a connection that is open: medians. */
export function keptBlock(seed: number): string {
  const kept = { fresh: false }
  const chosen = OPERATIONS.filter(({ name }) => name !== 'GetOpenIdToken' && !name.endsWith('embedded'))
  const rows = sampledPlaces(SAMPLES, seed).map(({ of, place }) => [
    place,
    ...chosen.flatMap((operation) => [
      ms(of((luck) => edgeMs(operation, WARM, luck, kept)).p50),
      ms(of((luck) => edgeMs(operation, WARM, luck, { ...kept, placed: true })).p50),
      ms(of((luck) => regionalMs(operation, luck, kept)).p50),
    ]),
  ])
  const short = chosen.map(({ name }) => name.replace('GetCredentialsForIdentity, ', 'credentials, '))
  return table(['From', ...short.flatMap((name) => [`${name}: edge`, 'placed', 'one region'])], rows)
}

/** A user who comes back, by place. */
export function signInBlock(seed: number): string {
  const rows = signInTimes(seed).map(({ place, ...times }) => [place, ...Object.values(times).map(ms)])
  return table(['From', 'edge, embedded', 'edge, R2', 'edge, AWS STS', 'placed, AWS STS', 'one region'], rows)
}

/** Medians in milliseconds. */
interface SignInTimes {
  place: string
  embedded: number
  r2: number
  aws: number
  placed: number
  region: number
}

/** GetId and GetCredentialsForIdentity over one new connection, everything warm: medians in milliseconds. */
export function signInTimes(seed: number): SignInTimes[] {
  return sampledPlaces(SAMPLES, seed).map(({ of, place }) => ({
    place,
    embedded: of(signInMs('embedded')).p50,
    r2: of(signInMs('R2')).p50,
    aws: of(signInMs('AWS STS')).p50,
    placed: of(signInMs('AWS STS', { placed: true })).p50,
    region: of(regionalSignInMs).p50,
  }))
}

/** A sign-in with credentials of this kind, by a request's luck. */
export function signInMs(credentials: string, options: EdgeOptions = {}): (luck: Luck) => number {
  const getId = operationNamed('GetId')
  const vends = operationNamed(`GetCredentialsForIdentity, ${credentials}`)
  return (luck) => edgeMs(getId, WARM, luck, options) + edgeMs(vends, WARM, luck, { ...options, fresh: false })
}

function regionalSignInMs(luck: Luck): number {
  const vends = operationNamed('GetCredentialsForIdentity, AWS STS')
  return regionalMs(operationNamed('GetId'), luck) + regionalMs(vends, luck, { fresh: false })
}

export function operationNamed(name: string): Operation {
  const found = OPERATIONS.find((operation) => operation.name === name)
  if (!found) throw new Error(`There is no operation ${name}.`)
  return found
}

/** A new isolate in a city whose cache of KV is as in the large deployment. */
function withKv(state: State): State {
  return { ...state, kvInCity: hitRatios(isolates().perSecond).kvInCity }
}

export function pair({ p50, p99 }: { p50: number; p99: number }): string {
  return `${ms(p50)} / ${ms(p99)}`
}

export function ms(value: number): string {
  return figure(value)
}
