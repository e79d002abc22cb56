import { outboundUrl } from '../base/outbound-url.ts'
import { ACCESS_KEY, type AccessKeySetting, accessKeysFrom, LOCAL_ACCESS_KEY } from './access-keys.ts'
import {
  FACEBOOK_APP_SECRET,
  type LoginProviderSettings,
  loginProvidersFrom,
  PROVIDER_URLS,
  USER_POOL_CHECK,
} from './login-providers.ts'
import { R2_ACCESS_KEY, type R2AccessKeySetting, r2AccessKeysFrom } from './r2-access-keys.ts'
import { oneOf, SettingError } from './setting.ts'
import { type StsSetting, stsFrom } from './sts.ts'

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

const DECISIONS = ['all', 'refusals', 'off'] as const

export type DecisionsSetting = (typeof DECISIONS)[number]

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
    loginProviders: loginProvidersFrom(settings, text, localMode),
  }
}

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
