import type { Role } from '../../account/index.ts'
import { issuerName } from '../../base/issuer-name.ts'
import { parsePolicy } from '../../policy/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'
import type { RequestContext, SignedContext, TagPairs } from '../operation.ts'
import type { Services } from '../services.ts'
import { noSuchRole } from './faults.ts'
import { describeTags } from './shapes.ts'

/** A role as the API describes it. The trust policy is percent-encoded, as IAM answers policy documents. */
export function describeRole(role: Role) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDuration,
    PermissionsBoundary: describeBoundary(role),
    Tags: describeTags(role.tags),
  }
}

function describeBoundary({ permissionsBoundary: arn }: Role) {
  return arn === undefined ? undefined : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn }
}

/** A trust policy that will be evaluated is checked when it is set, so that what is stored is what is meant. */
export function checkTrustPolicy(document: string, issuer: string): void {
  const parsed = parsePolicy(document, 'trust')
  if (!parsed.ok) throw new Fault('MalformedPolicyDocument', parsed.error.detail)
  const { Statement } = JSON.parse(document) as { Statement: TrustStatement | TrustStatement[] }
  if ([Statement].flat().some((statement) => trustsIdentityPools(statement, issuer) && !namesPool(statement)))
    throw new Fault(
      'MalformedPolicyDocument',
      'A trust policy for identity pools must have a condition on the pool: the key :aud.',
    )
}

interface TrustStatement {
  Effect: string
  Principal?: string | { AWS?: string | string[]; Federated?: string | string[] }
  Condition?: Record<string, Record<string, unknown>>
}

/**
 * All pools have one issuer, so that only the audience tells them apart. IAM refuses a trust policy for them that does
 * not look at it, and so do we (IAM User Guide, "Identity-provider controls for shared OIDC providers").
 */
function trustsIdentityPools({ Effect, Principal }: TrustStatement, issuer: string): boolean {
  if (Effect !== 'Allow' || Principal === undefined) return false
  const { AWS = [], Federated = [] } = typeof Principal === 'string' ? { Federated: Principal } : Principal
  // `"AWS": "*"` is everyone, as `"*"` is.
  if ([AWS].flat().includes('*')) return true
  const own = `:oidc-provider/${issuerName(issuer)}`
  return [Federated]
    .flat()
    .some((name) => name === '*' || name === 'cognito-identity.amazonaws.com' || name.endsWith(own))
}

function namesPool({ Condition = {} }: TrustStatement): boolean {
  return Object.entries(Condition).some(
    ([operator, keys]) =>
      /String(Equals|Like)/i.test(operator) &&
      !/Not|IfExists|ForAllValues/i.test(operator) &&
      Object.keys(keys).some((key) => key.toLowerCase().endsWith(':aud')),
  )
}

/** The record of the caller's own role, or the fault for there being none. */
export async function ownRole(name: string, { accounts, caller }: SignedContext): Promise<Role> {
  const role = await accounts.read(caller.account, (account) => account.role(name))
  if (!role) throw noSuchRole(name)
  return role
}

type RoleNamed = { RoleName: string }

/** The role's ARN, of which its path is a part; for a role that there is not, the ARN it would have without one. */
async function roleArn(
  { RoleName }: RoleNamed,
  { account, kind }: Caller,
  { accounts }: RequestContext,
): Promise<string> {
  // Nothing is looked up for holders of vended credentials: there are many of them, and they may do nothing here.
  const role = kind === 'session' ? undefined : await accounts.read(account, (object) => object.role(RoleName))
  return role?.arn ?? `arn:aws:iam::${account}:role/${RoleName}`
}

/** The tags of the role that a request names; of a role that there is not, none. */
export async function roleTags(
  { RoleName }: RoleNamed,
  { account }: Caller,
  { accounts }: Services,
): Promise<TagPairs> {
  const role = await accounts.read(account, (object) => object.role(RoleName))
  return role?.tags ?? []
}

/** For operations on one role: the resource that the caller's policy is asked about, and its tags. */
export const onRole = { resource: roleArn, record: roleTags }
