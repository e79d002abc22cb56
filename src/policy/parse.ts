import { ok } from '../base/result.ts'
import type { PolicyDocument, PolicyKind } from './document.ts'
import { DEFAULT_VERSION, DOCUMENT_MEMBERS, VERSIONS } from './grammar.ts'
import { readDocument } from './json.ts'
import { MAX_DOCUMENT_CHARS, MAX_STATEMENTS } from './limits.ts'
import { malformed, type Parsed, parseAll, readMembers } from './parsed.ts'
import { parseStatement } from './statement.ts'

/**
 * Checks a policy document, given as JSON text or as the value it stands for. Everything in it must be understood: an
 * unknown element, operator or version is malformed, never passed over. `NotPrincipal`, `CanonicalUser` and
 * `BinaryEquals` are not supported, and so malformed too. Rules: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export function parsePolicy(document: unknown, kind: PolicyKind): Parsed<PolicyDocument> {
  const root = readDocument(document, MAX_DOCUMENT_CHARS[kind])
  if (!root.ok) return root
  const members = readMembers(root.value, DOCUMENT_MEMBERS)
  if (!members.ok) return members
  const { Version: version = DEFAULT_VERSION, Id: id = '', Statement: statement } = members.value
  if (!VERSIONS.has(version)) return malformed('Version must be 2012-10-17 or 2008-10-17.')
  if (typeof id !== 'string') return malformed('Id must be a string.')
  const items = statementsOf(statement)
  if (!items.ok) return items
  const statements = parseAll(items.value, (item) => parseStatement(item, kind, version === '2012-10-17'))
  if (!statements.ok) return statements
  const sids = statements.value.map(({ sid }) => sid).filter((sid) => sid !== '')
  if (new Set(sids).size < sids.length) return malformed('Statement IDs (SID) in a single policy must be unique.')
  return ok({ statements: statements.value })
}

function statementsOf(element: unknown): Parsed<readonly unknown[]> {
  const items: readonly unknown[] = Array.isArray(element) ? element : element === undefined ? [] : [element]
  if (items.length === 0) return malformed('Missing required field Statement')
  if (items.length > MAX_STATEMENTS) return malformed(`The policy has more than ${MAX_STATEMENTS} statements.`)
  return ok(items)
}
