import {
  jsonObject,
  MissingSetting,
  type NamedReader,
  type NameRule,
  oneOf,
  type Reader,
  SettingError,
} from './setting.ts'

/** Where credentials come from. `endpoint` is `aws` or the URL of an STS-compatible service; `profile` tells its make. */
export type StsSetting = { kind: 'embedded' } | { kind: 'remote'; endpoint: string; profile: StsProfileSetting }

const STORE_PROFILES = ['compatible', 'minio', 'seaweedfs', 'ceph', 'localstack'] as const

type StoreProfile = (typeof STORE_PROFILES)[number]

export type StsProfileSetting = 'aws' | StoreProfile

/** The make of an STS-compatible service. */
export const stsProfileFrom: Reader<StoreProfile> = (value = 'compatible', { name }) =>
  oneOf(name, value, STORE_PROFILES)

/** `aws`, `embedded`, or the URL of an STS-compatible service. */
export const stsEndpointFrom: Reader<string> = (value, { name, localMode }) => {
  if (value !== undefined) return endpointOf(value, name, localMode)
  if (localMode) return 'embedded'
  throw new MissingSetting(name, '"aws", "embedded", or the https URL of an STS-compatible service')
}

function endpointOf(value: string, name: string, localMode: boolean): string {
  if (value === 'aws' || value === 'embedded') return value
  const url = URL.parse(value)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && localMode)) || url.username || url.password)
    throw new SettingError(name, 'must be "aws", "embedded", or an https URL')
  // The endpoint is in records and warnings, where a query might hold a secret.
  if (/[?#]/.test(value)) throw new SettingError(name, 'must be a URL without query or fragment')
  return value
}

/** The STS of certain roles, in place of that of the deployment. */
export interface StsTargetSetting {
  /** ARNs, or the beginnings of ARNs with `*` at the end. */
  roles: readonly string[]
  target: StsSetting
}

export const STS_TARGET_NAME: NameRule = {
  pattern: /^\w{1,64}$/,
  problem: 'must be named by letters, digits and underscores',
}

const ROLES = /^arn:[^*\s]+\*?$/

const TARGET_MEMBERS = ['endpoint', 'profile', 'roles']

/** An STS, and the roles that have it. */
export const stsTargetFrom: NamedReader<StsTargetSetting> = (value, { localMode, name }) => {
  const given = jsonObject(name, value, '"endpoint" and "roles"')
  const unknown = Object.keys(given).find((member) => !TARGET_MEMBERS.includes(member))
  if (unknown !== undefined) throw new SettingError(name, `has "${unknown}", which it does not know`)
  const { endpoint, profile, roles } = given
  if (typeof endpoint !== 'string')
    throw new SettingError(name, 'must have an "endpoint": "aws", "embedded", or an https URL')
  if (
    !Array.isArray(roles) ||
    roles.length === 0 ||
    !roles.every((role) => typeof role === 'string' && ROLES.test(role))
  )
    throw new SettingError(name, 'must have "roles": a list of role ARNs, each of which may end with *')
  const at = endpointOf(endpoint, name, localMode)
  return { roles, target: targetOf(at, profile, name) }
}

function targetOf(endpoint: string, profile: unknown, name: string): StsSetting {
  const isUrl = endpoint !== 'embedded' && endpoint !== 'aws'
  if (profile !== undefined && !isUrl)
    throw new SettingError(name, `has a "profile", which is for a service that "endpoint" names by its URL`)
  if (endpoint === 'embedded') return { kind: 'embedded' }
  const make = profile ?? 'compatible'
  if (!isUrl) return { kind: 'remote', endpoint, profile: 'aws' }
  return { kind: 'remote', endpoint, profile: oneOf(name, typeof make === 'string' ? make : '', STORE_PROFILES) }
}
