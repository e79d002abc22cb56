/** Whether anything was ever stored here. Asking stores nothing, so a crafted name costs next to nothing. */
export function isOpened(storage: DurableObjectStorage): boolean {
  return storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'migration'").toArray().length > 0
}

/** Brings an object's tables up to date, in one transaction: each migration runs once, in order. */
export function migrate(storage: DurableObjectStorage, migrations: readonly string[]): void {
  storage.transactionSync(() => {
    storage.sql.exec('CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY)')
    const done = storage.sql.exec<{ n: number }>('SELECT coalesce(max(number), 0) AS n FROM migration').one().n
    migrations.slice(done).forEach((statements, index) => {
      storage.sql.exec(statements)
      storage.sql.exec('INSERT INTO migration (number) VALUES (?)', done + index + 1)
    })
  })
}
