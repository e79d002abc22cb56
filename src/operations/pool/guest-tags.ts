import { GUEST_TAGS, LAST_USED_OFF, LAST_USED_TAG, type Pool } from '../../pools/index.ts'
import { invalidParameter } from '../faults.ts'

/** What shows that a guest is worth making. */
export type GuestProof = 'work' | 'turnstile'

/** How much work a guest is: tries of the client on average, each some 0.5 ms on a telephone. */
const GUEST_WORK = 'edge-identity:guest-work'

/** What becomes of a token of Turnstile where Cloudflare cannot be asked about it: `refuse` or `allow`. */
const GUEST_PROOF_FAILURE = 'edge-identity:guest-proof-failure'

const PROOFS: ReadonlyMap<string, readonly GuestProof[]> = new Map([
  ['work', ['work']],
  ['turnstile', ['turnstile']],
  ['either', ['turnstile', 'work']],
])

const DEFAULT_WORK = 256

interface WholeNumber {
  least: number
  most: number
  what: string
}

const BUDGET: WholeNumber = { least: 1, most: 1_000_000_000, what: 'number of guests' }

const NUMBERS: ReadonlyMap<string, WholeNumber> = new Map([
  [GUEST_TAGS.perDay, BUDGET],
  [GUEST_TAGS.perAddressHour, BUDGET],
  [GUEST_TAGS.perNetworkHour, BUDGET],
  [GUEST_TAGS.ttlDays, { least: 1, most: 3_650, what: 'number of days' }],
  [GUEST_WORK, { least: 1, most: 16_384, what: 'number of tries' }],
])

const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  [GUEST_TAGS.newGuests, ['on', 'off']],
  [GUEST_TAGS.proof, [...PROOFS.keys()]],
  [GUEST_PROOF_FAILURE, ['refuse', 'allow']],
])

/** Whether a tag is about guests that are made; refuses a value that cannot be followed. */
export function checkGuestTag(key: string, value: string): boolean {
  const words = WORDS.get(key)
  if (words && !words.includes(value)) throw invalidParameter(`${key} must be ${words.join(' or ')}.`)
  const number = NUMBERS.get(key)
  if (number && !isWithin(number, value))
    throw invalidParameter(`${key} must be a ${number.what} from ${number.least} to ${number.most}.`)
  return words !== undefined || number !== undefined
}

/** Refuses a lifetime of guests where it is not kept when they were used. */
export function checkGuestLifetime(tags: ReadonlyMap<string, string>): void {
  if (tags.has(GUEST_TAGS.ttlDays) && tags.get(LAST_USED_TAG) === LAST_USED_OFF) throw ttlNeedsLastUse()
}

export const ttlNeedsLastUse = () =>
  invalidParameter(`${GUEST_TAGS.ttlDays} needs ${LAST_USED_TAG}, which must not be ${LAST_USED_OFF}.`)

function isWithin({ least, most }: WholeNumber, value: string): boolean {
  return /^[1-9]\d{0,9}$/.test(value) && Number(value) >= least && Number(value) <= most
}

/** The proofs of which one is asked of each new guest of this pool; none, if none is asked. */
export function guestProofsOf({ settings }: Pool): readonly GuestProof[] {
  return PROOFS.get(settings.tags?.get(GUEST_TAGS.proof) ?? '') ?? []
}

/** Whether tags let guests be proven by Turnstile. */
export function asksForTurnstile(tags: ReadonlyMap<string, string>): boolean {
  return PROOFS.get(tags.get(GUEST_TAGS.proof) ?? '')?.includes('turnstile') ?? false
}

/** Tries that the work of a guest of this pool takes on average. */
export function guestWorkOf({ settings }: Pool): number {
  return Number(settings.tags?.get(GUEST_WORK) ?? DEFAULT_WORK)
}

/** Whether a token of Turnstile counts where Cloudflare cannot be asked about it. */
export function allowsUnproven({ settings }: Pool): boolean {
  return settings.tags?.get(GUEST_PROOF_FAILURE) === 'allow'
}
