import { listFrom, oneOf, type Reader, SettingError } from './setting.ts'

export const localModeFrom: Reader<boolean> = (value, { name }) => oneOf(name, value ?? 'off', ['on', 'off']) === 'on'

/** Hosts besides the loopback ones that local mode serves. */
export const localHostsFrom: Reader<string[]> = (value, { name, localMode }) => {
  if (value === undefined) return []
  if (!localMode) throw new SettingError(name, 'is for local mode, which is off')
  const hosts = listFrom(value)
  if (hosts.some((host) => URL.parse(`http://${host}`)?.hostname !== host || host.includes('*')))
    throw new SettingError(name, 'must be host names in lower case, without scheme or port, separated by commas')
  return hosts
}
