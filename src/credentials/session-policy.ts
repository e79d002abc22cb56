import { err, ok, type Result } from '../base/result.ts'
import { type Malformed, parsePolicy } from '../policy/index.ts'
import { MAX_SESSION_POLICY_CHARS } from './limits.ts'
import { sizeOf } from './scope-down.ts'

export type SessionPolicyRejected =
  | Malformed
  /** `percent`: how much of the allotted space they need, above 100. */
  | { reason: 'session_policies_too_large'; percent: number }

/**
 * Whether the session policies of a request are ones that AWS STS would take: the inline one well formed, and all of them
 * together within their space (API reference of AssumeRoleWithWebIdentity, Policy and PolicyArns). Credentials of the
 * embedded STS open nothing but this service, where sessions may do nothing, so there is nothing to narrow.
 */
export function checkSessionPolicy(
  policy: string | undefined,
  policyArns: readonly string[] = [],
): Result<void, SessionPolicyRejected> {
  const chars = sizeOf({ policy, policyArns })
  if (chars > MAX_SESSION_POLICY_CHARS)
    return err({ reason: 'session_policies_too_large', percent: Math.ceil((100 * chars) / MAX_SESSION_POLICY_CHARS) })
  if (policy === undefined) return ok(undefined)
  const parsed = parsePolicy(policy, 'identity')
  return parsed.ok ? ok(undefined) : parsed
}
