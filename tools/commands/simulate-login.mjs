import { command } from '../lib/bootstrap.mjs'

const HELP = `Shows what a login would come to, and issues nothing: npm run simulate-login -- --pool <pool id> [options]

  --login PROVIDER=TOKEN  as in a Logins map; @FILE reads the token from a file, - from standard input; may be repeated
  --identity ID           the identity that the client names; else the login's own, or a new one
  --custom-role ARN       the CustomRoleArn that the client sends
  --endpoint-url URL      the service (AWS_ENDPOINT_URL, else http://localhost:8787)
  --region R              region to sign for
  --help                  this text

The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.`

await command(HELP, () => import('../lib/simulate-login.ts'))
