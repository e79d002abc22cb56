import { isJsonObject } from '../base/json.ts'
import { err, ok, type Result } from '../base/result.ts'
import { seal, unseal } from '../base/sealed-text.ts'
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

/** A pass as opaque text: a compact JWE (RFC 7516) with a key of this service, which goes into a header, a map or a path. */
export async function sealPass(
  pass: GuestPass,
  { passes }: Pick<GuestKeys, 'passes'>,
  world: Pick<World, 'random'>,
): Promise<string> {
  return seal(JSON.stringify(pass), passes, world)
}

/** The pass behind a text, if whoever brings it may use it. How often it was used, the pool knows. */
export async function openPass(
  text: string,
  { network, pool }: Asker,
  { passes }: Pick<GuestKeys, 'passes'>,
  world: Pick<World, 'now'>,
): Promise<Result<GuestPass, PassRefused>> {
  const pass = text.length > MAX_PASS_CHARS ? undefined : await unseal(text, passes)
  if (!isPass(pass)) return err('malformed')
  if (pass.expires <= seconds(world.now())) return err('expired')
  if (pass.pool !== pool) return err('other_pool')
  if (pass.network !== network) return err('other_network')
  return ok(pass)
}

function isPass(content: unknown): content is GuestPass {
  if (!isJsonObject(content)) return false
  const { expires, name, network, pool, uses } = content
  return [name, network, pool].every((text) => typeof text === 'string') && [expires, uses].every(Number.isSafeInteger)
}
