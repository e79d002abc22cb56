import { type Signal, signal } from '@preact/signals'
import type { Mapping, Rule } from '../settings.ts'

export interface EditedRule {
  claim: Signal<string>
  match: Signal<string>
  value: Signal<string>
  role: Signal<string>
}

/** A role mapping as it is edited. */
export interface EditedMapping {
  /** `none`: users of the provider get the role of users. */
  type: Signal<string>
  otherwise: Signal<string>
  rules: Signal<readonly EditedRule[]>
}

/** AWS's quota, which this service has too. */
export const MAX_RULES = 25

export const editedRule = ({
  Claim = '',
  MatchType = 'Equals',
  RoleARN = '',
  Value = '',
}: Partial<Rule>): EditedRule => ({
  claim: signal(Claim),
  match: signal(MatchType),
  value: signal(Value),
  role: signal(RoleARN),
})

export const editedMapping = (mapping: Mapping | undefined): EditedMapping => ({
  type: signal(mapping?.Type ?? 'none'),
  otherwise: signal(mapping?.AmbiguousRoleResolution ?? 'Deny'),
  rules: signal((mapping?.RulesConfiguration?.Rules ?? []).map(editedRule)),
})

/** The rules as they stand in the form. */
export const rulesOf = ({ rules }: EditedMapping): Rule[] =>
  rules.value.map(({ claim, match, role, value }) => ({
    Claim: claim.value.trim(),
    MatchType: match.value as Rule['MatchType'],
    Value: value.value,
    RoleARN: role.value.trim(),
  }))

/** The mapping as it would be saved; nothing for `none`. */
export function mappingOf(edited: EditedMapping): Mapping | undefined {
  if (edited.type.value === 'none') return undefined
  const AmbiguousRoleResolution = edited.otherwise.value as NonNullable<Mapping['AmbiguousRoleResolution']>
  return edited.type.value === 'Token'
    ? { Type: 'Token', AmbiguousRoleResolution }
    : { Type: 'Rules', AmbiguousRoleResolution, RulesConfiguration: { Rules: rulesOf(edited) } }
}
