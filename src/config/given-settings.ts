import { environmentOf } from './environment.ts'
import { NAMED_SETTINGS, prefixOf, SINGLE_SETTINGS, type SingleName } from './settings.ts'

/** A setting that a deployment has, without its value. */
export interface GivenSetting {
  name: string
  isSecret: boolean
  /** The account that its name or its value is for; nothing, if it is for all. */
  account: string | undefined
}

/** The settings that are there, by name. `accountOf`: whose a setting of a pattern is, if it is somebody's. */
export function givenSettings(env: object, accountOf: (name: string) => string | undefined): GivenSetting[] {
  const given = environmentOf(env)
  const singles = (Object.keys(SINGLE_SETTINGS) as SingleName[])
    .filter((name) => given.has(name))
    .map((name) => ({ name, isSecret: SINGLE_SETTINGS[name].kind === 'secret', account: undefined }))
  const named = Object.entries(NAMED_SETTINGS).flatMap(([pattern, { kind }]) =>
    Object.keys(env)
      .filter((name) => name.startsWith(prefixOf(pattern)))
      .map((name) => ({ name, isSecret: kind === 'secret', account: accountOf(name) })),
  )
  return [...singles, ...named].sort((a, b) => (a.name < b.name ? -1 : 1))
}
