import { jsonObject, type NamedReader, type NameRule, SettingError } from './setting.ts'

export interface TurnstileSetting {
  secret: string
  /** If given, tokens of widgets on other hosts are refused. */
  hostnames?: readonly string[]
}

export const TURNSTILE_SECRET_NAME: NameRule = {
  pattern: /^\d{12}$/,
  problem: 'must be named by the account of twelve digits whose pools may ask for Turnstile',
}

/** The secret of a widget of Turnstile; the account whose pools may ask for it is in the name of the setting. */
export const turnstileFrom: NamedReader<TurnstileSetting> = (value, { name }) => {
  const { hostnames, secret } = jsonObject(name, value, '"secret" and optional "hostnames"')
  if (typeof secret !== 'string' || !/^[\w-]{20,100}$/.test(secret))
    throw new SettingError(name, 'must have a "secret": the secret key of a widget of Turnstile')
  if (hostnames === undefined) return { secret }
  if (!Array.isArray(hostnames) || hostnames.length === 0 || !hostnames.every((one) => typeof one === 'string'))
    throw new SettingError(name, 'has "hostnames" that are not a list of host names')
  return { secret, hostnames }
}
