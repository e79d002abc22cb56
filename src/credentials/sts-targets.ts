import type { StsProfileName } from './profiles.ts'

/** Where credentials come from. `endpoint` is `aws` or a URL. */
export type StsTarget = { kind: 'embedded' } | { kind: 'remote'; endpoint: string; profile: StsProfileName }

/** An STS for some roles: ARNs, or the beginnings of ARNs with `*` at the end. */
export interface TargetOfRoles {
  roles: readonly string[]
  target: StsTarget
}

/** The STS of a deployment, and those that certain roles have instead. The ARN of a role decides. */
export class StsTargets {
  /** For every role that no other target names. */
  readonly fallback: StsTarget
  /** The others, as they were set. */
  readonly others: readonly TargetOfRoles[]
  readonly #rules: readonly { beginning: string; isWhole: boolean; target: StsTarget }[]

  constructor(fallback: StsTarget, targets: readonly TargetOfRoles[] = []) {
    this.fallback = fallback
    this.others = targets
    this.#rules = targets
      .flatMap(({ roles, target }) =>
        roles.map((role) => ({ beginning: role.replace(/\*$/, ''), isWhole: !role.endsWith('*'), target })),
      )
      .sort(
        (one, other) => Number(other.isWhole) - Number(one.isWhole) || other.beginning.length - one.beginning.length,
      )
  }

  /** The target that names the role itself, else the one with the longest beginning of its ARN. */
  forRole(arn: string): StsTarget {
    const rule = this.#rules.find(({ beginning, isWhole }) => (isWhole ? arn === beginning : arn.startsWith(beginning)))
    return rule?.target ?? this.fallback
  }
}
