import { type Plan, planOf } from '../plan/plan.ts'
import type { IdentityDocument } from '../read/document.ts'
import type { ServiceApi } from '../service/api.ts'
import { type CarryOutOptions, carryOut } from './carry-out.ts'
import { compare } from './compare.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What has to change for a service to be as the file says. Nothing is changed. */
export async function plan(document: IdentityDocument, api: ServiceApi, env: Env): Promise<Plan> {
  return planOf(document, await compare(document, api, env))
}

/** The plan is not the one that was looked at: the file or the service has changed since. */
export class OtherPlan extends Error {
  readonly plan: Plan

  constructor(wanted: string, plan: Plan) {
    super(`The plan is ${plan.hash} now, not ${wanted}: the file or the service has changed. Look at it again.`)
    this.plan = plan
  }
}

export interface ApplyOptions {
  env: Env
  /** The hash of the plan that was looked at. */
  hash: string
  /** Hears of each step that is done, with what its changes do. */
  onStep?: CarryOutOptions['onStep']
}

/** Carries out the plan of this hash, and no other. Throws `OtherPlan`, or `ApplyFailed` at the first failure. */
export async function apply(
  document: IdentityDocument,
  api: ServiceApi,
  { env, hash, onStep }: ApplyOptions,
): Promise<void> {
  const comparison = await compare(document, api, env)
  const current = planOf(document, comparison)
  if (current.hash !== hash) throw new OtherPlan(hash, current)
  await carryOut(document, api, comparison, { env, ...(onStep && { onStep }) })
}
