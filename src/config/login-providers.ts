import { jsonObject, listFrom, SettingError } from './setting.ts'

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

/** What the names of Facebook apps' secrets begin with. */
export const FACEBOOK_APP_SECRET = 'FACEBOOK_APP_SECRET_'

export const USER_POOL_CHECK = 'USER_POOL_CHECK'

/** What the settings say of login providers. `text` reads one by its name. */
export function loginProvidersFrom(
  settings: ReadonlyMap<string, string>,
  text: (name: string) => string | undefined,
  localMode: boolean,
): LoginProviderSettings {
  return {
    urls: new Map(PROVIDER_URLS.flatMap((name) => providerUrlFrom(name, text(name), localMode))),
    facebookAppSecrets: facebookAppSecretsFrom(settings),
    userPoolCheck: userPoolCheckFrom(text(USER_POOL_CHECK)),
    samlRecipients: listFrom(text('SAML_RECIPIENTS')),
    samlAudiences: listFrom(text('SAML_AUDIENCES')),
  }
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
