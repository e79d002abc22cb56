import { MAX_ROLES } from '../../account/index.ts'
import { MAX_SESSION_SECONDS } from '../../credentials/index.ts'
import { integer, optional, required, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { alreadyExists, quotaExceeded } from './faults.ts'
import { uniqueId } from './ids.ts'
import { DEFAULT_MAX_SESSION_SECONDS } from './limits.ts'
import { checkPolicyArn } from './managed-policy.ts'
import { newRecordArn } from './record-arn.ts'
import { describeNewRole, roleTags } from './role.ts'
import {
  policyArn,
  policyDocument,
  roleDescription,
  roleName,
  tagPairs,
  tags,
  tagsCreated,
  uniqueTags,
} from './shapes.ts'
import { checkTrustPolicy } from './trust-policy.ts'
import { checkVendsTag } from './vends-tag.ts'

/** Registers a role, so that the embedded STS holds its trust policy against whoever asks for it. */
export const createRole = signedOperation({
  service: 'iam',
  name: 'CreateRole',
  input: structure({
    RoleName: required(roleName),
    AssumeRolePolicyDocument: required(policyDocument),
    Path: optional(string({ min: 1, max: 512, pattern: '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)' })),
    Description: optional(roleDescription),
    MaxSessionDuration: optional(integer({ min: 3600, max: MAX_SESSION_SECONDS })),
    PermissionsBoundary: optional(policyArn),
    Tags: optional(tags),
  }),
  resource: (input, caller) => newRecordArn(caller, `role${input.Path ?? '/'}${input.RoleName}`),
  record: roleTags,
  policies: (input) => ({ boundary: input.PermissionsBoundary }),
  tags: (input) => tagsCreated('TagRole', input.Tags),
  async run(input, context) {
    const { accounts, caller, issuer, operationId, world } = context
    checkTrustPolicy(input.AssumeRolePolicyDocument, issuer)
    checkVendsTag(tagPairs(input.Tags ?? []), context)
    if (input.PermissionsBoundary !== undefined) checkPolicyArn(input.PermissionsBoundary)
    const path = input.Path ?? '/'
    const role = {
      arn: newRecordArn(caller, `role${path}${input.RoleName}`),
      name: input.RoleName,
      path,
      id: uniqueId('AROA', world),
      trustPolicy: input.AssumeRolePolicyDocument,
      description: input.Description,
      maxSessionDuration: input.MaxSessionDuration ?? DEFAULT_MAX_SESSION_SECONDS,
      permissionsBoundary: input.PermissionsBoundary,
      tags: uniqueTags(input.Tags ?? [], { ignoringCase: true }),
      createdAt: world.now(),
    }
    const created = await accounts.change(caller.account, (account) => account.createRole(role, operationId))
    if (created === 'exists') throw alreadyExists(`Role with name ${role.name}`)
    if (created === 'limit') throw quotaExceeded('RolesPerAccount', MAX_ROLES)
    // One that an earlier attempt of this call made has an id of its own.
    const made = await accounts.read(caller.account, (account) => account.role(role.name))
    // Description and duration do not come back, as at IAM.
    return { Role: describeNewRole(made ?? role) }
  },
})
