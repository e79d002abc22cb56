import { addClientIdToOpenIdConnectProvider } from './add-client-id-to-open-id-connect-provider.ts'
import { createOpenIdConnectProvider } from './create-open-id-connect-provider.ts'
import { createRole } from './create-role.ts'
import { deleteOpenIdConnectProvider } from './delete-open-id-connect-provider.ts'
import { deleteRole } from './delete-role.ts'
import { getOpenIdConnectProvider } from './get-open-id-connect-provider.ts'
import { getRole } from './get-role.ts'
import { listOpenIdConnectProviders } from './list-open-id-connect-providers.ts'
import { listRoles } from './list-roles.ts'
import { removeClientIdFromOpenIdConnectProvider } from './remove-client-id-from-open-id-connect-provider.ts'
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts'

export const iamOperations = [
  addClientIdToOpenIdConnectProvider,
  createOpenIdConnectProvider,
  createRole,
  deleteOpenIdConnectProvider,
  deleteRole,
  getOpenIdConnectProvider,
  getRole,
  listOpenIdConnectProviders,
  listRoles,
  removeClientIdFromOpenIdConnectProvider,
  updateAssumeRolePolicy,
]
