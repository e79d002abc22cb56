import { MissingSetting, oneOf, type Reader, SettingError } from './setting.ts'

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
  if (value === undefined) {
    if (localMode) return 'embedded'
    throw new MissingSetting(name, '"aws", "embedded", or the https URL of an STS-compatible service')
  }
  if (value === 'aws' || value === 'embedded') return value
  const url = URL.parse(value)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && localMode)) || url.username || url.password)
    throw new SettingError(name, 'must be "aws", "embedded", or an https URL')
  // The endpoint is in records and warnings, where a query might hold a secret.
  if (/[?#]/.test(value)) throw new SettingError(name, 'must be a URL without query or fragment')
  return value
}
