import { PLACES } from '../../base/places.ts'
import { namesInTag } from '../../base/tag-text.ts'
import { MAX_SESSION_SECONDS, MIN_SESSION_SECONDS } from '../../credentials/index.ts'
import {
  LAST_USED_OFF,
  LAST_USED_TAG,
  MAX_LAST_USED_DAYS,
  MAX_SHARDS,
  PLACES_TAG,
  type Pool,
  SHARDS_TAG,
} from '../../pools/index.ts'
import { invalidParameter } from '../faults.ts'
import type { SignedContext } from '../operation.ts'
import { asksForTurnstile, checkGuestLifetime, checkGuestTag } from './guest-tags.ts'
import { MAX_PLACES, MIN_PLACES } from './limits.ts'
import { checkStsRegions } from './sts-regions.ts'

/**
 * How a pool's sessions are made, as its owner asks for by tags: AWS's API has no place for it, and every client of that
 * API can set tags. All tags of this service begin alike, and one that it does not know is refused.
 */
const PREFIX = 'edge-identity:'

/** Seconds that credentials of the enhanced flow last. */
const SESSION_SECONDS = `${PREFIX}session-seconds`

/**
 * What narrows guests in the enhanced flow: `default`, the scope-down that AWS gives them; `none`, their role alone; the
 * ARN of a managed policy; or the name of an inline policy of the role, as it is registered here.
 */
const GUEST_POLICY = `${PREFIX}guest-policy`

/** The regions of AWS STS that may be asked in the enhanced flow: the nearest to the client is the first. */
const STS_REGIONS = `${PREFIX}sts-regions`

/** Objects that a pool may be spread over. */
const SHARDS: ReadonlySet<string> = new Set(
  Array.from({ length: Math.log2(MAX_SHARDS) + 1 }, (_, power) => String(2 ** power)),
)

const DEFAULT_SESSION_SECONDS = 3600
const POLICY_ARN = /^arn:aws(-[a-z]+)*:iam::(aws|\d{12}):policy\/[\x21-\x7e]+$/
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/

/** Whether a tag sets how the service treats the pool, rather than saying something about it. */
export function isSettingTag(key: string): boolean {
  return key.startsWith(PREFIX)
}

/** Refuses tags of this service that it does not know, or whose values it cannot follow in a pool of that region. */
export function checkSettingTags(tags: ReadonlyMap<string, string>, poolRegion: string): void {
  for (const [key, value] of tags) if (isSettingTag(key)) checkSettingTag(key, value, poolRegion)
  checkGuestLifetime(tags)
  const places = namesInTag(tags.get(PLACES_TAG) ?? '').length
  if (places > Number(tags.get(SHARDS_TAG) ?? 1))
    throw invalidParameter(`${SHARDS_TAG} must be at least ${places}, since ${PLACES_TAG} has as many places.`)
}

/** Refuses a list of places that objects cannot be in. */
function checkPlaces(key: string, places: readonly string[]): void {
  if (places.length < MIN_PLACES || places.length > MAX_PLACES || new Set(places).size < places.length)
    throw invalidParameter(`${key} must be a list of ${MIN_PLACES} to ${MAX_PLACES} places, separated by blanks.`)
  const unknown = places.find((place) => !PLACES.has(place))
  if (unknown !== undefined)
    throw invalidParameter(`${key} has ${unknown}, which is none of ${[...PLACES.keys()].join(', ')}.`)
}

function checkSettingTag(key: string, value: string, poolRegion: string): void {
  switch (key) {
    case SHARDS_TAG:
      if (!SHARDS.has(value)) throw invalidParameter(`${key} must be a power of two from 1 to ${MAX_SHARDS}.`)
      return
    case PLACES_TAG:
      checkPlaces(key, namesInTag(value))
      return
    case SESSION_SECONDS:
      if (!/^\d{3,5}$/.test(value) || Number(value) < MIN_SESSION_SECONDS || Number(value) > MAX_SESSION_SECONDS)
        throw invalidParameter(
          `${key} must be a number of seconds from ${MIN_SESSION_SECONDS} to ${MAX_SESSION_SECONDS}.`,
        )
      return
    case GUEST_POLICY:
      if (!POLICY_ARN.test(value) && !POLICY_NAME.test(value))
        throw invalidParameter(
          `${key} must be default, none, the ARN of a managed policy, or the name of an inline policy.`,
        )
      return
    case LAST_USED_TAG:
      if (value !== LAST_USED_OFF && !(/^[1-9]\d?$/.test(value) && Number(value) <= MAX_LAST_USED_DAYS))
        throw invalidParameter(`${key} must be a number of days from 1 to ${MAX_LAST_USED_DAYS}, or ${LAST_USED_OFF}.`)
      return
    case STS_REGIONS:
      checkStsRegions(key, value, poolRegion)
      return
    default:
      if (checkGuestTag(key, value)) return
      throw invalidParameter(`${key} is not a tag that this service knows.`)
  }
}

/**
 * Leaves in the record what tags that are taken do to some clients. Amplify for JavaScript keeps credentials for 50 minutes,
 * whenever they expire, so that apps fail with shorter ones.
 */
export function noteSettingTags(
  tags: ReadonlyMap<string, string> | undefined,
  { caller, note, turnstile }: SignedContext,
): void {
  if (tags && asksForTurnstile(tags) && !turnstile.widgets.has(caller.account))
    note({ decision: { warning: 'turnstile_not_set_up' } })
  if (Number(tags?.get(SESSION_SECONDS) ?? DEFAULT_SESSION_SECONDS) < DEFAULT_SESSION_SECONDS)
    note({ decision: { warning: 'session_too_short_for_amplify' } })
}

/** Seconds that credentials of the enhanced flow last in this pool. The role may allow less, and then refuses. */
export function sessionSecondsOf({ settings }: Pool): number {
  return Number(settings.tags?.get(SESSION_SECONDS) ?? DEFAULT_SESSION_SECONDS)
}

/** What narrows guests in the enhanced flow in this pool, as its tag says it. */
export function guestPolicyOf({ settings }: Pool): string {
  return settings.tags?.get(GUEST_POLICY) ?? 'default'
}

/** Where AWS STS may be asked for the users of this pool; `undefined` where its owner does not say. */
export function stsRegionsOf({ settings }: Pool): readonly string[] | undefined {
  const value = settings.tags?.get(STS_REGIONS)
  return value === undefined ? undefined : namesInTag(value)
}
