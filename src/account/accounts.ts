import { isYounger } from '../base/age.ts'
import { parseArn } from '../base/arn.ts'
import { BoundedMap } from '../base/bounded-map.ts'
import { callObject, OBJECT_READ_MS, OBJECT_WRITE_MS, OtherVersion } from '../base/objects.ts'
import type { World } from '../base/world.ts'
import type { Account } from './account.ts'
import {
  MAX_CACHED_ACCOUNTS,
  MAX_CACHED_ROLE_POLICIES,
  MAX_CACHED_ROLES,
  MAX_CACHED_SAML_PROVIDERS,
  RECORDS_MAX_AGE_MS,
  RECORDS_MIN_AGE_MS,
} from './limits.ts'
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

interface KnownRole {
  role: Role | undefined
  readAt: number
}

interface Records {
  oidcProviders: ReadonlyMap<string, OidcProvider>
  /** Those asked for, registered or not, by ARN. */
  roles: Map<string, KnownRole>
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
  readonly #records = new BoundedMap<string, Records>({ capacity: MAX_CACHED_ACCOUNTS })
  readonly #samlProviders = new BoundedMap<string, { provider: SamlProviderRecord | undefined; readAt: number }>({
    capacity: MAX_CACHED_SAML_PROVIDERS,
  })
  /** By account, role ARN and name. */
  readonly #rolePolicies = new BoundedMap<string, { document: string | undefined; readAt: number }>({
    capacity: MAX_CACHED_ROLE_POLICIES,
  })

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
    this.#records.delete(account)
    for (const arn of this.#samlProviders.keys())
      if (parseArn(arn)?.account === account) this.#samlProviders.delete(arn)
    for (const key of this.#rolePolicies.keys()) if (key.startsWith(`${account} `)) this.#rolePolicies.delete(key)
  }

  async oidcProviders(account: string, arns: readonly string[]): Promise<OidcProvider[]> {
    if (arns.length === 0) return []
    let records = await this.#recordsOf(account, RECORDS_MAX_AGE_MS)
    if (arns.some((arn) => !records.oidcProviders.has(arn)))
      records = await this.#recordsOf(account, RECORDS_MIN_AGE_MS)
    return arns.flatMap((arn) => records.oidcProviders.get(arn) ?? [])
  }

  /** Those of these ARNs that are registered. All are of this account. */
  async samlProviders(account: string, arns: readonly string[]): Promise<SamlProviderRecord[]> {
    const now = this.#world.now()
    const known = arns.flatMap((arn) => {
      const { provider, readAt } = this.#samlProviders.get(arn) ?? { readAt: Number.NEGATIVE_INFINITY }
      return isYounger(readAt, now, provider ? RECORDS_MAX_AGE_MS : RECORDS_MIN_AGE_MS) ? [{ arn, provider }] : []
    })
    const asked = arns.filter((arn) => !known.some((one) => one.arn === arn))
    const found = asked.length > 0 ? await this.read(account, (object) => object.samlProvidersNamed(asked)) : []
    for (const arn of asked) {
      const provider = found.find((one) => one.arn === arn)
      this.#samlProviders.set(arn, { provider, readAt: now })
    }
    return [...known.flatMap(({ provider }) => provider ?? []), ...found]
  }

  /** The role with this very ARN, or `undefined` if none is registered. */
  async role(account: string, arn: string): Promise<Role | undefined> {
    const { roles } = await this.#recordsOf(account, RECORDS_MAX_AGE_MS)
    const known = roles.get(arn)
    const now = this.#world.now()
    if (known && (known.role || isYounger(known.readAt, now, RECORDS_MIN_AGE_MS))) return known.role
    const found = await this.read(account, (object) => object.role(roleNameIn(arn)))
    const role = found?.arn === arn ? found : undefined
    roles.set(arn, { role, readAt: now })
    return role
  }

  /**
   * This inline policy of the role that this ARN stands for, or `undefined` if there is no such role or policy. A role of a
   * store is registered here under the same path and name, so that policies can hang on it.
   */
  async rolePolicy(account: string, roleArn: string, policyName: string): Promise<string | undefined> {
    const key = `${account} ${roleArn} ${policyName}`
    const known = this.#rolePolicies.get(key)
    const now = this.#world.now()
    const maxAge = known?.document === undefined ? RECORDS_MIN_AGE_MS : RECORDS_MAX_AGE_MS
    if (known && isYounger(known.readAt, now, maxAge)) return known.document
    const found = await this.read(account, (object) => object.rolePolicy(roleNameIn(roleArn), policyName))
    const document = found && standsFor(roleArn, found.roleArn) ? found.document : undefined
    this.#rolePolicies.set(key, { document, readAt: now })
    return document
  }

  async #recordsOf(account: string, maxAge: number): Promise<Records> {
    const known = this.#records.get(account)
    const now = this.#world.now()
    if (known && isYounger(known.readAt, now, maxAge)) return known
    const providers = await this.read(account, (object) => object.oidcProviders())
    const roles = new BoundedMap<string, KnownRole>({ capacity: MAX_CACHED_ROLES })
    const records = { oidcProviders: new Map(providers.map((p) => [p.arn, p])), roles, readAt: now }
    this.#records.set(account, records)
    return records
  }

  #objectOf(account: string): AccountObject {
    return this.#namespace.getByName(account) as unknown as AccountObject
  }
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
