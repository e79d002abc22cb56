/** Who calls, and whether the policy of the caller allows what the call asks for. */
export { checkPassingGrant, mayPassRole, mayReadSubjects } from './authorise.ts'
export { type AccessKey, type AccessKeys, asksAboutTags, findCredential } from './callers.ts'
export { operatorIn, operatorName, roleOfOperator } from './operators.ts'
export { checkPermission } from './permissions.ts'
