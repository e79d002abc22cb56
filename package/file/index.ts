/**
 * identity.yaml: one file for what pools, roles and issuers a service has.
 *
 * - `readIdentityFile(path)` reads and checks a file: `FileProblems` has every problem with line and column.
 * - `seed(document, { endpoint, credentials })` brings a running service in local mode to it, with the same ids each time.
 * - `plan`, `apply` and `pull` are for services that run for longer, and `lint` says what people get wrong.
 * - `document.file.issuers` are the issuers by name; `loginProvidersOf(document)` says which providers the pools list, with
 *   the name, the issuer and the client ids of each: that is what local issuers have to stand for.
 */

export { apply, OtherPlan, plan } from './apply/apply.ts'
export { ApplyFailed } from './apply/carry-out.ts'
export { DEFAULT_REGION, Unfit } from './apply/compare.ts'
export { type Seeded, type SeededPool, type SeedOptions, seed } from './apply/seed.ts'
export type { IdentityFile } from './declare/index.ts'
export { lint } from './lint/lint.ts'
export { type ChangeSummary, type PlanSummary, planText, summaryOf } from './plan/words.ts'
export { fileText } from './pull/file-text.ts'
export { NoSuchPool, pull } from './pull/pull.ts'
export {
  FileProblems,
  type IdentityDocument,
  lineOf,
  type Problem,
  readIdentityFile,
  readIdentityText,
} from './read/index.ts'
export { Refused, type ServiceAddress, type ServiceApi, serviceApi, Unreachable } from './service/api.ts'
export { awsApi, SdkMissing } from './service/aws.ts'
export { type LoginProvider, loginProvidersOf } from './state/login-providers.ts'
