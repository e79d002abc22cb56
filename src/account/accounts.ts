import { isYounger } from '../base/age.ts'
import { parseArn } from '../base/arn.ts'
import { IsolateCache } from '../base/memory.ts'
import { callObject, OBJECT_READ_MS, OBJECT_WRITE_MS, OtherVersion } from '../base/objects.ts'
import type { World } from '../base/world.ts'
import type { Account } from './account.ts'
import { RECORDS_MAX_AGE_MS, RECORDS_MIN_AGE_MS } from './limits.ts'
import type { OidcProvider } from './oidc-providers.ts'
import type { Role } from './roles.ts'
import type { SamlProviderRecord } from './saml-providers.ts'

type Methods = Exclude<keyof Account, keyof import('cloudflare:workers').DurableObject | '__DURABLE_OBJECT_BRAND'>

/** What only reads, and so need not be waited for as long as the others. */
type Reading =
  | 'attachedRolePolicies'
  | 'listPools'
  | 'listRoles'
  | 'oidcProviders'
  | 'role'
  | 'rolePolicy'
  | 'rolePolicyNames'
  | 'samlMetadataDocument'
  | 'samlProviders'
  | 'samlProvidersNamed'

type AccountObject = {
  [M in Methods]: (...args: Parameters<Account[M]>) => Promise<ReturnType<Account[M]>>
}

/** What was found, or that nothing was. */
interface Known<T> {
  value: T | undefined
  readAt: number
}

/**
 * The Worker's way to the accounts. Signed operations ask the object; logins and roles on the hot path are served from
 * records at most 30 seconds old, as changes in IAM take a while at AWS too. A record that is needed and is not there is
 * asked for again sooner, so that a provider works as soon as it is registered.
 */
export class Accounts {
  readonly #namespace: DurableObjectNamespace<Account>
  readonly #world: World
  /** By account. */
  readonly #oidcProviders = new IsolateCache<string, Known<ReadonlyMap<string, OidcProvider>>>('oidcProviders')
  /** By account and ARN. */
  readonly #samlProviders = new IsolateCache<string, Known<SamlProviderRecord>>('samlProviders')
  /** By account and ARN. */
  readonly #roles = new IsolateCache<string, Known<Role>>('roles')
  /** By account, role ARN and name. */
  readonly #rolePolicies = new IsolateCache<string, Known<string>>('rolePolicies')
  /** How often this isolate has changed anything: what was read before a change is not remembered after it. */
  #changes = 0

  constructor(namespace: DurableObjectNamespace<Account>, world: World) {
    this.#namespace = namespace
    this.#world = world
  }

  /** Asks the account's object. `repeated` is true when the platform broke the first call off and it is sent again. */
  ask<T>(account: string, question: (object: AccountObject, repeated: boolean) => Promise<T>): Promise<T> {
    return callObject({ name: 'Account', limit: OBJECT_WRITE_MS }, (repeated) =>
      question(this.#objectOf(account), repeated),
    )
  }

  /** Asks the account's object for what it knows. */
  read<T>(account: string, question: (object: Pick<AccountObject, Reading>) => Promise<T>): Promise<T> {
    return callObject({ name: 'Account', limit: OBJECT_READ_MS }, () => question(this.#objectOf(account)))
  }

  /** Asks for a change, and forgets what this isolate knows of the account by then. */
  async change<T>(account: string, question: (object: AccountObject, repeated: boolean) => Promise<T>): Promise<T> {
    const changed = await this.ask(account, question)
    this.forget(account)
    return changed
  }

  /** Deletes a record; one that is gone when the platform makes us ask again was deleted by the first call. */
  remove<R extends string>(account: string, deletion: (object: AccountObject) => Promise<R>): Promise<R | 'done'> {
    return this.change(account, async (object, repeated) => {
      const outcome = await deletion(object)
      return outcome === 'none' && repeated ? 'done' : outcome
    })
  }

  /**
   * Tells the directory that one of its pools is about to change. It must know, because nobody may be left to tell it
   * afterwards; only one of 0.2.0 and before has no ear for it.
   */
  async poolIsChanging(account: string, id: string): Promise<void> {
    try {
      await this.ask(account, (object) => object.poolIsChanging(id))
    } catch (error) {
      if (!(error instanceof OtherVersion && error.reason === 'older')) throw error
    }
  }

  /** Tells the directory what became of a pool. Never throws: what the directory misses, it asks the pool itself a minute later. */
  async tell(account: string, news: (directory: Pick<AccountObject, 'poolIsOpen' | 'poolIsGone'>) => Promise<void>) {
    try {
      await this.ask(account, news)
    } catch (error) {
      this.#world.log.warn('directory_not_told', { account, message: String(error) })
    }
  }

  /** Forgets what this isolate knows of the account, after changing it. */
  forget(account: string): void {
    this.#changes++
    this.#oidcProviders.delete(account)
    for (const cache of [this.#samlProviders, this.#roles, this.#rolePolicies])
      for (const key of cache.keys()) if (key.startsWith(`${account} `)) cache.delete(key)
  }

  async oidcProviders(account: string, arns: readonly string[]): Promise<OidcProvider[]> {
    if (arns.length === 0) return []
    let providers = await this.#oidcProvidersOf(account, RECORDS_MAX_AGE_MS)
    if (arns.some((arn) => !providers.has(arn))) providers = await this.#oidcProvidersOf(account, RECORDS_MIN_AGE_MS)
    return arns.flatMap((arn) => providers.get(arn) ?? [])
  }

  /** Those of these ARNs that are registered. All are of this account. */
  async samlProviders(account: string, arns: readonly string[]): Promise<SamlProviderRecord[]> {
    const now = this.#world.now()
    const known = new Map(arns.map((arn) => [arn, this.#samlProviders.get(`${account} ${arn}`)]))
    const asked = arns.filter((arn) => !isCurrent(known.get(arn), now))
    const changes = this.#changes
    const found = asked.length > 0 ? await this.read(account, (object) => object.samlProvidersNamed(asked)) : []
    for (const arn of asked) {
      const read = { value: found.find((one) => one.arn === arn), readAt: now }
      known.set(arn, read)
      if (changes === this.#changes) this.#samlProviders.set(`${account} ${arn}`, read)
    }
    return arns.flatMap((arn) => known.get(arn)?.value ?? [])
  }

  /** The role with this very ARN, or `undefined` if none is registered. */
  role(account: string, arn: string): Promise<Role | undefined> {
    return this.#recall(this.#roles, account, arn, async (object) => {
      const found = await object.role(roleNameIn(arn))
      return found?.arn === arn ? found : undefined
    })
  }

  /**
   * This inline policy of the role that an ARN stands for, or `undefined` if there is no such role or policy.
   */
  rolePolicy(account: string, roleArn: string, policyName: string): Promise<string | undefined> {
    return this.#recall(this.#rolePolicies, account, `${roleArn} ${policyName}`, async (object) => {
      const found = await object.rolePolicy(roleNameIn(roleArn), policyName)
      return found && standsFor(roleArn, found.roleArn) ? found.document : undefined
    })
  }

  async #oidcProvidersOf(account: string, maxAge: number): Promise<ReadonlyMap<string, OidcProvider>> {
    const known = this.#oidcProviders.get(account)
    const now = this.#world.now()
    if (known?.value && isYounger(known.readAt, now, maxAge)) return known.value
    const changes = this.#changes
    const read = await this.read(account, (object) => object.oidcProviders())
    const value = new Map(read.map((provider) => [provider.arn, provider]))
    if (changes === this.#changes) this.#oidcProviders.set(account, { value, readAt: now })
    return value
  }

  async #recall<T>(
    known: IsolateCache<string, Known<T>>,
    account: string,
    name: string,
    question: (object: Pick<AccountObject, Reading>) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const found = known.get(`${account} ${name}`)
    const now = this.#world.now()
    if (found && isCurrent(found, now)) return found.value
    const changes = this.#changes
    const value = await this.read(account, question)
    if (changes === this.#changes) known.set(`${account} ${name}`, { value, readAt: now })
    return value
  }

  #objectOf(account: string): AccountObject {
    return this.#namespace.getByName(account) as unknown as AccountObject
  }
}

/** A record that was there is used for longer than the absence of one. */
function isCurrent(known: Known<unknown> | undefined, now: number): boolean {
  if (!known) return false
  return isYounger(known.readAt, now, known.value === undefined ? RECORDS_MIN_AGE_MS : RECORDS_MAX_AGE_MS)
}

/**
 * Whether an ARN stands for a registered role: that role's own, or one of a store, which names no account of AWS's form
 * and so is told by path and name.
 */
function standsFor(arn: string, registered: string): boolean {
  if (arn === registered) return true
  const role = parseArn(arn)
  return role !== undefined && !/^\d{12}$/.test(role.account) && role.resource === parseArn(registered)?.resource
}

function roleNameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
