/** AWS Identity and Access Management, version 2010-05-08: roles and identity providers, as far as identity pools need them. */
import { addClientIdToOpenIdConnectProvider } from './add-client-id-to-open-id-connect-provider.ts'
import { attachRolePolicy } from './attach-role-policy.ts'
import { createOpenIdConnectProvider } from './create-open-id-connect-provider.ts'
import { createRole } from './create-role.ts'
import { createSamlProvider } from './create-saml-provider.ts'
import { deleteOpenIdConnectProvider } from './delete-open-id-connect-provider.ts'
import { deleteRole } from './delete-role.ts'
import { deleteRolePermissionsBoundary } from './delete-role-permissions-boundary.ts'
import { deleteRolePolicy } from './delete-role-policy.ts'
import { deleteSamlProvider } from './delete-saml-provider.ts'
import { detachRolePolicy } from './detach-role-policy.ts'
import { disableOutboundWebIdentityFederation } from './disable-outbound-web-identity-federation.ts'
import { enableOutboundWebIdentityFederation } from './enable-outbound-web-identity-federation.ts'
import { getOpenIdConnectProvider } from './get-open-id-connect-provider.ts'
import { getOutboundWebIdentityFederationInfo } from './get-outbound-web-identity-federation-info.ts'
import { getRole } from './get-role.ts'
import { getRolePolicy } from './get-role-policy.ts'
import { getSamlProvider } from './get-saml-provider.ts'
import { listAttachedRolePolicies } from './list-attached-role-policies.ts'
import { listInstanceProfilesForRole } from './list-instance-profiles-for-role.ts'
import { listOpenIdConnectProviders } from './list-open-id-connect-providers.ts'
import { listRolePolicies } from './list-role-policies.ts'
import { listRoles } from './list-roles.ts'
import { listSamlProviders } from './list-saml-providers.ts'
import { putRolePermissionsBoundary } from './put-role-permissions-boundary.ts'
import { putRolePolicy } from './put-role-policy.ts'
import { removeClientIdFromOpenIdConnectProvider } from './remove-client-id-from-open-id-connect-provider.ts'
import { tagOperations } from './tags.ts'
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts'
import { updateOpenIdConnectProviderThumbprint } from './update-open-id-connect-provider-thumbprint.ts'
import { updateRole } from './update-role.ts'
import { updateRoleDescription } from './update-role-description.ts'
import { updateSamlProvider } from './update-saml-provider.ts'

export const iamOperations = [
  addClientIdToOpenIdConnectProvider,
  attachRolePolicy,
  createOpenIdConnectProvider,
  createRole,
  createSamlProvider,
  deleteOpenIdConnectProvider,
  deleteRole,
  deleteRolePermissionsBoundary,
  deleteRolePolicy,
  deleteSamlProvider,
  detachRolePolicy,
  disableOutboundWebIdentityFederation,
  enableOutboundWebIdentityFederation,
  getOpenIdConnectProvider,
  getOutboundWebIdentityFederationInfo,
  getRole,
  getRolePolicy,
  getSamlProvider,
  listAttachedRolePolicies,
  listInstanceProfilesForRole,
  listOpenIdConnectProviders,
  listRolePolicies,
  listRoles,
  listSamlProviders,
  putRolePermissionsBoundary,
  putRolePolicy,
  removeClientIdFromOpenIdConnectProvider,
  ...tagOperations,
  updateAssumeRolePolicy,
  updateOpenIdConnectProviderThumbprint,
  updateRole,
  updateRoleDescription,
  updateSamlProvider,
]
