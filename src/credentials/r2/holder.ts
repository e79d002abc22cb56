import { base64url, hex, sha256, utf8 } from '../../base/bytes.ts'
import { isJsonObject } from '../../base/json.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { MAX_SEALED_SESSION_CHARS } from '../limits.ts'
import type { Session } from '../session-token.ts'
import { hostOf, type R2AccessKey, signingKeyOf } from './credentials.ts'

/** What credentials of R2 say of themselves. They name nobody. */
export type R2Session = Pick<Session, 'account' | 'arn' | 'expiration' | 'secret' | 'userId'>

/** Standard base64 of `jwt/`, but for the bits that belong to what follows. */
const BEGINNING = 'and0L'

/**
 * What temporary credentials for R2 are for, by their session token; `undefined` for a token that is no such one. They were signed with
 * the key of an account here, so this can be told: tools ask GetCallerIdentity whether what they were given works. R2 itself has
 * no such call. A key that two accounts have tells nothing of either.
 */
export async function openR2Session(
  sessionToken: string,
  accessKeyId: string,
  { now, r2AccessKeys }: { now: number; r2AccessKeys: ReadonlyMap<string, R2AccessKey> },
): Promise<Result<R2Session, { reason: 'unknown' | 'expired' }> | undefined> {
  if (!sessionToken.startsWith(BEGINNING) || sessionToken.length > MAX_SEALED_SESSION_CHARS) return undefined
  const [found, ...others] = [...r2AccessKeys].filter(([, key]) => key.accessKeyId === accessKeyId)
  if (!found || others.length > 0) return err({ reason: 'unknown' })
  const [account, key] = found
  const token = textIn(sessionToken).slice('jwt/'.length)
  const claims = await verifiedClaims(token, key)
  if (claims === undefined || typeof claims.exp !== 'number') return err({ reason: 'unknown' })
  if (claims.exp <= now) return err({ reason: 'expired' })
  const grant = grantIn(claims)
  if (grant === undefined) return err({ reason: 'unknown' })
  const { bucket, path, what } = grant
  return ok({
    account,
    arn: `arn:aws:r2::${account}:grant/${bucket}/${what}/${path}`,
    userId: `${accessKeyId}:${bucket}`,
    expiration: claims.exp,
    secret: hex(await sha256(utf8(token))),
  })
}

function textIn(base64: string): string {
  try {
    return atob(base64)
  } catch {
    return ''
  }
}

/** The claims of a token that this key has signed for its own account and host. */
async function verifiedClaims(token: string, key: R2AccessKey): Promise<Record<string, unknown> | undefined> {
  const [header, payload, signature, more] = token.split('.', 4)
  if (header === undefined || payload === undefined || signature === undefined || more !== undefined) return undefined
  try {
    const signed = utf8(`${header}.${payload}`)
    if (!(await crypto.subtle.verify('HMAC', await signingKeyOf(key), base64url.decode(signature), signed)))
      return undefined
    const claims: unknown = JSON.parse(new TextDecoder().decode(base64url.decode(payload)))
    if (!isJsonObject(claims) || claims.sub !== key.accountId || claims.iss !== key.accessKeyId) return undefined
    return claims.aud === hostOf(key) ? claims : undefined
  } catch {
    return undefined
  }
}

/** What the claims let be done, and below which prefix. */
function grantIn({ actions, bucket, paths, scope }: Readonly<Record<string, unknown>>) {
  const prefixes = isJsonObject(paths) && Array.isArray(paths.prefixPaths) ? paths.prefixPaths : []
  const what = Array.isArray(actions) ? actions.join('+') : scope
  const [path] = prefixes as unknown[]
  return typeof bucket === 'string' && typeof path === 'string' && typeof what === 'string'
    ? { bucket, path, what }
    : undefined
}
