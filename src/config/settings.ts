import { ACCESS_KEY_NAME, accessKeyFrom } from './access-keys.ts'
import { consoleHostFrom } from './console.ts'
import { issuerFrom } from './issuer.ts'
import { keyEncryptionKeyFrom, previousKeyFrom, revokedKeysFrom } from './key-encryption.ts'
import { localHostsFrom, localModeFrom } from './local-mode.ts'
import {
  FACEBOOK_APP_SECRET_NAME,
  facebookAppSecretFrom,
  localIssuersFrom,
  providerUrlFrom,
  userPoolCheckFrom,
} from './login-providers.ts'
import { OPERATOR_ROLE_NAME, operatorOidcFrom, operatorRoleFrom } from './operators.ts'
import { R2_ACCESS_KEY_NAME, r2AccessKeyFrom } from './r2-access-keys.ts'
import { listFrom, type NamedReader, type NameRule, oneOf, type Reader, SettingError } from './setting.ts'
import { STS_TARGET_NAME, stsEndpointFrom, stsProfileFrom, stsTargetFrom } from './sts.ts'
import { TURNSTILE_SECRET_NAME, turnstileFrom } from './turnstile.ts'

/**
 * Every setting of the service: the only place that knows which there are, which are secrets, and what each may be. The
 * Worker, the key ring's object and the check before a deployment read settings by it, and a test holds the tables of
 * docs/operating.md against it.
 *
 * A name that ends in `<…>` stands for any number of settings, whose names tell more: `ACCESS_KEY_<id>`.
 */
interface Row {
  kind: 'variable' | 'secret'
  /** What the value is, as the documents say it. */
  value: string
  /** `required` outside local mode, or what holds without the setting, as the documents say it. */
  absent: string
  /** For settings that the Worker starts without and that no deployment should lack: what then is not possible. */
  lack?: string
}

interface SingleSetting<T> extends Row {
  read: Reader<T>
}

interface NamedSetting<T> extends Row {
  named: NameRule
  read: NamedReader<T>
}

const variable = <T>(value: string, absent: string, read: Reader<T>): SingleSetting<T> => ({
  kind: 'variable',
  value,
  absent,
  read,
})

const secret = <T>(value: string, absent: string, read: Reader<T>): SingleSetting<T> => ({
  kind: 'secret',
  value,
  absent,
  read,
})

const variables = <T>(value: string, absent: string, named: NameRule, read: NamedReader<T>): NamedSetting<T> => ({
  kind: 'variable',
  value,
  absent,
  named,
  read,
})

const secrets = <T>(
  value: string,
  absent: string,
  named: NameRule,
  read: NamedReader<T>,
  lack?: string,
): NamedSetting<T> => ({ kind: 'secret', value, absent, named, read, ...(lack !== undefined && { lack }) })

const providerUrl = (asked: string) =>
  variable(`https URL at which ${asked}, for a proxy`, "the provider's own", providerUrlFrom)

const DECISIONS = ['all', 'refusals', 'off'] as const

export type DecisionsSetting = (typeof DECISIONS)[number]

const RECORD_COPIES = ['near', 'off'] as const

export type RecordCopiesSetting = (typeof RECORD_COPIES)[number]

export const SINGLE_SETTINGS = {
  ISSUER: variable(
    'https URL under which the Worker is reached, without port and trailing slash; the `iss` of every token',
    'required',
    issuerFrom,
  ),
  STS_ENDPOINT: variable(
    '`aws`, `embedded`, or the https URL of an STS-compatible service',
    'required',
    stsEndpointFrom,
  ),
  STS_PROFILE: variable(
    'the make of an STS-compatible service: `compatible`, `minio`, `seaweedfs`, `ceph` or `localstack`; only with a URL in `STS_ENDPOINT`',
    '`compatible`',
    stsProfileFrom,
  ),
  DECISIONS: variable(
    'which audit records operators can ask about: `refusals`, `all` or `off`',
    '`refusals`; `all` in local mode',
    (value, { localMode, name }): DecisionsSetting => oneOf(name, value ?? (localMode ? 'all' : 'refusals'), DECISIONS),
  ),
  RECORD_COPIES: variable(
    '`near`: copies of the records of accounts are kept where the users are; `off`: each is read where the account is',
    '`off`',
    (value = 'off', { name }): RecordCopiesSetting => oneOf(name, value, RECORD_COPIES),
  ),
  TOKEN_ALG: variable('`RS256`, `ES256` or `RS512`', '`RS256`', (value = 'RS256', { name }) =>
    oneOf(name, value, ['RS256', 'ES256', 'RS512']),
  ),
  REVOKED_KEYS: variable(
    'key ids (`kid`) of signing keys that must not be trusted any more, separated by commas',
    'none',
    revokedKeysFrom,
  ),
  FACEBOOK_GRAPH_URL: providerUrl("Facebook's Graph API is asked"),
  FACEBOOK_LIMITED_URL: providerUrl('Facebook Limited Login is asked'),
  AMAZON_API_URL: providerUrl('Login with Amazon is asked'),
  X_API_URL: providerUrl('X is asked'),
  APPLE_KEYS_URL: providerUrl('Apple is asked for its keys'),
  GOOGLE_KEYS_URL: providerUrl('Google is asked for its keys'),
  TURNSTILE_URL: providerUrl('Cloudflare Turnstile is asked (siteverify)'),
  SAML_RECIPIENTS: variable(
    "URLs that SAML assertions may name as recipient besides AWS's own, separated by commas",
    'none',
    listFrom,
  ),
  SAML_AUDIENCES: variable(
    "entity ids that SAML assertions may name as audience besides AWS's own, separated by commas",
    'none',
    listFrom,
  ),
  OPERATOR_OIDC: variable(
    'JSON with `issuer` and `clientId`: the OpenID provider at which operators sign in; with `"access": true`, Cloudflare Access',
    'operators use access keys',
    operatorOidcFrom,
  ),
  CONSOLE_HOST: variable(
    "host name at which the Worker serves the console, another than the issuer's",
    'no console; in local mode it is at `/console` of every host',
    consoleHostFrom,
  ),
  LOCAL_MODE: variable('`on` or `off`; for `npm start`, refused by `npm run deploy`', '`off`', localModeFrom),
  LOCAL_HOSTS: variable(
    "in local mode: host names to serve besides loopback, such as a container's, separated by commas",
    'none',
    localHostsFrom,
  ),
  LOCAL_ISSUERS: variable(
    "in local mode: JSON with an issuer's URL for each name of a provider, whose tokens it signs in tests",
    'none',
    localIssuersFrom,
  ),
  KEY_ENCRYPTION_KEY: secret(
    '32 random bytes in base64; the service wraps its signing keys under them',
    'required',
    keyEncryptionKeyFrom,
  ),
  KEY_ENCRYPTION_KEY_PREVIOUS: secret('the other key while the key is being changed', 'none', previousKeyFrom),
  USER_POOL_CHECK: secret(
    'JSON with `accessKeyId` and `secretAccessKey`: AWS keys that may call `cognito-idp:AdminGetUser`, for user pools with `ServerSideTokenCheck`',
    'such logins are refused',
    userPoolCheckFrom,
  ),
}

export const NAMED_SETTINGS = {
  'STS_TARGET_<name>': variables(
    'JSON with `endpoint`, `roles` and optional `profile`: another STS for these roles, each an ARN that may end with `*`',
    'none',
    STS_TARGET_NAME,
    stsTargetFrom,
  ),
  'OPERATOR_ROLE_<name>': variables(
    'JSON with `match`, `account` and `policy`: what operators may do of whom their provider says this',
    'none',
    OPERATOR_ROLE_NAME,
    operatorRoleFrom,
  ),
  'ACCESS_KEY_<id>': secrets(
    'JSON with `secret`, `account`, `policy` and optional `user`: an access key for signed operations',
    'every signed call is refused',
    ACCESS_KEY_NAME,
    accessKeyFrom,
    'nobody could call signed operations',
  ),
  'R2_ACCESS_KEY_<account>': secrets(
    'JSON with `accountId`, `accessKeyId` and `secretAccessKey`: an R2 API token, for grants of R2 in pools of that account',
    'such grants are refused',
    R2_ACCESS_KEY_NAME,
    r2AccessKeyFrom,
  ),
  'TURNSTILE_SECRET_<account>': secrets(
    'JSON with `secret` and optional `hostnames`: a widget of Cloudflare Turnstile, for pools of that account that ask guests for a proof',
    'such proofs are refused',
    TURNSTILE_SECRET_NAME,
    turnstileFrom,
  ),
  'FACEBOOK_APP_SECRET_<app id>': secrets(
    'the secret of that app; its access tokens are then inspected rather than tried out',
    'none',
    FACEBOOK_APP_SECRET_NAME,
    facebookAppSecretFrom,
  ),
}

export type SingleName = keyof typeof SINGLE_SETTINGS

export type NamedName = keyof typeof NAMED_SETTINGS

/** What a reader of the table gives for a setting. */
export type ValueOf<N extends SingleName> = ReturnType<(typeof SINGLE_SETTINGS)[N]['read']>

export type NamedValueOf<N extends NamedName> = ReturnType<(typeof NAMED_SETTINGS)[N]['read']>

/** A row as those see it who judge settings of any name. */
export type Setting = Row & { read: NamedReader<unknown> }

/** The row that judges a setting of this name; `undefined` for a name that is no setting. */
export function settingNamed(name: string): Setting | undefined {
  if (Object.hasOwn(SINGLE_SETTINGS, name)) return SINGLE_SETTINGS[name as SingleName]
  return patternOf(name)?.[1]
}

/** Throws a `SettingError` for a name of a pattern whose telling part cannot stand, such as `FACEBOOK_APP_SECRET_app`. */
export function checkName(name: string): void {
  const [pattern, row] = patternOf(name) ?? []
  if (pattern && row && !row.named.pattern.test(name.slice(prefixOf(pattern).length)))
    throw new SettingError(name, row.named.problem)
}

function patternOf(name: string) {
  return Object.entries(NAMED_SETTINGS).find(([pattern]) => name.startsWith(prefixOf(pattern)))
}

/** What the names begin with that a pattern such as `ACCESS_KEY_<id>` stands for. */
export function prefixOf(pattern: string): string {
  return pattern.slice(0, pattern.indexOf('<'))
}
