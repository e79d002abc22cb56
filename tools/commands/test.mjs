import { command } from '../lib/bootstrap.mjs'

await command(undefined, () => import('../lib/run-tests.ts'))
