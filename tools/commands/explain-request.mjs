import { parseArgs } from 'node:util'
import { ensureInstalled } from '../lib/bootstrap.mjs'

const HELP = `Shows the decision behind a request, by the id in its x-amzn-RequestId header: npm run explain-request -- <request id>

Decisions of the last seven days are kept; where DECISIONS is "refusals", those of refused requests alone.

`

await ensureInstalled()

const { ask, CONNECTION_HELP, CONNECTION_OPTIONS } = await import('../lib/operator.ts')

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: CONNECTION_OPTIONS })
const [requestId, ...others] = positionals
if (options.help || requestId === undefined || others.length > 0) {
  console.log(HELP + CONNECTION_HELP)
  process.exit(options.help ? 0 : 2)
}
await ask('ExplainRequest', { RequestId: requestId }, options)
