import type {
  BackupAnswer,
  BackupStep,
  ExportedRows,
  ExportLoginRow,
  ExportRow,
  ExportRowsStep,
  ForwardRow,
  ForwardsStep,
  ImportVerifyStep,
  Verified,
} from './backup-step.ts'
import { begin, clear, end, note, takeRoutes, takeRows } from './import-rows.ts'
import type { BackupTables } from './import-table.ts'
import { EXPORT_CHARS, SCAN_ROWS } from './limits.ts'

/** Takes one step of an export or an import. The caller has begun the transaction. */
export function takeBackupStep(step: BackupStep, tables: BackupTables): BackupAnswer {
  switch (step.step) {
    case 'export_rows':
      return exportRows(step, tables)
    case 'forwards':
      return { kind: 'forwards', found: forwards(step, tables) }
    case 'import_begin':
      return begin(step, tables)
    case 'import_routes':
      return takeRoutes(step, tables)
    case 'import_rows':
      return takeRows(step, tables)
    case 'import_note':
      return note(step, tables)
    case 'import_verify':
      return verify(step, tables)
    case 'import_end':
      return end(step, tables)
    case 'import_clear':
      return clear(step, tables)
    case 'import_state':
      return { kind: 'import', import: tables.imports.row() }
  }
}

const COLUMNS = `uuid, state, created_at, modified_at, forward, frozen_by, frozen_for, erased, used_day, blocked_until,
  block_reason, not_before, source`

function exportRows(step: ExportRowsStep, tables: BackupTables): ExportedRows {
  const { after, limit, since } = step
  const { sql } = tables
  const scanned = since === undefined ? undefined : nth(step, SCAN_ROWS, tables)
  // No UUID is what an end says, so that it makes no difference whether that one is included.
  const end = scanned ?? step.end
  const rows = sql
    .exec<ExportRow>(
      `SELECT ${COLUMNS} FROM identity WHERE uuid > ? AND uuid <= ? AND modified_at >= ? ORDER BY uuid LIMIT ?`,
      ...[after, end, since ?? 0, limit],
    )
    .toArray()
  const last = rows.at(-1)?.uuid
  if (last === undefined) return { kind: 'exported', rows, logins: [], next: scanned }
  const logins = loginsOf(rows, after, last, since !== undefined, sql)
  const { whole, first } = fitting(logins)
  if (first !== undefined) {
    const shown = rows.filter(({ uuid }) => uuid < first)
    return { kind: 'exported', rows: shown, logins: whole, next: shown.at(-1)?.uuid }
  }
  return { kind: 'exported', rows, logins: whole, next: rows.length === limit ? last : scanned }
}

/** As many logins as an answer may have, those of an identity together, and those of one at least; and whose come first then. */
function fitting(logins: Iterable<ExportLoginRow>): { whole: ExportLoginRow[]; first: string | undefined } {
  const read: ExportLoginRow[] = []
  let chars = 0
  for (const login of logins) {
    const { identity } = login
    if (chars > EXPORT_CHARS && read.at(-1)?.identity !== identity) return { whole: read, first: identity }
    chars += login.provider.length + login.subject.length
    read.push(login)
  }
  return { whole: read, first: undefined }
}

/** The logins of a page, in order of identity, as their index has them. */
function loginsOf(rows: readonly ExportRow[], after: string, last: string, isSparse: boolean, sql: SqlStorage) {
  const which = isSparse ? 'IN (SELECT value FROM json_each(?))' : 'BETWEEN ? AND ?'
  const given = isSparse ? [JSON.stringify(rows.map(({ uuid }) => uuid))] : [rows[0]?.uuid ?? after, last]
  return sql.exec<ExportLoginRow>(
    `SELECT identity, provider, subject, developer, linked_day FROM login WHERE identity ${which}
     ORDER BY identity, provider, subject, developer`,
    ...given,
  )
}

/** The identity that is so many after another, if there are as many. */
function nth({ after, end }: { after: string; end: string }, count: number, { sql }: BackupTables): string | undefined {
  return sql
    .exec<{ uuid: string }>(
      'SELECT uuid FROM identity WHERE uuid > ? AND uuid < ? ORDER BY uuid LIMIT 1 OFFSET ?',
      after,
      end,
      count - 1,
    )
    .toArray()[0]?.uuid
}

function forwards({ identities }: ForwardsStep, { sql }: BackupTables): ForwardRow[] {
  return sql
    .exec<ForwardRow>(
      'SELECT uuid, forward, erased FROM identity WHERE uuid IN (SELECT value FROM json_each(?))',
      JSON.stringify(identities),
    )
    .toArray()
}

function verify(step: ImportVerifyStep, tables: BackupTables): Verified {
  const { sql } = tables
  const next = nth(step, step.limit, tables)
  const range = [step.after, next ?? step.end]
  const count = (table: string, column: string) =>
    sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${column} > ? AND ${column} <= ?`, ...range).one()
      .n
  const leading = sql.exec<{ uuid: string; forward: string }>(
    'SELECT uuid, forward FROM identity WHERE uuid > ? AND uuid <= ? AND forward IS NOT NULL ORDER BY uuid',
    ...range,
  )
  const identities = count('identity', 'uuid')
  return { kind: 'verified', identities, logins: count('login', 'identity'), forwards: leading.toArray(), next }
}
