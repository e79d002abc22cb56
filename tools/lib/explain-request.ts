import type { Given } from '../../package/server/options.mjs'
import { BadOption } from './bootstrap.mjs'
import { ask } from './operator.ts'

/** What the service calls the last request that it refused, in local mode. */
const LAST = 'last'

/** Shows the decision behind one request, by its id. */
export async function main({ positionals, values }: Given): Promise<void> {
  const [requestId] = values.last ? [LAST, ...positionals] : positionals
  if (requestId === undefined || (values.last && positionals.length > 0))
    throw new BadOption('Give one request id, or --last: npm run explain-request -- <request id>')
  await ask('ExplainRequest', { RequestId: requestId }, values)
}
