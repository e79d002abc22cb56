export { type Config, readConfig } from './read-config.ts'
export { SettingError } from './setting.ts'
