/** AWS Security Token Service, version 2011-06-15: the operations that work with our own tokens and credentials. */
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts'
import { getCallerIdentity } from './get-caller-identity.ts'
import { getWebIdentityToken } from './get-web-identity-token.ts'

export const stsOperations = [assumeRoleWithWebIdentity, getCallerIdentity, getWebIdentityToken]
