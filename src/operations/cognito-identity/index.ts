import { createIdentityPool } from './create-identity-pool.ts'
import { deleteIdentityPool } from './delete-identity-pool.ts'
import { describeIdentity } from './describe-identity.ts'
import { describeIdentityPool } from './describe-identity-pool.ts'
import { getCredentialsForIdentity } from './get-credentials-for-identity.ts'
import { getId } from './get-id.ts'
import { getIdentityPoolRoles } from './get-identity-pool-roles.ts'
import { getOpenIdToken } from './get-open-id-token.ts'
import { listIdentities } from './list-identities.ts'
import { listIdentityPools } from './list-identity-pools.ts'
import { setIdentityPoolRoles } from './set-identity-pool-roles.ts'
import { updateIdentityPool } from './update-identity-pool.ts'

export const cognitoIdentityOperations = [
  createIdentityPool,
  deleteIdentityPool,
  describeIdentity,
  describeIdentityPool,
  getCredentialsForIdentity,
  getId,
  getIdentityPoolRoles,
  getOpenIdToken,
  listIdentities,
  listIdentityPools,
  setIdentityPoolRoles,
  updateIdentityPool,
]
