import { addClientIdToOpenIdConnectProvider } from './add-client-id-to-open-id-connect-provider.ts'
import { createOpenIdConnectProvider } from './create-open-id-connect-provider.ts'
import { createRole } from './create-role.ts'
import { createSamlProvider } from './create-saml-provider.ts'
import { deleteOpenIdConnectProvider } from './delete-open-id-connect-provider.ts'
import { deleteRole } from './delete-role.ts'
import { deleteSamlProvider } from './delete-saml-provider.ts'
import { getOpenIdConnectProvider } from './get-open-id-connect-provider.ts'
import { getRole } from './get-role.ts'
import { getSamlProvider } from './get-saml-provider.ts'
import { listOpenIdConnectProviderTags } from './list-open-id-connect-provider-tags.ts'
import { listOpenIdConnectProviders } from './list-open-id-connect-providers.ts'
import { listRoleTags } from './list-role-tags.ts'
import { listRoles } from './list-roles.ts'
import { listSamlProviderTags } from './list-saml-provider-tags.ts'
import { listSamlProviders } from './list-saml-providers.ts'
import { listAttachedRolePolicies, listInstanceProfilesForRole, listRolePolicies } from './list-what-roles-lack.ts'
import { removeClientIdFromOpenIdConnectProvider } from './remove-client-id-from-open-id-connect-provider.ts'
import { tagOpenIdConnectProvider } from './tag-open-id-connect-provider.ts'
import { tagRole } from './tag-role.ts'
import { tagSamlProvider } from './tag-saml-provider.ts'
import { untagOpenIdConnectProvider } from './untag-open-id-connect-provider.ts'
import { untagRole } from './untag-role.ts'
import { untagSamlProvider } from './untag-saml-provider.ts'
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts'
import { updateOpenIdConnectProviderThumbprint } from './update-open-id-connect-provider-thumbprint.ts'
import { updateRole } from './update-role.ts'
import { updateRoleDescription } from './update-role-description.ts'
import { updateSamlProvider } from './update-saml-provider.ts'

export const iamOperations = [
  addClientIdToOpenIdConnectProvider,
  createOpenIdConnectProvider,
  createRole,
  createSamlProvider,
  deleteOpenIdConnectProvider,
  deleteRole,
  deleteSamlProvider,
  getOpenIdConnectProvider,
  getRole,
  getSamlProvider,
  listAttachedRolePolicies,
  listInstanceProfilesForRole,
  listOpenIdConnectProviders,
  listOpenIdConnectProviderTags,
  listRolePolicies,
  listRoles,
  listRoleTags,
  listSamlProviders,
  listSamlProviderTags,
  removeClientIdFromOpenIdConnectProvider,
  tagOpenIdConnectProvider,
  tagRole,
  tagSamlProvider,
  untagOpenIdConnectProvider,
  untagRole,
  untagSamlProvider,
  updateAssumeRolePolicy,
  updateOpenIdConnectProviderThumbprint,
  updateRole,
  updateRoleDescription,
  updateSamlProvider,
]
