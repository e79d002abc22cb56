export { Pool } from './pool.tsx'
