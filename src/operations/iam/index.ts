import { addClientIdToOpenIdConnectProvider } from './add-client-id-to-open-id-connect-provider.ts'
import { createOpenIdConnectProvider } from './create-open-id-connect-provider.ts'
import { createRole } from './create-role.ts'
import { deleteOpenIdConnectProvider } from './delete-open-id-connect-provider.ts'
import { deleteRole } from './delete-role.ts'
import { getOpenIdConnectProvider } from './get-open-id-connect-provider.ts'
import { getRole } from './get-role.ts'
import { listOpenIdConnectProviderTags } from './list-open-id-connect-provider-tags.ts'
import { listOpenIdConnectProviders } from './list-open-id-connect-providers.ts'
import { listRoleTags } from './list-role-tags.ts'
import { listRoles } from './list-roles.ts'
import { listAttachedRolePolicies, listInstanceProfilesForRole, listRolePolicies } from './list-what-roles-lack.ts'
import { removeClientIdFromOpenIdConnectProvider } from './remove-client-id-from-open-id-connect-provider.ts'
import { tagOpenIdConnectProvider } from './tag-open-id-connect-provider.ts'
import { tagRole } from './tag-role.ts'
import { untagOpenIdConnectProvider } from './untag-open-id-connect-provider.ts'
import { untagRole } from './untag-role.ts'
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts'
import { updateOpenIdConnectProviderThumbprint } from './update-open-id-connect-provider-thumbprint.ts'
import { updateRole } from './update-role.ts'
import { updateRoleDescription } from './update-role-description.ts'

export const iamOperations = [
  addClientIdToOpenIdConnectProvider,
  createOpenIdConnectProvider,
  createRole,
  deleteOpenIdConnectProvider,
  deleteRole,
  getOpenIdConnectProvider,
  getRole,
  listAttachedRolePolicies,
  listInstanceProfilesForRole,
  listOpenIdConnectProviders,
  listOpenIdConnectProviderTags,
  listRolePolicies,
  listRoles,
  listRoleTags,
  removeClientIdFromOpenIdConnectProvider,
  tagOpenIdConnectProvider,
  tagRole,
  untagOpenIdConnectProvider,
  untagRole,
  updateAssumeRolePolicy,
  updateOpenIdConnectProviderThumbprint,
  updateRole,
  updateRoleDescription,
]
