import { TRY_LATER } from '../base/objects.ts'

/** How far an import is. */
export interface Progress {
  line: number
  last: string
  identities: number
  logins: number
}

/** How far an import is, and who writes. */
export interface ImportRow extends Progress, Record<string, SqlStorageValue> {
  /** Names who goes on with it; whoever did before is refused. */
  run: string
  /** Id of the pool that the file is of. */
  source: string
  state: 'importing' | 'done'
}

/** How an object refuses whatever must wait for an import. */
export const IMPORTING = `${TRY_LATER}: identities are being imported into this pool`

/** What nobody but the import may do meanwhile. Uses of identities are still noted, and blocks. */
const REFUSED = [
  ...['INSERT ON identity', 'DELETE ON identity', 'INSERT ON login', 'DELETE ON login', 'UPDATE ON login'],
  'UPDATE OF uuid, state, created_at, modified_at, forward, changed_by, frozen_by, erased ON identity',
  ...['INSERT ON route', 'DELETE ON route', 'UPDATE ON route'],
  // The pool is not deleted and does not grow either.
  ...['UPDATE OF state ON pool', 'INSERT ON spread', 'INSERT ON growth', 'UPDATE ON growth'],
]

const nameOf = (what: string) => `importing_${what.replace(/\W+/g, '_').toLowerCase()}`

/** The state of an import into this object. All synchronous, within the transaction of a step. */
export class ImportTable {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  row(): ImportRow | undefined {
    return this.#sql
      .exec<ImportRow>('SELECT run, source, state, line, last, identities, logins FROM import')
      .toArray()[0]
  }

  get isOn(): boolean {
    return this.row()?.state === 'importing'
  }

  /** When the last import ended, in milliseconds since the epoch. */
  get endedAt(): number | undefined {
    const [row] = this.#sql.exec<{ at: number | null }>('SELECT ended_at AS at FROM import').toArray()
    return row?.at ?? undefined
  }

  /** Lets nobody else write. No code that writes can forget to ask, not even that of a version before this one. */
  begin(run: string, source: string, now: number): void {
    this.#sql.exec('DELETE FROM import')
    this.#sql.exec(
      `INSERT INTO import (one, run, source, state, line, last, identities, logins, begun_at)
       VALUES (1, ?, ?, 'importing', 1, '', 0, 0, ?)`,
      run,
      source,
      now,
    )
    for (const what of REFUSED)
      this.#sql.exec(
        `CREATE TRIGGER IF NOT EXISTS ${nameOf(what)} BEFORE ${what}
         WHEN (SELECT open FROM import WHERE state = 'importing') = 0
         BEGIN SELECT RAISE(ABORT, '${IMPORTING}'); END`,
      )
  }

  resume(run: string): void {
    this.#sql.exec('UPDATE import SET run = ?', run)
  }

  note({ identities, last, line, logins }: Progress): void {
    this.#sql.exec('UPDATE import SET line = ?, last = ?, identities = ?, logins = ?', line, last, identities, logins)
  }

  end(now: number): void {
    this.#openAll()
    // The last identity may be erased one day, and nothing mentions it then.
    this.#sql.exec("UPDATE import SET state = 'done', last = '', ended_at = ? WHERE state = 'importing'", now)
  }

  forget(): void {
    this.#openAll()
    this.#sql.exec('DELETE FROM import')
  }

  /** Does what only the import may do. */
  writing<T>(work: () => T): T {
    this.#sql.exec('UPDATE import SET open = 1')
    const done = work()
    this.#sql.exec('UPDATE import SET open = 0')
    return done
  }

  /**
   * An answer to somebody who looks for an identity. While identities are imported it holds only if it was found, for it may be in a
   * line to come.
   */
  settled<T extends { kind: string }>(answer: T): T {
    if (!HOLDS.has(answer.kind)) this.refuse()
    return answer
  }

  /** The same of an answer to a signed call. */
  known<T extends { kind: string }>(answer: T): T {
    const members: Readonly<Record<string, unknown>> = answer
    const isUnknown = NOBODY.has(answer.kind) || FOUND.some((name) => name in members && members[name] === undefined)
    if (isUnknown) this.refuse()
    return answer
  }

  /** Refuses whoever found nothing, if it may be in a line to come. */
  refuse(): void {
    if (this.isOn) throw new Error(IMPORTING)
  }

  #openAll(): void {
    for (const what of REFUSED) this.#sql.exec(`DROP TRIGGER IF EXISTS ${nameOf(what)}`)
  }
}

/** Answers that say the same after the import. */
const HOLDS: ReadonlySet<string> = new Set(['identity', 'no_pool', 'stale', 'proof_used', 'unlinked', 'elsewhere'])

/** Answers that there is no such identity, or that nobody has a login. */
const NOBODY: ReadonlySet<string> = new Set(['no_identity', 'no_login', 'no_developer_user'])

/** Members of an answer that are there, and empty, where nobody was found. */
const FOUND = ['identity', 'erasable']

/** What the steps work on. */
export interface BackupTables {
  sql: SqlStorage
  imports: ImportTable
  now: () => number
}

export function backupTables(sql: SqlStorage, now: () => number): BackupTables {
  return { sql, imports: new ImportTable(sql), now }
}
