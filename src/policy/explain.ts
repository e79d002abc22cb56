import { type Condition, type Effect, valuesOf } from './conditions.ts'
import type { PolicyDocument, Principals, Statement } from './document.ts'
import { ANY_RESOURCE, type Decision, decisionOf, type PolicyRequest, unmet } from './evaluate.ts'

export interface Explanation {
  decision: Decision
  /** In the order of the policy. */
  statements: readonly StatementOutcome[]
}

export interface StatementOutcome {
  /** Empty when it has none. */
  sid: string
  effect: Effect
  /** Everything about the statement that the request does not meet: nothing when it matches. */
  unmet: readonly Unmet[]
}

/**
 * An element of a statement that a request does not meet: the texts that the policy has there as they are written, and
 * the request's own values. Both may be personal data, so they are for the eyes of a signed-in operator and for no log.
 */
export type Unmet = { wanted: readonly string[]; found: readonly string[] } & (
  | { element: 'principal' }
  /** `negated`: written as `NotAction` or `NotResource`. */
  | { element: 'action' | 'resource'; negated: boolean }
  | { element: 'condition'; operator: string; key: string }
)

/** Decides a request as `evaluate` does, and says of every statement what kept it from matching. */
export function explain(policy: PolicyDocument, request: PolicyRequest): Explanation {
  const statements = policy.statements.map((statement) => outcomeOf(statement, request))
  return { decision: decisionOf(statements.filter(({ unmet }) => unmet.length === 0)), statements }
}

function outcomeOf(statement: Statement, request: PolicyRequest): StatementOutcome {
  const { effect, sid } = statement
  return { sid, effect, unmet: [...unmet(statement, request)].map((what) => describe(what, statement, request)) }
}

function describe(
  what: 'principal' | 'action' | 'resource' | Condition,
  { actions, principals, resources }: Statement,
  { action, context, principal, resource = ANY_RESOURCE }: PolicyRequest,
): Unmet {
  switch (what) {
    case 'principal':
      return { element: what, wanted: namesIn(principals), found: principal?.anyOf.map(named(principal.type)) ?? [] }
    case 'action':
      return { element: what, negated: actions.negated, wanted: actions.wanted, found: [action] }
    case 'resource':
      return { element: what, negated: resources?.negated ?? false, wanted: resources?.wanted ?? [], found: [resource] }
  }
  const { key, operator, wanted } = what
  return { element: 'condition', operator, key, wanted, found: valuesOf(key.toLowerCase(), context) }
}

/** Each name behind its type, such as `Federated accounts.google.com`. */
function namesIn(principals: Principals | undefined): readonly string[] {
  if (principals === undefined || principals === 'everyone') return []
  return [...principals].flatMap(([type, names]) => names.map(named(type)))
}

function named(type: string): (name: string) => string {
  return (name) => `${type} ${name}`
}
