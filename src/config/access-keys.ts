import { parseAccessKeyPolicy } from '../policy/index.ts'
import { jsonObject, type NamedReader, type NameRule, SettingError } from './setting.ts'

export interface AccessKeySetting {
  id: string
  secret: string
  account: string
  user: string
  /** IAM policy document: what the key may do. It can be parsed. */
  policy: unknown
}

/** Local mode's, which may do everything. */
export const LOCAL_ACCESS_KEY: AccessKeySetting = {
  id: 'test',
  secret: 'test',
  account: '000000000000',
  user: 'test',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
}

/** Local mode's for one account, which its number names. It may do everything there. */
export const localAccessKey = (account: string): AccessKeySetting => ({ ...LOCAL_ACCESS_KEY, id: account, account })

export const ACCESS_KEY_NAME: NameRule = {
  pattern: /^\w{4,128}$/,
  problem: 'must be named by an access key id of 4 to 128 letters and digits',
}

/** An access key; its id is in the name of the setting. */
export const accessKeyFrom: NamedReader<AccessKeySetting> = (value, { name }) => {
  const id = name.slice('ACCESS_KEY_'.length)
  const { secret, account, user = id, policy } = jsonObject(name, value, '"secret", "account" and "policy"')
  if (typeof secret !== 'string' || secret.length < 32)
    throw new SettingError(name, 'must have a "secret" of at least 32 characters')
  if (typeof account !== 'string' || !/^\d{12}$/.test(account))
    throw new SettingError(name, 'must have an "account" of twelve digits')
  if (typeof user !== 'string' || !/^[\w+=,.@-]{1,64}$/.test(user))
    throw new SettingError(name, 'has a "user" that is not a user name')
  if (policy === undefined) throw new SettingError(name, 'must have a "policy": what this key may do')
  const parsed = parseAccessKeyPolicy(policy)
  if (!parsed.ok) throw new SettingError(name, `has a "policy" that cannot be read: ${parsed.error.detail}`)
  return { id, secret, account, user, policy }
}
