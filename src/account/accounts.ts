import { isYounger } from '../base/age.ts'
import { parseArn } from '../base/arn.ts'
import { callObject, OBJECT_READ_MS, OBJECT_WRITE_MS, OtherVersion, Overloaded } from '../base/objects.ts'
import { placeNear } from '../base/places.ts'
import type { World } from '../base/world.ts'
import type { Account } from './account.ts'
import type { WatchLeft } from './decision-ring.ts'
import { KnownRecords, type PositionOf, type Wanted } from './known-records.ts'
import { COPY_WAIT_MS, RECORDS_MAX_AGE_MS, RECORDS_MIN_AGE_MS } from './limits.ts'
import type { OidcProvider } from './oidc-providers.ts'
import type { Aged, Answer, AnswerTo, Question, RoleWithPolicies } from './questions.ts'
import type { Role } from './roles.ts'
import type { SamlProviderRecord } from './saml-providers.ts'
import { watchNameOf } from './watch-name.ts'
import type { WatchAnswer } from './watched-account.ts'

type Methods = Exclude<keyof Account, keyof import('cloudflare:workers').DurableObject | '__DURABLE_OBJECT_BRAND'>

/** What only reads, and so need not be waited for as long as the others. */
type Reading =
  | 'attachedRolePolicies'
  | 'erasure'
  | 'erasuresAmong'
  | 'hasErasures'
  | 'listPools'
  | 'listRoles'
  | 'oidcProviders'
  | 'records'
  | 'role'
  | 'rolePolicy'
  | 'rolePolicyNames'
  | 'samlMetadataDocument'
  | 'samlProviders'
  | 'samlProvidersNamed'

type AccountObject = {
  [M in Methods]: (...args: Parameters<Account[M]>) => Promise<Awaited<ReturnType<Account[M]>>>
}

export interface AccountsOptions {
  /** Runs work that may outlast the answer. Without it, nothing is read before it is needed. */
  later?: (work: Promise<unknown>) => void
  /** Whether copies near the users are asked for records. */
  copies?: boolean
}

const NOWHERE: PositionOf = () => undefined

/**
 * The Worker's way to the accounts. Signed operations ask the object; logins and roles on the hot path are served from
 * records at most 30 seconds old, as changes in IAM take a while at AWS too.
 */
export class Accounts {
  readonly #namespace: DurableObjectNamespace<Account>
  readonly #world: World
  readonly #copies: boolean
  readonly #records: KnownRecords
  /** When this isolate last changed anything. */
  #changedAt = Number.NEGATIVE_INFINITY

  constructor(namespace: DurableObjectNamespace<Account>, world: World, options: AccountsOptions = {}) {
    this.#namespace = namespace
    this.#world = world
    this.#copies = options.copies ?? false
    this.#records = new KnownRecords({
      world,
      ask: (account, wanted, positionOf) => this.#ask(account, wanted, positionOf),
      later: options.later,
    })
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
    this.#changedAt = this.#world.now()
    this.#records.forget(account)
  }

  /** The decisions of an account after a cursor, for somebody who watches them. */
  watchDecisions(account: string, cursor: string | undefined): Promise<WatchAnswer> {
    return callObject({ name: 'Account', limit: OBJECT_READ_MS }, () =>
      this.#objectOf(watchNameOf(account)).watchDecisions(cursor),
    )
  }

  /** Brings records of an account to those who watch them. What the platform repeats is watched twice. */
  takeDecisions(account: string, records: readonly string[], missed: number): Promise<WatchLeft> {
    return callObject({ name: 'Account', limit: OBJECT_READ_MS }, () =>
      this.#objectOf(watchNameOf(account)).takeDecisions(records, missed),
    )
  }

  /** Those providers of these ARNs that are registered. All are of this account. */
  async providers(
    account: string,
    arns: { oidc?: readonly string[]; saml?: readonly string[] },
    positionOf: PositionOf = NOWHERE,
  ): Promise<{ oidc: OidcProvider[]; saml: SamlProviderRecord[] }> {
    const { oidc = [], saml = [] } = arns
    const all = wanted({ ask: 'oidcProviders' }, (found) =>
      oidc.every((arn) => found.some((provider) => provider.arn === arn)),
    )
    const each = saml.map((arn) => wanted({ ask: 'samlProvider', arn }, (found) => found !== undefined))
    const answers = await this.#records.look(account, [...each, ...(oidc.length > 0 ? [all] : [])], positionOf)
    const registered = answers[saml.length] as readonly OidcProvider[] | undefined
    return {
      oidc: oidc.flatMap((arn) => registered?.find((provider) => provider.arn === arn) ?? []),
      saml: answers.slice(0, saml.length).flatMap((found) => (found as SamlProviderRecord | undefined) ?? []),
    }
  }

  /** The OpenID Connect providers of an account that are meant, if one is registered. */
  async oidcProviders(
    account: string,
    isMeant: (provider: OidcProvider) => boolean,
    positionOf: PositionOf = NOWHERE,
  ): Promise<OidcProvider[]> {
    const asked = wanted({ ask: 'oidcProviders' }, (found) => found.some(isMeant))
    const [found] = (await this.#records.look(account, [asked], positionOf)) as [AnswerTo<{ ask: 'oidcProviders' }>]
    return found.filter(isMeant)
  }

  /** The role with this very ARN, or `undefined` if none is registered. */
  async role(account: string, arn: string, positionOf: PositionOf = NOWHERE): Promise<Role | undefined> {
    const asked = wanted({ ask: 'role', name: roleNameIn(arn) }, (found) => found?.arn === arn)
    const [found] = (await this.#records.look(account, [asked], positionOf)) as [
      AnswerTo<{ ask: 'role'; name: string }>,
    ]
    return found?.arn === arn ? found : undefined
  }

  /**
   * This inline policy of the role that an ARN stands for, or `undefined` if there is no such role or policy.
   */
  async rolePolicy(
    account: string,
    roleArn: string,
    name: string,
    positionOf: PositionOf = NOWHERE,
  ): Promise<string | undefined> {
    type Found = AnswerTo<{ ask: 'rolePolicy'; role: string; name: string }>
    const documentIn = (found: Found) => (found && standsFor(roleArn, found.roleArn) ? found.document : undefined)
    const question = { ask: 'rolePolicy', role: roleNameIn(roleArn), name } as const
    const asked = wanted(question, (found) => documentIn(found) !== undefined)
    const [found] = (await this.#records.look(account, [asked], positionOf)) as [Found]
    return documentIn(found)
  }

  /**
   * Whether the account lets identities have tokens for other relying parties, and what it says of the role of this name, if one
   * is asked about.
   */
  async outbound(
    account: string,
    roleName: string | undefined,
    positionOf: PositionOf = NOWHERE,
  ): Promise<{ enabled: boolean; role: RoleWithPolicies | undefined }> {
    const federation = wanted({ ask: 'outboundFederation' }, (found) => found !== undefined)
    const asked =
      roleName === undefined ? [] : [wanted({ ask: 'rolePolicies', role: roleName }, (found) => found !== undefined)]
    const [enabled, role] = await this.#records.look(account, [federation, ...asked], positionOf)
    return { enabled: enabled !== undefined, role: role as RoleWithPolicies | undefined }
  }

  /** Asks the copy in this place, if there is one that knows; else the account. */
  async #ask(account: string, wanted: readonly Wanted[], positionOf: PositionOf): Promise<readonly Aged[]> {
    const questions = wanted.map(({ question }) => question)
    const now = this.#world.now()
    const copied = await this.#copied(account, questions, positionOf)
    // A copy may lack what was registered a moment ago. What it has is as good as what an isolate remembers.
    if (copied && wanted.every((one, n) => isGood(copied[n], one, now))) return copied
    const answers = await this.#answers(account, questions)
    return answers.map((answer) => ({ answer, age: 0 }))
  }

  /** Answers of the account itself: by one call, or by several where the object is of an older version. */
  async #answers(account: string, questions: readonly Question[]): Promise<Answer[]> {
    try {
      return await this.read(account, (object) => object.records(questions))
    } catch (error) {
      if (!(error instanceof OtherVersion && error.reason === 'older')) throw error
      return this.read(account, (object) => Promise.all(questions.map((question) => answerOf(object, question))))
    }
  }

  /** Answers of a copy. Who has just made a change sees it at once, and so asks none. */
  async #copied(account: string, questions: readonly Question[], positionOf: PositionOf): Promise<Aged[] | undefined> {
    if (!this.#copies || isYounger(this.#changedAt, this.#world.now(), RECORDS_MAX_AGE_MS)) return undefined
    const position = positionOf()
    const place = position && placeNear(position)
    if (place === undefined) return undefined
    try {
      return await callObject({ name: 'Account', limit: COPY_WAIT_MS }, () =>
        this.#objectOf(`${account}/${place}`, place).copiedRecords(questions),
      )
    } catch (error) {
      if (error instanceof Overloaded) throw error
      this.#world.log.warn('account_copy_unanswering', { account, place, message: String(error) })
      return undefined
    }
  }

  #objectOf(name: string, locationHint?: DurableObjectLocationHint): AccountObject {
    return this.#namespace.getByName(name, locationHint && { locationHint }) as unknown as AccountObject
  }
}

function wanted<const Q extends Question>(question: Q, isIn: (answer: AnswerTo<Q>) => boolean): Wanted {
  return { question, isIn } as unknown as Wanted
}

function isGood(copied: Aged | undefined, { after, isIn }: Wanted, now: number): boolean {
  if (copied === undefined || (after !== undefined && after <= now && now - copied.age <= after)) return false
  return copied.age < (isIn(copied.answer) ? RECORDS_MAX_AGE_MS : RECORDS_MIN_AGE_MS)
}

/** The way of objects of 0.2.0 and before, which lack `records`. */
async function answerOf(object: Pick<AccountObject, Reading>, question: Question): Promise<Answer> {
  switch (question.ask) {
    case 'oidcProviders':
      return object.oidcProviders()
    case 'samlProvider':
      return (await object.samlProvidersNamed([question.arn]))[0]
    case 'role':
      return object.role(question.name)
    case 'rolePolicy':
      return object.rolePolicy(question.role, question.name)
    case 'rolePolicies':
    case 'outboundFederation':
      return undefined
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
