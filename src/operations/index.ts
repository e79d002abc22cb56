import { cognitoIdentityOperations } from './cognito-identity/index.ts'
import { edgeIdentityOperations } from './edge-identity/index.ts'
import { iamOperations } from './iam/index.ts'
import type { Operation } from './operation.ts'
import type { Services } from './services.ts'
import { stsOperations } from './sts/index.ts'

export type { Caller } from './caller.ts'
export type { DeploymentFacts } from './deployment-facts.ts'
export { rateExceeded } from './faults.ts'
export { injectedFault } from './injected-fault.ts'
export type { Operation, RequestContext } from './operation.ts'
export type { Operators } from './operators.ts'
export { type AccessKey, type AccessKeys, asksAboutTags, checkPermission, findCredential } from './permission/index.ts'
export type { LocalParts, Services } from './services.ts'
export { currentRing, keysIn } from './sign-in/index.ts'

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

/** The operation of that name, letter for letter; `undefined` if the service has none, as it is deployed. */
export function findOperation(
  service: string,
  name: string,
  { local }: Pick<Services, 'local'>,
): Operation | undefined {
  const operation = byName.get(`${service}:${name}`)
  return operation?.localOnly && !local ? undefined : operation
}
