import { isLoopbackUrl } from '../base/outbound-url.ts'
import { err, ok, type Result } from '../base/result.ts'
import { askedKindOf, isIdentityPoolIssuer, issuerUrl, withoutClosingSlash } from './catalogue.ts'
import { MAX_ISSUER_CHARS } from './limits.ts'
import type { LoginRejected } from './login.ts'
import { shown } from './token.ts'

/**
 * The issuer URL behind a Logins key, if the token's `iss` agrees with it: `iss` without `https://` and the key name the same
 * provider (Amazon Cognito guide, "OIDC providers"). In local mode `iss` may be `http://` and the key, on a loopback host.
 */
export function issuerOf(
  iss: unknown,
  key: string,
  { ownIssuer, localMode }: { ownIssuer: string; localMode: boolean },
): Result<string, LoginRejected> {
  if (typeof iss !== 'string') return err({ reason: 'missing_claim', claim: 'iss' })
  const bare = withoutClosingSlash(iss)
  if (bare === ownIssuer) return err({ reason: 'own_token' })
  if (iss.length > MAX_ISSUER_CHARS) return err({ reason: 'issuer_mismatch', issuer: shown(iss) })
  if (isIdentityPoolIssuer(bare)) return err({ reason: 'own_token' })
  const issuer = issuerUrl(iss, key)
  if (issuer !== undefined) return ok(issuer)
  const isLocal = localMode && bare === `http://${withoutClosingSlash(key)}` && isLoopbackUrl(iss) && !askedKindOf(key)
  return isLocal ? ok(bare) : err({ reason: 'issuer_mismatch', issuer: shown(iss) })
}
