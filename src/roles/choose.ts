import { textsOf } from './claim-texts.ts'

/** How a pool gives out roles. */
export interface RoleSettings {
  /** Default roles: `authenticated`, `unauthenticated`. */
  roles: ReadonlyMap<string, string>
  /** Role mappings by provider. */
  roleMappings: ReadonlyMap<string, RoleMapping>
}

interface RoleMapping {
  type: 'Token' | 'Rules'
  ambiguous?: 'AuthenticatedRole' | 'Deny' | undefined
  rules?: readonly Rule[] | undefined
}

interface Rule {
  claim: string
  match: 'Equals' | 'Contains' | 'StartsWith' | 'NotEqual'
  value: string
  roleArn: string
}

/** A login of the request: the key under which the pool would map its provider, and its verified claims. */
export interface LoginClaims {
  mappingKey: string
  claims: Readonly<Record<string, unknown>>
  /** Roles that a SAML assertion itself offers. */
  assertedRoles?: readonly string[] | undefined
}

/** What decided over a role; `rule` counts from one. `custom`: the caller picked it among those that were on offer. */
export type ChosenBy = (
  | { by: 'default'; role: DefaultRole }
  | { by: 'rule'; mappingKey: string; rule: number }
  | { by: 'token'; mappingKey: string }
) & { custom: boolean }

type DefaultRole = 'authenticated' | 'unauthenticated'

export type RoleChoice =
  | { kind: 'role'; arn: string; chosen: ChosenBy }
  /** The pool has no role for this kind of identity. */
  | { kind: 'denied'; why: 'no_role' }
  /** No rule or claim decided, and the pool denies what is undecided. */
  | { kind: 'denied'; why: 'ambiguous'; mappingKey: string }
  /** The caller asked for a role that nothing offers it. */
  | { kind: 'denied'; why: 'custom_role' }

/**
 * Chooses the role of an identity, as the page on role-based access control of the Amazon Cognito developer guide has it:
 * the mapping of the login's provider, else the default role. Of several logins the first that has a mapping decides.
 * Claims must already be verified: this function trusts them. `customRole` never widens the choice; it picks among roles
 * that the token or the rules offer.
 */
export function chooseRole(
  settings: RoleSettings,
  identity: { guest: boolean; logins: readonly LoginClaims[] },
  customRole: string | undefined,
): RoleChoice {
  if (identity.guest) return byDefault('unauthenticated', settings, customRole)
  for (const login of identity.logins) {
    const mapping = settings.roleMappings.get(login.mappingKey) ?? assertedMapping(login)
    if (mapping) return mapped(mapping, login, settings, customRole)
  }
  return byDefault('authenticated', settings, customRole)
}

function mapped(
  mapping: RoleMapping,
  login: LoginClaims,
  settings: RoleSettings,
  customRole: string | undefined,
): RoleChoice {
  const { mappingKey } = login
  const offers = mapping.type === 'Token' ? offersOfToken(login) : offersOfRules(mapping.rules ?? [], login)
  const offer = customRole === undefined ? offers.preferred : offers.all.find(({ arn }) => arn === customRole)
  if (offer) return { kind: 'role', arn: offer.arn, chosen: { ...offer.chosen, custom: customRole !== undefined } }
  if (customRole !== undefined) return { kind: 'denied', why: 'custom_role' }
  if (mapping.ambiguous === 'AuthenticatedRole') return byDefault('authenticated', settings, undefined)
  return { kind: 'denied', why: 'ambiguous', mappingKey }
}

type Chosen = { by: 'rule'; mappingKey: string; rule: number } | { by: 'token'; mappingKey: string }

interface Offer {
  arn: string
  chosen: Chosen
}

/** What a token or a set of rules offers: every role, and the one to take when the caller does not choose. */
interface Offers {
  all: readonly Offer[]
  preferred: Offer | undefined
}

/** A SAML assertion that offers roles decides by them, even if the pool maps nothing. */
function assertedMapping({ assertedRoles = [] }: LoginClaims): RoleMapping | undefined {
  return assertedRoles.length > 0 ? { type: 'Token', ambiguous: 'Deny' } : undefined
}

/** `cognito:roles` is a JSON array in real tokens and a comma-separated text in the guide. */
function offersOfToken({ assertedRoles, claims, mappingKey }: LoginClaims): Offers {
  const offer = (arn: string): Offer => ({ arn, chosen: { by: 'token', mappingKey } })
  const asserted = assertedRoles?.map(offer)
  if (asserted) return { all: asserted, preferred: asserted.length === 1 ? asserted[0] : undefined }
  const roles = claims['cognito:roles']
  const preferred = claims['cognito:preferred_role']
  const all = typeof roles === 'string' ? roles.split(',').map((role) => role.trim()) : textsOf(roles)
  const named = typeof preferred === 'string' && preferred !== ''
  return { all: all.map(offer), preferred: named ? offer(preferred) : undefined }
}

function offersOfRules(rules: readonly Rule[], { claims, mappingKey }: LoginClaims): Offers {
  const all = rules.flatMap((rule, index): Offer[] =>
    matches(rule, claims) ? [{ arn: rule.roleArn, chosen: { by: 'rule', mappingKey, rule: index + 1 } }] : [],
  )
  return { all, preferred: all[0] }
}

/** An absent claim matches nothing, not even NotEqual. A list matches if an element does; NotEqual, if none is equal. */
function matches({ claim, match, value }: Rule, claims: LoginClaims['claims']): boolean {
  const texts = Object.hasOwn(claims, claim) ? textsOf(claims[claim]) : []
  if (texts.length === 0) return false
  switch (match) {
    case 'Equals':
      return texts.includes(value)
    case 'NotEqual':
      return !texts.includes(value)
    case 'StartsWith':
      return texts.some((text) => text.startsWith(value))
    case 'Contains':
      return texts.some((text) => text.includes(value))
  }
}

function byDefault(role: DefaultRole, { roles }: RoleSettings, customRole: string | undefined): RoleChoice {
  const arn = roles.get(role)
  if (arn === undefined) return { kind: 'denied', why: 'no_role' }
  return customRole === undefined || customRole === arn
    ? { kind: 'role', arn, chosen: { by: 'default', role, custom: customRole !== undefined } }
    : { kind: 'denied', why: 'custom_role' }
}
