export { Account, type PoolEntry, type Role } from './account.ts'
export { Accounts } from './accounts.ts'
export type { OidcProvider } from './oidc-providers.ts'
export type { SamlProvider } from './saml-providers.ts'
