import { existsSync } from 'node:fs'
import type { Given } from '../../package/server/options.mjs'
import { BadOption } from '../lib/bootstrap.mjs'
import { fromCallersFolder } from '../lib/callers-folder.ts'
import type { Own } from '../lib/operator.ts'
import { BadFile } from './backup-file.ts'
import { exportPool } from './export.ts'
import { cancelImport, importFile } from './import.ts'

export function isBackup(action: string): boolean {
  return action === 'export' || action === 'import'
}

/** The exit code for a file that is not whole, or that cannot be in the pool. */
const BAD_FILE = 3

/** What an export or an import does with the service, if its options can be meant. */
export function backupWork(action: string, values: Given['values']): (own: Own) => Promise<void> {
  const work = action === 'export' ? exporting(values) : importing(values)
  return async (own) => {
    try {
      await work(own)
    } catch (error) {
      if (!(error instanceof BadFile)) throw error
      console.error(error.message)
      process.exitCode = BAD_FILE
    }
  }
}

function exporting({ file, json = false, pool }: Given['values']): (own: Own) => Promise<void> {
  const path = file === undefined ? undefined : fromCallersFolder(file)
  if (path !== undefined && existsSync(path)) throw new BadOption(`${file} is there already: name another file`)
  return (own) => exportPool(pool, path, json, own)
}

function importing({ cancel, corrected = false, file, json = false, mapping, pool, ...values }: Given['values']) {
  if (cancel && file !== undefined) throw new BadOption('--cancel goes with no file')
  if (cancel) return (own: Own) => cancelImport(pool, json, own)
  if (file === undefined) throw new BadOption('Name the file: --file <file>, or --cancel')
  const path = fromCallersFolder(file)
  if (!existsSync(path)) throw new BadOption(`There is no file ${file}`)
  const newIds = values['new-ids'] ?? false
  const ids = mapping === undefined ? undefined : fromCallersFolder(mapping)
  return (own: Own) => importFile({ pool, file: path, newIds, mapping: ids, corrected, json }, own)
}
