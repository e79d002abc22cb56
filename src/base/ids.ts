import { hex } from './bytes.ts'
import type { World } from './world.ts'

/**
 * Ids route themselves.
 *
 * A pool id is `<region>:<UUIDv4>`; the first 8 hex digits of its UUID are the pool tag, which names the pool's object.
 * An identity id repeats the region and the tag, then four zeros, then 74 random bits, as a UUIDv8 (RFC 9562):
 * `us-east-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10`. The first 12 of these bits, after the version digit, are its slot.
 * So an id alone says which pool to ask, and in a pool that is spread over several objects which of them.
 */
export interface PoolId {
  text: string
  region: string
  /** First 8 hex digits of the UUID. */
  tag: string
}

export interface IdentityId {
  text: string
  region: string
  tag: string
  /** 0 to 4095. */
  slot: number
}

const UUID = /^([\w-]{1,18}):([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f])([0-9a-f]{3})-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A pool id of ours, or `undefined` for text that cannot be one. */
export function parsePoolId(text: string): PoolId | undefined {
  const [, region, tag] = UUID.exec(text) ?? []
  return region && tag ? { text, region, tag } : undefined
}

/** An identity id of ours, or `undefined` for text that cannot be one. The zeros and version nibble 8 mark ours. */
export function parseIdentityId(text: string): IdentityId | undefined {
  const [, region, tag, zeros, version, slot] = UUID.exec(text) ?? []
  return region && tag && slot && zeros === '0000' && version === '8'
    ? { text, region, tag, slot: Number.parseInt(slot, 16) }
    : undefined
}

/** The region that a pool id or an identity id begins with. */
export function regionOf(id: string): string {
  return id.slice(0, id.indexOf(':'))
}

/** The tag of a pool id or an identity id, whatever its region says; `undefined` for whatever leads to no object. */
export function poolTagOf(id: unknown): string | undefined {
  const [, , tag] = (typeof id === 'string' && UUID.exec(id)) || []
  return tag
}

export function newPoolId(region: string, world: Pick<World, 'random'>): PoolId {
  const id = uuid(world.random(16), 4)
  return { text: `${region}:${id}`, region, tag: id.slice(0, 8) }
}

/** An identity id that nobody has, in this slot or in any. */
export function newIdentityId(
  pool: Pick<PoolId, 'region' | 'tag'>,
  world: Pick<World, 'random'>,
  slot?: number,
): IdentityId {
  const bytes = world.random(16)
  bytes.set(
    (pool.tag.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)),
    0,
  )
  bytes.set([0, 0], 4)
  if (slot !== undefined) bytes.set([slot >> 8, slot & 0xff], 6)
  const id = uuid(bytes, 8)
  return {
    text: `${pool.region}:${id}`,
    region: pool.region,
    tag: pool.tag,
    slot: Number.parseInt(id.slice(15, 18), 16),
  }
}

/** A random UUIDv4, for request ids and operation ids. */
export function newUuid(world: World): string {
  return world.uuid()
}

/** A UUIDv8 of the first 16 of these bytes, for what names the same thing each time. */
export function uuidFrom(bytes: Uint8Array): string {
  return uuid(bytes, 8)
}

function uuid(bytes: Uint8Array, version: 4 | 8): string {
  const b = Uint8Array.from(bytes.subarray(0, 16))
  b[6] = ((b[6] ?? 0) & 0x0f) | (version << 4)
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80
  const text = hex(b)
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}
