export { describeService } from './described.ts'
export { Health } from './health.tsx'
export { Keys } from './keys.tsx'
