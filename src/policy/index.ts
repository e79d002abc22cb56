export type { PolicyDocument, PolicyKind } from './document.ts'
export { type Decision, evaluate, type PolicyRequest } from './evaluate.ts'
export { parsePolicy } from './parse.ts'
