import type { PolicyDocument, Statement } from './document.ts'
import { variablesIn } from './template.ts'

/**
 * Whether a policy asks about a condition key that `wanted` chooses, be it in a condition or as a variable of a text. The
 * key is given in lower case. Only the parsed policy can tell: JSON has many ways to write one text.
 */
export function asksAbout({ statements }: PolicyDocument, wanted: (key: string) => boolean): boolean {
  return statements.some((statement) => keysOf(statement).some(wanted))
}

/** Every condition key that a statement asks about, in lower case. */
export function keysOf({ conditions, resources }: Statement): readonly string[] {
  const variables = resources?.templates.flatMap(variablesIn) ?? []
  return [...conditions.flatMap(({ asks }) => asks), ...variables]
}
