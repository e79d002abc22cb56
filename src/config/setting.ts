/** A setting that is missing or contradictory. Its message names the setting and never repeats a secret. */
export class SettingError extends Error {
  override readonly name = 'SettingError'

  constructor(setting: string, problem: string) {
    super(`Edge Identity is not configured: ${setting} ${problem}.`)
  }
}

export function oneOf<const T extends string>(name: string, value: string, accepted: readonly T[]): T {
  const found = accepted.find((one) => one === value)
  if (found !== undefined) return found
  throw new SettingError(name, `must be one of ${accepted.join(', ')}`)
}

export function jsonObject(name: string, text: string, members: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SettingError(name, `must be a JSON object with ${members}`)
  return value as Record<string, unknown>
}

export function listFrom(value: string | undefined): string[] {
  return (value ?? '').split(',').flatMap((item) => item.trim() || [])
}
