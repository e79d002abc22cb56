import { outboundUrl } from '../base/outbound-url.ts'
import { jsonObject, type NamedReader, type NameRule, type Reader, SettingError } from './setting.ts'

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
  /** Local mode alone: issuers on this machine that sign in place of a provider, by the provider's name. */
  localIssuers: ReadonlyMap<string, string>
}

export interface UserPoolCheckSetting {
  accessKeyId: string
  secretAccessKey: string
  /** Asked instead of AWS; `{region}` in it becomes the user pool's region. */
  endpoint?: string
}

export const PROVIDER_URLS = [
  'AMAZON_API_URL',
  'APPLE_KEYS_URL',
  'FACEBOOK_GRAPH_URL',
  'FACEBOOK_LIMITED_URL',
  'GOOGLE_KEYS_URL',
  'X_API_URL',
] as const

export type ProviderUrlSetting = (typeof PROVIDER_URLS)[number]

/** The URL of a login provider, without a trailing slash. */
export const providerUrlFrom: Reader<string | undefined> = (value, { name, localMode }) => {
  if (value === undefined) return undefined
  const url = URL.parse(value)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && localMode)) || url.search || url.hash)
    throw new SettingError(name, 'must be an https URL without query or fragment')
  return value.replace(/\/$/, '')
}

export const FACEBOOK_APP_SECRET_NAME: NameRule = {
  pattern: /^\d+$/,
  problem: 'must be named by an app id, which has digits only',
}

/** The secret of a Facebook app; the app's id is in the name of the setting. */
export const facebookAppSecretFrom: NamedReader<string> = (value, { name }) => {
  if (value.trim() === '') throw new SettingError(name, 'must hold the secret of that app')
  return value.trim()
}

export const userPoolCheckFrom: Reader<UserPoolCheckSetting | undefined> = (value, { name }) => {
  if (value === undefined) return undefined
  const { accessKeyId, endpoint, secretAccessKey } = jsonObject(name, value, '"accessKeyId" and "secretAccessKey"')
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string')
    throw new SettingError(name, 'must have an "accessKeyId" and a "secretAccessKey"')
  if (endpoint !== undefined && (typeof endpoint !== 'string' || !URL.canParse(endpoint.replace('{region}', 'region'))))
    throw new SettingError(name, 'has an "endpoint" that is not a URL')
  return { accessKeyId, secretAccessKey, ...(endpoint !== undefined && { endpoint }) }
}

/** Issuers by the name of the provider that each stands for: an issuer's URL without its scheme. */
export const localIssuersFrom: Reader<ReadonlyMap<string, string>> = (value, { name, localMode }) => {
  if (value === undefined) return new Map()
  if (!localMode) throw new SettingError(name, 'is for local mode, which is off')
  const issuers = Object.entries(jsonObject(name, value, 'the URL of an issuer for each name of a provider'))
  return new Map(issuers.map(([provider, url]) => [providerNameFrom(name, provider), issuerUrlFrom(name, url)]))
}

function providerNameFrom(setting: string, provider: string): string {
  if (/^[a-z0-9.-]+(?::\d{1,5})?(?:\/\S*)?$/.test(provider) && !provider.endsWith('/')) return provider
  throw new SettingError(setting, `names ${provider}, which must be an issuer's URL without scheme and closing slash`)
}

function issuerUrlFrom(setting: string, url: unknown): string {
  const parsed = typeof url === 'string' ? outboundUrl(url, true) : undefined
  if (typeof url === 'string' && parsed && !/[?#]/.test(url) && !url.endsWith('/')) return url
  throw new SettingError(setting, 'must have URLs with https, or with http on this machine, without closing slash')
}
