import { jsonObject, SettingError } from './setting.ts'

export interface AccessKeySetting {
  id: string
  secret: string
  account: string
  user: string
  /** IAM policy document, not yet judged. */
  policy: unknown
}

/** What the names of access keys' settings begin with. */
export const ACCESS_KEY = 'ACCESS_KEY_'

/** Local mode's, which may do everything. */
export const LOCAL_ACCESS_KEY: AccessKeySetting = {
  id: 'test',
  secret: 'test',
  account: '000000000000',
  user: 'test',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
}

export function accessKeysFrom(settings: ReadonlyMap<string, string>): AccessKeySetting[] {
  return [...settings]
    .filter(([name]) => name.startsWith(ACCESS_KEY))
    .map(([name, value]) => accessKeyFrom(name, value))
}

function accessKeyFrom(name: string, value: string): AccessKeySetting {
  const id = name.slice(ACCESS_KEY.length)
  if (!/^\w{4,128}$/.test(id))
    throw new SettingError(name, 'must be named by an access key id of 4 to 128 letters and digits')
  const { secret, account, user = id, policy } = jsonObject(name, value, '"secret", "account" and "policy"')
  if (typeof secret !== 'string' || secret.length < 32)
    throw new SettingError(name, 'must have a "secret" of at least 32 characters')
  if (typeof account !== 'string' || !/^\d{12}$/.test(account))
    throw new SettingError(name, 'must have an "account" of twelve digits')
  if (typeof user !== 'string' || !/^[\w+=,.@-]{1,64}$/.test(user))
    throw new SettingError(name, 'has a "user" that is not a user name')
  if (policy === undefined) throw new SettingError(name, 'must have a "policy": what this key may do')
  return { id, secret, account, user, policy }
}
