import type { IdentityRow } from './identities.ts'
import type { ImportRow, Progress } from './import-table.ts'
import type { Slots } from './spread/map.ts'

/**
 * What an object is asked for an export or an import: the one object of a pool, or each of a pool that is spread. Each step is one
 * transaction there, and names slots of that object.
 */
export type BackupStep =
  | ExportRowsStep
  | ForwardsStep
  | ImportBeginStep
  | ImportRoutesStep
  | ImportRowsStep
  | ImportNoteStep
  | ImportVerifyStep
  | ImportEndStep
  | ImportClearStep
  | ImportStateStep

/** The next identities of these slots with their logins, those that are frozen among them. */
export interface ExportRowsStep {
  step: 'export_rows'
  slots: Slots
  after: string
  end: string
  limit: number
  /** Only those that were changed since then, in milliseconds since the epoch, among so many that one call looks at. */
  since?: number | undefined
}

/** Where these identities lead by merges that they lost. */
export interface ForwardsStep {
  step: 'forwards'
  slots: Slots
  identities: readonly string[]
}

/** Lets only an import write from now on; or goes on with one, and forgets what came after this identity. */
export interface ImportBeginStep {
  step: 'import_begin'
  slots: Slots
  run: string
  source: string
  /** As the head knows it; the head itself goes by what it knows. */
  after?: string | undefined
}

/** Writes the ways to logins whose identities are in other slots. */
export interface ImportRoutesStep {
  step: 'import_routes'
  slots: Slots
  run: string
  /** The last identity that was taken before this page. */
  after: string
  /** As JSON: slot, provider, subject, developer, identity, claim, and which identity of the page it is. */
  routes: string
}

/** Writes identities with their logins. */
export interface ImportRowsStep {
  step: 'import_rows'
  slots: Slots
  run: string
  /** The identity before them, after which nothing can be here but what an interrupted call left. */
  after: string
  /** As JSON: uuid, state, created, modified, forward, used day, blocked until, reason, not before, source, and its number. */
  identities: string
  /** As JSON: provider, subject, developer, identity, claim, linked day, number of the identity, slot if that is the identity's. */
  logins: string
  /** Notes how far the import is, where this object does that. */
  note?: Progress | undefined
}

/** Notes how far an import is. */
export interface ImportNoteStep extends Progress {
  step: 'import_note'
  slots: Slots
  run: string
}

/** Counts the next identities of these slots, and tells who forwards to whom. */
export interface ImportVerifyStep {
  step: 'import_verify'
  slots: Slots
  after: string
  end: string
  limit: number
}

/** Opens the object again. `forget`: as if there had been no import. */
export interface ImportEndStep {
  step: 'import_end'
  slots: Slots
  run: string
  forget?: boolean | undefined
}

/** Deletes some of what an import has written. */
export interface ImportClearStep {
  step: 'import_clear'
  slots: Slots
  run: string
  limit: number
}

export interface ImportStateStep {
  step: 'import_state'
  slots: Slots
}

export interface BackupAnswers {
  export_rows: ExportedRows
  forwards: { kind: 'forwards'; found: readonly ForwardRow[] }
  import_begin: { kind: 'begun'; import: ImportRow } | NotBegun | Over
  import_routes: Taken | Conflict | OtherRun
  import_rows: Taken | Conflict | OtherRun
  import_note: Taken | OtherRun
  import_verify: Verified
  import_end: Taken | OtherRun
  import_clear: { kind: 'cleared'; left: boolean } | OtherRun
  import_state: { kind: 'import'; import: ImportRow | undefined }
}

export interface ExportedRows {
  kind: 'exported'
  rows: readonly ExportRow[]
  logins: readonly ExportLoginRow[]
  /** Where to go on in these slots. */
  next: string | undefined
}

type Told = 'uuid' | 'state' | 'created_at' | 'modified_at' | 'forward' | 'frozen_by' | 'frozen_for' | 'erased'

export type ExportRow = Pick<
  IdentityRow,
  Told | 'used_day' | 'blocked_until' | 'block_reason' | 'not_before' | 'source'
> &
  Record<string, SqlStorageValue>

export interface ExportLoginRow extends Record<string, SqlStorageValue> {
  identity: string
  provider: string
  subject: string
  developer: number
  linked_day: number | null
}

export interface ForwardRow extends Record<string, SqlStorageValue> {
  uuid: string
  forward: string | null
  erased: number
}

/** Why no import begins: something is in the pool, it grows, or another file is being imported, of this pool. */
export type NotBegun = { kind: 'not_empty' | 'growing' } | { kind: 'other_import'; source: string }

/** The import was checked, and this object opened. Only one that is not the head says so. */
export interface Over {
  kind: 'over'
}

export interface Taken {
  kind: 'taken'
}

/** This identity of the page has a login that another has. Only those before it were written. */
export interface Conflict {
  kind: 'conflict'
  at: number
}

/** There is no such import, or somebody else went on with it. */
export interface OtherRun {
  kind: 'other_run'
}

export interface Verified {
  kind: 'verified'
  identities: number
  logins: number
  forwards: readonly { uuid: string; forward: string }[]
  next: string | undefined
}

export type BackupAnswer = BackupAnswers[keyof BackupAnswers]

const STEPS: ReadonlySet<string> = new Set<BackupStep['step']>([
  ...(['export_rows', 'forwards', 'import_begin', 'import_routes', 'import_rows', 'import_note'] as const),
  ...(['import_verify', 'import_end', 'import_clear', 'import_state'] as const),
])

export function isBackupStep<S extends { step: string }>(step: S | BackupStep): step is BackupStep {
  return STEPS.has(step.step)
}
