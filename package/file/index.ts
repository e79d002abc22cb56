/**
 * identity.yaml: one file for what pools, roles and issuers a service has.
 *
 * - `readIdentityFile(path)` reads and checks a file: `FileProblems` has every problem with line and column.
 * - `seed(document, { endpoint, credentials })` brings a running service in local mode to it, with the same ids each time.
 * - `document.file.issuers` are the issuers by name; `loginProvidersOf(document)` says which providers the pools list, with
 *   the name, the issuer and the client ids of each: that is what local issuers have to stand for.
 */

export { Unfit } from './apply/found.ts'
export { type Seeded, type SeededPool, type SeedOptions, seed } from './apply/seed.ts'
export type { IdentityFile } from './declare/index.ts'
export {
  FileProblems,
  type IdentityDocument,
  lineOf,
  type Problem,
  readIdentityFile,
  readIdentityText,
} from './read/index.ts'
export { Refused, type ServiceAddress, Unreachable } from './service/api.ts'
export { type LoginProvider, loginProvidersOf } from './state/login-providers.ts'
