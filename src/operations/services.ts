import type { Accounts } from '../account/index.ts'
import type { Decisions } from '../audit/index.ts'
import type { World } from '../base/world.ts'
import type { R2AccessKey, StsProfileName } from '../credentials/index.ts'
import type { InjectedFaults, ResettableAccounts } from '../local/index.ts'
import type { LoginVerifier } from '../logins/index.ts'
import type { Pools } from '../pools/index.ts'
import type { Keys } from '../tokens/index.ts'

/** Where credentials come from, except for roles that are grants of R2. `endpoint` is `aws` or a URL. */
export type StsTarget = { kind: 'embedded' } | { kind: 'remote'; endpoint: string; profile: StsProfileName }

/** What local mode has for tests. */
export interface LocalParts {
  accounts: ResettableAccounts
  faults: InjectedFaults
}

/** What operations are given: the parts of the service, built once, and the settings they need. */
export interface Services {
  world: World
  /** URL of our issuer, without a trailing slash. */
  issuer: string
  localMode: boolean
  /** Set in local mode alone. */
  local?: LocalParts | undefined
  sts: StsTarget
  /** Keys of R2 by the account whose pools may grant with them. */
  r2AccessKeys: ReadonlyMap<string, R2AccessKey>
  /** Accounts that exist here: those with an access key. */
  knownAccounts: Pick<ReadonlySet<string>, 'has'>
  pools: Pools
  accounts: Accounts
  logins: LoginVerifier
  keys: Keys
  decisions: Decisions
}
