import { table } from '../lib/table.ts'
import { type EdgeOptions, edgeMs, type Operation, sampledPlaces, stateOf, type Visitor, WARM } from './latency.ts'
import { ms, operationNamed, pair, QUIET, SAMPLES, signInMs } from './report-latency.ts'

/** A pool with places and regions of STS, as a quiet deployment should have it. */
const NEAR: EdgeOptions = { places: true, stsNear: true }
const QUIET_NEAR: EdgeOptions = { ...NEAR, copies: true }

const SHOWN: readonly (readonly [operation: string, what: string, visitor?: Visitor])[] = [
  ['GetId', 'a hint is there', 'hinted'],
  ['GetId', 'no hint', 'known'],
  ['GetId', 'a new user', 'new'],
  ['GetCredentialsForIdentity, embedded', ''],
  ['GetCredentialsForIdentity, R2', ''],
  ['GetCredentialsForIdentity, AWS STS', ''],
]

/** Operations of a pool with places: medians over an open connection, 50 % and 99 % over a new one. */
export function placesBlock(seed: number): string {
  const places = sampledPlaces(SAMPLES, seed)
  const tables = SHOWN.map(([name, what, visitor]) => {
    const operation = operationNamed(name)
    const rows = places.map(({ of, place }) => [
      place,
      ms(of((luck) => edgeMs(operation, WARM, luck, { fresh: false })).p50),
      ms(of((luck) => edgeMs(operation, WARM, luck, { ...NEAR, visitor, fresh: false })).p50),
      pair(of((luck) => edgeMs(operation, WARM, luck, { ...NEAR, visitor }))),
      pair(of((luck) => edgeMs(operation, stateOf(luck, QUIET), luck, { ...QUIET_NEAR, visitor }))),
    ])
    const headings = ['From', 'one place, open', 'places, open', 'places, new', 'places, quiet']
    return `**${what ? `${name}, ${what}` : name}**\n\n${table(headings, rows)}`
  })
  return tables.join('\n\n')
}

/** A sign-in to a pool with places: medians in milliseconds, by place of the client. */
export interface NearSignIns {
  place: string
  before: number
  embedded: number
  r2: number
  aws: number
  known: number
  first: number
}

export function nearSignIns(seed: number): NearSignIns[] {
  return sampledPlaces(SAMPLES, seed).map(({ of, place }) => ({
    place,
    before: of(signInMs('R2')).p50,
    embedded: of(signInMs('embedded', NEAR)).p50,
    r2: of(signInMs('R2', NEAR)).p50,
    aws: of(signInMs('AWS STS', NEAR)).p50,
    known: of(signInMs('R2', { ...NEAR, visitor: 'known' })).p50,
    first: of(signInMs('R2', { ...NEAR, visitor: 'new' })).p50,
  }))
}

export function nearSignInBlock(seed: number): string {
  const rows = nearSignIns(seed).map(({ place, ...times }) => [place, ...Object.values(times).map(ms)])
  const headings = ['From', 'one place, R2', 'places, embedded', 'places, R2', 'places, AWS STS']
  return table([...headings, 'no hint, R2', 'new user, R2'], rows)
}

/** Credentials over a connection that is open, everything warm: medians in milliseconds. */
export function keptTimes(seed: number, from: string): Record<'r2' | 'aws' | 'nearR2' | 'nearAws', number> {
  const kept = (credentials: string, options: EdgeOptions) => {
    const operation = operationNamed(`GetCredentialsForIdentity, ${credentials}`)
    return timesFrom(from, seed, (luck) => edgeMs(operation, WARM, luck, { ...options, fresh: false })).p50
  }
  return {
    r2: kept('R2', {}),
    aws: kept('AWS STS', {}),
    nearR2: kept('R2', NEAR),
    nearAws: kept('AWS STS', NEAR),
  }
}

/** GetCredentialsForIdentity, R2, in a quiet deployment: the 99th percentile in milliseconds, by what is near. */
export function quietTimes(seed: number, from: string): Record<'far' | 'copies' | 'places', number> {
  const operation: Operation = operationNamed('GetCredentialsForIdentity, R2')
  const p99 = (options: EdgeOptions) =>
    timesFrom(from, seed, (luck) => edgeMs(operation, stateOf(luck, QUIET), luck, options)).p99
  return {
    far: p99({}),
    copies: p99({ copies: true }),
    places: p99(QUIET_NEAR),
  }
}

function timesFrom(
  from: string,
  seed: number,
  scenario: Parameters<ReturnType<typeof sampledPlaces>[number]['of']>[0],
) {
  const sampled = sampledPlaces(SAMPLES, seed).find(({ place }) => place === from)
  if (!sampled) throw new Error(`There is no place ${from}.`)
  return sampled.of(scenario)
}
