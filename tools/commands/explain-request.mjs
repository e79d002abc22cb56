import { CONNECTION_OPTIONS, userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: `Shows the decision behind a request, by the id in its x-amzn-RequestId header: npm run explain-request -- <request id>

Decisions of the last seven days are kept; where DECISIONS is "refusals", those of refused requests alone.`,
    maxPositionals: 1,
    options: {
      last: { text: 'instead of an id: the last request that a service on this machine refused' },
      ...CONNECTION_OPTIONS,
    },
    after:
      "The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.",
  },
  () => import('../lib/explain-request.ts'),
)
