import { outboundUrl } from '../base/outbound-url.ts'
import { MissingSetting, type Reader, SettingError } from './setting.ts'

/**
 * Issuer URL without a trailing slash; in local mode it may be left to the origin of the request. Relying parties compare
 * issuers letter by letter, so only the normal spelling of the URL stands.
 */
export const issuerFrom: Reader<string | undefined> = (value, { name, localMode }) => {
  if (value === undefined) {
    if (localMode) return undefined
    throw new MissingSetting(name, 'the https URL under which this Worker is reached')
  }
  const url = URL.parse(value)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && localMode)))
    throw new SettingError(name, 'must be an https URL')
  if (/[?#]/.test(value) || url.username || url.password || value.length > 255)
    throw new SettingError(
      name,
      'must be a plain URL of at most 255 characters, without query, fragment or credentials',
    )
  if (value.endsWith('/')) throw new SettingError(name, 'must not end with a slash')
  if (!outboundUrl(value, localMode) && !localMode) throw new SettingError(name, 'must have a public host name')
  if (url.port && !localMode) throw new SettingError(name, 'must not name a port: AWS STS refuses such issuers')
  const normal = url.href.replace(/\/$/, '')
  if (value !== normal) throw new SettingError(name, `must be written ${normal}: issuers are compared letter by letter`)
  return value
}
