import { jsonObject, SettingError } from './setting.ts'

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

/** What the names of R2 keys' settings begin with. */
export const R2_ACCESS_KEY = 'R2_ACCESS_KEY_'

export function r2AccessKeysFrom(settings: ReadonlyMap<string, string>): ReadonlyMap<string, R2AccessKeySetting> {
  const named = [...settings].filter(([name]) => name.startsWith(R2_ACCESS_KEY))
  return new Map(named.map(([name, value]) => [name.slice(R2_ACCESS_KEY.length), r2AccessKeyFrom(name, value)]))
}

function r2AccessKeyFrom(name: string, value: string): R2AccessKeySetting {
  if (!/^\d{12}$/.test(name.slice(R2_ACCESS_KEY.length)))
    throw new SettingError(name, 'must be named by the account of twelve digits whose pools may grant with it')
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
