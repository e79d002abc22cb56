import { command } from '../lib/bootstrap.mjs'

const HELP = `Uploads a version of Edge Identity with wrangler versions upload, after the same check as npm run deploy. The version serves
nobody until npx wrangler versions deploy gives it a share of the requests: npm run upload -- [options of wrangler versions upload]

  --dry-run            build and check only; problems are named and do not stop it
  --secrets-file FILE  secrets to upload with the version, as JSON or NAME=value lines; their values are checked too
  --env NAME           an environment of wrangler.toml
  --tag TEXT           a name for the version, such as that of the release
  --help               this text

The first deployment, and one with a new migration in wrangler.toml, must be made with npm run deploy.`

await command(HELP, async () => ({ main: (await import('../deploy/main.ts')).upload }))
