import { dollars, figure, percent, table } from '../lib/table.ts'
import { dollarsPerMillion, EXCHANGES, type Exchange, SPREAD_EXCHANGES } from './costs.ts'
import { ASSUMED, LIMITS, valuesOf } from './inputs.ts'
import {
  dollarsOfTelling,
  growing,
  identitiesOf,
  MOST_OBJECTS,
  requestsOf,
  type SpreadPoolSize,
  tellingMs,
} from './spread.ts'

const assumed = valuesOf(ASSUMED)
const limits = valuesOf(LIMITS)

const PLACES = 4
const SIZES: readonly SpreadPoolSize[] = [
  { objects: 1, places: 1 },
  { objects: 8, places: 1 },
  { objects: 64, places: 1 },
  { objects: MOST_OBJECTS, places: 1 },
  { objects: 64, places: PLACES },
  { objects: MOST_OBJECTS, places: PLACES },
  { objects: MOST_OBJECTS, places: PLACES, busiest: assumed.usersOfPlace },
]
const GROWING_USERS = 10e6

/** What pools of several objects hold and serve. */
export function spreadBlock(): string {
  const rows = SIZES.map((size) => {
    const { guests, users } = identitiesOf(size)
    const rates = [1, 0].map((hinted) => figure(requestsOf(size, hinted) * 60))
    const unevenly = size.busiest ? `, ${percent(size.busiest)} of the users near one` : ''
    return [figure(size.objects), `${size.places}${unevenly}`, millions(users), millions(guests), ...rates]
  })
  const headings = ['Objects', 'places', 'users, planned, millions', 'or guests, millions']
  return table([...headings, 'requests a minute, planned', 'the same without hints'], rows)
}

/** Calls of objects and dollars of a million of each exchange, by how a pool is spread. */
export function spreadCostsBlock(): string {
  const kinds: readonly (readonly [what: string, one: Exchange, spread: Exchange, places: Exchange])[] = [
    ['GetId, new guest', ...same('newGuest')],
    ['GetId, new user', exchangeOf('newUser'), exchangeOf('newUser'), SPREAD_EXCHANGES.newUser],
    [
      'GetId, returning user, a hint is there',
      exchangeOf('knownLogin'),
      exchangeOf('knownLogin'),
      SPREAD_EXCHANGES.hintedLogin,
    ],
    ['GetId, returning user, no hint', exchangeOf('knownLogin'), exchangeOf('knownLogin'), SPREAD_EXCHANGES.knownLogin],
    [
      'GetId by a second login, no hint',
      exchangeOf('knownLogin'),
      SPREAD_EXCHANGES.knownLogin,
      SPREAD_EXCHANGES.knownLogin,
    ],
    ['a second login, linked', exchangeOf('secondLogin'), SPREAD_EXCHANGES.secondLogin, SPREAD_EXCHANGES.secondLogin],
    ['GetOpenIdToken', ...same('openIdToken')],
    ['GetCredentialsForIdentity, R2', ...same('credentialsR2')],
  ]
  const rows = kinds.map(([what, ...ways]) => [
    what,
    ...ways.map(({ calls }) => calls),
    ...ways.map((way) => dollars(dollarsPerMillion(way).total)),
  ])
  return table(['A million of', 'calls: one object', 'spread', 'places', 'price: one object', 'spread', 'places'], rows)
}

/** How long a change of settings takes, and what it costs. */
export function settingsBlock(): string {
  const sizes = SIZES.filter(({ busiest, objects }) => objects >= 8 && !busiest)
  const rows = sizes.map((size) => [
    figure(size.objects),
    size.places,
    seconds(tellingMs(size)),
    seconds(tellingMs(size, { asleep: true })),
    seconds(tellingMs(size, { asleep: true, atOnce: limits.connections })),
    dollars(1000 * dollarsOfTelling(size)),
  ])
  const headings = ['Objects', 'places', 'all awake, s', 'all asleep, s', `asleep, ${limits.connections} at a time, s`]
  return table([...headings, 'price of a thousand changes'], rows)
}

/** What growing would take. */
export function growingBlock(): string {
  const rows = [8, 64, MOST_OBJECTS].map((objects) => {
    const { dollars: price, hours, moved } = growing(GROWING_USERS, objects)
    return [`1 to ${objects}`, figure(GROWING_USERS / 1e6), figure(moved / 1e6, 1), dollars(price, 0), figure(hours, 1)]
  })
  return table(['Objects', 'users, millions', 'move, millions', 'price', 'hours'], rows)
}

function same(key: string): [one: Exchange, spread: Exchange, places: Exchange] {
  const exchange = exchangeOf(key)
  return [exchange, exchange, exchange]
}

function exchangeOf(key: string): Exchange {
  const found = EXCHANGES.find((exchange) => exchange.key === key)
  if (!found) throw new Error(`There is no exchange ${key}.`)
  return found
}

function millions(count: number): string {
  return figure(count / 1e6, count < 100e6 ? 1 : 0)
}

function seconds(ms: number): string {
  return figure(ms / 1000, 2)
}
