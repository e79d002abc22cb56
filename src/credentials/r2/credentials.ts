import { hex, sha256, utf8 } from '../../base/bytes.ts'
import { signCompact } from '../../base/compact-jws.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { seconds, type World } from '../../base/world.ts'
import type { AssumeRejected, AssumeRequest, TemporaryCredentials } from '../types.ts'
import { parseR2Grant, type R2Grant } from './grant.ts'
import { prefixOf } from './prefix.ts'

/** An R2 API token as an access key: the parent of all credentials that are signed with it. */
export interface R2AccessKey {
  /** Of Cloudflare's: 32 hex digits. */
  accountId: string
  accessKeyId: string
  secretAccessKey: string
  /** Where the buckets lie, if they were created with a jurisdiction. */
  jurisdiction?: 'eu' | 'fedramp'
  /** The buckets that may be granted; all, if left out. */
  buckets?: readonly string[]
}

/**
 * Temporary credentials for Cloudflare R2, signed here without a network (Cloudflare R2 documentation, "Temporary
 * credentials", local signing). `key` is the one of the grant's account. Checked in this order: the grant, although it was
 * checked when it was set; the key; session policies, which R2 does not know, so that the grant is the limit and only a
 * pool's own are refused; tags; the path.
 *
 * The token is a function of key, grant, prefix, second and duration, and the secret one of the token. So whoever has
 * the session token has the credentials whole, as does whoever sees a URL presigned with them; two calls within a
 * second give the same credentials, and nothing tells the sessions of one user apart; the access key id is everybody's;
 * nothing is stored, and only the end of the parent key ends credentials early.
 */
export async function r2Credentials(
  request: AssumeRequest,
  key: R2AccessKey | undefined,
  world: World,
): Promise<Result<TemporaryCredentials, AssumeRejected>> {
  const grant = parseR2Grant(request.roleArn) ?? err({ reason: 'r2_grant_invalid', why: 'this is no ARN of R2' })
  return grant.ok ? grantCredentials(grant.value, request, key, world) : grant
}

/** The same for a grant that was read already, of whatever gives it out. */
export async function grantCredentials(
  grant: R2Grant,
  request: Pick<AssumeRequest, 'durationSeconds' | 'identity' | 'narrowing'>,
  key: R2AccessKey | undefined,
  world: World,
): Promise<Result<TemporaryCredentials, AssumeRejected>> {
  if (!key) return err({ reason: 'r2_not_configured' })
  if (key.buckets && !key.buckets.includes(grant.bucket))
    return err({ reason: 'r2_grant_invalid', why: 'the R2 access key of this account may not grant this bucket' })
  if (request.narrowing.kind === 'own') return err({ reason: 'session_policy_unusable', why: 'unsupported' })
  const prefix = prefixOf(grant.path, request.identity)
  if (!prefix.ok) return prefix
  const issuedAt = seconds(world.now())
  return ok(await sign(grant, prefix.value, key, { issuedAt, expiration: issuedAt + request.durationSeconds }))
}

async function sign(
  grant: R2Grant,
  prefix: string,
  key: R2AccessKey,
  times: { issuedAt: number; expiration: number },
): Promise<TemporaryCredentials> {
  const payload = {
    sub: key.accountId,
    iss: key.accessKeyId,
    aud: hostOf(key),
    iat: times.issuedAt,
    exp: times.expiration,
    bucket: grant.bucket,
    ...grant.permitted,
    paths: { prefixPaths: [prefix], objectPaths: [] },
  }
  const token = await signCompact({ alg: 'HS256', typ: 'JWT' }, payload, await signingKeyOf(key))
  return {
    accessKeyId: key.accessKeyId,
    secretAccessKey: hex(await sha256(utf8(token))),
    sessionToken: btoa(`jwt/${token}`),
    expiration: times.expiration,
    assumedRoleArn: grant.arn,
  }
}

/** Signing keys by R2's access keys: imported once for as long as the settings are kept. */
const signingKeys = new WeakMap<R2AccessKey, CryptoKey>()

export async function signingKeyOf(key: R2AccessKey): Promise<CryptoKey> {
  const known = signingKeys.get(key)
  if (known) return known
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const made = await crypto.subtle.importKey('raw', utf8(key.secretAccessKey), hmac, false, ['sign', 'verify'])
  signingKeys.set(key, made)
  return made
}

export function hostOf({ accountId, jurisdiction }: R2AccessKey): string {
  return [accountId, jurisdiction, 'r2.cloudflarestorage.com'].filter((label) => label !== undefined).join('.')
}
