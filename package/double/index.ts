/** Edge Identity as a test double: one process on this machine, in local mode. */
export { FileProblems, type Problem, type SeededPool } from '../file/index.ts'
export type { TestIssuer, TokenClaims } from '../server/issuers.ts'
export type { LogLine } from '../server/log-lines.mjs'
export type { Fault, FaultRequest, IdentityAccount } from './account.ts'
export { type EdgeIdentity, type StartOptions, startEdgeIdentity } from './start.ts'
