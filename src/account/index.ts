export { Account, type OidcProvider, type PoolEntry, type Role } from './account.ts'
export { Accounts } from './accounts.ts'
