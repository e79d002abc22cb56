import { ok, type Result } from '../base/result.ts'
import { readAuthorization } from './authorization.ts'
import { checkAlgorithm, checkDate, checkSignedHeaders } from './checks.ts'
import { MAX_SESSION_TOKEN_CHARS } from './limits.ts'
import { rejected, type SignatureRejected } from './rejected.ts'
import type { SignedRequest } from './request.ts'
import { readScope } from './scope.ts'
import { signatureHolds } from './signature.ts'

/**
 * Finds the secret of an access key, and judges the session token that came with it: a key without the token it
 * needs, or with one that is not its own, is `unknown`. There is no secret to check a signature with when it refuses,
 * so its answer is told to whoever asks.
 */
export type FindKey<K extends { secret: string }> = (
  accessKeyId: string,
  sessionToken: string | undefined,
) => Promise<Result<K, { reason: 'unknown' | 'expired' }>>

export interface AuthenticateOptions<K extends { secret: string }> {
  /** The service the signature must be scoped to. */
  service: string
  /** How far the request's date may be from `now`, either way. */
  windowSeconds: number
  /** Milliseconds since the epoch. */
  now: number
  findKey: FindKey<K>
}

export interface Authenticated<K> {
  key: K
  accessKeyId: string
  /** The region the caller signed for. */
  region: string
}

/**
 * Says who signed a request with AWS Signature Version 4, in an `Authorization` header; a presigned address counts as
 * not signed. Checks are made, and refused in AWS's words, in the order AWS makes them. Rules: IAM User Guide, "AWS
 * Signature Version 4 for API requests".
 */
export async function authenticate<K extends { secret: string }>(
  request: SignedRequest,
  { service, windowSeconds, now, findKey }: AuthenticateOptions<K>,
): Promise<Result<Authenticated<K>, SignatureRejected>> {
  const authorization = await readAuthorization(request)
  if (!authorization.ok) return authorization
  const { date, credential } = authorization.value
  const refusal =
    checkDate(date, windowSeconds, now) ??
    checkSignedHeaders(authorization.value, request.headers) ??
    checkAlgorithm(authorization.value)
  if (refusal) return refusal
  const scope = readScope(credential, service, date)
  if (!scope.ok) return scope

  const key = await lookUp(scope.value.accessKeyId, request.headers, findKey)
  if (!key.ok) return key
  if (!(await signatureHolds(request, authorization.value, { ...scope.value, service, secret: key.value.secret })))
    return rejected(
      'invalid',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  return ok({ key: key.value, ...scope.value })
}

/** Which of AWS's two texts an unknown caller gets depends on what was sent, not on what is known. */
async function lookUp<K extends { secret: string }>(
  accessKeyId: string,
  headers: Headers,
  findKey: FindKey<K>,
): Promise<Result<K, SignatureRejected>> {
  const token = headers.get('x-amz-security-token') ?? undefined
  const found =
    token !== undefined && token.length > MAX_SESSION_TOKEN_CHARS
      ? ({ ok: false, error: { reason: 'unknown' } } as const)
      : await findKey(accessKeyId, token)
  if (found.ok) return found
  if (found.error.reason === 'expired')
    return rejected('expired', 'The security token included in the request is expired')
  return rejected(
    'unrecognized',
    `The security token included in the request is invalid${token === undefined ? '.' : ''}`,
  )
}
