import type { Condition, Effect } from './conditions.ts'
import type { Template } from './template.ts'

/**
 * `trust`: says who may assume a role, so every statement has a Principal and none a Resource. `identity`: says what
 * its holder may do, so every statement has a Resource and none a Principal.
 */
export type PolicyKind = 'identity' | 'trust'

/** A policy that was checked once and is ready to be evaluated. */
export interface PolicyDocument {
  statements: readonly Statement[]
}

export type PrincipalType = 'Federated' | 'AWS' | 'Service'

export interface Statement {
  /** Empty when it has none. */
  sid: string
  effect: Effect
  /** `undefined` in identity policies. */
  principals: Principals | undefined
  actions: Listed
  /** `undefined` in trust policies. */
  resources: Listed | undefined
  conditions: readonly Condition[]
}

/** The names of each type; `*` as a name stands for every one of its type. */
export type Principals = 'everyone' | ReadonlyMap<PrincipalType, readonly string[]>

/** `Action` and `Resource`, or negated `NotAction` and `NotResource`. */
export interface Listed {
  negated: boolean
  /** The texts as they are written. */
  wanted: readonly string[]
  templates: readonly Template[]
}
