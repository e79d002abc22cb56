import type { Role } from '../../account/index.ts'
import type { Caller } from '../caller.ts'
import type { RequestContext, SignedContext, TagPairs } from '../operation.ts'
import type { Services } from '../services.ts'
import { noSuchRole } from './faults.ts'
import { newRecordArn } from './record-arn.ts'
import { describeTags } from './shapes.ts'

/** What every answer says of a role. The trust policy is percent-encoded, as IAM answers policy documents. */
export function describeNewRole(role: Role) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    PermissionsBoundary: describeBoundary(role),
    Tags: describeTags(role.tags),
  }
}

/** A role as it is read back. */
export function describeRole(role: Role) {
  return { ...describeNewRole(role), Description: role.description, MaxSessionDuration: role.maxSessionDuration }
}

function describeBoundary({ permissionsBoundary: arn }: Role) {
  return arn === undefined ? undefined : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn }
}

/** The record of the caller's own role, or the fault for there being none. */
export async function ownRole(name: string, { accounts, caller }: SignedContext): Promise<Role> {
  const role = await accounts.read(caller.account, (account) => account.role(name))
  if (!role) throw noSuchRole(name)
  return role
}

type RoleNamed = { RoleName: string }

/** The role's ARN, of which its path is a part; for a role that there is not, the ARN it would have without one. */
async function roleArn({ RoleName }: RoleNamed, caller: Caller, { accounts }: RequestContext): Promise<string> {
  const { account, kind } = caller
  // Nothing is looked up for holders of vended credentials: there are many of them, and they may do nothing here.
  const role = kind === 'session' ? undefined : await accounts.read(account, (object) => object.role(RoleName))
  return role?.arn ?? newRecordArn(caller, `role/${RoleName}`)
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
