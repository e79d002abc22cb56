import { command } from '../lib/bootstrap.mjs'

const HELP = `Tests npm start, the bench, the drills, the scale model, connect:aws and the npm package, and the service with the AWS CLI
and Terraform where they are, which takes some two minutes: npm run test:tools

  --help  this text

Other options are those of vitest.`

await command(HELP, () => import('../lib/test-tools.ts'))
