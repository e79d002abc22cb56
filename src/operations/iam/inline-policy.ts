import { isJsonObject } from '../../base/json.ts'
import {
  DEFAULT_VERSION,
  DOCUMENT_MEMBERS,
  EFFECTS,
  isMiswrittenOperator,
  STATEMENT_MEMBERS,
  VERSIONS,
} from '../../policy/index.ts'
import { Fault } from '../../protocol/index.ts'

type Members = Readonly<Record<string, unknown>>

/**
 * Holds a document against the grammar of identity policies (IAM User Guide, "Grammar of the IAM JSON policy language"),
 * in IAM's words. Of actions, resources and condition operators only the form is looked at: the document is for services
 * that know more of them than we do, and here it is only kept.
 */
export function checkInlinePolicy(document: string): void {
  const policy = parsed(document)
  check(policy && onlyHas(policy, DOCUMENT_MEMBERS) && isText(policy.Id ?? ''))
  check(VERSIONS.has(policy.Version === undefined ? DEFAULT_VERSION : policy.Version))
  const statements = listOf(policy?.Statement)
  check(statements.length > 0)
  for (const statement of statements) checkStatement(statement)
}

function checkStatement(statement: unknown): void {
  check(isJsonObject(statement))
  const {
    Action,
    Condition = {},
    Effect,
    NotAction,
    NotResource,
    Principal,
    NotPrincipal,
    Resource,
    Sid = '',
  } = statement
  check(Principal === undefined && NotPrincipal === undefined, 'Policy document should not specify a principal.')
  check(onlyHas(statement, STATEMENT_MEMBERS) && EFFECTS.has(Effect) && isText(Sid))
  check(isJsonObject(Condition) && Object.values(Condition).every(isJsonObject))
  const miswritten = Object.keys(Condition).find(isMiswrittenOperator)
  check(miswritten === undefined, `Invalid Condition type : ${miswritten}`)
  check(Action === undefined || NotAction === undefined)
  const actions = Action ?? NotAction
  check(isTexts(actions), 'Policy statement must contain actions.')
  for (const action of [actions].flat()) checkAction(action)
  check(Resource === undefined || NotResource === undefined)
  const resources = Resource ?? NotResource
  check(isTexts(resources), 'Policy statement must contain resources.')
  for (const resource of [resources].flat()) checkResource(resource)
}

/** `*`, or a service and one of its actions. */
function checkAction(action: string): void {
  const [vendor = '', ...names] = action.split(':')
  if (action === '*') return
  check(names.length > 0, 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
  check(names.length === 1, 'Actions/Condition can contain only one colon.')
  check(/^[a-z\d.-]+$/i.test(vendor), `Vendor ${vendor} is not valid`)
}

function checkResource(resource: string): void {
  check(resource === '*' || resource.startsWith('arn:'), `Resource ${resource} must be in ARN format or "*".`)
}

function parsed(document: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(document)
    return isJsonObject(value) ? value : undefined
  } catch {
    throw new Fault('MalformedPolicyDocument', 'This policy contains invalid Json')
  }
}

function check(holds: unknown, message = 'Syntax errors in policy.'): asserts holds {
  if (!holds) throw new Fault('MalformedPolicyDocument', message)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** A text, or a list of at least one. */
function isTexts(value: unknown): value is string | readonly string[] {
  const texts = listOf(value)
  return texts.length > 0 && texts.every(isText)
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function onlyHas(value: Members, names: ReadonlySet<string>): boolean {
  return Object.keys(value).every((name) => names.has(name))
}
