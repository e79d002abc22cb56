import { type Reader, SettingError } from './setting.ts'

/**
 * The host name at which the console is served, and nothing else but the API. It is another than that of the issuer, so
 * that a page of the console shares its origin with nothing that strangers reach.
 */
export const consoleHostFrom: Reader<string | undefined> = (value, { name }) => {
  if (value === undefined) return undefined
  const hostname = URL.parse(`https://${value}`)?.hostname
  if (hostname !== value || !value.includes('.') || value.endsWith('.') || /^[\d.]+$/.test(value))
    throw new SettingError(name, 'must be a host name in lower case, without scheme, port or path')
  return value
}
