import { command } from '../lib/bootstrap.mjs'

const HELP = `Deploys Edge Identity with wrangler deploy. First it looks for settings, secrets, bindings and addresses that are missing
or cannot stand; if it finds one, nothing is deployed: npm run deploy -- [options of wrangler deploy]

  --dry-run            build and check only; problems are named and do not stop it
  --secrets-file FILE  secrets to upload, as JSON or NAME=value lines; their values are checked too
  --env NAME           an environment of wrangler.toml
  --help               this text`

await command(HELP, async () => ({ main: (await import('../deploy/main.ts')).deploy }))
