import { ok } from '../base/result.ts'
import { keysOf } from './asks.ts'
import type { PolicyDocument, Statement } from './document.ts'
import { malformed, type Parsed, quote } from './parsed.ts'

/** Whether a condition key, in lower case, ends in the key of a tag that requests or what they touch may have. */
export function isTagKey(key: string): boolean {
  return /^(?:aws:(?:request|resource)|iam:resource)tag\/./.test(key)
}

/** What a policy may ask about. */
export interface KnownKeys {
  /** Whether requests can have this condition key, which is in lower case; or never have it, as at AWS. */
  knows: (key: string) => boolean
  /** Whether a statement can be met by a request at all, its conditions aside; left out, every one can. */
  concerns?: (statement: Statement) => boolean
}

/**
 * Refuses a policy that is to be evaluated here, and whose decision hangs on a condition key that is not known. A Deny on
 * such a key would never be met, and an Allow that is met without it always: both are holes that nobody sees. An Allow
 * that needs the key is kept, as it allows nothing.
 */
export function refuseUnknownKeys(policy: PolicyDocument, known: KnownKeys): Parsed<PolicyDocument> {
  for (const [index, statement] of policy.statements.entries()) {
    const key = known.concerns?.(statement) === false ? undefined : unknownKey(statement, known)
    if (key === undefined) continue
    const name = statement.sid === '' ? `Statement ${index + 1}` : `Statement ${index + 1} (${quote(statement.sid)})`
    const outcome = statement.effect === 'deny' ? 'denies by it' : 'is met without it'
    return malformed(`${name} asks about the condition key ${quote(key)}, which is not known here, and ${outcome}.`)
  }
  return ok(policy)
}

function unknownKey(statement: Statement, { knows }: KnownKeys): string | undefined {
  if (statement.effect === 'deny') return keysOf(statement).find((key) => !knows(key))
  const open = statement.conditions.find(({ key, holds }) => !knows(key.toLowerCase()) && holds(new Map(), 'allow'))
  return open?.key
}
