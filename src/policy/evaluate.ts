import { type Condition, type Effect, hasSeveralValues } from './conditions.ts'
import type { Listed, PolicyDocument, Principals, PrincipalType, Statement } from './document.ts'
import { fits, RUN } from './glob.ts'
import { type Context, resolve, variablesIn } from './template.ts'

export interface PolicyRequest {
  /** Such as `cognito-identity:GetIdentityPoolRoles`, in any case. */
  action: string
  /**
   * For identity policies: the ARN of what is acted on, left out when the action has no resource. It must be an ARN
   * that was checked, not a caller's text: as at AWS, a `*` in a policy also runs across colons.
   */
  resource?: string
  /** For trust policies: who calls, by all the names the caller may be known by. Left out for nobody in particular. */
  principal?: { type: PrincipalType; anyOf: readonly string[] }
  /** Condition keys in lower case, each with its values; a key that is not in the request is left out. */
  context: Context
}

/** What a policy sees of an action that has no resource. */
export const ANY_RESOURCE = '*'

export type Decision = 'allow' | 'explicit_deny' | 'implicit_deny'

/** Decides a request: one matching Deny wins over every Allow, and nothing matching is a refusal too. */
export function evaluate(policy: PolicyDocument, request: PolicyRequest): Decision {
  return decisionOf(policy.statements.filter((statement) => unmet(statement, request).next().done))
}

/** What the statements that match a request come to. */
export function decisionOf(matching: readonly { effect: Effect }[]): Decision {
  const effects = matching.map(({ effect }) => effect)
  if (effects.includes('deny')) return 'explicit_deny'
  return effects.includes('allow') ? 'allow' : 'implicit_deny'
}

/** What of a statement a request does not meet, found one by one as asked for: nothing when the statement matches. */
export function* unmet(
  { effect, principals, actions, resources, conditions }: Statement,
  { action, resource = ANY_RESOURCE, principal, context }: PolicyRequest,
): Generator<'principal' | 'action' | 'resource' | Condition, undefined> {
  if (principals !== undefined && !names(principals, principal)) yield 'principal'
  if (!lists(actions, action.toLowerCase(), context, effect)) yield 'action'
  if (resources !== undefined && !lists(resources, resource, context, effect)) yield 'resource'
  for (const condition of conditions) if (!condition.holds(context, effect)) yield condition
}

/** Whether a statement lists an action; its principals, resources and conditions are not looked at. */
export function listsAction({ actions, effect }: Statement, action: string): boolean {
  return lists(actions, action.toLowerCase(), new Map(), effect)
}

/** Whether each action that is written, be it as an exception, can stand for one of `actions`. */
export function actionsFit({ templates }: Listed, actions: readonly string[]): boolean {
  return templates.every((template) => {
    const glob = resolve(template, new Map())
    return glob !== undefined && glob[0] !== RUN && actions.some((action) => fits(glob, action.toLowerCase()))
  })
}

function names(principals: Principals, caller: PolicyRequest['principal']): boolean {
  if (principals === 'everyone') return true
  const named = (caller && principals.get(caller.type)) ?? []
  return named.includes('*') || named.some((name) => caller?.anyOf.includes(name))
}

/** A pattern whose variable has no value fits nothing, in a Deny too; an Allow with `NotResource` never rests on that. */
function lists({ negated, templates }: Listed, text: string, context: Context, effect: Effect): boolean {
  if (effect === 'deny' && hasSeveralValues(templates.flatMap(variablesIn), context)) return true
  const globs = templates.map((template) => resolve(template, context)).filter((glob) => glob !== undefined)
  if (negated && effect === 'allow' && globs.length < templates.length) return false
  return globs.some((glob) => fits(glob, text)) !== negated
}
