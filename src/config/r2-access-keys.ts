import { jsonObject, type NamedReader, type NameRule, SettingError } from './setting.ts'

export interface R2AccessKeySetting {
  /** Cloudflare's account id, 32 hexadecimal digits. */
  accountId: string
  accessKeyId: string
  secretAccessKey: string
  /** Where the buckets are bound to a jurisdiction. */
  jurisdiction?: 'eu' | 'fedramp'
  /** If given, no other bucket may be granted. */
  buckets?: readonly string[]
}

export const R2_ACCESS_KEY_NAME: NameRule = {
  pattern: /^\d{12}$/,
  problem: 'must be named by the account of twelve digits whose pools may grant with it',
}

/** An R2 API token; the account whose pools may grant with it is in the name of the setting. */
export const r2AccessKeyFrom: NamedReader<R2AccessKeySetting> = (value, { name }) => {
  const given = jsonObject(name, value, '"accountId", "accessKeyId" and "secretAccessKey"')
  const { accessKeyId, accountId, buckets, jurisdiction, secretAccessKey } = given
  if (typeof accountId !== 'string' || !/^[0-9a-f]{32}$/.test(accountId))
    throw new SettingError(name, 'must have an "accountId" of 32 hexadecimal digits: the Cloudflare account')
  if (typeof accessKeyId !== 'string' || !/^\w{16,128}$/.test(accessKeyId))
    throw new SettingError(name, 'must have an "accessKeyId": that of an R2 API token')
  if (typeof secretAccessKey !== 'string' || !/^[0-9a-f]{64}$/.test(secretAccessKey))
    throw new SettingError(
      name,
      'must have a "secretAccessKey" of 64 hexadecimal digits, which the token itself is not',
    )
  if (jurisdiction !== undefined && jurisdiction !== 'eu' && jurisdiction !== 'fedramp')
    throw new SettingError(name, 'has a "jurisdiction" that is neither "eu" nor "fedramp"')
  if (buckets !== undefined && !isListOfTexts(buckets))
    throw new SettingError(name, 'has "buckets" that are not a list of bucket names')
  return {
    accountId,
    accessKeyId,
    secretAccessKey,
    ...(jurisdiction !== undefined && { jurisdiction }),
    ...(buckets !== undefined && { buckets }),
  }
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
