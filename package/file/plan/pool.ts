import { byProvider } from '../state/desired.ts'
import { TAGS_OF_CREATION } from '../state/setting-tags.ts'
import type { PoolState, UserPoolState } from '../state/state.ts'
import { type Detail, differences, type Effect, withEntry } from './detail.ts'
import { guestTagChange } from './guest-tags.ts'
import { audienceDetails } from './pool-audiences.ts'
import { claimsDetails, mappingDetails } from './pool-roles.ts'

/** A pool as it is made: nobody can use it. */
export const CLOSED: PoolState = {
  id: undefined,
  name: '',
  guests: false,
  classicFlow: false,
  userPools: [],
  oidc: [],
  saml: [],
  social: {},
  developer: undefined,
  tags: {},
  roles: {},
  mappings: {},
  claims: {},
  audiences: {},
}

type PoolDetail = Detail<PoolState>

/** What changes in a pool, one thing after the other. All of them together make `after` of `before`. */
export function poolDetails(before: PoolState, after: PoolState): PoolDetail[] {
  return [
    ...nameDetails(before, after),
    ...flagDetails(before, after),
    ...userPoolDetails(before, after),
    ...arnDetails(before, after),
    ...socialDetails(before, after),
    ...developerDetails(before, after),
    ...roleDetails(before, after),
    ...mappingDetails(before, after),
    ...claimsDetails(before, after),
    ...audienceDetails(before, after),
    ...tagDetails(before, after),
  ]
}

function nameDetails(before: PoolState, { name }: PoolState): PoolDetail[] {
  if (before.name === name) return []
  return [{ effect: 'other', path: 'name', message: `it is called ${name}`, set: (pool) => ({ ...pool, name }) }]
}

const FLAGS = [
  ['guests', 'guests.allowed', 'guests become allowed: the pool is open to everyone', 'guests are no longer allowed'],
  [
    'classicFlow',
    'classicFlow',
    'the classic flow becomes allowed: apps may choose any role that trusts the pool',
    'the classic flow is no longer allowed',
  ],
] as const

function flagDetails(before: PoolState, after: PoolState): PoolDetail[] {
  return FLAGS.flatMap(([flag, path, opens, narrows]) => {
    if (before[flag] === after[flag]) return []
    const set = (pool: PoolState) => ({ ...pool, [flag]: after[flag] })
    return [{ effect: after[flag] ? 'opens' : 'narrows', path, message: after[flag] ? opens : narrows, set } as const]
  })
}

function userPoolDetails(before: PoolState, after: PoolState): PoolDetail[] {
  const named = (list: readonly UserPoolState[]) => Object.fromEntries(list.map((one) => [nameOf(one), one]))
  const [old, wanted] = [named(before.userPools), named(after.userPools)]
  const { added, changed, removed } = differences(old, wanted)
  const put = (name: string) => (pool: PoolState) => {
    const others = pool.userPools.filter((one) => nameOf(one) !== name)
    const one = wanted[name]
    return { ...pool, userPools: one ? [...others, one].sort(byProvider) : others }
  }
  const detail = (name: string, effect: Effect, message: string): PoolDetail => ({
    effect,
    path: 'providers',
    message,
    set: put(name),
  })
  return [
    ...removed.map((name) => detail(name, 'narrows', `users of the user pool ${name} can no longer sign in`)),
    ...added.map((name) => detail(name, 'opens', `users of the user pool ${name} can sign in`)),
    ...changed.map((name) =>
      wanted[name]?.check
        ? detail(name, 'narrows', `the user pool ${name} is asked whether a user is still active`)
        : detail(name, 'opens', `the user pool ${name} is no longer asked whether a user is still active`),
    ),
  ]
}

const nameOf = ({ client, provider }: UserPoolState) =>
  client === undefined ? provider : `${provider} with the client ${client}`

function arnDetails(before: PoolState, after: PoolState): PoolDetail[] {
  return (['oidc', 'saml'] as const).flatMap((member) => {
    const gone = before[member].filter((arn) => !after[member].includes(arn))
    const fresh = after[member].filter((arn) => !before[member].includes(arn))
    const name = (arn: string) => arn.slice(arn.indexOf('/') + 1)
    return [
      ...gone.map(
        (arn): PoolDetail => ({
          effect: 'narrows',
          path: 'providers',
          message: `users of ${name(arn)} can no longer sign in`,
          set: (pool) => ({ ...pool, [member]: pool[member].filter((one) => one !== arn) }),
        }),
      ),
      ...fresh.map(
        (arn): PoolDetail => ({
          effect: 'opens',
          path: 'providers',
          message: `users of ${name(arn)} can sign in`,
          set: (pool) => ({ ...pool, [member]: [...pool[member], arn].sort() }),
        }),
      ),
    ]
  })
}

function socialDetails(before: PoolState, after: PoolState): PoolDetail[] {
  const { added, changed, removed } = differences(before.social, after.social)
  const detail = (name: string, effect: Effect, message: string): PoolDetail => ({
    effect,
    path: 'providers',
    message,
    set: (pool) => withEntry(pool, 'social', name, after.social[name]),
  })
  return [
    ...removed.map((name) => detail(name, 'narrows', `users of ${name} can no longer sign in`)),
    ...added.map((name) => detail(name, 'opens', `users of ${name} can sign in`)),
    ...changed.map((name) => detail(name, 'either', `users of ${name} sign in through another app than before`)),
  ]
}

function developerDetails(before: PoolState, { developer }: PoolState): PoolDetail[] {
  if (before.developer === developer) return []
  const message =
    developer === undefined
      ? `the developer provider ${before.developer} cannot be taken away`
      : `your backend can vouch for users, as ${developer}`
  return [{ effect: 'opens', path: 'providers', message, set: (pool) => ({ ...pool, developer }) }]
}

const KINDS = [
  ['authenticated', 'role', 'users'],
  ['unauthenticated', 'guests.role', 'guests'],
] as const

function roleDetails(before: PoolState, after: PoolState): PoolDetail[] {
  return KINDS.flatMap(([kind, path, who]): PoolDetail[] => {
    const [old, role] = [before.roles[kind], after.roles[kind]]
    if (old === role) return []
    const set = (pool: PoolState) => withEntry(pool, 'roles', kind, role)
    if (old === undefined) return [{ effect: 'opens', path, message: `${who} get the role ${role}`, set }]
    if (role === undefined) return [{ effect: 'narrows', path, message: `${who} get no role any more`, set }]
    return [{ effect: 'either', path, message: `${who} get the role ${role}, not ${old}`, set }]
  })
}

const SESSION_SECONDS = 'edge-identity:session-seconds'
const DEFAULT_SESSION_SECONDS = 3600
const GUEST_POLICY = 'edge-identity:guest-policy'

function tagDetails(before: PoolState, after: PoolState): PoolDetail[] {
  const { added, changed, removed } = differences(before.tags, after.tags)
  // Over how many objects a pool is spread, and where, stays as it is where the file does not say it.
  const gone = removed.filter((key) => !TAGS_OF_CREATION.includes(key))
  return [...gone, ...added, ...changed].map((key): PoolDetail => {
    const value = after.tags[key]
    const set = (pool: PoolState) => withEntry(pool, 'tags', key, value)
    if (key === SESSION_SECONDS) {
      const [old, seconds] = [before.tags[key], value].map((text) => Number(text ?? DEFAULT_SESSION_SECONDS))
      const effect = Number(seconds) > Number(old) ? 'opens' : Number(seconds) < Number(old) ? 'narrows' : 'other'
      return { effect, path: 'sessionSeconds', message: `credentials last ${seconds} s, not ${old} s`, set }
    }
    if (key === GUEST_POLICY) {
      const [old = 'default', now = 'default'] = [before.tags[key], value]
      const effect = now === 'none' ? 'opens' : old === 'none' ? 'narrows' : 'either'
      return { effect, path: 'guests.policy', message: `guests are narrowed by ${now}, not by ${old}`, set }
    }
    const change = guestTagChange(key, before.tags[key], value)
    if (change) return { ...change, set }
    const message = value === undefined ? `the tag ${key} goes` : `the tag ${key} is "${value}"`
    return { effect: 'other', path: `tags.${key}`, message, set }
  })
}
