import { parseArgs } from 'node:util'
import { fail } from './bootstrap.mjs'
import { ask, CONNECTION_OPTIONS } from './operator.ts'

/** Shows the decision behind one request, by its id. */
export async function main(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: CONNECTION_OPTIONS })
  const [requestId, ...others] = positionals
  if (requestId === undefined || others.length > 0)
    fail('Give one request id: npm run explain-request -- <request id>. --help tells more.', 2)
  await ask('ExplainRequest', { RequestId: requestId }, values)
}
