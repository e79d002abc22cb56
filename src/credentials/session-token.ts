import { err, ok, type Result } from '../base/result.ts'
import { seal, unseal } from '../base/sealed-text.ts'
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
  /** Pool id; empty where there is no identity. */
  audience: string
  /** Identity id; empty where there is none. */
  subject: string
  /** Set where the session is of nobody in a pool: by which provider its holder is known, for whom the token was, and its subject. */
  federated?: { provider: string; audience: string; subject: string }
  /** When it began, in epoch seconds. None of 0.2.0 and before says so. */
  issuedAt?: number
  /** When the token that it was begun with was signed, in epoch seconds; left out where the identity signed in for it. */
  provenAt?: number | undefined
  /** Session policies allow it less than its role has. */
  narrowed?: boolean
  /** Left out where the token would be too long with it. */
  claims?: SessionClaims | undefined
}

/** What was told of the identity when the session began. */
export interface SessionClaims {
  amr: readonly string[]
  /** Session tags. */
  tags: Readonly<Record<string, string>>
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
  const content = await unseal(token, key)
  return isSession(content) ? content : undefined
}

const TEXTS = ['accessKeyId', 'secret', 'account', 'arn', 'userId', 'audience', 'subject'] as const

function isSession(content: unknown): content is Session {
  if (typeof content !== 'object' || content === null) return false
  const fields = content as Partial<Record<keyof Session, unknown>>
  return TEXTS.every((name) => typeof fields[name] === 'string') && typeof fields.expiration === 'number'
}
