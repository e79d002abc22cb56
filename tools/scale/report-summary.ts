import { dollars, figure, table } from '../lib/table.ts'
import { objectsFor, plannedRate, SERVICE, usersOfObject } from './capacity.ts'
import { dollarsOfCopy, dollarsPerMillion, dollarsPerMillionOfMix, EXCHANGES, renewal } from './costs.ts'
import { ASSUMED, valuesOf } from './inputs.ts'
import { ARCHIVE, LOGS } from './record.ts'
import { quietTimes, signInTimes } from './report-latency.ts'
import { allIn } from './report-record.ts'

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
  const furthest = signInTimes(seed).reduce((a, b) => (b.region > a.region ? b : a))
  const quiet = quietTimes(seed, furthest.place)
  const returning = renewal()
  const newUser = dollarsOf('newUser')
  const { total } = dollarsPerMillionOfMix()
  const [logged, archived] = [LOGS, ARCHIVE].map(({ once, stored }) => dollars((once + stored) * MONTH_MILLIONS, 0))
  return table(
    ['Question', 'Answer'],
    [
      ['A pool today (one object) holds', `${millions(planned)} users as planned, ${millions(most)} when full`],
      [
        'and serves',
        `${figure(rate)} requests a second as planned, ${figure(rate * 60)} a minute: the hourly renewals of ` +
          `${millions(rate / RENEWALS_PER_SECOND)} active users`,
      ],
      ['10 million identities, a million requests a minute', `${small.objects} objects, for the requests alone`],
      [
        '1 billion identities, a million requests a minute',
        `${large.objects} objects; for the storage alone ${large.byStorage}`,
      ],
      [
        `Sign-in from the furthest place (${furthest.place}), median, warm`,
        `${figure(furthest.r2)} ms, with AWS STS ${figure(furthest.aws)} ms, with AWS STS and the Worker placed by the ` +
          `pool ${figure(furthest.placed)} ms; a service in one region ${figure(furthest.region)} ms`,
      ],
      [
        `GetCredentialsForIdentity in a quiet deployment, from there, 99 %`,
        `${figure(quiet.far)} ms, with RECORD_COPIES ${figure(quiet.copies)} ms; ${figure(quiet.near)} ms if the pool were near too`,
      ],
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

function dollarsOf(key: string) {
  const found = EXCHANGES.find((exchange) => exchange.key === key)
  if (!found) throw new Error(`There is no exchange ${key}.`)
  return dollarsPerMillion(found)
}

function millions(count: number): string {
  return `${figure(count / 1e6, 1)} million`
}
