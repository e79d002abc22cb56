import { command } from '../lib/bootstrap.mjs'

const HELP = `Tests npm start, the bench, the drills, the scale model and connect:aws, which takes a minute: npm run test:tools

  --help  this text

Other options are those of vitest.`

await command(HELP, () => import('../lib/test-tools.ts'))
