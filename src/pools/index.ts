export { IdentityPool, type NoPool, type Stale } from './identity-pool.ts'
export type { IdentityDescription, ProvenLogin, Resolution } from './identity-store.ts'
export { Pools, uuidOf } from './pools.ts'
export type { MappingRule, Pool, PoolSettings, RoleMapping, UserPool } from './settings.ts'
