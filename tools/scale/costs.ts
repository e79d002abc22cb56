import { type HitRatios, hitRatios, readRatios } from './caches.ts'
import { isolates, SERVICE } from './capacity.ts'
import { ASSUMED, MEASURED, MIX, PRICES, ROWS, valuesOf } from './inputs.ts'

const assumed = valuesOf(ASSUMED)
const measured = valuesOf(MEASURED)
const prices = valuesOf(PRICES)

/** An object is billed as if it had this much memory. */
const OBJECT_GB = 0.128
/** How long a copy waits for an account on the other side of the earth, in seconds; an object is paid for while it waits. */
const COPY_RENEWAL_SECONDS = 0.35

/** A request as it is paid for. */
export interface Exchange {
  key: string
  name: string
  cpuMs: number
  rows: { read: number; written: number }
  /** Whether it reads the role's record too. */
  role: boolean
  /** Calls of the pool's objects, when everything is in memory. */
  calls: number
}

/** What is exchanged, and what each does. CPU that was not measured by itself is taken from the operation that does the same work. */
export const EXCHANGES: readonly Exchange[] = [
  exchange('newGuest', 'GetId, new guest', measured.cpuNewGuest, ROWS.newGuest),
  exchange('newUser', 'GetId, new user', measured.cpuNewGuest, ROWS.newUser),
  exchange('knownLogin', 'GetId, returning user', measured.cpuKnownLogin, ROWS.knownLogin),
  exchange('secondLogin', 'a second login, linked', measured.cpuKnownLogin, ROWS.secondLogin),
  exchange('openIdToken', 'GetOpenIdToken', measured.cpuOpenIdToken, ROWS.knownIdentity),
  exchange('credentials', 'GetCredentialsForIdentity, embedded', measured.cpuCredentials, ROWS.knownIdentity, {
    role: true,
  }),
  exchange('credentialsR2', 'GetCredentialsForIdentity, R2', measured.cpuCredentialsR2, ROWS.knownIdentity),
  exchange('credentialsAws', 'GetCredentialsForIdentity, AWS STS', measured.cpuCredentialsRemote, ROWS.knownIdentity),
]

/** What is different in a pool that is spread: an index that is elsewhere costs more calls, and CPU that was not measured. */
export const SPREAD_EXCHANGES = {
  newUser: exchange('newUser', 'GetId, new user', measured.cpuNewGuest, ROWS.newUserElsewhere, { calls: 2 }),
  hintedLogin: exchange('knownLogin', 'GetId, returning user', measured.cpuKnownLogin, ROWS.hintedLogin),
  knownLogin: exchange('knownLogin', 'GetId, returning user', measured.cpuKnownLogin, ROWS.loginElsewhere, {
    calls: 2,
  }),
  secondLogin: exchange('secondLogin', 'a second login, linked', measured.cpuKnownLogin, ROWS.secondLoginElsewhere, {
    calls: 3,
  }),
}

/** Dollars for a million of an exchange beyond what the plan includes, by what they are paid for. */
export function dollarsPerMillion({ calls, cpuMs, role, rows }: Exchange) {
  const miss = misses()
  const objectCalls = calls + miss.settings + miss.records * (role ? 2 : 1)
  const { readMs, writeMs } = SERVICE.planned
  const busyMs = calls * (rows.written > 0 ? writeMs : readMs)
  const parts = {
    worker: prices.request + cpuMs * prices.cpu,
    object: objectCalls * prices.objectRequest + (busyMs / 1000) * OBJECT_GB * prices.duration,
    rows: rows.written * prices.rowsWritten + rows.read * prices.rowsRead,
    kv: (miss.ring + miss.keySet) * prices.kvRead,
  }
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0)
  return { ...parts, total }
}

/** Dollars for a million requests of the mix. */
export function dollarsPerMillionOfMix() {
  const sum = { total: 0, rows: 0 }
  for (const each of EXCHANGES) {
    const share = (MIX as Readonly<Record<string, number>>)[each.key] ?? 0
    const dollars = dollarsPerMillion(each)
    sum.total += share * dollars.total
    sum.rows += share * dollars.rows
  }
  return sum
}

/** A user who renews credentials, the most frequent exchange. */
export function renewal() {
  const found = EXCHANGES.find(({ key }) => key === 'credentials')
  if (!found) throw new Error('There is no exchange of credentials.')
  return dollarsPerMillion(found)
}

/**
 * Dollars of a month for one copy of an account's records in use: each renewal is an alarm and a call of the account, and
 * writes its time and the next alarm.
 */
export function dollarsOfCopy(): number {
  const millions = (30 * 86_400) / assumed.copyRenewal / 1e6
  const seconds = 1e6 * (COPY_RENEWAL_SECONDS + SERVICE.planned.readMs / 1000)
  return millions * (2 * prices.objectRequest + 2 * prices.rowsWritten + (seconds * OBJECT_GB * prices.duration) / 1e6)
}

/** Reads of each thing for a request, in the large deployment. */
function misses(): HitRatios {
  const { perSecond } = isolates()
  const hits = Object.entries(hitRatios(perSecond))
  const missed = Object.fromEntries(hits.map(([what, ratio]) => [what, 1 - ratio])) as HitRatios
  return { ...missed, ...readRatios(perSecond) }
}

function exchange(
  key: string,
  name: string,
  cpuMs: number,
  rows: Exchange['rows'],
  { calls = 1, role = false } = {},
): Exchange {
  return { key, name, cpuMs, rows, role, calls }
}
