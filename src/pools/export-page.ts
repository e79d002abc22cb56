import { type Here, inRuns } from './backup-here.ts'
import type { BackupIdentity } from './backup-identity.ts'
import type { ExportedRows, ExportRow, ForwardRow } from './backup-step.ts'
import { EXPORT_CHARS, MAX_FORWARDS, MAX_TURNS } from './limits.ts'
import { settle } from './spread/errands.ts'
import { Busy } from './spread/interruptions.ts'
import { LIST_WAVE } from './spread/limits.ts'
import { type Slots, slotsFrom } from './spread/map.ts'
import { boundsOf, slotOfIdentity } from './spread/slots.ts'

export interface ExportAsked {
  /** UUID. */
  after: string
  limit: number
  /** Only those that were changed since then, in milliseconds since the epoch. */
  since?: number | undefined
}

/** What one call found, in order of UUID; `next`: the identity after which the next one goes on, even if this page has none. */
export interface ExportPage {
  kind: 'page'
  identities: readonly BackupIdentity[]
  next: string | undefined
}

/** The next identities of a pool. One that is in the middle of a merge is told when that is decided. */
export async function exportPage(here: Here, asked: ExportAsked): Promise<ExportPage> {
  const { rows, logins, next } = await rowsOf(here, asked)
  const shown = rows.filter(({ erased }) => !erased)
  const ends = await endsOf(shown, here)
  const held = Map.groupBy(logins, ({ identity }) => identity)
  const identities = shown.map((row): BackupIdentity => {
    const own = (held.get(row.uuid) ?? []).map(({ developer, linked_day, provider, subject }) => ({
      provider,
      subject,
      developer: developer === 1,
      linkedDay: linked_day ?? undefined,
    }))
    return identityOf(row, own, row.forward === null ? undefined : ends(row.forward))
  })
  return { kind: 'page', identities, next }
}

function identityOf(row: ExportRow, logins: BackupIdentity['logins'], forward: string | undefined): BackupIdentity {
  return {
    uuid: row.uuid,
    state: row.state,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    logins,
    forward,
    usedDay: row.used_day ?? undefined,
    blockedUntil: row.blocked_until ?? undefined,
    blockReason: row.block_reason ?? undefined,
    notBefore: row.not_before ?? undefined,
    source: row.source ?? undefined,
  }
}

/** One run of slots is asked, then several at once, until the page is full. */
async function rowsOf(here: Here, asked: ExportAsked): Promise<Omit<ExportedRows, 'kind'>> {
  const { after, limit } = asked
  const pages: ExportedRows[] = []
  let left = slotsFrom(after === '' ? 0 : slotOfIdentity(after), here.spread)
  for (let wave = 1; left.length > 0; wave = LIST_WAVE) {
    pages.push(...(await Promise.all(left.slice(0, wave).map((slots) => settledRows(slots, here, asked)))))
    left = left.slice(wave)
    const end = endIn(pages)
    const whole = pages.slice(0, end === -1 ? undefined : end + 1)
    const rows = whole.flatMap((page) => page.rows)
    if (end === -1 && rows.length < limit && left.length > 0) continue
    const shown = rows.slice(0, limit)
    const isMore = rows.length > limit || (rows.length === limit && (left.length > 0 || end !== -1))
    const isFull = end !== -1 && pages[end]?.next === undefined
    return {
      rows: shown,
      logins: whole.flatMap((page) => page.logins),
      next: isMore || isFull ? shown.at(-1)?.uuid : whole.at(-1)?.next,
    }
  }
  return { rows: [], logins: [], next: undefined }
}

/** The first of these that is not all of its slots, or that makes the page as long as it may be; -1 if there is none. */
function endIn(pages: readonly ExportedRows[]): number {
  let chars = 0
  return pages.findIndex(({ logins, next }) => {
    for (const { provider, subject } of logins) chars += provider.length + subject.length
    return next !== undefined || chars > EXPORT_CHARS
  })
}

/** A page of one run of slots in which no identity is in the middle of a merge. */
async function settledRows(
  slots: Slots,
  { tag, take }: Here,
  { after, limit, since }: ExportAsked,
): Promise<ExportedRows> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const page = await take({ step: 'export_rows', ...boundsOf(slots, tag, after), limit, since })
    const frozen = page.rows.filter(({ frozen_by }) => frozen_by !== null)
    if (frozen.length === 0) return page
    for (const { frozen_by, frozen_for, uuid } of frozen)
      await settle({ loser: uuid, survivor: frozen_for ?? '', op: frozen_by ?? '' }, take)
  }
  throw new Busy()
}

/**
 * Where forwards of these identities end: at one that leads nowhere, and is there. Those on the way are passed over, which may have
 * been deleted.
 */
async function endsOf(rows: readonly ExportRow[], here: Here): Promise<(uuid: string) => string | undefined> {
  const known = new Map<string, ForwardRow | undefined>(rows.map((row) => [row.uuid, row]))
  let asked = unknownOf(rows, known)
  for (let hop = 0; asked.length > 0 && hop <= MAX_FORWARDS; hop++) {
    for (const uuid of asked) known.set(uuid, undefined)
    const answers = await inRuns(asked, slotOfIdentity, here, (slots, identities) =>
      here.take({ step: 'forwards', slots, identities }),
    )
    const found = answers.flatMap((answer) => answer.found)
    for (const row of found) known.set(row.uuid, row)
    asked = unknownOf(found, known)
  }
  return (uuid) => {
    let row = known.get(uuid)
    for (let hop = 0; row && row.forward !== null && hop < MAX_FORWARDS; hop++) row = known.get(row.forward)
    return row && row.forward === null && !row.erased ? row.uuid : undefined
  }
}

function unknownOf(rows: readonly Pick<ForwardRow, 'forward'>[], known: ReadonlyMap<string, unknown>): string[] {
  return [...new Set(rows.flatMap(({ forward }) => (forward === null || known.has(forward) ? [] : forward)))]
}
