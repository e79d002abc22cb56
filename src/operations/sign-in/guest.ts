import { dayOf } from '../../base/days.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { type GuestKeys, networkHash, openPass, type PassRefused, providerHash } from '../../guests/index.ts'
import { type CountedProof, type GuestAsked, type GuestLimits, guestLimitsOf, type Pool } from '../../pools/index.ts'
import { guestKeys } from '../../tokens/index.ts'
import { guestProofFault } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { guestProofsOf } from '../pool/index.ts'
import { currentRing } from './signing.ts'

/** The key of a map of logins under which clients may bring a pass. It is no login, and is never linked. */
export const GUEST_PASS_KEY = 'edge-identity:guest-pass'

/** A request for a new guest, as the pool judges it. */
export interface GuestPlea {
  asked: GuestAsked
  /** Where the guest is to be in a spread pool: one object counts all that come from one address, and all uses of a pass. */
  slot?: number
}

/** What a request brings for a guest, and where it comes from. */
export interface GuestBringing extends Pick<RequestContext, 'asn' | 'clientAddress' | 'keys' | 'world'> {
  pass: string | undefined
}

/** The logins of a map, without what is none. */
export function withoutGuestPass(logins: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return logins.has(GUEST_PASS_KEY) ? new Map([...logins].filter(([key]) => key !== GUEST_PASS_KEY)) : logins
}

/** Why a pass is not taken. */
export type PassRefusal = PassRefused | 'missing'

/** What the pool is asked with for a new guest; nothing, where it asks nothing of guests. Throws the fault for a bad pass. */
export async function guestPlea(pool: Pool, bringing: GuestBringing & Pick<RequestContext, 'note'>) {
  const judged = await judgeGuest(pool, bringing)
  if (judged.ok) return judged.value
  bringing.note({ decision: { reason: 'guest_proof', which: judged.error } })
  throw guestProofFault(judged.error, guestProofsOf(pool))
}

/** The same, with the reason where the pass is bad. */
export async function judgeGuest(
  pool: Pool,
  bringing: GuestBringing,
): Promise<Result<GuestPlea | undefined, PassRefusal>> {
  const limits = guestLimitsOf(pool.settings)
  if (!limits) return ok(undefined)
  // Whoever gets no guest anyway is not asked to prove anything; and a budget of the whole pool asks nothing of the client.
  const asksMore = limits.needsPass || [limits.perAddressHour, limits.perNetworkHour].some(Number.isFinite)
  if (!pool.settings.allowGuests || !limits.makes || !asksMore) return ok({ asked: {} })
  const keys = await guestKeys(await currentRing(bringing))
  const pass = limits.needsPass ? await verifiedPass(pool, keys, bringing) : undefined
  return pass && !pass.ok ? pass : ok(await pleaOf(pool, limits, pass?.value, keys, bringing))
}

async function pleaOf(
  pool: Pool,
  limits: GuestLimits,
  pass: CountedProof | undefined,
  keys: GuestKeys,
  { asn: asnOf, clientAddress, world }: GuestBringing,
): Promise<GuestPlea> {
  const today = dayOf(world.now())
  const use = `guests ${today} ${pool.id}`
  const asn = Number.isFinite(limits.perNetworkHour) ? asnOf() : undefined
  // All passes for one proof end at one time, so that midnight does not part them.
  const slots = `slots ${pass ? dayOf(pass.expiresAt) : today} ${pool.id}`
  return {
    asked: {
      ...(Number.isFinite(limits.perAddressHour) && { address: await networkHash(use, clientAddress, keys) }),
      ...(asn !== undefined && { network: await providerHash(use, asn, keys) }),
      ...(pass && { pass }),
    },
    ...(pool.spread && { slot: slotFrom(await networkHash(slots, clientAddress, keys)) }),
  }
}

/** A network as passes have it. */
export function passNetwork(poolId: string, { clientAddress }: Pick<RequestContext, 'clientAddress'>, keys: GuestKeys) {
  return networkHash(`passes ${poolId}`, clientAddress, keys)
}

async function verifiedPass(
  pool: Pool,
  keys: GuestKeys,
  bringing: GuestBringing,
): Promise<Result<CountedProof, PassRefusal>> {
  if (bringing.pass === undefined) return err('missing')
  const network = await passNetwork(pool.id, bringing, keys)
  const opened = await openPass(bringing.pass, { pool: pool.id, network }, keys, bringing.world)
  if (!opened.ok) return opened
  const { expires, name, uses } = opened.value
  return ok({ name: `guest ${name}`, uses, expiresAt: expires * 1000 })
}

/** Twelve bits of a hash, as many as there are slots. */
function slotFrom(hash: string): number {
  const [high = 0, low = 0] = Uint8Array.fromBase64(hash, { alphabet: 'base64url' })
  return ((high << 8) | low) & 0xfff
}
