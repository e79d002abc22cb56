export { type R2AccessKey, r2Credentials } from './credentials.ts'
export { parseR2Grant, type R2Grant } from './grant.ts'
export { prefixOf } from './prefix.ts'
