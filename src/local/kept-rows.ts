/** What copies of tables are named by. No table of a folder begins so. */
const KEPT = 'kept_'

/** Where the object notes the keys of rows that came up in the table that is watched. */
const SEEN = 'kept_key'

/** A table whose new rows are noted, and the column that is noted of them. */
export interface Watched {
  table: string
  key: string
}

/**
 * A copy of all rows of an object, in its own database, to which local mode can return. Production has none: no migration
 * makes these tables.
 */
export class KeptRows {
  readonly #sql: SqlStorage
  readonly #watched: Watched | undefined

  constructor(sql: SqlStorage, watched: Watched | undefined) {
    this.#sql = sql
    this.#watched = watched
  }

  get any(): boolean {
    return this.#named((name) => name.startsWith(KEPT)).length > 0
  }

  /** Keeps the rows as they are now, in place of what was kept. The note says whose state that is. */
  keep(note: string): void {
    for (const table of this.#tables()) {
      this.#sql.exec(`DROP TABLE IF EXISTS ${quoted(KEPT + table)}`)
      this.#sql.exec(`CREATE TABLE ${quoted(KEPT + table)} AS SELECT * FROM ${quoted(table)}`)
    }
    this.#sql.exec('DROP TABLE IF EXISTS kept_note')
    this.#sql.exec('CREATE TABLE kept_note AS SELECT ? AS note', note)
    this.#watch()
  }

  get note(): string {
    return this.#sql.exec<{ note: string }>('SELECT note FROM kept_note').one().note
  }

  /** Puts the kept rows in place of all others. What watches rows that move to other objects must not hinder that. */
  putBack(): void {
    for (const trigger of this.#named((name) => !name.startsWith(KEPT), 'trigger'))
      this.#sql.exec(`DROP TRIGGER ${quoted(trigger)}`)
    for (const table of this.#tables()) {
      const kept = quoted(KEPT + table)
      const columns = this.#sql.exec(`SELECT * FROM ${kept} LIMIT 0`).columnNames.map(quoted).join(', ')
      this.#sql.exec(`DELETE FROM ${quoted(table)}`)
      this.#sql.exec(`INSERT INTO ${quoted(table)} (${columns}) SELECT ${columns} FROM ${kept}`)
    }
    if (this.#watched) this.#sql.exec('DELETE FROM kept_key')
  }

  /** Keys of the rows of the watched table: those there are, those kept, and those that came and went since. */
  keys(): string[] {
    if (!this.#watched) return []
    const { key, table } = this.#watched
    const from = [table, ...(this.any ? [KEPT + table] : [])].map(
      (name) => `SELECT ${quoted(key)} FROM ${quoted(name)}`,
    )
    const seen = this.any ? [`SELECT key FROM ${SEEN}`] : []
    return this.#sql
      .exec<Record<string, string>>([...from, ...seen].join(' UNION '))
      .toArray()
      .flatMap((row) => Object.values(row))
  }

  #watch(): void {
    if (!this.#watched) return
    const { key, table } = this.#watched
    this.#sql.exec('CREATE TABLE IF NOT EXISTS kept_key (key TEXT PRIMARY KEY)')
    this.#sql.exec(
      `CREATE TRIGGER IF NOT EXISTS kept_new AFTER INSERT ON ${quoted(table)}
       BEGIN INSERT OR IGNORE INTO kept_key (key) VALUES (new.${quoted(key)}); END`,
    )
  }

  /** The tables of the object itself. Which migrations have run is no matter of a test. */
  #tables(): string[] {
    return this.#named((name) => !/^(?:kept|sqlite|_cf)_/.test(name) && name !== 'migration')
  }

  #named(test: (name: string) => boolean, type = 'table'): string[] {
    return this.#sql
      .exec<{ name: string }>('SELECT name FROM sqlite_master WHERE type = ?', type)
      .toArray()
      .flatMap(({ name }) => (test(name) ? [name] : []))
  }
}

const quoted = (name: string) => `"${name}"`
