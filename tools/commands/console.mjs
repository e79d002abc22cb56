import { command } from '../lib/bootstrap.mjs'

const HELP = `Builds the console into dist/console, from where it is deployed: npm run console

  --help  this text

wrangler runs it before each deployment.`

await command(HELP, () => import('../lib/console.ts'))
