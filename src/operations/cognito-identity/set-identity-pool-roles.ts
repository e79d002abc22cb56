import { parseR2Grant } from '../../credentials/index.ts'
import type { PoolSettings, RoleMapping } from '../../pools/index.ts'
import { Fault, optional, required, structure, type Value } from '../../protocol/index.ts'
import { invalidParameter, roleForbidden } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { mayPassRole } from '../permission/index.ts'
import { changePool, mappedProvider, ownPool, poolId, poolNamed, roleMappings, roles } from '../pool/index.ts'
import { MAX_RULES } from './limits.ts'

/** Replaces all roles and mappings of the pool. */
export const setIdentityPoolRoles = signedOperation({
  service: 'cognito-identity',
  name: 'SetIdentityPoolRoles',
  input: structure({ IdentityPoolId: required(poolId), Roles: required(roles), RoleMappings: optional(roleMappings) }),
  resource: () => '*',
  pools: poolNamed,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    const mappings = new Map(
      [...(input.RoleMappings ?? [])].map(([key, given]) => [key, mappingFrom(key, given)] as const),
    )
    checkConfigured([...mappings.keys()], pool.settings)
    const named = [
      ...input.Roles.values(),
      ...[...mappings.values()].flatMap((m) => m.rules?.map((r) => r.roleArn) ?? []),
    ]
    for (const arn of named) checkGrant(arn)
    for (const arn of new Set(named)) if (!(await mayPassRole(arn, context))) throw roleForbidden(arn)
    const settings = { roles: input.Roles, roleMappings: mappings }
    await changePool(input.IdentityPoolId, { kind: 'replace', settings }, context)
    return undefined
  },
})

/** A grant of R2 that cannot be followed is told to whoever writes it, not to the users whom it would fail. */
function checkGrant(arn: string): void {
  const grant = parseR2Grant(arn)
  if (grant && !grant.ok) throw invalidParameter(`${arn} is not a grant of R2: ${grant.error.why}.`)
}

type MappingInput = Value<typeof roleMappings.value>

function mappingFrom(key: string, given: MappingInput): RoleMapping {
  const rules = given.RulesConfiguration?.Rules
  if (given.AmbiguousRoleResolution === undefined)
    throw invalidParameter(`AmbiguousRoleResolution is required for the role mapping of ${key}.`)
  if (given.Type === 'Rules' && rules === undefined)
    throw invalidParameter(`RulesConfiguration is required for the role mapping of ${key}.`)
  if (rules && rules.length > MAX_RULES)
    throw new Fault('LimitExceededException', `The role mapping of ${key} may have at most ${MAX_RULES} rules.`)
  return {
    type: given.Type,
    ambiguous: given.AmbiguousRoleResolution,
    rules: rules?.map((rule) => ({
      claim: rule.Claim,
      match: rule.MatchType,
      value: rule.Value,
      roleArn: rule.RoleARN,
    })),
  }
}

/** Each mapping is of a provider of the pool, and each provider has one. They are kept under the names that were given. */
function checkConfigured(keys: readonly string[], settings: PoolSettings): void {
  const seen = new Set<string>()
  for (const key of keys) {
    const provider = mappedProvider(key, settings)
    if (provider === undefined)
      throw invalidParameter(`(${key}) is not a valid RoleMapping ProviderName or is not a configured provider.`)
    if (seen.has(provider)) throw invalidParameter(`The provider of the role mapping of ${key} has another one.`)
    seen.add(provider)
  }
}
