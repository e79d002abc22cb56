import type { Detail, Effect } from '../plan/detail.ts'
import { type Plan, type Planned, planOf } from '../plan/plan.ts'
import type { IdentityDocument } from '../read/document.ts'
import type { ServiceApi } from '../service/api.ts'
import { observePool } from '../service/observe.ts'
import { desiredState } from '../state/desired.ts'
import type { PoolState } from '../state/state.ts'
import type { Comparison } from './compare.ts'
import { createPool, writeFederation, writeIssuer, writeRole, writeSaml } from './write.ts'
import { writePool } from './write-pool.ts'

/** The first step that failed, and all that were carried out before it. */
export class ApplyFailed extends Error {
  readonly done: readonly string[]
  readonly step: string

  constructor(done: readonly string[], step: string, cause: unknown) {
    super((cause as Error).message, { cause })
    this.done = done
    this.step = step
  }
}

export interface CarryOutOptions {
  env: Readonly<Record<string, string | undefined>>
  /** Names the call that makes a pool; calls of one name make one pool. */
  invocationOf?: (pool: PoolState) => string
  /** `effects`: of the changes in it; none, where something is made. */
  onStep?: (step: string, effects: readonly Effect[]) => void
}

/**
 * Brings a service to what the file says. First everything is narrowed that is to be narrowed, everywhere; then comes what may
 * do both, pools before roles; what opens comes last, and pools at the very end. Stops at the first failure with `ApplyFailed`.
 * Gives the ids of the pools by their names in the file.
 */
export async function carryOut(
  document: IdentityDocument,
  api: ServiceApi,
  comparison: Comparison,
  options: CarryOutOptions,
): Promise<ReadonlyMap<string, string>> {
  const steps = new Steps(options.onStep)
  const pools = await makePools(api, comparison, options, steps)
  const poolIds = new Map([...pools].map(([key, { id = '' }]) => [key, id]))
  const { account, before, region } = comparison
  const after = desiredState(document, { account, region, poolIds, env: options.env })
  const plan = planOf(document, { account, region, before: { ...before, pools }, after })
  const objects = objectsOf(plan, api)
  // Nobody can use a pool that was just made: it is given everything at the end.
  const known = objects.pools.filter((_, index) => comparison.before.pools.has(plan.pools[index]?.key ?? ''))
  for (const object of [...known, ...objects.accounts, ...objects.roles, ...objects.issuers])
    await object.reach(NARROWED, steps)
  for (const object of [...objects.issuers, ...objects.roles]) await object.make(steps)
  for (const object of [...known, ...objects.roles, ...objects.issuers]) await object.reach(EITHER, steps)
  for (const object of [...objects.issuers, ...objects.roles, ...objects.accounts, ...objects.pools])
    await object.reach(ALL, steps)
  return poolIds
}

const NARROWED: readonly Effect[] = ['narrows']
const EITHER: readonly Effect[] = ['narrows', 'either']
const ALL: readonly Effect[] = ['narrows', 'either', 'opens', 'other']

class Steps {
  readonly #done: string[] = []
  readonly #onStep: NonNullable<CarryOutOptions['onStep']>

  constructor(onStep: CarryOutOptions['onStep'] = () => {}) {
    this.#onStep = onStep
  }

  async take<T>(step: string, work: () => Promise<T>, effects: readonly Effect[] = []): Promise<T> {
    try {
      const answer = await work()
      this.#done.push(step)
      this.#onStep(step, effects)
      return answer
    } catch (error) {
      throw new ApplyFailed(this.#done, step, error)
    }
  }
}

/** The pools of the file as they are, those that were missing among them: these nobody can use yet. */
async function makePools(
  api: ServiceApi,
  { after, before }: Comparison,
  { invocationOf }: CarryOutOptions,
  steps: Steps,
): Promise<ReadonlyMap<string, PoolState>> {
  const pools = new Map<string, PoolState>()
  for (const [key, pool] of after.pools) {
    const found = before.pools.get(key)
    const made = async () => {
      const id = await createPool(api, pool, invocationOf?.(pool))
      const observed = await observePool(api, id)
      if (!observed) throw new Error(`The new pool ${id} is gone.`)
      return observed
    }
    pools.set(key, found ?? (await steps.take(`pool ${key}: made, closed to everyone`, made)))
  }
  return pools
}

/** One object on its way from what it is to what it should be. */
class Changing<T extends object> {
  readonly #planned: Planned<T>
  readonly #name: string
  readonly #write: (before: T | undefined, after: T) => Promise<T>
  #state: T | undefined
  #applied: readonly Detail<T>[] = []

  constructor(name: string, planned: Planned<T>, write: (before: T | undefined, after: T) => Promise<T>) {
    this.#name = name
    this.#planned = planned
    this.#write = write
    this.#state = planned.isNew ? undefined : planned.before
  }

  /** Makes it, if it is new, with everything. */
  async make(steps: Steps): Promise<void> {
    if (this.#state) return
    this.#state = await steps.take(`${this.#name}: made`, () => this.#write(undefined, this.#planned.after))
    this.#applied = this.#planned.details
  }

  /** Makes those of the changes that have one of these effects. */
  async reach(effects: readonly Effect[], steps: Steps): Promise<void> {
    const { before, details } = this.#planned
    const wanted = details.filter(({ effect }) => effects.includes(effect))
    const fresh = wanted.filter((detail) => !this.#applied.includes(detail))
    const state = this.#state
    if (!state || fresh.length === 0) return
    const goal = wanted.reduce((reached, { set }) => set(reached), before)
    const words = fresh.map(({ message }) => message).join('; ')
    const effectsOfStep = fresh.map(({ effect }) => effect)
    this.#state = await steps.take(`${this.#name}: ${words}`, () => this.#write(state, goal), effectsOfStep)
    this.#applied = wanted
  }
}

function objectsOf(plan: Plan, api: ServiceApi) {
  const issuers = plan.issuers.map(
    (one) => new Changing(`issuer ${one.key}`, one, (before, after) => writeIssuer(api, before, after)),
  )
  const samlProviders = plan.samlProviders.map(
    (one) => new Changing(`SAML provider ${one.key}`, one, (before, after) => writeSaml(api, before, after)),
  )
  return {
    issuers: [...issuers, ...samlProviders],
    accounts: plan.federations.map(
      (one) => new Changing(`account ${one.key}`, one, (_before, after) => writeFederation(api, after)),
    ),
    roles: plan.roles.map(
      (one) => new Changing(`role ${one.key}`, one, (before, after) => writeRole(api, before, after)),
    ),
    pools: plan.pools.map(
      (one) =>
        new Changing(`pool ${one.key}`, one, (before = one.before, after = one.after) => writePool(api, before, after)),
    ),
  }
}
