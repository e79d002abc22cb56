import { oneOf, SettingError } from './setting.ts'

/** Where credentials come from. `endpoint` is `aws` or the URL of an STS-compatible service; `profile` tells its make. */
export type StsSetting = { kind: 'embedded' } | { kind: 'remote'; endpoint: string; profile: StsProfileSetting }

const STORE_PROFILES = ['compatible', 'minio', 'seaweedfs', 'ceph', 'localstack'] as const

export type StsProfileSetting = 'aws' | (typeof STORE_PROFILES)[number]

export function stsFrom(endpoint: string | undefined, profile: string | undefined, localMode: boolean): StsSetting {
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
  // It is in records and warnings, where a query might hold what does not belong there.
  if (/[?#]/.test(value)) throw new SettingError('STS_ENDPOINT', 'must be a URL without query or fragment')
  return value
}
