import { type Decision, evaluate, type PolicyKind, type PolicyRequest, parsePolicy } from '../../src/policy/index.ts'

type Json = Readonly<Record<string, unknown>>

/** Decides a request by a document of one or more statements; a malformed one fails the test. */
export function decide(
  statements: Json | readonly Json[],
  request: Partial<PolicyRequest>,
  { kind = 'identity', version = '2012-10-17' }: { kind?: PolicyKind; version?: string } = {},
): Decision {
  const policy = parsePolicy({ Version: version, Statement: statements }, kind)
  if (!policy.ok) throw new Error(policy.error.detail)
  return evaluate(policy.value, { action: 'svc:Do', resource: 'arn:aws:svc:r:1:thing', context: new Map(), ...request })
}

/** The keys of a request; a single value may be given without its list. */
export function context(keys: Readonly<Record<string, string | readonly string[]>>): Map<string, readonly string[]> {
  return new Map(Object.entries(keys).map(([key, value]) => [key, typeof value === 'string' ? [value] : value]))
}
