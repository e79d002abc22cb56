import { outboundUrl } from './base/outbound-url.ts'

/** A setting that is missing or contradictory. Its message names the setting and never repeats a secret. */
export class SettingError extends Error {
  override readonly name = 'SettingError'

  constructor(setting: string, problem: string) {
    super(`Edge Identity is not configured: ${setting} ${problem}.`)
  }
}

export interface AccessKeySetting {
  id: string
  secret: string
  account: string
  user: string
  /** IAM policy document, not yet judged. */
  policy: unknown
}

/** Settings, checked. */
export interface Config {
  localMode: boolean
  /** Hosts besides the loopback ones that local mode serves. */
  localHosts: readonly string[]
  /** Issuer URL without a trailing slash; in local mode it may be left to the origin of the request. */
  issuer: string | undefined
  algorithm: string
  sts: StsSetting
  /** Keys of R2 by the account whose pools may grant with them. */
  r2AccessKeys: ReadonlyMap<string, R2AccessKeySetting>
  /** Of which requests the decision is kept for operators to ask about. */
  decisions: DecisionsSetting
  accessKeys: readonly AccessKeySetting[]
  loginProviders: LoginProviderSettings
}

/** Where login providers are asked, and with what. Everything is optional: providers have well-known addresses. */
export interface LoginProviderSettings {
  /** URLs by setting, such as `FACEBOOK_GRAPH_URL`: a proxy's, or a stand-in's. */
  urls: ReadonlyMap<ProviderUrlSetting, string>
  /** Secrets of Facebook apps by app id. */
  facebookAppSecrets: ReadonlyMap<string, string>
  /** AWS keys to ask user pools with, for pools that have ServerSideTokenCheck on. */
  userPoolCheck: UserPoolCheckSetting | undefined
  /** Recipients and audiences that SAML assertions may name besides AWS's own. */
  samlRecipients: readonly string[]
  samlAudiences: readonly string[]
}

/** Where credentials come from. `endpoint` is `aws` or the URL of an STS-compatible service; `profile` tells its make. */
export type StsSetting = { kind: 'embedded' } | { kind: 'remote'; endpoint: string; profile: StsProfileSetting }

const STORE_PROFILES = ['compatible', 'minio', 'seaweedfs', 'ceph', 'localstack'] as const

export type StsProfileSetting = 'aws' | (typeof STORE_PROFILES)[number]

const DECISIONS = ['all', 'refusals', 'off'] as const

export type DecisionsSetting = (typeof DECISIONS)[number]

export interface R2AccessKeySetting {
  /** Cloudflare's account id, 32 hexadecimal digits. */
  accountId: string
  accessKeyId: string
  secretAccessKey: string
  /** Where the buckets are bound to a jurisdiction. */
  jurisdiction?: 'eu' | 'fedramp'
  /** If given, no other bucket may be granted. */
  buckets?: readonly string[]
}

export interface UserPoolCheckSetting {
  accessKeyId: string
  secretAccessKey: string
  /** Asked instead of AWS; `{region}` in it becomes the user pool's region. */
  endpoint?: string
}

const PROVIDER_URLS = [
  'AMAZON_API_URL',
  'APPLE_KEYS_URL',
  'FACEBOOK_GRAPH_URL',
  'FACEBOOK_LIMITED_URL',
  'GOOGLE_KEYS_URL',
  'X_API_URL',
] as const

export type ProviderUrlSetting = (typeof PROVIDER_URLS)[number]

/** What the names of Facebook apps' secrets begin with. */
const FACEBOOK_APP_SECRET = 'FACEBOOK_APP_SECRET_'

/** What the names of R2 keys' settings begin with. */
const R2_ACCESS_KEY = 'R2_ACCESS_KEY_'

/** What the names of access keys' settings begin with. */
const ACCESS_KEY = 'ACCESS_KEY_'

const LOCAL_ACCESS_KEY: AccessKeySetting = {
  id: 'test',
  secret: 'test',
  account: '000000000000',
  user: 'test',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
}

/** Reads the settings out of the Worker's environment. Throws a `SettingError` for the first that cannot stand. */
export function readConfig(env: object): Config {
  const settings = settingsIn(env)
  const text = (name: string) => settings.get(name)?.trim() || undefined
  const localMode = oneOf('LOCAL_MODE', text('LOCAL_MODE') ?? 'off', ['on', 'off']) === 'on'
  return {
    localMode,
    localHosts: localHostsFrom(text('LOCAL_HOSTS'), localMode),
    issuer: issuerFrom(text('ISSUER'), localMode),
    algorithm: oneOf('TOKEN_ALG', text('TOKEN_ALG') ?? 'RS256', ['RS256', 'ES256', 'RS512']),
    sts: stsFrom(text('STS_ENDPOINT'), text('STS_PROFILE'), localMode),
    r2AccessKeys: r2AccessKeysFrom(settings),
    decisions: oneOf('DECISIONS', text('DECISIONS') ?? (localMode ? 'all' : 'refusals'), DECISIONS),
    accessKeys: [...(localMode ? [LOCAL_ACCESS_KEY] : []), ...accessKeysFrom(settings)],
    loginProviders: {
      urls: new Map(PROVIDER_URLS.flatMap((name) => providerUrlFrom(name, text(name), localMode))),
      facebookAppSecrets: facebookAppSecretsFrom(settings),
      userPoolCheck: userPoolCheckFrom(text(USER_POOL_CHECK)),
      samlRecipients: listFrom(text('SAML_RECIPIENTS')),
      samlAudiences: listFrom(text('SAML_AUDIENCES')),
    },
  }
}

const USER_POOL_CHECK = 'USER_POOL_CHECK'

const NAMES: ReadonlySet<string> = new Set([
  'DECISIONS',
  'ISSUER',
  'LOCAL_HOSTS',
  'LOCAL_MODE',
  'SAML_AUDIENCES',
  'SAML_RECIPIENTS',
  'STS_ENDPOINT',
  'STS_PROFILE',
  'TOKEN_ALG',
  USER_POOL_CHECK,
  ...PROVIDER_URLS,
])

const PREFIXES = [ACCESS_KEY, FACEBOOK_APP_SECRET, R2_ACCESS_KEY]

/** The settings among the bindings. One that is there and cannot be read must not pass for one that is missing. */
function settingsIn(env: object): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  for (const [name, value] of Object.entries(env) as [string, unknown][])
    if (typeof value === 'string') settings.set(name, value)
    else if (value !== undefined && (NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix))))
      throw new SettingError(name, 'must be text, which a JSON variable is not')
  return settings
}

function oneOf<const T extends string>(name: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((one) => one === value)
  if (found !== undefined) return found
  throw new SettingError(name, `must be one of ${accepted.join(', ')}`)
}

function localHostsFrom(value: string | undefined, localMode: boolean): string[] {
  if (value === undefined) return []
  if (!localMode) throw new SettingError('LOCAL_HOSTS', 'is for local mode, which is off')
  const hosts = value.split(',').flatMap((host) => host.trim() || [])
  if (hosts.some((host) => URL.parse(`http://${host}`)?.hostname !== host || host.includes('*')))
    throw new SettingError(
      'LOCAL_HOSTS',
      'must be host names in lower case, without scheme or port, separated by commas',
    )
  return hosts
}

function issuerFrom(value: string | undefined, localMode: boolean): string | undefined {
  if (value === undefined) {
    if (localMode) return undefined
    throw new SettingError('ISSUER', 'is required: the https URL under which this Worker is reached')
  }
  const url = URL.parse(value)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && localMode)))
    throw new SettingError('ISSUER', 'must be an https URL')
  if (/[?#]/.test(value) || url.username || url.password || value.length > 255)
    throw new SettingError(
      'ISSUER',
      'must be a plain URL of at most 255 characters, without query, fragment or credentials',
    )
  if (value.endsWith('/')) throw new SettingError('ISSUER', 'must not end with a slash')
  if (!outboundUrl(value, localMode) && !localMode) throw new SettingError('ISSUER', 'must have a public host name')
  if (url.port && !localMode) throw new SettingError('ISSUER', 'must not name a port: AWS STS refuses such issuers')
  const normal = url.href.replace(/\/$/, '')
  if (value !== normal)
    throw new SettingError('ISSUER', `must be written ${normal}: issuers are compared letter by letter`)
  return value
}

function stsFrom(endpoint: string | undefined, profile: string | undefined, localMode: boolean): StsSetting {
  const checked = stsEndpointFrom(endpoint, localMode)
  const isUrl = checked !== 'embedded' && checked !== 'aws'
  if (profile !== undefined && !isUrl)
    throw new SettingError('STS_PROFILE', `is for a service that STS_ENDPOINT names by its URL, not for ${checked}`)
  if (checked === 'embedded') return { kind: 'embedded' }
  if (!isUrl) return { kind: 'remote', endpoint: checked, profile: 'aws' }
  return { kind: 'remote', endpoint: checked, profile: oneOf('STS_PROFILE', profile ?? 'compatible', STORE_PROFILES) }
}

function stsEndpointFrom(value: string | undefined, localMode: boolean): string {
  if (value === undefined) {
    if (localMode) return 'embedded'
    throw new SettingError(
      'STS_ENDPOINT',
      'is required: "aws", "embedded", or the https URL of an STS-compatible service',
    )
  }
  if (value === 'aws' || value === 'embedded') return value
  const url = URL.parse(value)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && localMode)) || url.username || url.password)
    throw new SettingError('STS_ENDPOINT', 'must be "aws", "embedded", or an https URL')
  return value
}

function providerUrlFrom(
  name: ProviderUrlSetting,
  value: string | undefined,
  localMode: boolean,
): [ProviderUrlSetting, string][] {
  if (value === undefined) return []
  const url = URL.parse(value)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && localMode)) || url.search || url.hash)
    throw new SettingError(name, 'must be an https URL without query or fragment')
  return [[name, value.replace(/\/$/, '')]]
}

function facebookAppSecretsFrom(settings: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const secrets = [...settings].filter(([name]) => name.startsWith(FACEBOOK_APP_SECRET))
  for (const [name, value] of secrets)
    if (!/^\d+$/.test(name.slice(FACEBOOK_APP_SECRET.length)) || value.trim() === '')
      throw new SettingError(name, 'must be named by an app id, and hold the secret of that app')
  return new Map(secrets.map(([name, value]) => [name.slice(FACEBOOK_APP_SECRET.length), value.trim()]))
}

function userPoolCheckFrom(value: string | undefined): UserPoolCheckSetting | undefined {
  if (value === undefined) return undefined
  const { accessKeyId, endpoint, secretAccessKey } = jsonObject(
    USER_POOL_CHECK,
    value,
    '"accessKeyId" and "secretAccessKey"',
  )
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string')
    throw new SettingError(USER_POOL_CHECK, 'must have an "accessKeyId" and a "secretAccessKey"')
  if (endpoint !== undefined && (typeof endpoint !== 'string' || !URL.canParse(endpoint.replace('{region}', 'region'))))
    throw new SettingError(USER_POOL_CHECK, 'has an "endpoint" that is not a URL')
  return { accessKeyId, secretAccessKey, ...(endpoint !== undefined && { endpoint }) }
}

function r2AccessKeysFrom(settings: ReadonlyMap<string, string>): ReadonlyMap<string, R2AccessKeySetting> {
  const named = [...settings].filter(([name]) => name.startsWith(R2_ACCESS_KEY))
  return new Map(named.map(([name, value]) => [name.slice(R2_ACCESS_KEY.length), r2AccessKeyFrom(name, value)]))
}

function r2AccessKeyFrom(name: string, value: string): R2AccessKeySetting {
  if (!/^\d{12}$/.test(name.slice(R2_ACCESS_KEY.length)))
    throw new SettingError(name, 'must be named by the account of twelve digits whose pools may grant with it')
  const given = jsonObject(name, value, '"accountId", "accessKeyId" and "secretAccessKey"')
  const { accessKeyId, accountId, buckets, jurisdiction, secretAccessKey } = given
  if (typeof accountId !== 'string' || !/^[0-9a-f]{32}$/.test(accountId))
    throw new SettingError(name, 'must have an "accountId" of 32 hexadecimal digits: the Cloudflare account')
  if (typeof accessKeyId !== 'string' || !/^\w{16,128}$/.test(accessKeyId))
    throw new SettingError(name, 'must have an "accessKeyId": that of an R2 API token')
  if (typeof secretAccessKey !== 'string' || !/^[0-9a-f]{64}$/.test(secretAccessKey))
    throw new SettingError(
      name,
      'must have a "secretAccessKey" of 64 hexadecimal digits, which the token itself is not',
    )
  if (jurisdiction !== undefined && jurisdiction !== 'eu' && jurisdiction !== 'fedramp')
    throw new SettingError(name, 'has a "jurisdiction" that is neither "eu" nor "fedramp"')
  if (buckets !== undefined && !isListOfTexts(buckets))
    throw new SettingError(name, 'has "buckets" that are not a list of bucket names')
  return {
    accountId,
    accessKeyId,
    secretAccessKey,
    ...(jurisdiction !== undefined && { jurisdiction }),
    ...(buckets !== undefined && { buckets }),
  }
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function listFrom(value: string | undefined): string[] {
  return (value ?? '').split(',').flatMap((item) => item.trim() || [])
}

function accessKeysFrom(settings: ReadonlyMap<string, string>): AccessKeySetting[] {
  return [...settings]
    .filter(([name]) => name.startsWith(ACCESS_KEY))
    .map(([name, value]) => accessKeyFrom(name, value))
}

function accessKeyFrom(name: string, value: string): AccessKeySetting {
  const id = name.slice(ACCESS_KEY.length)
  if (!/^\w{4,128}$/.test(id))
    throw new SettingError(name, 'must be named by an access key id of 4 to 128 letters and digits')
  const { secret, account, user = id, policy } = jsonObject(name, value, '"secret", "account" and "policy"')
  if (typeof secret !== 'string' || secret.length < 32)
    throw new SettingError(name, 'must have a "secret" of at least 32 characters')
  if (typeof account !== 'string' || !/^\d{12}$/.test(account))
    throw new SettingError(name, 'must have an "account" of twelve digits')
  if (typeof user !== 'string' || !/^[\w+=,.@-]{1,64}$/.test(user))
    throw new SettingError(name, 'has a "user" that is not a user name')
  if (policy === undefined) throw new SettingError(name, 'must have a "policy": what this key may do')
  return { id, secret, account, user, policy }
}

function jsonObject(name: string, text: string, members: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SettingError(name, `must be a JSON object with ${members}`)
  return value as Record<string, unknown>
}
