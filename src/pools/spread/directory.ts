import {
  type DetailsAsked,
  type DetailsFound,
  type DetailWithLosers,
  detailOf,
  type IdentityDetail,
  ownerOf,
  pageOf,
} from '../details.ts'
import type { IdentityDescription, ProvenLogin } from '../identities.ts'
import { MAX_LOSERS_TOLD } from '../limits.ts'
import { type Statistics, together } from '../statistics.ts'
import { gather } from './gather.ts'
import { LIST_WAVE } from './limits.ts'
import { type Spread, slotsFrom, slotsOf } from './map.ts'
import { boundsOf, slotOfIdentity } from './slots.ts'
import type { TakeStep } from './step.ts'

/** What operators read of the identities of a spread pool. */

interface SpreadHere {
  tag: string
  spread: Spread
  take: TakeStep
}

/** The identity that has the first of these logins that anybody has. */
export async function findIn(
  { take }: SpreadHere,
  logins: readonly ProvenLogin[],
): Promise<IdentityDetail | undefined> {
  for (const login of logins) {
    const found = ownerOf(await gather({ logins: [login] }, take), login)
    if (found) return found
  }
  return undefined
}

export async function detailIn(here: SpreadHere, uuid: string): Promise<DetailWithLosers | undefined> {
  const gathered = await gather({ identity: uuid, logins: [] }, here.take)
  const row = gathered.named(uuid)
  return row && { ...detailOf(row, gathered.members([uuid])), forwardedFrom: await losersTo(uuid, here) }
}

/** Losers of merges stay in the object where they were, and nothing leads back to them, so that all objects are asked. */
async function losersTo(survivor: string, { spread, tag, take }: SpreadHere): Promise<string[]> {
  const limit = MAX_LOSERS_TOLD
  const found = await inWaves(
    slotsFrom(0, spread),
    async (slots) => (await take({ step: 'losers', ...boundsOf(slots, tag, ''), survivor, limit })).uuids,
    (pages) => pages.flat().length >= limit,
  )
  return found.flat().slice(0, limit)
}

export async function detailsIn(
  { spread, tag, take }: SpreadHere,
  { after, limit, ...filter }: DetailsAsked,
): Promise<DetailsFound> {
  const walks = await inWaves(
    slotsFrom(after === '' ? 0 : slotOfIdentity(after), spread),
    // One more than asked for tells whether there is another page.
    (slots) => take({ step: 'walk', ...boundsOf(slots, tag, after), ...filter, limit: limit + 1 }),
    (found) => pageOf(found, limit).next !== undefined,
  )
  return pageOf(walks, limit)
}

export interface SpreadPage {
  after: string
  limit: number
  hideDisabled: boolean
}

/**
 * Identities in order of UUID, which is that of slots, after the given one; `next` is the last of them, if there are more. One
 * object is asked, then several at once, so that a page is as full as it can be, however little each object has.
 */
export async function listIn(
  { spread, tag, take }: SpreadHere,
  { after, hideDisabled, limit }: SpreadPage,
): Promise<{ identities: IdentityDescription[]; next: string | undefined }> {
  const found: IdentityDescription[] = []
  let left = slotsFrom(after === '' ? 0 : slotOfIdentity(after), spread)
  for (let wave = 1; left.length > 0 && found.length <= limit; wave *= LIST_WAVE) {
    // One more than asked for tells whether there is another page.
    const asked = left
      .slice(0, wave)
      .map((slots) => take({ step: 'list', ...boundsOf(slots, tag, after), limit: limit + 1, hideDisabled }))
    for (const page of await Promise.all(asked)) found.push(...page.identities)
    left = left.slice(wave)
  }
  const identities = found.slice(0, limit)
  return { identities, next: found.length > limit ? identities.at(-1)?.uuid : undefined }
}

/** What the objects that have slots know of their numbers. */
export async function statisticsIn({ spread, take }: SpreadHere): Promise<Statistics> {
  const numbers = Array.from({ length: spread.objects }, (_, number) => number)
  const first = numbers.flatMap((number) => slotsOf(spread, number)[0]?.[0] ?? [])
  return together(
    await inWaves(
      first,
      (slot) => take({ step: 'statistics', slot }),
      () => false,
    ),
  )
}

/** Asks one object, then several at once, until that is enough. */
async function inWaves<A, T>(
  all: readonly A[],
  ask: (one: A) => Promise<T>,
  isEnough: (answers: readonly T[]) => boolean,
): Promise<T[]> {
  const answers: T[] = []
  for (let left = all, wave = 1; left.length > 0 && !isEnough(answers); left = left.slice(wave), wave = LIST_WAVE)
    answers.push(...(await Promise.all(left.slice(0, wave).map(ask))))
  return answers
}
