import type {
  BackupAnswers,
  Conflict,
  ImportBeginStep,
  ImportClearStep,
  ImportEndStep,
  ImportNoteStep,
  ImportRoutesStep,
  ImportRowsStep,
  OtherRun,
  Taken,
} from './backup-step.ts'
import type { BackupTables } from './import-table.ts'

const TAKEN: Taken = { kind: 'taken' }
const OTHER_RUN: OtherRun = { kind: 'other_run' }

export function begin(step: ImportBeginStep, tables: BackupTables): BackupAnswers['import_begin'] {
  const { run, source } = step
  const { imports, now, sql } = tables
  const before = imports.row()
  if (before?.state === 'importing') {
    if (before.source !== source) return { kind: 'other_import', source: before.source }
    imports.resume(run)
    const after = step.after ?? before.last
    imports.writing(() => {
      forgetAfter(after, sql)
      sql.exec('DELETE FROM route WHERE identity > ?', after)
    })
  } else if (before && step.after) {
    return { kind: 'over' }
  } else {
    const grows = sql.exec("SELECT 1 FROM growth WHERE phase <> 'done'").toArray().length > 0
    if (grows) return { kind: 'growing' }
    const has = 'SELECT 1 FROM identity UNION ALL SELECT 1 FROM login UNION ALL SELECT 1 FROM route LIMIT 1'
    if (sql.exec(has).toArray().length > 0) return { kind: 'not_empty' }
    imports.begin(run, source, now())
  }
  const begun = imports.row()
  return begun ? { kind: 'begun', import: begun } : { kind: 'not_empty' }
}

/** Rows that are after an identity: what is left of a call that was interrupted. */
function forgetAfter(after: string, sql: SqlStorage): void {
  sql.exec('DELETE FROM login WHERE identity > ?', after)
  sql.exec('DELETE FROM identity WHERE uuid > ?', after)
}

function isOf(run: string, { imports }: BackupTables): boolean {
  const row = imports.row()
  return row?.state === 'importing' && row.run === run
}

export function takeRoutes(step: ImportRoutesStep, tables: BackupTables): Taken | Conflict | OtherRun {
  const { after, routes, run } = step
  const { imports, sql } = tables
  if (!isOf(run, tables)) return OTHER_RUN
  const at = least(
    `SELECT min(number) AS at FROM (
       SELECT value ->> 6 AS number FROM json_each(?) CROSS JOIN route
         ON slot = value ->> 0 AND provider = value ->> 1 AND subject = value ->> 2 AND developer = value ->> 3
         WHERE identity <= ?
       UNION ALL SELECT value ->> 6 FROM json_each(?) CROSS JOIN login
         ON provider = value ->> 1 AND subject = value ->> 2 AND developer = value ->> 3 WHERE identity <= ?)`,
    [routes, after, routes, after],
    sql,
  )
  imports.writing(() =>
    sql.exec(
      `INSERT INTO route (slot, provider, subject, developer, identity, claim)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)
       WHERE value ->> 6 < ?
       ON CONFLICT (slot, provider, subject, developer)
       DO UPDATE SET identity = excluded.identity, claim = excluded.claim, reserved_at = 0`,
      routes,
      at ?? Number.MAX_SAFE_INTEGER,
    ),
  )
  return at === undefined ? TAKEN : { kind: 'conflict', at }
}

export function takeRows(step: ImportRowsStep, tables: BackupTables): Taken | Conflict | OtherRun {
  const { after, identities, logins, note: progress, run } = step
  const { imports, sql } = tables
  if (!isOf(run, tables)) return OTHER_RUN
  return imports.writing(() => {
    forgetAfter(after, sql)
    const at = conflictIn(logins, sql)
    const end = at ?? Number.MAX_SAFE_INTEGER
    sql.exec(
      `INSERT INTO identity (uuid, state, created_at, modified_at, forward, used_day, blocked_until, block_reason, not_before, source)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
         value ->> 9 FROM json_each(?) WHERE value ->> 10 < ?`,
      identities,
      end,
    )
    sql.exec(
      `INSERT INTO login (provider, subject, developer, identity, claim, linked_day)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?) WHERE value ->> 6 < ?`,
      logins,
      end,
    )
    if (at !== undefined) return { kind: 'conflict', at }
    if (progress) imports.note(progress)
    return TAKEN
  })
}

/** The first identity of a page with a login that another has, or that something leads to. */
function conflictIn(logins: string, sql: SqlStorage): number | undefined {
  return least(
    `SELECT min(number) AS at FROM (
       SELECT value ->> 6 AS number FROM json_each(?) CROSS JOIN login
         ON provider = value ->> 0 AND subject = value ->> 1 AND developer = value ->> 2
       UNION ALL SELECT value ->> 6 FROM json_each(?) CROSS JOIN route
         ON slot = value ->> 7 AND provider = value ->> 0 AND subject = value ->> 1 AND developer = value ->> 2)`,
    [logins, logins],
    sql,
  )
}

function least(query: string, given: SqlStorageValue[], sql: SqlStorage): number | undefined {
  return sql.exec<{ at: number | null }>(query, ...given).one().at ?? undefined
}

export function note({ identities, last, line, logins, run }: ImportNoteStep, tables: BackupTables): Taken | OtherRun {
  if (!isOf(run, tables)) return OTHER_RUN
  tables.imports.note({ identities, last, line, logins })
  return TAKEN
}

export function end({ forget, run }: ImportEndStep, tables: BackupTables): Taken | OtherRun {
  const { imports, now } = tables
  const row = imports.row()
  if (row && row.run !== run) return OTHER_RUN
  if (forget) imports.forget()
  else imports.end(now())
  return TAKEN
}

export function clear({ limit, run }: ImportClearStep, tables: BackupTables): BackupAnswers['import_clear'] {
  const { imports, sql } = tables
  if (!isOf(run, tables)) return OTHER_RUN
  return imports.writing(() => {
    const some = 'SELECT uuid FROM identity ORDER BY uuid LIMIT ?'
    sql.exec(`DELETE FROM login WHERE identity IN (${some})`, limit)
    const { rowsWritten: gone } = sql.exec(`DELETE FROM identity WHERE uuid IN (${some})`, limit)
    const keys = 'slot, provider, subject, developer'
    const { rowsWritten: ways } = sql.exec(
      `DELETE FROM route WHERE (${keys}) IN (SELECT ${keys} FROM route ORDER BY ${keys} LIMIT ?)`,
      limit,
    )
    return { kind: 'cleared', left: gone > 0 || ways > 0 }
  })
}
