import type { PoolId } from '../base/ids.ts'
import type { Here } from './backup-here.ts'
import type { BackupStep, NotBegun, OtherRun } from './backup-step.ts'
import type { NoPool, OfSpread } from './calls.ts'
import { type ExportAsked, type ExportPage, exportPage } from './export-page.ts'
import { type Checked, cancelImport, type Finished, finishImport } from './import-end.ts'
import { type Breach, beginImport, type Importing, importPage, type Page, stateOf } from './import-pages.ts'
import type { PoolObject } from './pool-objects.ts'
import type { Pools } from './pools.ts'
import { ALONE } from './spread/map.ts'
import type { TakeStep } from './spread/step.ts'

/** Exports and imports of the identities of a pool, for signed callers. */

/** The next identities of a pool, in order of UUID. */
export async function exportIdentities(
  pools: Pools,
  id: PoolId,
  account: string,
  asked: ExportAsked,
): Promise<ExportPage | NoPool> {
  return pools.readEither<ExportPage | NoPool>(
    id,
    account,
    both(id, account, (here) => exportPage(here, asked)),
  )
}

/** What a caller of an import names it by. */
export interface ImportNamed {
  id: PoolId
  account: string
  /** Whoever begins or goes on with an import gives it a new one. */
  run: string
}

/** Begins an import into an empty pool, or goes on with one. `source`: id of the pool that the file is of. */
export function beginImportOf(pools: Pools, { account, id, run }: ImportNamed, source: string) {
  return pools.writeEither<Importing | NotBegun | NoPool>(
    id,
    account,
    both(id, account, (here) => beginImport(here, { run, source })),
  )
}

/** How far an import is, if there is one. */
export function importOf(pools: Pools, { account, id }: Omit<ImportNamed, 'run'>) {
  return pools.readEither<Importing | { kind: 'none' } | NoPool>(id, account, both(id, account, stateOf))
}

/** Takes the next identities of the file, up to the first that cannot be. */
export function importIdentities(pools: Pools, { account, id, run }: ImportNamed, page: Omit<Page, 'run'>) {
  return pools.writeEither<Importing | Breach | OtherRun | NoPool>(
    id,
    account,
    both(id, account, (here) => importPage(here, { ...page, run })),
  )
}

/** Checks some of what was imported, and in the end opens the pool. */
export function finishImportOf(
  pools: Pools,
  { account, id, run }: ImportNamed,
  told: { identities: number; logins: number; checked: Checked | undefined },
) {
  return pools.writeEither<Finished | NoPool>(
    id,
    account,
    both(id, account, (here) => finishImport(here, { ...told, run })),
  )
}

/** Deletes some of what was imported, and in the end opens the pool, which is empty then. */
export function cancelImportOf(pools: Pools, { account, id, run }: ImportNamed) {
  return pools.writeEither<Awaited<ReturnType<typeof cancelImport>> | NoPool>(
    id,
    account,
    both(id, account, (here) => cancelImport(here, run)),
  )
}

/** The same work in a pool of one object and in one that is spread. */
function both<T>(id: PoolId, account: string, work: (here: Here) => Promise<T>) {
  return {
    alone: async (object: PoolObject): Promise<T | NoPool | OfSpread> => {
      const address = { id: id.text, account, knowsSpread: true } as const
      const take = async (step: BackupStep) => {
        const answer = await object.backup(address, step)
        if (answer.kind === 'no_pool' || answer.kind === 'of_spread') throw new NotHere(answer)
        return answer
      }
      try {
        // In one object nobody is in the middle of a merge, so that no other steps are taken.
        return await work({ tag: id.tag, spread: ALONE, take: take as unknown as TakeStep })
      } catch (error) {
        if (error instanceof NotHere) return error.answer
        throw error
      }
    },
    spread: (pool: { here: Here }) => work(pool.here),
  }
}

/** The object that was asked does not have the pool, or not alone. */
class NotHere extends Error {
  readonly answer: NoPool | OfSpread

  constructor(answer: NoPool | OfSpread) {
    super(answer.kind)
    this.answer = answer
  }
}
