import { endEverywhere, type Here, headOf, inRuns, othersOf, rowOf } from './backup-here.ts'
import type { BackupIdentity } from './backup-identity.ts'
import type { NotBegun, OtherRun } from './backup-step.ts'
import type { ImportRow, Progress } from './import-table.ts'
import { someAtOnce } from './spread/checking.ts'
import { ALONE, type Slots, slotsFrom } from './spread/map.ts'
import { isAtHome, slotOfIdentity, slotOfLogin } from './spread/slots.ts'

/** How far an import is, for its caller. `source`: id of the pool that the file is of. */
export type Importing = { kind: 'importing' } & Pick<ImportRow, 'line' | 'last' | 'source' | 'state'>

/** A line of the file says what cannot be. What came before it was taken. */
export type Breach =
  /** Another identity has one of its logins. */
  | { kind: 'login_of_another'; line: number }
  /** Its id does not come after that of the line before. */
  | { kind: 'out_of_order'; line: number }

export interface Page {
  run: string
  /** Of the first of the identities. */
  line: number
  identities: readonly BackupIdentity[]
}

/** Begins an import, or goes on with one of the same file. */
export async function beginImport(
  here: Here,
  { run, source }: { run: string; source: string },
): Promise<Importing | NotBegun> {
  const begun = await here.take({ step: 'import_begin', slots: headOf(here), run, source })
  if (begun.kind !== 'begun') return begun as NotBegun
  const { last: after, line } = begun.import
  const answers = await someAtOnce(othersOf(here), (slots) =>
    here.take({ step: 'import_begin', slots, run, source, after }),
  )
  // All was checked then, and some objects make new identities already.
  if (answers.some(({ kind }) => kind === 'over')) {
    await endEverywhere(here, run)
    return { ...importing(begun.import), state: 'done' }
  }
  const refused = answers.find((answer) => answer.kind !== 'begun')
  if (!refused) return importing(begun.import)
  // Nothing was imported yet, or it would have been refused before.
  if (line === 1) await endEverywhere(here, run, true)
  return refused as NotBegun
}

/** Takes the next identities of the file, up to the first that cannot be. */
export async function importPage(here: Here, page: Page): Promise<Importing | Breach | OtherRun> {
  const { identities, line, run } = page
  const state = await rowOf(here)
  if (state?.run !== run || state.state !== 'importing') return { kind: 'other_run' }
  // A call that is repeated finds that all of it was taken.
  const [before, last] = [line - 1, identities.at(-1)?.uuid]
  if (state.line === before + identities.length && state.last === last) return importing(state)
  if (state.line !== before) return { kind: 'other_run' }
  const breach = breachIn(identities, state.last)
  const sent = identities.slice(0, breach?.at)
  const conflict = await written(here, { ...page, identities: sent }, state)
  if (conflict === 'other_run') return { kind: 'other_run' }
  if (conflict !== undefined) return { kind: 'login_of_another', line: line + conflict }
  if (breach) return { kind: breach.kind, line: line + breach.at }
  return importing({ ...state, ...progressed(state, page, sent) })
}

/** What is wrong in a page by itself: the first identity that is not after the one before, or has a login of one. */
function breachIn(
  identities: readonly BackupIdentity[],
  last: string,
): (Pick<Breach, 'kind'> & { at: number }) | undefined {
  const seen = new Set<string>()
  let before = last
  for (const [at, { logins, uuid }] of identities.entries()) {
    if (uuid <= before) return { kind: 'out_of_order', at }
    for (const { developer, provider, subject } of logins) {
      const key = JSON.stringify([provider, subject, developer])
      if (seen.has(key)) return { kind: 'login_of_another', at }
      seen.add(key)
    }
    before = uuid
  }
  return undefined
}

/** The number of the first identity that cannot be written; those before it are. */
async function written(here: Here, page: Page, state: ImportRow): Promise<number | 'other_run' | undefined> {
  const { run } = page
  const isSpread = here.spread !== ALONE
  const routed = isSpread ? await routesWritten(here, page, state) : undefined
  if (routed === 'other_run') return routed
  const sent = page.identities.slice(0, routed)
  const slots = headOf(here)
  const groups = inOneRun(sent, here)
  const note = progressed(state, page, sent)
  for (const { first, own, slots: where } of groups) {
    const after = sent[first - 1]?.uuid ?? state.last
    const rows = { ...rowsOf(own, page, first, isSpread), ...(!isSpread && routed === undefined && { note }) }
    const answer = await here.take({ step: 'import_rows', slots: where, run, after, ...rows })
    if (answer.kind === 'other_run') return 'other_run'
    if (answer.kind === 'taken') continue
    await here.take({ step: 'import_note', slots, run, ...progressed(state, page, sent.slice(0, answer.at)) })
    return answer.at
  }
  if (isSpread) await here.take({ step: 'import_note', slots, run, ...note })
  return routed
}

/** Identities one after the other that are in one run of slots. */
function inOneRun(identities: readonly BackupIdentity[], { spread }: Here) {
  const runs = slotsFrom(0, spread)
  const groups: { slots: Slots; first: number; own: BackupIdentity[] }[] = []
  for (const [index, identity] of identities.entries()) {
    const slot = slotOfIdentity(identity.uuid)
    const group = groups.at(-1)
    if (group && slot <= group.slots[1]) group.own.push(identity)
    else groups.push({ slots: runs.find(([, last]) => slot <= last) ?? [0, 0], first: index, own: [identity] })
  }
  return groups
}

/** Ways to logins whose identities are in other slots come first, so that they are free, or the import stops before. */
async function routesWritten(
  here: Here,
  page: Page,
  { last: after }: ImportRow,
): Promise<number | 'other_run' | undefined> {
  const ways = page.identities.flatMap(({ logins, uuid }, number) =>
    logins.flatMap((login, index) => {
      const { developer, provider, subject } = login
      const slot = slotOfLogin(login)
      if (slot === slotOfIdentity(uuid)) return []
      return [[slot, provider, subject, Number(developer), uuid, claimOf(page, number, index), number] as const]
    }),
  )
  const answers = await inRuns(
    ways,
    ([slot]) => slot,
    here,
    (slots, own) => here.take({ step: 'import_routes', slots, run: page.run, after, routes: JSON.stringify(own) }),
  )
  if (answers.some(({ kind }) => kind === 'other_run')) return 'other_run'
  const conflicts = answers.flatMap((answer) => (answer.kind === 'conflict' ? answer.at : []))
  return conflicts.length > 0 ? Math.min(...conflicts) : undefined
}

function rowsOf(own: readonly BackupIdentity[], page: Page, first: number, isSpread: boolean) {
  const identities = own.map((one, index) => [
    ...[one.uuid, one.state, one.createdAt, one.modifiedAt, one.forward ?? null, one.usedDay ?? null],
    ...[one.blockedUntil ?? null, one.blockReason ?? null, one.notBefore ?? null, one.source ?? null, first + index],
  ])
  const logins = own.flatMap(({ logins, uuid }, number) =>
    logins.map((login, index) => {
      const { developer, linkedDay = null, provider, subject } = login
      const claim = isSpread ? claimOf(page, first + number, index) : ''
      const home = isSpread && isAtHome(login, uuid) ? slotOfLogin(login) : null
      return [provider, subject, Number(developer), uuid, claim, linkedDay, first + number, home]
    }),
  )
  return { identities: JSON.stringify(identities), logins: JSON.stringify(logins) }
}

/** A name that no other link has: those of sign-ins have a slash in them or no dot. */
function claimOf({ line, run }: Page, number: number, index: number): string {
  return `${run.slice(0, 8)}.${(line + number).toString(36)}.${index}`
}

function progressed(state: ImportRow, { line }: Page, taken: readonly BackupIdentity[]): Progress {
  return {
    line: line + taken.length - 1,
    last: taken.at(-1)?.uuid ?? state.last,
    identities: state.identities + taken.length,
    logins: state.logins + taken.reduce((sum, { logins }) => sum + logins.length, 0),
  }
}

/** How far an import is, if there is or was one. */
export async function stateOf(here: Here): Promise<Importing | { kind: 'none' }> {
  const row = await rowOf(here)
  return row ? importing(row) : { kind: 'none' }
}

function importing({ last, line, source, state }: ImportRow): Importing {
  return { kind: 'importing', last, line, source, state }
}
