import type { FileMapping, FilePool, FileProvider, IdentityFile } from '../declare/index.ts'
import { MATCHES } from '../state/desired.ts'
import { type ListedProvider, providersOf } from '../state/names.ts'
import { SETTING_TAGS } from '../state/setting-tags.ts'
import { type Add, checkRole } from './checks.ts'
import { suggestion } from './near.ts'
import type { Path } from './problem.ts'

/** An account and a region that no ARN of a file has: names are compared here, and the account is not known yet. */
const NOWHERE = { account: '', region: '' }

/** What does not agree within one pool, or leads nowhere. */
export function poolProblems(key: string, pool: FilePool, file: IdentityFile, add: Add): void {
  const at = ['pools', key]
  const providers = providersOf(pool, file, NOWHERE)
  if (pool.guests?.role !== undefined) checkRole(pool.guests.role, [...at, 'guests', 'role'], file, add)
  if (pool.role !== undefined) checkRole(pool.role, [...at, 'role'], file, add)
  for (const [index, { entry }] of providers.entries()) providerProblems(entry, [...at, 'providers', index], file, add)
  twice(providers, [...at, 'providers'], add)
  for (const [name, mapping] of Object.entries(pool.mappings ?? {}))
    for (const [index, rule] of rulesOf(mapping).entries()) {
      const path = [...at, 'mappings', name, 'rules', index]
      checkRole(rule.role, [...path, 'role'], file, add)
      const ways = Object.keys(MATCHES).filter((way) => way in rule)
      if (ways.length !== 1) add(path, 'rule', `A rule must have one of ${Object.keys(MATCHES).join(', ')}.`)
    }
  named(pool.mappings, 'mappingKey', providers, [...at, 'mappings'], add)
  named(pool.tagsFromClaims, 'claimsKey', providers, [...at, 'tagsFromClaims'], add)
  for (const { place, tag } of SETTING_TAGS)
    if (pool.tags?.[tag] !== undefined)
      add([...at, 'tags', tag], 'tag', `${tag} has a place of its own in the file: ${place}.`, 'key')
  identityProblems(pool, providers, [...at, 'identities'], add)
}

function rulesOf(mapping: FileMapping) {
  return 'rules' in mapping ? mapping.rules : []
}

function providerProblems(entry: FileProvider, at: Path, { issuers = {} }: IdentityFile, add: Add): void {
  for (const [kind, member, what] of [
    ['oidc', 'url', 'an OpenID Connect issuer, with `url`'],
    ['saml', 'metadata', 'a SAML provider, with `metadata`'],
  ] as const) {
    const name = (entry as Readonly<Record<string, unknown>>)[kind]
    if (typeof name !== 'string') continue
    const issuer = Object.hasOwn(issuers, name) ? issuers[name] : undefined
    const isArn = name.startsWith('arn:') && name.includes(`:${kind}-provider/`)
    if (!issuer && !isArn)
      add([...at, kind], 'unknown-issuer', `There is no issuer ${name}.${suggestion(name, Object.keys(issuers))}`)
    if (issuer && !(member in issuer)) add([...at, kind], 'unknown-issuer', `The issuer ${name} must be ${what}.`)
    if (kind === 'oidc' && issuer && !('clients' in entry))
      add(at, 'missing', `${name} lacks clients: without them no token counts.`)
    if (kind === 'oidc' && !issuer && isArn && 'clients' in entry)
      add([...at, 'clients'], 'clients', 'The clients of a provider that is named by its ARN are not in this file.')
  }
}

/** A provider is listed once; a user pool once for each client. */
function twice(providers: readonly ListedProvider[], at: Path, add: Add): void {
  const seen = new Set<string>()
  for (const [index, { kind, mappingKey }] of providers.entries()) {
    const name = kind === 'developer' ? kind : mappingKey
    if (seen.has(name)) add([...at, index], 'twice', `The pool lists this provider already.`)
    seen.add(name)
  }
}

/** Each name is of one provider of the pool, and each provider has one. */
function named(
  given: Readonly<Record<string, unknown>> | undefined,
  key: 'mappingKey' | 'claimsKey',
  providers: readonly ListedProvider[],
  at: Path,
  add: Add,
): void {
  const own = providers.filter(({ kind }) => kind !== 'developer')
  const seen = new Map<string, string>()
  for (const name of Object.keys(given ?? {})) {
    const meant = new Set(own.filter(({ names }) => names.includes(name)).map((provider) => provider[key]))
    const [only = ''] = meant
    const other = seen.get(only)
    if (meant.size === 0) add([...at, name], 'unknown-provider', notListed(name, own), 'key')
    else if (meant.size > 1)
      add([...at, name], 'unknown-provider', `${name} has several clients here: write ${name}:<client>.`, 'key')
    else if (other !== undefined) add([...at, name], 'twice', `${other} is the same provider.`, 'key')
    if (meant.size === 1) seen.set(only, name)
  }
}

function notListed(name: string, providers: readonly ListedProvider[]): string {
  if (/^https?:\/\//.test(name))
    return `${name}: the name of a provider has no scheme. Write its name under \`issuers\`.`
  const names = [...new Set(providers.flatMap((provider) => provider.names[0] ?? []))]
  const known = names.length > 0 ? ` It lists ${names.join(', ')}.` : ' It lists none.'
  return `The pool lists no provider ${name}.${suggestion(name, names) || known}`
}

function identityProblems(pool: FilePool, providers: readonly ListedProvider[], at: Path, add: Add): void {
  const ids = new Set<string>()
  const users = new Set<string>()
  for (const [index, { id, logins }] of (pool.identities ?? []).entries()) {
    if (ids.has(id)) add([...at, index, 'id'], 'twice', `There is an identity ${id} already.`)
    ids.add(id)
    if (!logins && !pool.guests?.allowed)
      add([...at, index], 'guest', `${id} has no logins, and the pool has no guests.`)
    for (const [name, user] of Object.entries(logins ?? {})) {
      const path = [...at, index, 'logins', name]
      const provider = providers.find(({ names }) => names.includes(name))
      if (!provider) add(path, 'unknown-provider', notListed(name, providers), 'key')
      const login = `${provider?.login} ${user}`
      if (provider && users.has(login)) add(path, 'twice', `Another identity has the login ${user} of ${name}.`)
      users.add(login)
    }
  }
}
