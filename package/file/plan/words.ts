import type { Effect } from './detail.ts'
import { changesOf, type Plan } from './plan.ts'

/** A plan as data, for programs. */
export interface PlanSummary {
  account: string
  region: string
  /** Whether anything has to change. */
  changed: boolean
  changes: readonly ChangeSummary[]
  /** Names the plan: `apply` wants it. */
  plan: string
}

export interface ChangeSummary {
  kind: 'pool' | 'role' | 'issuer' | 'SAML provider' | 'account'
  name: string
  /** Of a pool that exists. */
  id?: string
  action: 'create' | 'change'
  details: readonly { effect: Effect; path: string; message: string }[]
}

export function summaryOf(plan: Plan): PlanSummary {
  const changes = changesOf(plan).map(
    ({ before, details, isNew, key, kind }): ChangeSummary => ({
      kind,
      name: key,
      ...('id' in before && before.id !== undefined && { id: before.id }),
      action: isNew ? 'create' : 'change',
      details: details.map(({ effect, message, path }) => ({ effect, path, message })),
    }),
  )
  return { account: plan.account, region: plan.region, changed: changes.length > 0, changes, plan: plan.hash }
}

const EFFECT_WORDS: Readonly<Record<Effect, string>> = {
  opens: 'opens',
  narrows: 'narrows',
  either: 'either',
  other: '',
}
const WIDTH = 9

/** A plan for people. */
export function planText({ account, changes, plan, region }: PlanSummary): string {
  if (changes.length === 0)
    return `Account ${account}, ${region}: everything is as the file says. Nothing is to be done.`
  const lines = changes.flatMap(({ action, details, id, kind, name }) => [
    `${kind} ${name}${action === 'create' ? ' (new)' : id === undefined ? '' : ` (${id})`}`,
    ...details.map(({ effect, message }) => `  ${EFFECT_WORDS[effect].padEnd(WIDTH)}${message}`),
    '',
  ])
  const effects = changes.flatMap(({ details }) => details.map(({ effect }) => effect))
  const count = (wanted: Effect) => effects.filter((effect) => effect === wanted).length
  const counted = `${count('opens')} open something, ${count('narrows')} narrow something, ${count('either')} may do either, ${count('other')} do neither`
  return [
    `Account ${account}, ${region}`,
    '',
    ...lines,
    `Changes: ${effects.length}. ${counted}.`,
    `To carry it out: apply --plan ${plan}`,
  ].join('\n')
}
