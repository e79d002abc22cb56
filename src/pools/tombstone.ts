import { migrate } from '../base/migrations.ts'
import { MIGRATIONS } from './schema.ts'

/**
 * Leaves nothing of a deleted pool but its row. The platform drops a database at once, whatever its size, where rows are
 * deleted one by one. It commits that together with what is written in the same turn, so no instance finds an object without
 * its row.
 */
export async function keepRowAlone(storage: DurableObjectStorage, row: Record<string, SqlStorageValue>): Promise<void> {
  const dropped = storage.deleteAll()
  migrate(storage, MIGRATIONS)
  const columns = Object.keys(row)
  const values = columns.map(() => '?')
  storage.sql.exec(`INSERT INTO pool (${columns.join(', ')}) VALUES (${values.join(', ')})`, ...Object.values(row))
  await dropped
}
