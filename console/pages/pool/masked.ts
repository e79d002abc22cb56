import { X } from './providers.ts'
import type { PoolMembers } from './settings.ts'

const MASK = '•••'

/** The consumer key of X, without the secret that stands behind it. */
export const withoutSecret = (value: string) => value.split(';', 1)[0] ?? ''

/** Settings that may be shown: the secret of X is not in them. `before`: those of which another secret is to be told. */
export function masked<T extends PoolMembers>(settings: T, before: PoolMembers = settings): T {
  const { SupportedLoginProviders: social } = settings
  const value = social?.[X]
  if (!social || value === undefined || !value.includes(';')) return settings
  const was = before.SupportedLoginProviders?.[X]
  const isOther = was !== undefined && secretIn(was) !== secretIn(value)
  const shown = `${withoutSecret(value)};${MASK}${isOther ? ' (another secret)' : ''}`
  return { ...settings, SupportedLoginProviders: { ...social, [X]: shown } }
}

const secretIn = (value: string) => value.slice(value.indexOf(';') + 1)
