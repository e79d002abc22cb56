import { compactDecrypt } from 'jose'
import { base64url, utf8 } from '../base/bytes.ts'
import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { seconds, type World } from '../base/world.ts'
import type { GuestKeys } from './keys.ts'
import { MAX_PASS_CHARS } from './limits.ts'
import type { Asker } from './work.ts'

/** What a proof is worth: so many guests of one pool, for clients of one network. */
export interface GuestPass extends Asker {
  /** The name under which its uses are counted. One proof has one name, however many passes are made of it. */
  name: string
  uses: number
  /** Epoch seconds. */
  expires: number
}

export type PassRefused = 'malformed' | 'expired' | 'other_pool' | 'other_network'

const HEADER = base64url.encode(JSON.stringify({ alg: 'dir', enc: 'A256GCM' }))
const ADDITIONAL_DATA = utf8(HEADER)
/** Of AES-GCM in a JWE (RFC 7518, section 5.3), in bytes. */
const IV_BYTES = 12
const TAG_BYTES = 16

/** A pass as opaque text: a compact JWE (RFC 7516) with a key of this service, which goes into a header, a map or a path. */
export async function sealPass(
  pass: GuestPass,
  { passes }: Pick<GuestKeys, 'passes'>,
  world: Pick<World, 'random'>,
): Promise<string> {
  const iv = world.random(IV_BYTES)
  const algorithm = { name: 'AES-GCM', iv, additionalData: ADDITIONAL_DATA }
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, passes, utf8(JSON.stringify(pass))))
  const parts = [iv, sealed.subarray(0, -TAG_BYTES), sealed.subarray(-TAG_BYTES)]
  return `${HEADER}..${parts.map((part) => base64url.encode(part)).join('.')}`
}

/** The pass behind a text, if whoever brings it may use it. How often it was used, the pool knows. */
export async function openPass(
  text: string,
  { network, pool }: Asker,
  { passes }: Pick<GuestKeys, 'passes'>,
  world: Pick<World, 'now'>,
): Promise<Result<GuestPass, PassRefused>> {
  const pass = text.length > MAX_PASS_CHARS ? undefined : await decrypted(text, passes)
  if (!pass) return err('malformed')
  if (pass.expires <= seconds(world.now())) return err('expired')
  if (pass.pool !== pool) return err('other_pool')
  if (pass.network !== network) return err('other_network')
  return ok(pass)
}

async function decrypted(text: string, key: CryptoKey): Promise<GuestPass | undefined> {
  try {
    const { plaintext } = await compactDecrypt(text, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    const content: unknown = JSON.parse(new TextDecoder().decode(plaintext))
    return isJsonObject(content) && isPass(content) ? content : undefined
  } catch {
    return undefined
  }
}

function isPass(content: Record<string, unknown>): content is Record<string, unknown> & GuestPass {
  const { expires, name, network, pool, uses } = content
  return [name, network, pool].every((text) => typeof text === 'string') && [expires, uses].every(Number.isSafeInteger)
}
