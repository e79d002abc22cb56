import type { Effect } from './conditions.ts'

/** Words of policy documents (IAM User Guide, "Grammar of the IAM JSON policy language"), for all who read some. */

export const DOCUMENT_MEMBERS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement'])

/** Without `NotPrincipal`, which no document that is read here may have. */
export const STATEMENT_MEMBERS: ReadonlySet<string> = new Set(
  'Sid Effect Principal Action NotAction Resource NotResource Condition'.split(' '),
)

/** A document that names none has the older. */
export const DEFAULT_VERSION = '2008-10-17'

export const VERSIONS: ReadonlySet<unknown> = new Set(['2012-10-17', DEFAULT_VERSION])

export const EFFECTS: ReadonlyMap<unknown, Effect> = new Map([
  ['Allow', 'allow'],
  ['Deny', 'deny'],
])
