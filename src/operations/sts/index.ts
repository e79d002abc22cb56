import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts'
import { getCallerIdentity } from './get-caller-identity.ts'

export const stsOperations = [assumeRoleWithWebIdentity, getCallerIdentity]
