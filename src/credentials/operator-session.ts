import { err, ok, type Result } from '../base/result.ts'
import { seal, unseal } from '../base/sealed-text.ts'
import { seconds, type World } from '../base/world.ts'
import { newAccessKeyId, newSecretAccessKey } from './issued-ids.ts'
import { MAX_SEALED_SESSION_CHARS, OPERATOR_SESSION_SECONDS } from './limits.ts'

/**
 * The session of an operator who has signed in. It has no policy: what the role may do is what the settings say when a request
 * comes, so that a change of them holds at once.
 */
export interface OperatorSession {
  kind: 'operator'
  accessKeyId: string
  /** Secret access key. */
  secret: string
  /** Name of the operators' role. */
  role: string
  /** Tells one operator from others, and not who it is. */
  name: string
  /** Epoch seconds. */
  expiration: number
}

/** A new session and the token that carries it, sealed under a key that seals nothing else. */
export async function issueOperatorSession(
  { name, role }: Pick<OperatorSession, 'name' | 'role'>,
  key: CryptoKey,
  world: Pick<World, 'now' | 'random'>,
): Promise<OperatorSession & { token: string }> {
  const session: OperatorSession = {
    kind: 'operator',
    accessKeyId: newAccessKeyId(world),
    secret: newSecretAccessKey(world),
    role,
    name,
    expiration: seconds(world.now()) + OPERATOR_SESSION_SECONDS,
  }
  return { ...session, token: await seal(JSON.stringify(session), key, world) }
}

/** As `openSession` does it for sessions of identities. */
export async function openOperatorSession(
  token: string,
  accessKeyId: string,
  { key, now }: { key: CryptoKey; now: number },
): Promise<Result<OperatorSession, { reason: 'unknown' | 'expired' }>> {
  const content = token.length > MAX_SEALED_SESSION_CHARS ? undefined : await unseal(token, key)
  if (!isOperatorSession(content) || content.accessKeyId !== accessKeyId) return err({ reason: 'unknown' })
  return content.expiration > now ? ok(content) : err({ reason: 'expired' })
}

const TEXTS = ['accessKeyId', 'secret', 'role', 'name'] as const

function isOperatorSession(content: unknown): content is OperatorSession {
  if (typeof content !== 'object' || content === null) return false
  const fields = content as Partial<Record<keyof OperatorSession, unknown>>
  return (
    fields.kind === 'operator' &&
    TEXTS.every((name) => typeof fields[name] === 'string') &&
    typeof fields.expiration === 'number'
  )
}
