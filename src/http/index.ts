export { createApp, type Deployment } from './app.ts'
export { RateLimits } from './rate-limits.ts'
