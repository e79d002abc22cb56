import { partitionOf } from '../../../src/base/arn.ts'
import { issuerName } from '../../../src/base/issuer-name.ts'
import { DOMAINS } from '../../../src/base/regions.ts'
import { CATALOGUE, canonicalName } from '../../../src/logins/catalogue.ts'
import type { FileIssuer, FilePool, FileProvider, FileRole, IdentityFile } from '../declare/index.ts'

/** Whose account and which region the names of a file are in. */
export interface Home {
  account: string
  region: string
}

/** One login provider of a pool, by all its names. */
export interface ListedProvider {
  kind: keyof typeof CATALOGUE | 'developer'
  entry: FileProvider
  /** What `mappings` and `tagsFromClaims` may call it, the shortest first. Two providers may have a name in common. */
  names: readonly string[]
  /** The key of its logins, as the service keeps them. */
  login: string
  /** Under which the API has its role mapping, and its map of claims. */
  mappingKey: string
  claimsKey: string
}

/** Providers that all pools call alike. */
export const SOCIAL_KINDS = ['google', 'apple', 'facebook', 'amazon', 'twitter', 'digits'] as const

/** The providers of a pool, as they are listed. */
export function providersOf(pool: FilePool, file: IdentityFile, home: Home): ListedProvider[] {
  return (pool.providers ?? []).map((entry) => providerOf(entry, file, home))
}

function providerOf(entry: FileProvider, { issuers = {} }: IdentityFile, home: Home): ListedProvider {
  if ('userPool' in entry) return userPool(entry)
  if ('oidc' in entry) {
    const arn = oidcArn(entry.oidc, issuers, home)
    const login = arn.slice(arn.indexOf('/') + 1)
    return named({ kind: 'oidc', entry, names: [entry.oidc, arn, login], login: canonicalName(login) }, arn)
  }
  if ('saml' in entry) {
    const arn = samlArn(entry.saml, home)
    return named({ kind: 'saml', entry, names: [entry.saml, arn], login: arn }, arn)
  }
  if ('developer' in entry)
    return named({ kind: 'developer', entry, names: ['developer', entry.developer], login: entry.developer }, '')
  const kind = SOCIAL_KINDS.find((one) => one in entry) ?? 'google'
  const { key } = CATALOGUE[kind]
  return named({ kind, entry, names: [kind, key], login: key }, key)
}

function named(provider: Omit<ListedProvider, 'mappingKey' | 'claimsKey'>, key: string): ListedProvider {
  return { ...provider, mappingKey: key, claimsKey: key }
}

function userPool(entry: Extract<FileProvider, { userPool: string }>): ListedProvider {
  const name = userPoolName(entry.userPool)
  const id = name.slice(name.indexOf('/') + 1)
  const login = canonicalName(name)
  const ofClient = entry.client === undefined ? [] : [`${id}:${entry.client}`, `${name}:${entry.client}`]
  return {
    kind: 'user_pool',
    entry,
    names: [id, ...ofClient, name, login],
    login,
    mappingKey: `${login}:${entry.client ?? ''}`,
    claimsKey: login,
  }
}

/** `cognito-idp.<region>.amazonaws.com/<id>`, of an id or of what is such a name already. */
function userPoolName(given: string): string {
  if (given.includes('/')) return given
  const region = given.slice(0, given.lastIndexOf('_'))
  return `cognito-idp.${region}.${DOMAINS.get(partitionOf(region)) ?? 'amazonaws.com'}/${given}`
}

export function oidcArn(given: string, issuers: Readonly<Record<string, FileIssuer>>, home: Home): string {
  const issuer = issuers[given]
  return issuer && 'url' in issuer ? iamArn(`oidc-provider/${issuerName(issuer.url)}`, home) : given
}

export function samlArn(given: string, home: Home): string {
  return given.startsWith('arn:') ? given : iamArn(`saml-provider/${given}`, home)
}

/** The ARN of a role under `roles`, or of one that is named by it. */
export function roleArn(given: string, { roles = {} }: IdentityFile, home: Home): string {
  const role = roles[given]
  if (role === undefined) return given
  if (!('r2' in role)) return iamArn(`role${role.path ?? '/'}${given}`, home)
  return `arn:aws:r2::${home.account}:grant/${grantOf(role.r2)}`
}

type Grant = Extract<FileRole, { r2: unknown }>['r2']

/** What a grant of R2 allows, as its ARN ends in it. */
function grantOf({ access, bucket, prefix }: Grant): string {
  return `${bucket}/${typeof access === 'string' ? access : access.join('+')}/${prefix}`
}

/** The value of the tag by which a role vends a grant. */
export const vendsValue = ({ r2 }: { r2: Grant }) => `r2/${grantOf(r2)}`

function iamArn(resource: string, { account, region }: Home): string {
  return `arn:${partitionOf(region)}:iam::${account}:${resource}`
}
