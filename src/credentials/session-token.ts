import { compactDecrypt } from 'jose'
import { base64url, utf8 } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { MAX_SEALED_SESSION_CHARS } from './limits.ts'

/** What a session token carries: all that is needed to authenticate a later request of the session. */
export interface Session {
  accessKeyId: string
  /** Secret access key. */
  secret: string
  account: string
  /** ARN of the assumed role. */
  arn: string
  /** `AROA…:<session name>` */
  userId: string
  /** Epoch seconds. */
  expiration: number
  /** Pool id. */
  audience: string
  /** Identity id. */
  subject: string
}

/** 256 bits for AES-GCM, used for nothing else. */
export type SessionKey = CryptoKey

/**
 * A session as an opaque token: a compact JWE (RFC 7516) under `sessionKey`. So no
 * session is stored anywhere, and none can be revoked before it expires, as at AWS.
 *
 * With `minimumSize` the token has at least so many bytes: blanks follow the session, which its reader passes over.
 */
export async function sealSession(
  session: Session,
  sessionKey: SessionKey,
  world: Pick<World, 'random'>,
  minimumSize = 0,
): Promise<string> {
  const content = JSON.stringify(session)
  const token = await seal(content, sessionKey, world)
  if (token.length >= minimumSize) return token
  // Four characters of the token hold three bytes. One more makes up for what the last ones of the content leave unused.
  const blanks = Math.ceil(((minimumSize - token.length) * 3) / 4) + 1
  return seal(content + ' '.repeat(blanks), sessionKey, world)
}

const HEADER = base64url.encode(JSON.stringify({ alg: 'dir', enc: 'A256GCM' }))
const ADDITIONAL_DATA = utf8(HEADER)
/** Of AES-GCM in a JWE (RFC 7518, section 5.3), in bytes. */
const IV_BYTES = 12
const TAG_BYTES = 16

/** The compact serialisation (RFC 7516, section 7.1) of direct encryption, whose second part is empty. */
async function seal(content: string, key: SessionKey, world: Pick<World, 'random'>): Promise<string> {
  const iv = world.random(IV_BYTES)
  const algorithm = { name: 'AES-GCM', iv, additionalData: ADDITIONAL_DATA }
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, utf8(content)))
  const parts = [iv, sealed.subarray(0, -TAG_BYTES), sealed.subarray(-TAG_BYTES)]
  return `${HEADER}..${parts.map((part) => base64url.encode(part)).join('.')}`
}

/**
 * The session behind a token that came with `accessKeyId`. `unknown` for a token that is not ours, was altered, or was
 * issued with another access key id; `expired` only for one that is otherwise good. `now` is in epoch seconds. Whether
 * the caller holds the session's secret is for the request's signature to show.
 */
export async function openSession(
  sessionToken: string,
  accessKeyId: string,
  options: { sessionKey: SessionKey; now: number },
): Promise<Result<Session, { reason: 'unknown' | 'expired' }>> {
  if (sessionToken.length > MAX_SEALED_SESSION_CHARS) return err({ reason: 'unknown' })
  const session = await decrypt(sessionToken, options.sessionKey)
  if (session?.accessKeyId !== accessKeyId) return err({ reason: 'unknown' })
  return session.expiration > options.now ? ok(session) : err({ reason: 'expired' })
}

async function decrypt(token: string, key: SessionKey): Promise<Session | undefined> {
  try {
    const { plaintext } = await compactDecrypt(token, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    const content: unknown = JSON.parse(new TextDecoder().decode(plaintext))
    return isSession(content) ? content : undefined
  } catch {
    return undefined
  }
}

const TEXTS = ['accessKeyId', 'secret', 'account', 'arn', 'userId', 'audience', 'subject'] as const

function isSession(content: unknown): content is Session {
  if (typeof content !== 'object' || content === null) return false
  const fields = content as Partial<Record<keyof Session, unknown>>
  return TEXTS.every((name) => typeof fields[name] === 'string') && typeof fields.expiration === 'number'
}
