import { hasRepeatedMember, isJsonObject } from '../base/json.ts'

/** A setting that is missing or contradictory. Its message names the setting and never repeats a secret. */
export class SettingError extends Error {
  override readonly name = 'SettingError'

  readonly setting: string
  readonly problem: string

  constructor(setting: string, problem: string) {
    super(`Edge Identity is not configured: ${setting} ${problem}.`)
    this.setting = setting
    this.problem = problem
  }
}

/** A setting that is required and not there. `needed` says what it is. */
export class MissingSetting extends SettingError {
  constructor(setting: string, needed: string) {
    super(setting, `is required: ${needed}`)
  }
}

/** What a reader knows besides the value: the whole name of the setting, and whether local mode is on. */
export interface Given {
  name: string
  localMode: boolean
}

/**
 * Checks the text of a setting and gives what the service works with. The text is trimmed and never empty: `undefined`
 * stands for a setting that is absent or blank. Throws a `SettingError` for text that cannot stand.
 */
export type Reader<T> = (value: string | undefined, given: Given) => T

/** A setting whose text must be there, since its name is what says that it is given. */
export type NamedReader<T> = (value: string, given: Given) => T

/** What the part of a name must be that tells more, such as `<id>` of `ACCESS_KEY_<id>`, and the sentence that says so. */
export interface NameRule {
  pattern: RegExp
  problem: string
}

export function oneOf<const T extends string>(name: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((one) => one === value)
  if (found !== undefined) return found
  throw new SettingError(name, `must be one of ${accepted.join(', ')}`)
}

/**
 * The JSON object that a setting holds. One that names a member twice is refused: only the last would count, and a policy
 * without its first condition allows more.
 */
export function jsonObject(name: string, text: string, members: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (!isJsonObject(value)) throw new SettingError(name, `must be a JSON object with ${members}`)
  if (hasRepeatedMember(text)) throw new SettingError(name, 'names a member of a JSON object twice')
  return value
}

export function listFrom(value: string | undefined): string[] {
  return (value ?? '').split(',').flatMap((item) => item.trim() || [])
}
