import { Fault, integer, optional, pageToken, readPageToken, string } from '../../protocol/index.ts'
import { describeTags } from './shapes.ts'

/** What every list that comes in pages takes. Markers may be longer than in the API's model: ours name the last key. */
export const pageMembers = {
  Marker: optional(string({ min: 1, max: 2048, pattern: '[\\u0020-\\u00FF]+' })),
  MaxItems: optional(integer({ min: 1, max: 1000 })),
}

export const DEFAULT_PAGE_ITEMS = 100

/** One list of one operation: a marker of another one says nothing here. `of` is what the list belongs to. */
export interface Listing {
  operation: string
  of: string
}

interface PageInput {
  Marker?: string | undefined
  MaxItems?: number | undefined
}

/** The key after which a page begins; empty for the first page. */
export function startOfPage(marker: string | undefined, { operation, of }: Listing): string {
  const after = marker === undefined ? '' : readPageToken(marker, operation, of)
  if (after === undefined) throw new Fault('ValidationError', 'Invalid Marker')
  return after
}

/** What ends a page whose last key this is. */
export function endOfPage(more: boolean, last: string | undefined, { operation, of }: Listing) {
  return { IsTruncated: more, Marker: more && last !== undefined ? pageToken(operation, of, last) : undefined }
}

/** One page of a list that is known whole, in order of key. Keys are not empty, and no two are the same. */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { Marker, MaxItems = DEFAULT_PAGE_ITEMS }: PageInput,
  listing: Listing,
) {
  const after = startOfPage(Marker, listing)
  const rest = items.filter((item) => keyOf(item) > after).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const page = rest.slice(0, MaxItems)
  const last = page.at(-1)
  return { page, end: endOfPage(rest.length > page.length, last === undefined ? undefined : keyOf(last), listing) }
}

/** One page of tags, sorted by key as the API reference has it. */
export function pageOfTags(tags: readonly (readonly [string, string])[], input: PageInput, listing: Listing) {
  const { page, end } = pageOf(tags, ([key]) => key, input, listing)
  return { Tags: describeTags(page) ?? [], ...end }
}
