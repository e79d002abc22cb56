export { createApp, type Deployment } from './app.ts'
export type { PartHealth } from './health.ts'
export { RateLimits } from './rate-limits.ts'
