import { type AccessKeySetting, LOCAL_ACCESS_KEY } from './access-keys.ts'
import { type Environment, environmentOf } from './environment.ts'
import { type LoginProviderSettings, PROVIDER_URLS } from './login-providers.ts'
import type { OperatorOidcSetting, OperatorRoleSetting } from './operators.ts'
import type { R2AccessKeySetting } from './r2-access-keys.ts'
import { SettingError } from './setting.ts'
import type { DecisionsSetting, RecordCopiesSetting } from './settings.ts'
import type { StsSetting, StsTargetSetting } from './sts.ts'
import type { TurnstileSetting } from './turnstile.ts'

/** Settings, checked. */
export interface Config {
  localMode: boolean
  /** Hosts besides the loopback ones that local mode serves. */
  localHosts: readonly string[]
  /** Issuer URL without a trailing slash; in local mode it may be left to the origin of the request. */
  issuer: string | undefined
  algorithm: string
  sts: StsSetting
  /** Those that certain roles have instead. */
  stsTargets: readonly StsTargetSetting[]
  /** Keys of R2 by the account whose pools may grant with them. */
  r2AccessKeys: ReadonlyMap<string, R2AccessKeySetting>
  /** Of which requests the decision is kept for operators to ask about. */
  decisions: DecisionsSetting
  /** Whether copies of the records of accounts are kept where the users are. */
  recordCopies: RecordCopiesSetting
  accessKeys: readonly AccessKeySetting[]
  loginProviders: LoginProviderSettings
  /** Widgets of Turnstile by the account whose pools may ask for it, and where they are asked about. */
  turnstile: { widgets: ReadonlyMap<string, TurnstileSetting>; url: string | undefined }
  /** Where operators sign in; nothing if they only use access keys. */
  operatorOidc: OperatorOidcSetting | undefined
  /** By name. */
  operatorRoles: readonly OperatorRoleSetting[]
  /** Where the console is served outside local mode; nothing if it is not. */
  consoleHost: string | undefined
}

/** Reads the settings out of the Worker's environment. Throws a `SettingError` for the first that cannot stand. */
export function readConfig(env: object): Config {
  const given = environmentOf(env)
  const { localMode } = given
  return {
    localMode,
    localHosts: given.one('LOCAL_HOSTS'),
    issuer: given.one('ISSUER'),
    algorithm: given.one('TOKEN_ALG'),
    sts: stsOf(given),
    stsTargets: stsTargetsOf(given),
    r2AccessKeys: given.all('R2_ACCESS_KEY_<account>'),
    decisions: given.one('DECISIONS'),
    recordCopies: given.one('RECORD_COPIES'),
    accessKeys: [...(localMode ? [LOCAL_ACCESS_KEY] : []), ...given.all('ACCESS_KEY_<id>').values()],
    loginProviders: loginProvidersOf(given),
    turnstile: { widgets: given.all('TURNSTILE_SECRET_<account>'), url: given.one('TURNSTILE_URL') },
    ...operatorsOf(given),
    consoleHost: consoleHostOf(given),
  }
}

/** The STS that two settings choose together: only the URL of a store leaves a choice of profiles. */
function stsOf(given: Environment): StsSetting {
  const endpoint = given.one('STS_ENDPOINT')
  const isUrl = endpoint !== 'embedded' && endpoint !== 'aws'
  if (given.has('STS_PROFILE') && !isUrl)
    throw new SettingError('STS_PROFILE', `is for a service that STS_ENDPOINT names by its URL, not for ${endpoint}`)
  if (endpoint === 'embedded') return { kind: 'embedded' }
  return { kind: 'remote', endpoint, profile: isUrl ? given.one('STS_PROFILE') : 'aws' }
}

/** No role may have two targets: two that name the same roles are refused. Of two that overlap otherwise, the longer counts. */
function stsTargetsOf(given: Environment): StsTargetSetting[] {
  const targets = [...given.all('STS_TARGET_<name>')]
  const named = new Map<string, string>()
  for (const [name, { roles }] of targets)
    for (const role of roles) {
      const other = named.get(role)
      if (other !== undefined)
        throw new SettingError(`STS_TARGET_${name}`, `names the roles ${role}, which STS_TARGET_${other} names too`)
      named.set(role, name)
    }
  return targets.map(([, target]) => target)
}

function operatorsOf(given: Environment): Pick<Config, 'operatorOidc' | 'operatorRoles'> {
  const operatorOidc = given.one('OPERATOR_OIDC')
  const roles = [...given.all('OPERATOR_ROLE_<name>').values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (roles[0] && !operatorOidc)
    throw new SettingError(
      `OPERATOR_ROLE_${roles[0].name}`,
      'is for operators who sign in by OPERATOR_OIDC, which is not set',
    )
  return { operatorOidc, operatorRoles: roles }
}

function consoleHostOf(given: Environment): string | undefined {
  const host = given.one('CONSOLE_HOST')
  const issuer = given.one('ISSUER')
  if (host !== undefined && issuer !== undefined && new URL(issuer).hostname === host)
    throw new SettingError('CONSOLE_HOST', 'must be another host than that of ISSUER')
  return host
}

function loginProvidersOf(given: Environment): LoginProviderSettings {
  const urls = PROVIDER_URLS.flatMap((name) => {
    const url = given.one(name)
    return url === undefined ? [] : [[name, url] as const]
  })
  return {
    urls: new Map(urls),
    facebookAppSecrets: given.all('FACEBOOK_APP_SECRET_<app id>'),
    userPoolCheck: given.one('USER_POOL_CHECK'),
    samlRecipients: given.one('SAML_RECIPIENTS'),
    samlAudiences: given.one('SAML_AUDIENCES'),
    localIssuers: given.one('LOCAL_ISSUERS'),
  }
}
