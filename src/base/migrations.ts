/** Whether anything was ever stored here. Asking stores nothing, so a crafted name costs next to nothing. */
export function isOpened(storage: DurableObjectStorage): boolean {
  return storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'migration'").toArray().length > 0
}

/** How the refusal of tables that a later version made begins. A caller knows it by these words: a class is lost on the way. */
export const NEWER_TABLES = 'The tables of this object are of a later version of the service'

/**
 * Brings an object's tables up to date, in one transaction: each migration runs once, in order. Throws, and touches nothing,
 * if a later version of the service was here: this one does not know what it would destroy.
 */
export function migrate(storage: DurableObjectStorage, migrations: readonly string[]): void {
  storage.transactionSync(() => {
    storage.sql.exec('CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY)')
    const done = storage.sql.exec<{ n: number }>('SELECT coalesce(max(number), 0) AS n FROM migration').one().n
    if (done > migrations.length)
      throw new Error(
        `${NEWER_TABLES}: migration ${done}, where this one knows ${migrations.length}. Deploy that version.`,
      )
    migrations.slice(done).forEach((statements, index) => {
      storage.sql.exec(statements)
      storage.sql.exec('INSERT INTO migration (number) VALUES (?)', done + index + 1)
    })
  })
}
