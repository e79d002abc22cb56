import { poolTagOf } from '../base/ids.ts'
import { consoleLog } from '../base/log.ts'
import { isOpened, migrate } from '../base/migrations.ts'
import { callObject, OBJECT_READ_MS } from '../base/objects.ts'
import { answerIn } from './answer.ts'
import { Directory, type PoolPage, type Unsettled } from './directory.ts'
import { Erasures, type KnownErasure, type NotedErasure } from './erasures.ts'
import { SETTLE_INTERVAL_MS } from './limits.ts'
import { type OidcProvider, OidcProviders } from './oidc-providers.ts'
import { OutboundFederations } from './outbound-federation.ts'
import type { Aged, Answer, Question } from './questions.ts'
import type { Changed, Created, Tags } from './records.ts'
import { RecordsCopy } from './records-copy.ts'
import { RolePolicies } from './role-policies.ts'
import { type Role, type RoleChange, Roles } from './roles.ts'
import { type SamlMetadataRecord, type SamlProviderRecord, SamlProviders } from './saml-providers.ts'
import { MIGRATIONS } from './schema.ts'
import { WatchedAccount } from './watched-account.ts'

/** What the directory asks an object of a pool; the rest of it is no business of an account. */
interface PoolObject {
  read(address: { id: string }): Promise<{ kind: 'pool'; pool: { settings: { name: string } } } | { kind: 'no_pool' }>
}

/** An object of an account, asked by one of its copies. */
interface AccountObject {
  records(questions: readonly Question[]): Promise<Answer[]>
}

/**
 * One account: the directory of its pools, and the records that pools refer to by ARN. Pools themselves live in their own
 * objects, which the directory asks by alarm what became of them.
 *
 * An object that is named `<account>/<place>` is no account: it holds a copy of records there, and none of the tables. Nor is
 * `<account>/decisions`, which has the last decisions of the account while somebody watches.
 */
export class Account extends WatchedAccount {
  #copyHere: RecordsCopy | undefined

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    if (!isOpened(state.storage)) return
    migrate(state.storage, MIGRATIONS)
    this.#settleLater()
  }

  /** Takes a place in the directory for a pool about to be created. Its region is that of its id, which callers repeat. */
  reservePool(id: string, _region: string, name: string): 'reserved' | 'limit' {
    return this.#inDirectory((directory, now) => directory.reserve(id, name, now))
  }

  /** Is told before every change of a pool, so that its entry is looked after if nothing more is heard of it. */
  poolIsChanging(id: string): void {
    this.#inDirectory((directory, now) => directory.isChanging(id, now))
  }

  /** Is told after the creation of a pool, and after every change of it. */
  poolIsOpen(id: string, name: string): void {
    this.#inDirectory((directory, now) => directory.isOpen(id, name, now))
  }

  poolIsClosing(id: string): void {
    this.#inDirectory((directory, now) => directory.isClosing(id, now))
  }

  poolIsGone(id: string): void {
    this.#inDirectory((directory) => directory.isGone(id))
  }

  /** Pools of a region in order of id, after the given one. Those that are being created or deleted are not listed. */
  listPools(region: string, after: string, limit: number): PoolPage {
    return (
      this.#read((sql) => new Directory(sql).list(region, after, limit)) ?? { pools: [], more: false, unsettled: [] }
    )
  }

  /** Ids of open pools of all regions in order, after the given one. */
  openPools(after: string, limit: number): string[] {
    return this.#read((sql) => new Directory(sql).open(after, limit)) ?? []
  }

  /** Asks the pools whose entries are not settled, some at a time. A copy asks its account. */
  override async alarm(): Promise<void> {
    if (this.#isCopy()) return this.#copy().renew()
    const directory = new Directory(this.ctx.storage.sql)
    this.#write((sql) => new Erasures(sql).forget(this.now()))
    for (const entry of directory.due(this.now())) await this.#settle(directory, entry)
    this.#settleLater()
  }

  /** Notes what is about to be erased in a pool; or answers that the same was noted a moment ago. */
  noteErasure(erasure: NotedErasure): KnownErasure | undefined {
    const known = this.#write((sql) => new Erasures(sql).note(erasure, this.now()))
    this.#settleLater()
    return known
  }

  withdrawErasure(id: string): void {
    this.#write((sql) => new Erasures(sql).withdraw(id))
  }

  /** The latest erasure with this mark. */
  erasure(pool: string, mark: string): KnownErasure | undefined {
    return this.#read((sql) => new Erasures(sql).find(pool, mark))
  }

  hasErasures(pool: string): boolean {
    return this.#read((sql) => new Erasures(sql).hasAny(pool)) ?? false
  }

  /** Which of these marks are of something that was erased, and when. */
  erasuresAmong(pool: string, marks: readonly string[]): [mark: string, erasedAt: number][] {
    return this.#read((sql) => new Erasures(sql).among(pool, marks)) ?? []
  }

  /** Something with these marks was erased again. */
  keepErasures(pool: string, marks: readonly string[]): void {
    this.#write((sql) => new Erasures(sql).keep(pool, marks, this.now()))
  }

  /** What a sign-in needs to know, all at once. */
  records(questions: readonly Question[]): Answer[] {
    return (
      this.#read((sql) => questions.map((one) => answerIn(sql, one))) ??
      questions.map((one) => answerIn(undefined, one))
    )
  }

  /** The same of an object that is a copy: it may have been known for a while, and says for how long. */
  copiedRecords(questions: readonly Question[]): Promise<Aged[]> {
    return this.#copy().answer(questions)
  }

  createOidcProvider(provider: OidcProvider, operation: string): Created {
    return this.#write((sql) => new OidcProviders(sql).create(provider, operation))
  }

  oidcProviders(): OidcProvider[] {
    return this.#read((sql) => new OidcProviders(sql).all()) ?? []
  }

  deleteOidcProvider(arn: string): void {
    this.#write((sql) => new OidcProviders(sql).delete(arn))
  }

  addClientId(arn: string, clientId: string): Changed {
    return this.#write((sql) => new OidcProviders(sql).addClientId(arn, clientId))
  }

  removeClientId(arn: string, clientId: string): Changed {
    return this.#write((sql) => new OidcProviders(sql).removeClientId(arn, clientId))
  }

  replaceThumbprints(arn: string, thumbprints: readonly string[]): Changed {
    return this.#write((sql) => new OidcProviders(sql).replaceThumbprints(arn, thumbprints))
  }

  tagOidcProvider(arn: string, added: Tags, removed: readonly string[]): Changed {
    return this.#write((sql) => new OidcProviders(sql).tag(arn, added, removed))
  }

  createSamlProvider(provider: SamlProviderRecord, document: string, operation: string): Created {
    return this.#write((sql) => new SamlProviders(sql).create(provider, document, operation))
  }

  samlProviders(): SamlProviderRecord[] {
    return this.#read((sql) => new SamlProviders(sql).all()) ?? []
  }

  /** Those of these ARNs that are registered. */
  samlProvidersNamed(arns: readonly string[]): SamlProviderRecord[] {
    return this.#read((sql) => new SamlProviders(sql).named(arns)) ?? []
  }

  samlMetadataDocument(arn: string): string | undefined {
    return this.#read((sql) => new SamlProviders(sql).document(arn))
  }

  replaceSamlMetadata(arn: string, metadata: SamlMetadataRecord, document: string): Changed {
    return this.#write((sql) => new SamlProviders(sql).replaceMetadata(arn, metadata, document))
  }

  tagSamlProvider(arn: string, added: Tags, removed: readonly string[]): Changed {
    return this.#write((sql) => new SamlProviders(sql).tag(arn, added, removed))
  }

  deleteSamlProvider(arn: string): Changed {
    return this.#write((sql) => new SamlProviders(sql).delete(arn))
  }

  createRole(role: Role, operation: string): Created {
    return this.#write((sql) => new Roles(sql).create(role, operation))
  }

  role(name: string): Role | undefined {
    return this.#read((sql) => new Roles(sql).named(name))
  }

  listRoles(pathPrefix: string, after: string, limit: number): { roles: Role[]; more: boolean } {
    return this.#read((sql) => new Roles(sql).list(pathPrefix, after, limit)) ?? { roles: [], more: false }
  }

  changeRole(name: string, change: RoleChange): Changed {
    return this.#write((sql) => new Roles(sql).change(name, change))
  }

  tagRole(name: string, added: Tags, removed: readonly string[]): Changed {
    return this.#write((sql) => new Roles(sql).tag(name, added, removed))
  }

  /** A role keeps its place as long as policies hang on it: `attached` managed ones, or inline ones in `policies`. */
  deleteRole(name: string): 'done' | 'none' | 'attached' | 'policies' {
    return this.#write((sql) => {
      const roles = new Roles(sql)
      if (!roles.named(name)) return 'none'
      const policies = new RolePolicies(sql, name)
      if (policies.attached().length > 0) return 'attached'
      if (policies.names().length > 0) return 'policies'
      roles.delete(name)
      return 'done'
    })
  }

  /** Sets an inline policy of a role, in place of one of the same name. */
  putRolePolicy(role: string, name: string, document: string): Changed {
    return this.#write((sql) => (new Roles(sql).named(role) ? new RolePolicies(sql, role).put(name, document) : 'none'))
  }

  /** An inline policy of a role, with the role's ARN to tell which one it is; `undefined` if there is no such role. */
  rolePolicy(role: string, name: string): { roleArn: string; document: string | undefined } | undefined {
    const found = this.role(role)
    return found && this.#read((sql) => ({ roleArn: found.arn, document: new RolePolicies(sql, role).document(name) }))
  }

  /** Names of a role's inline policies; `undefined` if there is no such role. */
  rolePolicyNames(role: string): string[] | undefined {
    return this.role(role) && this.#read((sql) => new RolePolicies(sql, role).names())
  }

  deleteRolePolicy(role: string, name: string): 'done' | 'none' | 'no_role' {
    return this.#write((sql) => (new Roles(sql).named(role) ? new RolePolicies(sql, role).delete(name) : 'no_role'))
  }

  attachRolePolicy(role: string, arn: string): Changed {
    return this.#write((sql) => (new Roles(sql).named(role) ? new RolePolicies(sql, role).attach(arn) : 'none'))
  }

  /** ARNs of the managed policies that are attached to a role; `undefined` if there is no such role. */
  attachedRolePolicies(role: string): string[] | undefined {
    return this.role(role) && this.#read((sql) => new RolePolicies(sql, role).attached())
  }

  detachRolePolicy(role: string, arn: string): 'done' | 'none' | 'no_role' {
    return this.#write((sql) => (new Roles(sql).named(role) ? new RolePolicies(sql, role).detach(arn) : 'no_role'))
  }

  /** Lets identities of the account have tokens for other relying parties. */
  enableOutboundFederation(operation: string): 'created' | 'exists' {
    return this.#write((sql) => new OutboundFederations(sql).enable(this.now(), operation))
  }

  disableOutboundFederation(): 'done' | 'none' {
    return this.#write((sql) => new OutboundFederations(sql).disable())
  }

  #isCopy(): boolean {
    return this.ctx.id.name?.includes('/') ?? false
  }

  #copy(): RecordsCopy {
    const [account = '', place] = this.ctx.id.name?.split('/') ?? []
    if (place === undefined) throw new Error('an account is no copy of itself')
    const ask = (questions: readonly Question[]) =>
      callObject({ name: 'Account', limit: OBJECT_READ_MS }, () =>
        (this.env.ACCOUNT.getByName(account) as unknown as AccountObject).records(questions),
      )
    this.#copyHere ??= new RecordsCopy({ storage: this.ctx.storage, ask, now: this.now, log: consoleLog })
    return this.#copyHere
  }

  /** A pool that does not answer is asked again a minute later. */
  async #settle(directory: Directory, entry: Unsettled): Promise<void> {
    const tag = poolTagOf(entry.id) ?? ''
    try {
      const found = await callObject({ name: 'IdentityPool', limit: OBJECT_READ_MS }, () =>
        (this.env.IDENTITY_POOL.getByName(tag) as unknown as PoolObject).read({ id: entry.id }),
      )
      directory.settle(entry, found.kind === 'pool' ? found.pool.settings.name : undefined)
    } catch (error) {
      consoleLog.warn('directory_not_settled', { pool: entry.id, message: String(error) })
      directory.isChanging(entry.id, this.now())
    }
  }

  /** Sets the alarm for what is due first. In the same turn as it was written, so that neither is lost alone. */
  #settleLater(): void {
    const { sql } = this.ctx.storage
    const dues = [new Directory(sql).nextDue(), new Erasures(sql).nextExpiry()].flatMap((due) => due ?? [])
    const due = dues.length > 0 ? Math.min(...dues) : undefined
    if (due !== undefined) void this.ctx.storage.setAlarm(Math.max(due, this.now() + SETTLE_INTERVAL_MS))
  }

  #inDirectory<T>(work: (directory: Directory, now: number) => T): T {
    const answer = this.#write((sql) => work(new Directory(sql), this.now()))
    this.#settleLater()
    return answer
  }

  /** Nothing is stored by reading: an account that was never used has no tables, and is answered `undefined`. */
  #read<T>(work: (sql: SqlStorage) => T): T | undefined {
    return isOpened(this.ctx.storage) ? work(this.ctx.storage.sql) : undefined
  }

  #write<T>(work: (sql: SqlStorage) => T): T {
    migrate(this.ctx.storage, MIGRATIONS)
    return this.ctx.storage.transactionSync(() => work(this.ctx.storage.sql))
  }
}
