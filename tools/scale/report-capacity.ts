import { SNAPSHOT_PUT_INTERVAL_MS } from '../../src/tokens/limits.ts'
import { figure, percent, table } from '../lib/table.ts'
import { capacity, isolates, objectsFor, plannedRate, SERVICE, usersOfObject } from './capacity.ts'
import { ASSUMED, AWS_QUOTAS, LIMITS, MEASURED, MIX, PRICES, valuesOf } from './inputs.ts'
import { LOG_EVENTS } from './record.ts'
import { objectsChosen } from './spread.ts'

const assumed = valuesOf(ASSUMED)
const limits = valuesOf(LIMITS)
const measured = valuesOf(MEASURED)
const prices = valuesOf(PRICES)

const POOLS = [10e6, 1e9]
/**
 * Ten logins, the most a request may bring, of ten issuers: for each KV, two documents and KV again; and settings,
 * providers, ring (KV, object), identity, STS tried twice.
 */
const SUBREQUESTS = 10 * 4 + 7

/** Places of the platform, with a copy of the account's records each. */
const COPIES = 10

/** Objects of a spread pool for that load. */
const OBJECTS = 64

/** What one object does, next to what AWS allows a whole account and region. */
export function capacityBlock() {
  const { most, planned } = usersOfObject()
  const rows = Object.entries(SERVICE).map(([kind, service]) => [
    kind === 'planned' ? "Cloudflare's guide, lower ends" : 'measured here',
    figure(capacity(service)),
    figure(plannedRate(service)),
    figure(plannedRate(service) * 60),
    `${figure(planned / 1e6, 1)} million`,
    `${figure(most / 1e6, 1)} million`,
  ])
  const { GetCredentialsForIdentity, GetId, GetOpenIdToken } = AWS_QUOTAS
  const quota = GetId + GetOpenIdToken + GetCredentialsForIdentity
  rows.push([
    'AWS, account and region',
    `${quota}, of these ${GetId} GetId`,
    '–',
    figure(quota * 60),
    'no limit',
    'no limit',
  ])
  const headings = ['One object', 'most /s', 'planned /s', 'planned a minute', 'users, planned', 'users, full']
  return table(headings, rows)
}

/** Objects that pools of two sizes need. */
export function loadBlock() {
  const rates = [plannedRate(SERVICE.planned), assumed.load]
  const rows = POOLS.flatMap((identities) =>
    rates.map((perSecond) => {
      const careful = objectsFor(identities, perSecond, SERVICE.planned)
      const optimistic = objectsFor(identities, perSecond, SERVICE.measured)
      const gigabytes = (identities * measured.userBytes) / 1e9
      return [
        figure(identities),
        figure(perSecond * 60),
        figure(gigabytes, 1),
        figure((identities * measured.guestBytes) / 1e9, 1),
        `$${figure(gigabytes * prices.storage, 2)}`,
        figure(careful.byStorage),
        figure(careful.byRate),
        figure(optimistic.byRate),
        figure(careful.objects),
        figure(objectsChosen(careful.objects)),
      ]
    }),
  )
  const headings = ['Identities', 'requests a minute', 'GB, all users', 'GB, all guests', 'storage a month']
  return table(
    [...headings, 'objects by storage', 'by rate, guide', 'by rate, measured', 'needed', 'as a pool has them'],
    rows,
  )
}

/** Every part that one pool's million requests a minute meets, and how far it is from its limit. */
export function whatBreaksBlock() {
  const { count } = isolates()
  const day = 86_400
  const planned = capacity(SERVICE.planned)
  const parts: [part: string, load: number, limit: number, unit: string][] = [
    ["the pool's object, requests", assumed.load, planned, '/s'],
    [`one of ${OBJECTS} objects, requests`, assumed.load / OBJECTS, planned, '/s'],
    [`one of ${OBJECTS} objects, 1 billion users`, gigabytesOfOne(1e9), limits.objectBytes / 1e9, 'GB'],
    ["the pool's object, 1 billion users", (1e9 * measured.userBytes) / 1e9, limits.objectBytes / 1e9, 'GB'],
    ["the pool's object, 10 million users", (10e6 * measured.userBytes) / 1e9, limits.objectBytes / 1e9, 'GB'],
    [
      'Workers Logs, nothing sampled',
      (assumed.load * day * LOG_EVENTS) / 1e9,
      limits.logEventsPerDay / 1e9,
      'billion/day',
    ],
    ["the account's object", (2 * count) / assumed.recordRenewal, limits.objectReads, '/s'],
    ["the account's object, with copies", COPIES / assumed.copyRenewal, limits.objectReads, '/s'],
    ["the key ring's object, KV down", count / assumed.ringRenewal, limits.objectReads, '/s'],
    ["KV writes to the ring's key", 1000 / SNAPSHOT_PUT_INTERVAL_MS, 1, '/s'],
    ['subrequests of a request with ten logins, nothing cached', SUBREQUESTS, limits.subrequests, ''],
  ]
  const byLoad = parts.toSorted(([, a, limitA], [, b, limitB]) => b / limitB - a / limitA)
  const rows = byLoad.map(([part, load, limit, unit]) => [
    part,
    `${figure(load, load < 10 ? 2 : 0)} ${unit}`.trim(),
    `${figure(limit)} ${unit}`.trim(),
    percent(load / limit),
  ])
  const { getId, credentials } = { getId: MIX.newGuest + MIX.newUser + MIX.knownLogin, credentials: MIX.credentials }
  const compared: [part: string, load: number, limit: number][] = [
    ["AWS's GetId", getId * assumed.load, AWS_QUOTAS.GetId],
    ["AWS's GetCredentialsForIdentity", credentials * assumed.load, AWS_QUOTAS.GetCredentialsForIdentity],
  ]
  const quotas = compared.map(([part, load, limit]) => [
    `for comparison: ${part}`,
    `${figure(load)} /s`,
    `${limit} /s`,
    percent(load / limit),
  ])
  return table(['Part', 'Load', 'Limit', 'Used'], [...rows, ...quotas])
}

/** What one of the objects of a spread pool keeps of so many users. */
function gigabytesOfOne(users: number): number {
  return (users * (measured.userBytes + measured.claimBytes)) / OBJECTS / 1e9
}
