import { parseR2Grant } from '../../credentials/index.ts'
import type { Pool, PoolSettings, RoleMapping } from '../../pools/index.ts'
import { Fault, type Value } from '../../protocol/index.ts'
import { invalidParameter } from '../faults.ts'
import { MAX_RULES } from './limits.ts'
import { mappedProvider } from './listed-providers.ts'
import type { roleMappings, roles } from './shapes.ts'

type RoleSettings = Pick<PoolSettings, 'roles' | 'roleMappings'>

/**
 * The roles and mappings that a request asks for, or the fault for what the service refuses to keep in a pool with these
 * providers. Whether the caller may give these roles out is judged elsewhere.
 */
export function roleSettingsFrom(
  input: { Roles: Value<typeof roles>; RoleMappings?: Value<typeof roleMappings> | undefined },
  settings: PoolSettings,
): RoleSettings {
  const mappings = new Map(
    [...(input.RoleMappings ?? [])].map(([key, given]) => [key, mappingFrom(key, given)] as const),
  )
  checkConfigured([...mappings.keys()], settings)
  const chosen = { roles: input.Roles, roleMappings: mappings }
  for (const arn of rolesIn(chosen)) checkGrant(arn)
  return chosen
}

/** Every role that these settings may give to somebody, once. */
export function rolesIn({ roleMappings: mappings, roles: byDefault }: RoleSettings): string[] {
  const ofRules = [...mappings.values()].flatMap(({ rules = [] }) => rules.map(({ roleArn }) => roleArn))
  return [...new Set([...byDefault.values(), ...ofRules])]
}

/** The roles and mappings of a pool as the API describes them. */
export function describeRoles({ settings: { roleMappings: mappings, roles: byDefault } }: Pool) {
  return {
    Roles: byDefault.size > 0 ? byDefault : undefined,
    RoleMappings: mappings.size > 0 ? new Map([...mappings].map(describeMapping)) : undefined,
  }
}

function describeMapping([provider, mapping]: [string, RoleMapping]) {
  const rules = mapping.rules?.map(({ claim, match, value, roleArn }) => ({
    Claim: claim,
    MatchType: match,
    Value: value,
    RoleARN: roleArn,
  }))
  const described = {
    Type: mapping.type,
    AmbiguousRoleResolution: mapping.ambiguous,
    RulesConfiguration: rules && { Rules: rules },
  }
  return [provider, described] as const
}

/** A grant of R2 that cannot be followed is told to whoever writes it, not to the users whom it would fail. */
function checkGrant(arn: string): void {
  const grant = parseR2Grant(arn)
  if (grant && !grant.ok) throw invalidParameter(`${arn} is not a grant of R2: ${grant.error.why}.`)
}

function mappingFrom(key: string, given: Value<typeof roleMappings.value>): RoleMapping {
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
