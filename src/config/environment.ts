import { SettingError } from './setting.ts'
import {
  checkName,
  NAMED_SETTINGS,
  type NamedName,
  type NamedValueOf,
  prefixOf,
  SINGLE_SETTINGS,
  type SingleName,
  settingNamed,
  type ValueOf,
} from './settings.ts'

/** The settings among a Worker's bindings. Each is checked when it is read. */
export interface Environment {
  localMode: boolean
  /** Whether a setting is there and not blank. */
  has(name: SingleName): boolean
  /** The checked value of a setting, or what holds without it. */
  one<N extends SingleName>(name: N): ValueOf<N>
  /** The checked values of all settings of a pattern, by what their names tell. */
  all<N extends NamedName>(pattern: N): Map<string, NamedValueOf<N>>
}

/**
 * Throws a `SettingError` for a setting that is there and is no text: it must not pass for one that is missing. A list
 * in `wrangler.toml` is such a setting.
 */
export function environmentOf(env: object): Environment {
  const texts = new Map<string, string>()
  for (const [name, value] of Object.entries(env) as [string, unknown][])
    if (typeof value === 'string') texts.set(name, value)
    else if (value !== undefined && settingNamed(name))
      throw new SettingError(name, 'must be text, which a JSON variable is not')
  const text = (name: SingleName) => texts.get(name)?.trim() || undefined
  const localMode = SINGLE_SETTINGS.LOCAL_MODE.read(text('LOCAL_MODE'), { name: 'LOCAL_MODE', localMode: false })
  return {
    localMode,
    has: (name) => text(name) !== undefined,
    one: (name) => SINGLE_SETTINGS[name].read(text(name), { name, localMode }) as ValueOf<typeof name>,
    all: (pattern) => {
      const prefix = prefixOf(pattern)
      const named = [...texts].filter(([name]) => name.startsWith(prefix))
      const read = NAMED_SETTINGS[pattern].read
      return new Map(
        named.map(([name, value]) => {
          checkName(name)
          return [name.slice(prefix.length), read(value, { name, localMode }) as NamedValueOf<typeof pattern>]
        }),
      )
    },
  }
}

/** Whether the settings say that this is local mode. */
export function isLocalMode(env: object): boolean {
  return environmentOf(env).localMode
}
