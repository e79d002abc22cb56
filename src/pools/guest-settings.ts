import type { PoolSettings } from './settings.ts'

/** The tags by which the owner of a pool says which guests are made, and how long they live. */
export const GUEST_TAGS = {
  newGuests: 'edge-identity:new-guests',
  perDay: 'edge-identity:guests-per-day',
  perAddressHour: 'edge-identity:guests-per-address-hour',
  perNetworkHour: 'edge-identity:guests-per-network-hour',
  proof: 'edge-identity:guest-proof',
  ttlDays: 'edge-identity:guest-ttl-days',
} as const

/** What a pool asks of guests that are to be made. A budget that it does not have is endless. */
export interface GuestLimits {
  makes: boolean
  perDay: number
  perAddressHour: number
  perNetworkHour: number
  /** Each new guest uses up a part of a pass. */
  needsPass: boolean
}

type Tagged = Pick<PoolSettings, 'tags'>

/** What a pool asks of new guests; nothing, where it asks nothing. */
export function guestLimitsOf({ tags }: Tagged): GuestLimits | undefined {
  const budget = (name: string) => Number(tags?.get(name) ?? Number.POSITIVE_INFINITY)
  const limits = {
    makes: tags?.get(GUEST_TAGS.newGuests) !== 'off',
    perDay: budget(GUEST_TAGS.perDay),
    perAddressHour: budget(GUEST_TAGS.perAddressHour),
    perNetworkHour: budget(GUEST_TAGS.perNetworkHour),
    needsPass: tags?.has(GUEST_TAGS.proof) ?? false,
  }
  const isBounded = [limits.perDay, limits.perAddressHour, limits.perNetworkHour].some(Number.isFinite)
  return !limits.makes || limits.needsPass || isBounded ? limits : undefined
}

/** Days without use after which guests are deleted; nothing, where they stay. */
export function guestTtlDaysOf({ tags }: Tagged): number | undefined {
  const days = tags?.get(GUEST_TAGS.ttlDays)
  return days === undefined ? undefined : Number(days)
}
