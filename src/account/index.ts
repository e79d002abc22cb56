export { Account } from './account.ts'
export { Accounts } from './accounts.ts'
export {
  MAX_ATTACHED_POLICIES,
  MAX_CLIENT_IDS,
  MAX_INLINE_POLICY_CHARS,
  MAX_OIDC_PROVIDERS,
  MAX_RECORD_TAGS,
  MAX_ROLES,
  MAX_SAML_PROVIDERS,
} from './limits.ts'
export type { OidcProvider } from './oidc-providers.ts'
export type { Role } from './roles.ts'
export type { SamlProviderRecord } from './saml-providers.ts'
