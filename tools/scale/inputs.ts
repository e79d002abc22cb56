/**
 * Every number that the model is fed with. What was measured comes from this repository's own bench; update it after
 * each release's measurement and run `npm run simulate:scale -- --write`.
 *
 * @typedef {{ what: string, value: number, unit: string, source: string }} Input
 */

const BENCH = 'performance.md, 2026-11-23'

/** @type {Readonly<Record<string, Input>>} */
export const MEASURED = {
  userBytes: input('a user with one user-pool login, indexes included', 402, 'bytes', BENCH),
  guestBytes: input('a guest', 72, 'bytes', BENCH),
  cpuNewGuest: input('GetId, new guest', 0.39, 'ms CPU', BENCH),
  cpuKnownLogin: input('GetId, known login', 0.36, 'ms CPU', BENCH),
  cpuOpenIdToken: input('GetOpenIdToken, RS256', 0.87, 'ms CPU', BENCH),
  cpuCredentials: input('GetCredentialsForIdentity, embedded', 0.33, 'ms CPU', BENCH),
  cpuCredentialsR2: input('GetCredentialsForIdentity, R2', 0.33, 'ms CPU', BENCH),
  cpuCredentialsRemote: input('GetCredentialsForIdentity, remote STS', 1.29, 'ms CPU', BENCH),
  startUp: input('a new isolate starts', 36, 'ms', `${BENCH}, first request of a new process`),
  readsPerObject: input('known logins through one object', 2876, '/s', `${BENCH}; all on 2 cores`),
  writesPerObject: input('new guests through one object', 2227, '/s', `${BENCH}; all on 2 cores`),
}

/** Rows that one call of the pool's object reads and writes, as SQLite reports them, with 2,000 users in the pool. */
export const ROWS = {
  newGuest: { read: 1, written: 1 },
  newUser: { read: 1, written: 3 },
  knownLogin: { read: 7, written: 0 },
  knownIdentity: { read: 8, written: 0 },
  secondLogin: { read: 17, written: 3 },
}

const WORKERS_PRICING = 'Workers docs, Platform, Pricing'
const OBJECTS_PRICING = 'Durable Objects docs, Platform, Pricing'

/** @type {Readonly<Record<string, Input>>} */
export const PRICES = {
  request: input('Worker requests', 0.3, '$ per million', WORKERS_PRICING),
  cpu: input('CPU', 0.02, '$ per million ms', WORKERS_PRICING),
  objectRequest: input('Durable Object requests', 0.15, '$ per million', OBJECTS_PRICING),
  duration: input('Durable Object duration, at 128 MB', 12.5, '$ per million GB-s', OBJECTS_PRICING),
  rowsRead: input('rows read', 0.001, '$ per million', OBJECTS_PRICING),
  rowsWritten: input('rows written, each index one more', 1, '$ per million', OBJECTS_PRICING),
  storage: input('SQLite storage', 0.2, '$ per GB-month', OBJECTS_PRICING),
  kvRead: input('KV reads', 0.5, '$ per million', 'KV docs, Platform, Pricing'),
  logEvent: input('Workers Logs, until 2026-12-01', 0.6, '$ per million events', 'Workers docs, Workers Logs'),
}

/** @type {Readonly<Record<string, Input>>} */
export const LIMITS = {
  objectBytes: input('storage of one object', 10e9, 'bytes', 'Durable Objects docs, Limits'),
  objectSoft: input('requests of one object, soft limit', 1000, '/s', 'Durable Objects docs, FAQ'),
  objectReads: input('"moderate processing"', 500, '/s', 'Rules of Durable Objects, lower end of 500–750'),
  objectWrites: input('"storage writes"', 200, '/s', 'Rules of Durable Objects, lower end of 200–500'),
  subrequests: input('subrequests of one request', 10_000, '', 'Workers docs, Limits'),
  logEventsPerDay: input('log events of an account', 5e9, '/day', 'Workers docs, Workers Logs; then 1 % are kept'),
  cities: input('cities with a Cloudflare data centre', 348, '', 'cloudflare.com/network, 2026-09'),
  rateLimit: input('calls of one address, pool and location', 20, '/s', 'wrangler.toml, `RATE_LIMIT`'),
}

/** @type {Readonly<Record<string, Input>>} */
export const ASSUMED = {
  load: input('load of the large deployment', 1e6 / 60, '/s', 'one million requests a minute'),
  utilisation: input('planned load of an object', 0.6, 'of its capacity', 'waiting stays short, see the queue'),
  fill: input('planned fill of an object', 0.7, 'of its storage', 'room to grow'),
  isolatesPerCity: input('isolates in a city', 8, '', 'Cloudflare publishes none'),
  isolateLife: input('life of an isolate', 1800, 's', 'Cloudflare publishes none'),
  keySetLife: input('life of a provider key set in memory', 600, 's', 'limits.ts of `logins`, the default'),
  ringLife: input('life of the key ring in memory', 300, 's', 'limits.ts of `tokens`'),
  recordLife: input('life of account records in memory', 30, 's', 'limits.ts of `account`'),
  connectionLife: input('an idle connection from a city to STS', 30, 's', 'Cloudflare publishes none'),
  accessMedian: input('client to the nearest city, median', 20, 'ms', 'cloudflare.com/network: most within 20 ms'),
  accessP95: input('client to the nearest city, 95 %', 50, 'ms', 'cloudflare.com/network: 95 % within 50 ms'),
  metro: input('between data centres of one place', 2, 'ms', 'assumed'),
  jitterP95: input('a round trip, 95 % against median', 1.08, '×', 'assumed'),
  kvMedian: input('KV, value in the location, median', 3, 'ms', 'assumed'),
  kvP95: input('KV, value in the location, 95 %', 12, 'ms', 'assumed'),
  kvEdgeLife: input('life of a KV value in a location', 30, 's', 'limits.ts of `tokens`'),
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

/**
 * @template {string} K
 * @param {Readonly<Record<K, Input>>} inputs
 * @returns {Readonly<Record<K, number>>}
 */
export function valuesOf(inputs) {
  const values = Object.entries(inputs).map(([name, { value }]) => [name, value])
  return /** @type {Readonly<Record<K, number>>} */ (Object.fromEntries(values))
}

/** @returns {Input} */
function input(what, value, unit, source) {
  return { what, value, unit, source }
}
