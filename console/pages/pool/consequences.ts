import { audienceText } from './audiences.ts'
import { KNOWN_TAGS } from './known-tags.ts'
import { labelOf, listedIn, X } from './providers.ts'
import { roleName } from './roles.ts'
import type { Mapping, PoolMembers, TagMap } from './settings.ts'

/** What a change does to somebody. */
export interface Consequence {
  /** Whether more is possible for users afterwards, or less. */
  kind: 'opens' | 'narrows' | 'either' | 'neither'
  text: string
}

/** Everything that is different for somebody once a pool has other settings. All of it holds from the next call on. */
export function consequencesOf(before: PoolMembers, after: PoolMembers): Consequence[] {
  return [
    ...ofName(before, after),
    ...ofGuests(before, after),
    ...ofClassicFlow(before, after),
    ...ofProviders(before, after),
    ...ofRoles(before, after),
    ...ofMappings(before, after),
    ...ofTagMaps(before, after),
    ...ofAudiences(before, after),
    ...ofTags(before, after),
  ]
}

type Of = (before: PoolMembers, after: PoolMembers) => Consequence[]

const ofName: Of = (before, { IdentityPoolName: name }) =>
  before.IdentityPoolName === name
    ? []
    : [{ kind: 'neither', text: `The pool is called ${name}. Its id, its users and its apps stay as they are.` }]

const ofGuests: Of = (before, { AllowUnauthenticatedIdentities: allowed, Roles }) => {
  if (before.AllowUnauthenticatedIdentities === allowed) return []
  if (!allowed)
    return [
      {
        kind: 'narrows',
        text: 'Guests are served no more: neither new ones nor those who have an identity. They stay.',
      },
    ]
  const role = Roles?.unauthenticated
  const gets =
    role === undefined ? 'They get no credentials, as there is no role for them.' : `They get ${roleName(role)}.`
  return [{ kind: 'opens', text: `Anybody who knows the id of the pool gets an identity without signing in. ${gets}` }]
}

const ofClassicFlow: Of = (before, { AllowClassicFlow: allowed }) => {
  if ((before.AllowClassicFlow ?? true) === (allowed ?? true)) return []
  return allowed === false
    ? [
        {
          kind: 'narrows',
          text: 'Apps get credentials by GetCredentialsForIdentity alone: what takes its token to STS itself fails.',
        },
      ]
    : [
        {
          kind: 'opens',
          text: 'Apps may take the token of an identity to STS themselves, and choose a role there that trusts it. Policies that narrow guests do not hold there.',
        },
      ]
}

const ofProviders: Of = (before, after) => {
  const [was, is] = [valuesOf(before), valuesOf(after)]
  const gone = [...was]
    .filter(([key]) => !is.has(key))
    .map(
      ([, { label }]): Consequence => ({
        kind: 'narrows',
        text: `Users of ${label} can no longer sign in. Their identities stay, and are theirs again if it is listed again.`,
      }),
    )
  const more = [...is]
    .filter(([key]) => !was.has(key))
    .map(
      ([, { label }]): Consequence => ({
        kind: 'opens',
        text: `Users of ${label} can sign in.`,
      }),
    )
  const changed = [...is].filter(([key, { value }]) => was.has(key) && was.get(key)?.value !== value)
  return [
    ...gone,
    ...more,
    ...changed.map(
      ([key, { label }]): Consequence => ({
        kind: 'either',
        text:
          key === X
            ? `${label} is asked with another app or secret.`
            : `Tokens of ${label} count for another client than before, or are checked in another way.`,
      }),
    ),
    ...ofDeveloper(before, after),
  ]
}

const ofDeveloper: Of = (before, { DeveloperProviderName: name }) =>
  name === undefined || before.DeveloperProviderName === name
    ? []
    : [
        {
          kind: 'opens',
          text: `Your backend can vouch for users as ${name}. This name can never be changed or taken away.`,
        },
      ]

/** What is kept of each provider, by a name that another client of a user pool does not have. */
function valuesOf(pool: PoolMembers): Map<string, { label: string; value: string }> {
  const checks = new Map(
    (pool.CognitoIdentityProviders ?? []).map((one) => [
      `${one.ProviderName}:${one.ClientId}`,
      String(one.ServerSideTokenCheck ?? false),
    ]),
  )
  return new Map(
    listedIn(pool).map(({ label, mappingKey }) => [
      mappingKey,
      { label, value: pool.SupportedLoginProviders?.[mappingKey] ?? checks.get(mappingKey) ?? '' },
    ]),
  )
}

const KINDS = [
  ['authenticated', 'Users for whom no mapping decides', 'get no credentials'],
  ['unauthenticated', 'Guests', 'get no credentials'],
] as const

const ofRoles: Of = ({ Roles: before = {} }, { Roles: after = {} }) =>
  KINDS.flatMap(([kind, who, without]): Consequence[] => {
    const [was, is] = [before[kind], after[kind]]
    if (was === is) return []
    const rest = 'Credentials that were vended before stay good until they expire.'
    if (is === undefined) return [{ kind: 'narrows', text: `${who} ${without}. ${rest}` }]
    if (was === undefined) return [{ kind: 'opens', text: `${who} get ${roleName(is)}.` }]
    return [{ kind: 'either', text: `${who} get ${roleName(is)} instead of ${roleName(was)}. ${rest}` }]
  })

const ofMappings: Of = (before, after) =>
  changedKeys(before.RoleMappings, after.RoleMappings).map((key): Consequence => {
    const mapping = after.RoleMappings?.[key]
    const label = labelOf(key, mapping ? after : before)
    const text = mapping ? mappingText(mapping) : 'the role of users, whatever their token says'
    return { kind: 'either', text: `Roles of users of ${label}: ${text}.` }
  })

/** A mapping in words. */
export function mappingText({ AmbiguousRoleResolution, RulesConfiguration, Type }: Mapping): string {
  const last = AmbiguousRoleResolution === 'AuthenticatedRole' ? 'otherwise the role of users' : 'otherwise refused'
  const rules = (RulesConfiguration?.Rules ?? []).map(
    ({ Claim, MatchType, RoleARN, Value }) => `${roleName(RoleARN)} where ${Claim} ${MATCHES[MatchType]} “${Value}”`,
  )
  return [...(Type === 'Token' ? ['what the token names'] : rules), last].join('; ')
}

export const MATCHES = {
  Equals: 'is',
  Contains: 'contains',
  StartsWith: 'begins with',
  NotEqual: 'is there and is not',
} as const

const ofTagMaps: Of = (before, after) =>
  changedKeys(before.PrincipalTagMaps, after.PrincipalTagMaps).map((key): Consequence => {
    const map = after.PrincipalTagMaps?.[key]
    const label = labelOf(key, map ? after : before)
    const needs = 'The trust policies of their roles must allow sts:TagSession, or they get no credentials.'
    return isEmpty(map)
      ? {
          kind: 'either',
          text: `Sessions of users of ${label} have no tags any more: policies that ask for one stop fitting.`,
        }
      : { kind: 'either', text: `Sessions of users of ${label} have ${tagMapText(map)}. ${needs}` }
  })

const ofAudiences: Of = (before, after) => {
  const [was, is] = [before, after].map(({ TokenAudiences = [] }) =>
    Object.fromEntries(TokenAudiences.map((one) => [one.Audience, one])),
  )
  return changedKeys(was, is).map((audience): Consequence => {
    const wanted = is?.[audience]
    return wanted
      ? {
          kind: 'opens',
          text: `${audience} gets tokens: ${audienceText(wanted)}. Whoever trusts this issuer there takes them.`,
        }
      : { kind: 'narrows', text: `Nobody gets a new token for ${audience}. Tokens that are out live to their end.` }
  })
}

const isEmpty = (map: TagMap | undefined) => !map?.UseDefaults && Object.keys(map?.PrincipalTags ?? {}).length === 0

/** An attribute map in words. */
export function tagMapText({ PrincipalTags = {}, UseDefaults = false }: TagMap = {}): string {
  if (UseDefaults) return 'the tags username and client'
  const tags = Object.entries(PrincipalTags).map(([tag, claim]) => `${tag} from the claim ${claim}`)
  return tags.length === 0 ? 'no tags' : `the tags ${tags.join(', ')}`
}

const ofTags: Of = ({ IdentityPoolTags: before = {} }, { IdentityPoolTags: after = {} }) =>
  changedKeys(before, after).map((key): Consequence => {
    const known = KNOWN_TAGS.find(({ tag }) => tag === key)
    if (known) return { kind: 'either', text: known.consequence(after[key]) }
    const text = after[key] === undefined ? `The tag ${key} goes.` : `The tag ${key} is ${after[key]}.`
    return { kind: 'neither', text: `${text} Policies of access keys may ask about it.` }
  })

function changedKeys<T>(before: Readonly<Record<string, T>> = {}, after: Readonly<Record<string, T>> = {}): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
}

/** The members in which two states of a pool differ. */
export const changedMembers = (before: PoolMembers, after: PoolMembers) =>
  changedKeys({ ...before, Version: 0 }, { ...after, Version: 0 })
