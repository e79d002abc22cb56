import type { Accounts } from '../account/index.ts'
import type { Decisions } from '../audit/index.ts'
import type { World } from '../base/world.ts'
import type { R2AccessKey, StsTargets } from '../credentials/index.ts'
import type { TurnstileWidget } from '../guests/index.ts'
import type { InjectedFaults, ResettableAccounts } from '../local/index.ts'
import type { LoginVerifier } from '../logins/index.ts'
import type { Pools } from '../pools/index.ts'
import type { AudienceAlgorithm, Keys, Receipts } from '../tokens/index.ts'
import type { DeploymentFacts } from './deployment-facts.ts'
import type { Operators } from './operators.ts'

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
  /** Where credentials come from, except for roles that are grants of R2. */
  sts: StsTargets
  /** Keys of R2 by the account whose pools may grant with them. */
  r2AccessKeys: ReadonlyMap<string, R2AccessKey>
  /** Widgets of Turnstile by the account whose pools may ask for it, and where Cloudflare is asked about their tokens. */
  turnstile: { widgets: ReadonlyMap<string, TurnstileWidget>; url: string | undefined }
  /** Accounts that exist here: those with an access key. */
  knownAccounts: Pick<ReadonlySet<string>, 'has'>
  pools: Pools
  accounts: Accounts
  logins: LoginVerifier
  keys: Keys
  /** What signs tokens for other relying parties: for each algorithm a ring, of which one may be that of `keys`. */
  audienceKeys: ReadonlyMap<AudienceAlgorithm, Keys>
  /** What signs receipts of erasures. */
  receipts: Receipts
  operators: Operators
  decisions: Decisions
  /** What operators are told of the deployment. */
  facts: DeploymentFacts
}
