export { Decisions, type DecisionsOptions } from './decisions.ts'
export { MAX_USER_AGENT_CHARS } from './limits.ts'
export { type Actor, auditRecord, type Facts } from './record.ts'
