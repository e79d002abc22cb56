import type { BackupAnswer, BackupStep } from './backup-step.ts'
import { takeBackupStep } from './backup-steps.ts'
import {
  type IdentitiesMerged,
  type Linked,
  type LinkRequest,
  type LoginUnlinked,
  linkLogin,
  type MergeIdentitiesRequest,
  mergeIdentities,
  type UnlinkLoginRequest,
  unlinkLogin,
} from './by-operator.ts'
import type { NoPool, OfSpread, PoolAddress, Tried } from './calls.ts'
import { type CheckPage, checkAlone } from './check.ts'
import {
  type DetailFound,
  type DetailsAsked,
  type DetailsFound,
  detailOf,
  type IdentityFound,
  ownerOf,
} from './details.ts'
import { erasableOf, eraseAlone, eraseLoginAlone } from './erase-alone.ts'
import type { Erasable, ErasableFound, ErasableRows, ErasureTarget } from './erasure-table.ts'
import type { IdentityDescription, ProvenLogin } from './identities.ts'
import { AFTER_ALL } from './identity-walks.ts'
import { MAX_LOSERS_TOLD } from './limits.ts'
import { SpreadObject } from './spread/spread-object.ts'
import type { Statistics } from './statistics.ts'

/** An object that has a pool alone, as operators read, change and check the identities of the pool. */
export abstract class DirectoryObject extends SpreadObject {
  describeIdentity(
    region: string,
    account: string,
    uuid: string,
    knowsSpread?: true,
  ): IdentityDescription | OfSpread | undefined {
    if (this.own.host.part) return this.own.ofSpread(knowsSpread)
    const found = this.readByRegion(region)
    if (found.kind !== 'pool' || found.pool.account !== account) return undefined
    const described = this.own.identities.walks.describe(uuid)
    if (!described) this.own.backup.imports.refuse()
    return described
  }

  listIdentities(
    address: PoolAddress,
    after: string,
    limit: number,
    hideDisabled: boolean,
  ): { kind: 'page'; identities: IdentityDescription[] } | NoPool | OfSpread {
    return this.own.inPool(address, () => ({
      kind: 'page',
      identities: this.own.identities.walks.list(after, limit, hideDisabled),
    }))
  }

  /** The identity that has the first of these logins that anybody has. */
  findIdentity(address: PoolAddress, logins: readonly ProvenLogin[]): IdentityFound | NoPool | OfSpread {
    return this.own.inPool(address, () => {
      const found = logins.flatMap((login) => ownerOf(this.own.identities, login) ?? [])
      return { kind: 'found', identity: found[0] }
    })
  }

  identityDetail(address: PoolAddress, uuid: string): DetailFound | NoPool | OfSpread {
    return this.own.inPool(address, () => {
      const { identities } = this.own
      const row = identities.named(uuid)
      const forwardedFrom = identities.walks.losersTo(uuid, '', AFTER_ALL, MAX_LOSERS_TOLD)
      return { kind: 'found', identity: row && { ...detailOf(row, identities.members([uuid])), forwardedFrom } }
    })
  }

  /** Walks through identities in order of UUID, and answers those that a filter wants. */
  walkDetails(address: PoolAddress, asked: DetailsAsked): ({ kind: 'walked' } & DetailsFound) | NoPool | OfSpread {
    return this.own.inPool(address, () => ({ kind: 'walked', ...this.own.identities.walks.walk(asked) }))
  }

  /** A user with everything that would be erased. */
  lookToErase(address: PoolAddress, target: ErasureTarget): ErasableFound | NoPool | OfSpread {
    return this.own.inPool(address, () => ({ kind: 'found', erasable: erasableOf(this.own.identities, target) }))
  }

  /** Erases a user in one transaction, if everything is as it was found. */
  erase(address: PoolAddress, erasable: Erasable): { kind: 'erased' | 'changed' } | NoPool | OfSpread {
    return this.own.inPool(address, () => ({ kind: eraseAlone(this.own.identities, erasable) }))
  }

  /** Identities after one in order of UUID, with logins, as a check of what was erased looks at them. */
  rowsToErase(address: PoolAddress, after: string, limit: number): ErasableRows | NoPool | OfSpread {
    return this.own.inPool(address, () => ({
      kind: 'rows',
      rows: this.own.identities.erasures.rows(after, AFTER_ALL, limit),
    }))
  }

  eraseLogin(
    address: PoolAddress,
    uuid: string,
    login: ProvenLogin,
  ): { kind: 'erased' | 'changed' } | NoPool | OfSpread {
    return this.own.inPool(address, () => ({ kind: eraseLoginAlone(this.own.identities, uuid, login, this.own.now()) }))
  }

  linkLogin(address: PoolAddress, { dryRun, ...request }: LinkRequest & Tried): Linked | NoPool | OfSpread {
    return this.#change(address, dryRun, (now) => linkLogin(this.own.identities, { ...request, now }))
  }

  unlinkLogin(
    address: PoolAddress,
    { dryRun, ...request }: UnlinkLoginRequest & Tried,
  ): LoginUnlinked | NoPool | OfSpread {
    return this.#change(address, dryRun, (now) => unlinkLogin(this.own.identities, { ...request, now }))
  }

  mergeIdentities(
    address: PoolAddress,
    { dryRun, ...request }: MergeIdentitiesRequest & Tried,
  ): IdentitiesMerged | NoPool | OfSpread {
    return this.#change(address, dryRun, (now) => mergeIdentities(this.own.identities, { ...request, now }))
  }

  /** Takes one step of an export or an import of a pool of one object. */
  backup(address: PoolAddress, step: BackupStep): BackupAnswer | NoPool | OfSpread {
    return this.own.inPool(address, () => takeBackupStep(step, this.own.backup))
  }

  /** What is known of the numbers of the pool. Who asks may have them counted anew. */
  statistics(address: PoolAddress): ({ kind: 'statistics' } & Statistics) | NoPool | OfSpread {
    const asked = this.own.inPool(address, () => ({ kind: 'statistics' as const, ...this.own.statistics.ask() }))
    if (asked.kind === 'statistics') void this.own.wake()
    return asked
  }

  /** Looks for what is wrong in a pool of one object, among so many identities after this one. */
  check(address: PoolAddress, after: string, limit: number): CheckPage | NoPool | OfSpread {
    return this.own.inPool(address, () => checkAlone(this.own.identities, after, limit))
  }

  #change<T extends { kind: string }>(
    address: PoolAddress,
    dryRun: boolean | undefined,
    work: (now: number) => T,
  ): T | NoPool | OfSpread {
    const change = () => this.own.inPool(address, () => work(this.own.now()))
    return dryRun ? this.own.tried(change) : change()
  }
}
