import { isLoopbackUrl } from '../base/outbound-url.ts'
import { err, ok, type Result } from '../base/result.ts'
import { askedKindOf, isIdentityPoolIssuer, issuersOf } from './catalogue.ts'
import { MAX_ISSUER_CHARS } from './limits.ts'
import type { LoginRejected } from './login.ts'
import { shown } from './token.ts'

/**
 * The issuer URL behind a Logins key, if the token's `iss` agrees with it: `iss` must equal the key once `https://` is
 * removed, character for character (Amazon Cognito guide, "OIDC providers"). The catalogue has what else some providers
 * write. In local mode `iss` may be `http://` and the key, on a loopback host.
 */
export function issuerOf(
  iss: unknown,
  key: string,
  { ownIssuer, localMode }: { ownIssuer: string; localMode: boolean },
): Result<string, LoginRejected> {
  if (typeof iss !== 'string') return err({ reason: 'missing_claim', claim: 'iss' })
  if (iss !== ownIssuer && iss.length > MAX_ISSUER_CHARS) return err({ reason: 'issuer_mismatch', issuer: shown(iss) })
  if (iss === ownIssuer || isIdentityPoolIssuer(iss)) return err({ reason: 'own_token' })
  const issuer = issuersOf(key).get(iss)
  if (issuer !== undefined) return ok(issuer)
  if (iss === `http://${key}` && localMode && isLoopbackUrl(iss) && !askedKindOf(key)) return ok(iss)
  return err({ reason: 'issuer_mismatch', issuer: shown(iss) })
}
