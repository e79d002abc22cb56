import { CATALOGUE } from '../../../src/logins/catalogue.ts'
import type { FileClaims, FileMapping, FilePool, FileProvider } from '../declare/index.ts'
import { MATCHES } from '../state/desired.ts'
import { SOCIAL_KINDS } from '../state/names.ts'
import { type GuestPart, SETTING_TAGS, type SettingPart } from '../state/setting-tags.ts'
import {
  audienceState,
  type ClaimsState,
  type MappingState,
  type PoolState,
  type RuleState,
  type UserPoolState,
} from '../state/state.ts'
import type { Records } from './records.ts'

export interface Surroundings extends Records {
  account: string
  ids: boolean
}

/** A pool as a file has it. */
export function filePool(key: string, pool: PoolState, around: Surroundings, notes: string[]): FilePool {
  const { audiences, claims, classicFlow, guests, id, mappings, name, roles, tags } = pool
  const { guests: guestPart, ...settings } = settingsIn(tags)
  const role = (arn: string) => around.roles.get(arn)?.name ?? arn
  const providers = providersIn(pool, around, notes)
  const hasGuests = guests || roles.unauthenticated !== undefined || guestPart !== undefined
  const others = Object.fromEntries(
    Object.entries(tags).filter(([tag]) => !SETTING_TAGS.some((one) => one.tag === tag)),
  )
  return {
    ...(around.ids && id !== undefined && { id }),
    ...(name !== key && { name }),
    ...(hasGuests && {
      guests: {
        allowed: guests,
        ...(roles.unauthenticated !== undefined && { role: role(roles.unauthenticated) }),
        ...guestPart,
      },
    }),
    ...(classicFlow && { classicFlow }),
    ...(providers.length > 0 && { providers }),
    ...(roles.authenticated !== undefined && { role: role(roles.authenticated) }),
    ...(Object.keys(mappings).length > 0 && {
      mappings: byProvider(mappings, pool, around, (mapping) => fileMapping(mapping, role)),
    }),
    ...(Object.keys(claims).length > 0 && { tagsFromClaims: byProvider(claims, pool, around, fileClaims) }),
    ...(Object.keys(audiences).length > 0 && { tokenAudiences: fileAudiences(audiences) }),
    ...settings,
    ...(Object.keys(others).length > 0 && { tags: others }),
  }
}

function settingsIn(tags: PoolState['tags']): SettingPart {
  const parts = SETTING_TAGS.flatMap(({ read, tag }) => (tags[tag] === undefined ? [] : [read(tags[tag])]))
  const guests: GuestPart = Object.assign({}, ...parts.map((part) => part.guests))
  return { ...(Object.assign({}, ...parts) as SettingPart), ...(Object.keys(guests).length > 0 && { guests }) }
}

/** Where the secret of an app of X is looked for. */
const SECRET_VARIABLE = 'X_CONSUMER_SECRET'

function providersIn(pool: PoolState, around: Surroundings, notes: string[]): FileProvider[] {
  const userPools = pool.userPools.map(({ check, client, provider }) => ({
    userPool: userPoolId(provider),
    ...(client !== undefined && { client }),
    ...(check && { serverSideTokenCheck: true }),
  }))
  const oidc = pool.oidc.map((arn) => {
    const issuer = around.issuers.get(arn)
    return issuer ? { oidc: around.issuerNames.get(arn) ?? arn, clients: issuer.clients } : { oidc: arn }
  })
  const saml = pool.saml.map((arn) => ({ saml: around.issuerNames.get(arn) ?? arn }))
  const social = Object.entries(pool.social).map(([key, value]) => socialEntry(key, value, pool, notes))
  const developer = pool.developer === undefined ? [] : [{ developer: pool.developer }]
  return [...userPools, ...oidc, ...saml, ...social, ...developer] as FileProvider[]
}

function socialEntry(key: string, value: string, { name }: PoolState, notes: string[]): object {
  const kind = kindOf(key)
  const [consumerKey = value, secret] = value.split(';', 2)
  if (kind !== 'twitter') return { [kind]: value }
  if (secret !== undefined)
    notes.push(`The pool ${name} has a secret of X, which is not written. Put it into the variable ${SECRET_VARIABLE}.`)
  return { twitter: consumerKey, secret: { env: SECRET_VARIABLE } }
}

const kindOf = (key: string) => SOCIAL_KINDS.find((kind) => CATALOGUE[kind].key === key) ?? 'google'

function userPoolId(provider: string): string {
  const id = provider.slice(provider.indexOf('/') + 1)
  const region = id.slice(0, id.lastIndexOf('_'))
  return provider.startsWith(`cognito-idp.${region}.`) ? id : provider
}

/** A map by the keys of the API as one by the names of the file. */
function byProvider<S, T>(
  given: Readonly<Record<string, S>>,
  pool: PoolState,
  around: Surroundings,
  convert: (value: S) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [nameIn(key, pool, around), convert(value)] as const),
  )
}

function nameIn(key: string, { userPools }: PoolState, { issuerNames }: Records): string {
  const isOf = ({ client, provider }: UserPoolState) => key === provider || key === `${provider}:${client ?? ''}`
  const userPool = userPools.find(isOf)
  if (userPool) {
    const id = userPoolId(userPool.provider)
    const several = userPools.filter(({ provider }) => provider === userPool.provider).length > 1
    return key !== userPool.provider && several ? `${id}:${userPool.client}` : id
  }
  return issuerNames.get(key) ?? SOCIAL_KINDS.find((kind) => CATALOGUE[kind].key === key) ?? key
}

function fileMapping({ otherwise, rules, type }: MappingState, role: (arn: string) => string): FileMapping {
  const last = { otherwise: otherwise === 'Deny' ? ('deny' as const) : ('role' as const) }
  return type === 'Token'
    ? { fromToken: 'roles', ...last }
    : { rules: rules.map((rule) => fileRule(rule, role)), ...last }
}

function fileRule({ claim, match, role: arn, value }: RuleState, role: (arn: string) => string) {
  const [way = 'equals'] = Object.entries(MATCHES).find(([, name]) => name === match) ?? []
  return { claim, [way]: value, role: role(arn) }
}

function fileClaims({ defaults, tags }: ClaimsState): FileClaims {
  return defaults ? 'defaults' : tags
}

/** Without what is so anyway. */
function fileAudiences(audiences: PoolState['audiences']): NonNullable<FilePool['tokenAudiences']> {
  const usual = audienceState({})
  const entries = Object.entries(audiences).map(([name, one]) => {
    const { claims, guests, maxSeconds, subject } = one
    const said = {
      ...(subject !== usual.subject && { subject }),
      ...(claims.length < usual.claims.length && { claims }),
      ...(maxSeconds !== usual.maxSeconds && { maxSeconds }),
      ...(guests && { guests }),
    }
    return [name, said] as const
  })
  return Object.fromEntries(entries)
}
