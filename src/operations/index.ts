import { cognitoIdentityOperations } from './cognito-identity/index.ts'
import { edgeIdentityOperations } from './edge-identity/index.ts'
import { iamOperations } from './iam/index.ts'
import type { Operation } from './operation.ts'
import { stsOperations } from './sts/index.ts'

export type { Caller } from './caller.ts'
export { rateExceeded } from './faults.ts'
export type { Operation, RequestContext } from './operation.ts'
export { type AccessKey, asksAboutTags, checkPermission, findCredential } from './permission/index.ts'
export type { Services } from './services.ts'
export { currentRing } from './sign-in/index.ts'

/** Every operation of every service. */
export const allOperations: readonly Operation[] = [
  ...cognitoIdentityOperations,
  ...edgeIdentityOperations,
  ...iamOperations,
  ...stsOperations,
]

const byName: ReadonlyMap<string, Operation> = new Map(
  allOperations.map((operation) => [`${operation.service}:${operation.name}`, operation]),
)

/** The operation of that name, letter for letter; `undefined` if the service has none. */
export function findOperation(service: string, name: string): Operation | undefined {
  return byName.get(`${service}:${name}`)
}
