/** Settings: which there are, what each may be, and how the Worker reads them. */
export { localAccessKey } from './access-keys.ts'
export { isLocalMode } from './environment.ts'
export { givenSettings } from './given-settings.ts'
export { readKeyRingConfig, readKeyRingSettings } from './key-ring.ts'
export { type Config, readConfig } from './read-config.ts'
export { SettingError } from './setting.ts'
export { checkName, NAMED_SETTINGS, prefixOf, type Setting, SINGLE_SETTINGS, settingNamed } from './settings.ts'
