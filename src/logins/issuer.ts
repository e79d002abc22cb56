import { isLoopbackUrl } from '../base/outbound-url.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { LoginRejected } from './login.ts'
import { FACEBOOK, GOOGLE, isUserPoolName } from './providers.ts'
import { shown } from './token.ts'

/** Issuers of Amazon Cognito's identity pools, in every region and partition. */
const COGNITO_IDENTITY = /^(?:https:\/\/)?cognito-identity[a-z0-9.-]*\.amazonaws\.[a-z.]+$/

/** Issuers of Facebook's Limited Login: the first is the documented one, the others are in use. */
const LIMITED_LOGIN = ['https://www.facebook.com', 'https://facebook.com', 'https://limited.facebook.com']

/**
 * The issuer URL behind a Logins key, if the token's `iss` agrees with it: `iss` must equal the key once `https://` is
 * removed, character for character (Amazon Cognito guide, "OIDC providers"). Also accepted are Google's bare
 * `accounts.google.com`, the `issuer-` host of a user pool, and in local mode `http://` on a loopback host. Facebook's
 * key is a host of its API, so its tokens have issuers of their own.
 */
export function issuerOf(
  iss: unknown,
  key: string,
  { ownIssuer, localMode }: { ownIssuer: string; localMode: boolean },
): Result<string, LoginRejected> {
  if (typeof iss !== 'string') return err({ reason: 'missing_claim', claim: 'iss' })
  if (iss === ownIssuer || COGNITO_IDENTITY.test(iss)) return err({ reason: 'own_token' })
  if (key === FACEBOOK)
    return LIMITED_LOGIN.includes(iss) ? ok(iss) : err({ reason: 'issuer_mismatch', issuer: shown(iss) })
  if (iss === `https://${key}`) return ok(iss)
  if (iss === GOOGLE && key === GOOGLE) return ok(`https://${GOOGLE}`)
  if (iss === `https://issuer-${key}` && isUserPoolName(key)) return ok(iss)
  if (iss === `http://${key}` && localMode && isLoopbackUrl(iss)) return ok(iss)
  return err({ reason: 'issuer_mismatch', issuer: shown(iss) })
}
