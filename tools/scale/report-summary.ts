import { dollars, figure, table } from '../lib/table.ts'
import { objectsFor, plannedRate, SERVICE, usersOfObject } from './capacity.ts'
import { dollarsOfCopy, dollarsPerMillion, dollarsPerMillionOfMix, EXCHANGES, renewal } from './costs.ts'
import { ASSUMED, valuesOf } from './inputs.ts'
import { ARCHIVE, LOGS } from './record.ts'
import { signInTimes } from './report-latency.ts'
import { keptTimes, nearSignIns, quietTimes } from './report-places.ts'
import { allIn } from './report-record.ts'
import { identitiesOf, MOST_OBJECTS, objectsChosen, requestsOf } from './spread.ts'

const assumed = valuesOf(ASSUMED)
/** Credentials of the enhanced flow last an hour, so an app that stays in use renews them once an hour. */
const RENEWALS_PER_SECOND = 1 / 3600
const MONTH_MILLIONS = (assumed.load * 30 * 86_400) / 1e6

/** What the other tables come to. */
export function summaryBlock(seed: number): string {
  const rate = plannedRate(SERVICE.planned)
  const { most, planned } = usersOfObject()
  const small = objectsFor(10e6, assumed.load, SERVICE.planned)
  const large = objectsFor(1e9, assumed.load, SERVICE.planned)
  const returning = renewal()
  const newUser = dollarsOf('newUser')
  const { total } = dollarsPerMillionOfMix()
  const [logged, archived] = [LOGS, ARCHIVE].map(({ once, stored }) => dollars((once + stored) * MONTH_MILLIONS, 0))
  return table(
    ['Question', 'Answer'],
    [
      ['A pool of one object holds', `${millions(planned)} users as planned, ${millions(most)} when full`],
      [
        'and serves',
        `${figure(rate)} requests a second as planned, ${figure(rate * 60)} a minute: the hourly renewals of ` +
          `${millions(rate / RENEWALS_PER_SECOND)} active users`,
      ],
      ...spreadAnswers(),
      [
        '10 million identities, a million requests a minute',
        `${small.objects} objects, for the requests alone; so ${objectsChosen(small.objects)}`,
      ],
      [
        '1 billion identities, a million requests a minute',
        `${large.objects} objects; for the storage alone ${large.byStorage}; so ${objectsChosen(large.objects)}`,
      ],
      ...latencyAnswers(seed),
      [
        'A million exchanges',
        `${dollars(returning.total)} for a returning user, ${dollars(newUser.total)} for a new one; the records on top`,
      ],
      [
        'A million renewals, all records kept',
        `${dollars(allIn().sum)} all in: exchanges, records in R2 for ${ARCHIVE.kept}, and a sample in Workers Logs`,
      ],
      [
        'A month of a million requests a minute',
        `${dollars(total * MONTH_MILLIONS, 0)}, and ${archived} for the records in R2, or ${logged} in Workers Logs`,
      ],
      [
        'A month of RECORD_COPIES',
        `${dollars(dollarsOfCopy())} for each place and account with a sign-in in every hour`,
      ],
    ],
  )
}

/** What the largest pool holds and serves. */
function spreadAnswers(): [string, string][] {
  const [whole, places] = [1, 4].map((places) => ({ objects: MOST_OBJECTS, places }))
  if (!whole || !places) return []
  return [
    [
      `A pool of ${MOST_OBJECTS} objects, the most, holds`,
      `${billions(identitiesOf(whole).users)} users as planned, ${billions(identitiesOf(places).users)} with four places; ` +
        `or ${billions(identitiesOf(whole).guests)} guests`,
    ],
    [
      'and serves',
      `${millions(requestsOf(whole, 0) * 60)} requests a minute as planned; with four places ` +
        `${millions(requestsOf(places, 0) * 60)}, or ${millions(requestsOf(places, 1) * 60)} if hints lead all known users home`,
    ],
  ]
}

/** What users wait who are furthest from the pool, and those who stay far from any object. */
function latencyAnswers(seed: number): [string, string][] {
  const signIns = signInTimes(seed)
  const near = nearSignIns(seed)
  const furthest = signIns.reduce((a, b) => (b.region > a.region ? b : a))
  const nearFurthest = near.find(({ place }) => place === furthest.place)
  const last = near.reduce((a, b) => (b.aws > a.aws ? b : a))
  const kept = keptTimes(seed, furthest.place)
  const quiet = quietTimes(seed, furthest.place)
  const both = (r2: number, aws: number) => `${figure(r2)} ms, with AWS STS ${figure(aws)} ms`
  return [
    [
      `Sign-in from the furthest place (${furthest.place}), median, warm`,
      `${both(furthest.r2, furthest.aws)}; a service in one region ${figure(furthest.region)} ms`,
    ],
    [
      'The same, with places and regions of STS',
      `${both(nearFurthest?.r2 ?? Number.NaN, nearFurthest?.aws ?? Number.NaN)}; without a hint ` +
        `${figure(nearFurthest?.known ?? Number.NaN)} ms, a new user ${figure(nearFurthest?.first ?? Number.NaN)} ms`,
    ],
    [
      'GetCredentialsForIdentity over an open connection, from there',
      `${both(kept.r2, kept.aws)}; with places and regions of STS ${both(kept.nearR2, kept.nearAws)}`,
    ],
    [
      'GetCredentialsForIdentity in a quiet deployment, from there, 99 %',
      `${figure(quiet.far)} ms, with RECORD_COPIES ${figure(quiet.copies)} ms, with places too ${figure(quiet.places)} ms`,
    ],
    [`Sign-in from ${last.place}, far from any object, with places and regions of STS`, both(last.r2, last.aws)],
  ]
}

function dollarsOf(key: string) {
  const found = EXCHANGES.find((exchange) => exchange.key === key)
  if (!found) throw new Error(`There is no exchange ${key}.`)
  return dollarsPerMillion(found)
}

function billions(count: number): string {
  return `${figure(count / 1e9, 1)} billion`
}

function millions(count: number): string {
  return `${figure(count / 1e6, 1)} million`
}
