import { readFileSync } from 'node:fs'
import { COPY_RENEWAL_MS, RECORDS_MAX_AGE_MS, RECORDS_RENEWAL_MS } from '../../src/account/limits.ts'
import { DEFAULT_FRESH_SECONDS, KEY_SET_RENEWAL } from '../../src/logins/limits.ts'
import { HINT_LIFE_SECONDS } from '../../src/pools/spread/limits.ts'
import { SNAPSHOT_EDGE_CACHE_SECONDS, SNAPSHOT_FRESH_MS, SNAPSHOT_RENEWAL } from '../../src/tokens/limits.ts'
import type { ModelFigures } from '../bench/model-figures.ts'

/**
 * Every number that the model is fed with. What was measured comes from this repository's own bench, which leaves its
 * figures in docs/performance.json; run `npm run simulate:scale -- --write` after each measurement.
 */
export interface Input {
  what: string
  value: number
  unit: string
  source: string
}

const FIGURES: ModelFigures = JSON.parse(readFileSync(new URL('../../docs/performance.json', import.meta.url), 'utf8'))
const BENCH = `performance.md, ${FIGURES.date}`

export const MEASURED = {
  userBytes: input('a user with one user-pool login, indexes included', FIGURES.userBytes, 'bytes', BENCH),
  guestBytes: input('a guest', FIGURES.guestBytes, 'bytes', BENCH),
  cpuNewGuest: input('GetId, new guest', FIGURES.cpuNewGuest, 'ms CPU', BENCH),
  cpuKnownLogin: input('GetId, known login', FIGURES.cpuKnownLogin, 'ms CPU', BENCH),
  cpuOpenIdToken: input('GetOpenIdToken, RS256', FIGURES.cpuOpenIdToken, 'ms CPU', BENCH),
  cpuCredentials: input('GetCredentialsForIdentity, embedded', FIGURES.cpuCredentials, 'ms CPU', BENCH),
  cpuCredentialsR2: input('GetCredentialsForIdentity, R2', FIGURES.cpuCredentialsR2, 'ms CPU', BENCH),
  cpuCredentialsRemote: input('GetCredentialsForIdentity, remote STS', FIGURES.cpuCredentialsRemote, 'ms CPU', BENCH),
  startUp: input('a new isolate starts', FIGURES.startUp, 'ms', `${BENCH}, first request of a new process`),
  readsPerObject: input('known logins through one object', FIGURES.readsPerObject, '/s', `${BENCH}; all on 2 cores`),
  writesPerObject: input('new guests through one object', FIGURES.writesPerObject, '/s', `${BENCH}; all on 2 cores`),
  claimBytes: input('more for a user of a spread pool: the claim', 21, 'bytes', '`test/protocols/model.test.ts`'),
  routeBytes: input('and the route, where the index is elsewhere', 189, 'bytes', '`test/protocols/model.test.ts`'),
  recordBytes: input("a renewal's audit record", 1341, 'bytes', '`tools/scale/record-size.ts`'),
  eventBytes: input('the same as Logpush writes it', 1642, 'bytes', '`tools/scale/record-size.ts`'),
  storedBytes: input('the same, of a file that is gzipped', 147, 'bytes', '`tools/scale/record-size.ts`'),
}

/** Rows that a call of the API reads and writes in the pool's objects, as SQLite reports them, with 2,000 users in the pool. */
export const ROWS = {
  newGuest: { read: 1, written: 1 },
  newUser: { read: 1, written: 3 },
  knownLogin: { read: 2, written: 0 },
  knownIdentity: { read: 3, written: 0 },
  secondLogin: { read: 17, written: 3 },
  // Pools that are spread: several objects, or the index of the login in another place than the identity.
  newUserElsewhere: { read: 10, written: 5 },
  hintedLogin: { read: 5, written: 0 },
  loginElsewhere: { read: 6, written: 0 },
  secondLoginElsewhere: { read: 21, written: 4 },
}

const WORKERS_PRICING = 'Workers docs, Platform, Pricing'
/** Holds from 2026-12-01 on. */
const LOGS_PRICING = 'Observability docs, Pricing'
const PIPELINES_PRICING = 'Pipelines docs, Pricing'
const R2_PRICING = 'R2 docs, Pricing'
const OBJECTS_PRICING = 'Durable Objects docs, Platform, Pricing'

export const PRICES = {
  request: input('Worker requests', 0.3, '$ per million', WORKERS_PRICING),
  cpu: input('CPU', 0.02, '$ per million ms', WORKERS_PRICING),
  objectRequest: input('Durable Object requests', 0.15, '$ per million', OBJECTS_PRICING),
  duration: input('Durable Object duration, at 128 MB', 12.5, '$ per million GB-s', OBJECTS_PRICING),
  rowsRead: input('rows read', 0.001, '$ per million', OBJECTS_PRICING),
  rowsWritten: input('rows written, each index one more', 1, '$ per million', OBJECTS_PRICING),
  storage: input('SQLite storage', 0.2, '$ per GB-month', OBJECTS_PRICING),
  kvRead: input('KV reads', 0.5, '$ per million', 'KV docs, Platform, Pricing'),
  kvWrite: input('KV writes', 5, '$ per million', 'KV docs, Platform, Pricing'),
  logEvent: input('Workers Logs, until 2026-12-01', 0.6, '$ per million events', 'Workers docs, Workers Logs'),
  logGb: input('Workers Logs, from 2026-12-01', 0.25, '$ per GB', LOGS_PRICING),
  logGbMonth: input('the same, stored for seven days', 0.1, '$ per GB-month', LOGS_PRICING),
  logpush: input('Logpush of trace events, after filters', 0.05, '$ per million', WORKERS_PRICING),
  r2Put: input('R2, class A operations', 4.5, '$ per million', R2_PRICING),
  r2GbMonth: input('R2, standard storage', 0.015, '$ per GB-month', R2_PRICING),
  pipelineSql: input('Pipelines, SQL', 0.04, '$ per GB', PIPELINES_PRICING),
  pipelineJson: input('Pipelines, a sink of JSON', 0.03, '$ per GB', PIPELINES_PRICING),
  pipelineParquet: input('Pipelines, a sink of Parquet', 0.06, '$ per GB', PIPELINES_PRICING),
  queueOperation: input('Queues, operations, three a message', 0.4, '$ per million', 'Queues docs, Pricing'),
  dataPoint: input('Workers Analytics Engine, points', 0.25, '$ per million', 'Analytics Engine docs, Pricing'),
}

export const LIMITS = {
  objectBytes: input('storage of one object', 10e9, 'bytes', 'Durable Objects docs, Limits'),
  objectSoft: input('requests of one object, soft limit', 1000, '/s', 'Durable Objects docs, FAQ'),
  objectReads: input('"moderate processing"', 500, '/s', 'Rules of Durable Objects, lower end of 500–750'),
  objectWrites: input('"storage writes"', 200, '/s', 'Rules of Durable Objects, lower end of 200–500'),
  connections: input('connections that a request has open', 6, '', 'Workers docs, Limits'),
  subrequests: input('subrequests of one request', 10_000, '', 'Workers docs, Limits'),
  logEventsPerDay: input('log events of an account', 5e9, '/day', 'Workers docs, Workers Logs; then 1 % are kept'),
  cities: input('cities with a Cloudflare data centre', 348, '', 'cloudflare.com/network, 2026-09'),
  queueBatch: input('messages of one batch of a queue', 100, '', 'Queues docs, Limits'),
  rateLimit: input(
    'calls of one address, pool and location',
    callsPerSecond('RATE_LIMIT'),
    '/s',
    'wrangler.toml, `RATE_LIMIT`',
  ),
}

export const ASSUMED = {
  load: input('load of the large deployment', 1e6 / 60, '/s', 'one million requests a minute'),
  utilisation: input('planned load of an object', 0.6, 'of its capacity', 'waiting stays short, see the queue'),
  fill: input('planned fill of an object', 0.7, 'of its storage', 'room to grow'),
  isolatesPerCity: input('isolates in a city', 8, '', 'Cloudflare publishes none'),
  isolateLife: input('life of an isolate', 1800, 's', 'Cloudflare publishes none'),
  keySetLife: input(
    'life of a provider key set in memory',
    DEFAULT_FRESH_SECONDS,
    's',
    'limits.ts of `logins`, the default',
  ),
  keySetRenewal: input(
    'and read again beside a request after',
    DEFAULT_FRESH_SECONDS * middleOf(KEY_SET_RENEWAL),
    's',
    'limits.ts of `logins`',
  ),
  ringLife: input('life of the key ring in memory', SNAPSHOT_FRESH_MS / 1000, 's', 'limits.ts of `tokens`'),
  ringRenewal: input(
    'and read again beside a request after',
    (SNAPSHOT_FRESH_MS / 1000) * middleOf(SNAPSHOT_RENEWAL),
    's',
    'limits.ts of `tokens`',
  ),
  recordLife: input('life of account records in memory', RECORDS_MAX_AGE_MS / 1000, 's', 'limits.ts of `account`'),
  recordRenewal: input(
    'and read again beside a request after',
    RECORDS_RENEWAL_MS / 1000,
    's',
    'limits.ts of `account`',
  ),
  copyRenewal: input(
    'a copy of records in use asks its account every',
    COPY_RENEWAL_MS / 1000,
    's',
    'limits.ts of `account`',
  ),
  connectionLife: input('an idle connection from a city to STS', 30, 's', 'Cloudflare publishes none'),
  accessMedian: input('client to the nearest city, median', 20, 'ms', 'cloudflare.com/network: most within 20 ms'),
  accessP95: input('client to the nearest city, 95 %', 50, 'ms', 'cloudflare.com/network: 95 % within 50 ms'),
  metro: input('between data centres of one place', 2, 'ms', 'assumed'),
  jitterP95: input('a round trip, 95 % against median', 1.08, '×', 'assumed'),
  kvMedian: input('KV, value in the location, median', 3, 'ms', 'assumed'),
  kvP95: input('KV, value in the location, 95 %', 12, 'ms', 'assumed'),
  kvEdgeLife: input('life of a KV value in a location', SNAPSHOT_EDGE_CACHE_SECONDS, 's', 'limits.ts of `tokens`'),
  hintLife: input(
    'life of a hint in a data centre',
    HINT_LIFE_SECONDS,
    's',
    'limits.ts of `pools/spread`, the longest',
  ),
  logEventBytes: input(
    'a log event, with what Cloudflare adds',
    4840,
    'bytes',
    'Observability docs, Datasets: the average',
  ),
  logSample: input('events in Workers Logs where Logpush has all', 0.01, 'of all', 'docs/archive.md'),
  recordsPerFile: input('records of a file of Logpush or Pipelines', 1000, '', 'Cloudflare publishes none'),
  recordYears: input('years that the record is kept', 3, '', 'the choice of the owner'),
  usersOfPlace: input(
    'users near one of four places, if they live unevenly',
    0.5,
    'of all',
    'for the sake of the table',
  ),
  growthRows: input('rows of a batch while a pool grows', 500, '', 'a design'),
  growthBatch: input('a batch of them', 50, 'ms', 'a design'),
  growthShare: input('part of its time that an object gives to growing', 0.2, '', 'a design'),
  sts: input('STS works on a request', 20, 'ms', 'assumed, the same on both sides'),
}

/** Share of each exchange in the load. Assumed: mostly returning users who renew credentials. */
export const MIX = {
  newGuest: 0.02,
  newUser: 0.01,
  knownLogin: 0.27,
  openIdToken: 0.1,
  credentials: 0.6,
}

/** Requests a second of an account and region: Amazon Cognito developer guide, "Quotas in Amazon Cognito", 2026. */
export const AWS_QUOTAS = { GetId: 25, GetOpenIdToken: 200, GetCredentialsForIdentity: 200 }

/** The values of inputs, by name. */
export function valuesOf<K extends string>(inputs: Readonly<Record<K, Input>>): Readonly<Record<K, number>> {
  const values = Object.entries<Input>(inputs).map(([name, { value }]) => [name, value])
  return Object.fromEntries(values) as Record<K, number>
}

/** What a rate limit of wrangler.toml allows. */
function callsPerSecond(binding: string): number {
  const config = readFileSync(new URL('../../wrangler.toml', import.meta.url), 'utf8')
  const [, table = ''] = config.split(`name = "${binding}"\n`)
  const [, limit, period] = /simple = \{ limit = (\d+), period = (\d+) \}/.exec(table) ?? []
  return Number(limit) / Number(period)
}

function middleOf({ from, to }: { from: number; to: number }): number {
  return (from + to) / 2
}

function input(what: string, value: number, unit: string, source: string): Input {
  return { what, value, unit, source }
}
