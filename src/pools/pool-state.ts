import { isOpened, NEWER_TABLES } from '../base/migrations.ts'
import type { NoPool, OfSpread, PoolAddress } from './calls.ts'
import { Guests } from './guests.ts'
import { IdentityTable } from './identity-table.ts'
import { type BackupTables, backupTables } from './import-table.ts'
import { PoolRecord } from './pool-record.ts'
import { SpreadHost } from './spread/host.ts'
import { SPREAD } from './spread/objects.ts'
import { PoolStatistics } from './statistics.ts'
import { UsedProofs } from './used-proofs.ts'
import { Watch } from './watch.ts'

/** What an object of a pool keeps, and its alarm. */
export class PoolState {
  readonly storage: DurableObjectStorage
  readonly identities: IdentityTable
  readonly proofs: UsedProofs
  readonly record: PoolRecord
  readonly guests: Guests
  /** What exports and imports work on. */
  readonly backup: BackupTables
  readonly statistics: PoolStatistics
  /** Its part in a pool that is spread. */
  readonly host: SpreadHost
  /** Whether somebody watches the decisions of the account. */
  readonly watch: Watch

  readonly now: () => number
  /** A name that nothing else has. */
  readonly newName: () => string

  constructor(storage: DurableObjectStorage, { newName, now }: Pick<PoolState, 'now' | 'newName'>) {
    this.storage = storage
    this.now = now
    this.newName = newName
    this.watch = new Watch(now)
    this.identities = new IdentityTable(storage.sql)
    this.proofs = new UsedProofs(storage.sql)
    this.guests = new Guests(storage, this.identities, this.proofs, now)
    this.backup = backupTables(storage.sql, now)
    this.statistics = new PoolStatistics(storage.sql, now)
    this.host = new SpreadHost(storage, this.identities, this.proofs, now, this.guests, this.statistics)
    this.record = new PoolRecord(storage, () => this.host.part?.map)
  }

  /** Whether nothing of a pool is here but its row. */
  isEmpty(): boolean {
    const { guests, host, identities, proofs } = this
    return identities.isEmpty() && guests.isEmpty() && proofs.nextExpiry() === undefined && !host.part
  }

  /** What `work` answers in one transaction, if this object has that pool alone. */
  inPool<T extends { kind: string }>(address: PoolAddress, work: () => T): T | NoPool | OfSpread {
    if (this.host.part) return this.ofSpread(address.knowsSpread)
    return this.storage.transactionSync(() =>
      this.record.read(address).kind === 'pool' ? this.backup.imports.known(work()) : { kind: 'no_pool' },
    )
  }

  /** What `work` answers, without what it changes. */
  tried<T>(work: () => T): T {
    const answers: T[] = []
    const undone = new Error('undone')
    try {
      this.storage.transactionSync(() => {
        answers.push(work())
        throw undone
      })
    } catch (error) {
      if (error !== undone) throw error
    }
    return answers[0] as T
  }

  /** A pool that is spread is never served by one object; whoever asks it for that does not know of its map. */
  ofSpread(knowsSpread?: true): OfSpread {
    if (knowsSpread) return { kind: 'of_spread' }
    throw new Error(`${NEWER_TABLES}: ${SPREAD}.`)
  }

  /** Closes the pool at once; what is left of it is deleted by the alarm. */
  close(operation: string | null): void {
    this.record.close(operation)
    void this.storage.setAlarm(this.now())
  }

  /** Sets the alarm for whatever this object must do next by itself, but not sooner than in so many milliseconds. */
  async wake(pause = 0): Promise<void> {
    if (!isOpened(this.storage)) return
    const pool = this.record.open()
    const counting = this.statistics.isCounting() ? this.now() : undefined
    const dues = [this.host.nextDue(pool), this.guests.nextDue(pool), counting]
    const due = Math.min(...dues.map((at) => at ?? Number.POSITIVE_INFINITY))
    if (due === Number.POSITIVE_INFINITY) return
    const set = await this.storage.getAlarm()
    if (set === null || set > due) await this.storage.setAlarm(Math.max(due, this.now() + pause))
  }
}
