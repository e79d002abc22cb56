import type { Effect } from './detail.ts'

interface GuestTag {
  path: string
  message: (value: string | undefined) => string
  effect: (before: string | undefined, after: string | undefined) => Effect
}

/** Less is allowed with a lower number, and most without any. */
const byNumber = (before: string | undefined, after: string | undefined): Effect =>
  Number(after ?? Number.POSITIVE_INFINITY) < Number(before ?? Number.POSITIVE_INFINITY) ? 'narrows' : 'opens'

/** Of two words one allows more; another one holds where nothing is said. */
const byWord =
  (open: string, unsaid: string) =>
  (before = unsaid, after = unsaid): Effect => {
    if (before === after) return 'other'
    return after === open ? 'opens' : 'narrows'
  }

const budget = (path: string, of: string): GuestTag => ({
  path,
  message: (value) => (value === undefined ? `new guests ${of} have no budget` : `at most ${value} new guests ${of}`),
  effect: byNumber,
})

/** What tags say of guests that are made, where a file has them under a name of its own. */
const GUEST_TAGS: ReadonlyMap<string, GuestTag> = new Map([
  [
    'edge-identity:new-guests',
    {
      path: 'guests.new',
      message: (value = 'on') => (value === 'off' ? 'no new guests are made' : 'new guests are made'),
      effect: byWord('on', 'on'),
    },
  ],
  ['edge-identity:guests-per-day', budget('guests.perDay', 'in a day')],
  ['edge-identity:guests-per-address-hour', budget('guests.perAddressHour', 'of an address in an hour')],
  ['edge-identity:guests-per-network-hour', budget('guests.perNetworkHour', 'of a network in an hour')],
  [
    'edge-identity:guest-proof',
    {
      path: 'guests.proof',
      message: (value) => (value === undefined ? 'new guests need no proof' : `new guests need a proof: ${value}`),
      effect: (before, after) => (before === undefined ? 'narrows' : after === undefined ? 'opens' : 'either'),
    },
  ],
  [
    'edge-identity:guest-work',
    {
      path: 'guests.work',
      message: (value = '256') => `the work for a guest takes ${value} tries`,
      effect: (before = '256', after = '256') => (Number(after) > Number(before) ? 'narrows' : 'opens'),
    },
  ],
  [
    'edge-identity:guest-proof-failure',
    {
      path: 'guests.proofFailure',
      message: (value = 'refuse') =>
        value === 'allow'
          ? 'tokens of Turnstile count unseen while Cloudflare cannot be asked'
          : 'tokens of Turnstile do not count while Cloudflare cannot be asked',
      effect: byWord('allow', 'refuse'),
    },
  ],
  [
    'edge-identity:guest-ttl-days',
    {
      path: 'guests.ttlDays',
      message: (value) =>
        value === undefined ? 'guests that nobody uses stay' : `guests that nobody uses for ${value} days are deleted`,
      effect: byNumber,
    },
  ],
])

/** What the change of a tag does to guests; nothing for any other tag. */
export function guestTagChange(key: string, before: string | undefined, after: string | undefined) {
  const tag = GUEST_TAGS.get(key)
  return tag && { effect: tag.effect(before, after), path: tag.path, message: tag.message(after) }
}
