import { command } from '../lib/bootstrap.mjs'

const HELP = `Shows the decision behind a request, by the id in its x-amzn-RequestId header: npm run explain-request -- <request id>

Decisions of the last seven days are kept; where DECISIONS is "refusals", those of refused requests alone.

  --endpoint-url URL  the service (AWS_ENDPOINT_URL, else http://localhost:8787)
  --region R          region to sign for
  --help              this text

The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.`

await command(HELP, () => import('../lib/explain-request.ts'))
