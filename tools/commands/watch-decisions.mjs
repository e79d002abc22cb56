import { CONNECTION_OPTIONS, userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: `Shows the decisions of an account as they happen, one line each, until it is interrupted: npm run watch-decisions -- [options]`,
    options: {
      refused: { text: 'those alone that were refused' },
      pool: { value: 'ID', text: 'those alone of this pool' },
      json: { text: 'whole records, each a JSON text in a line' },
      ...CONNECTION_OPTIONS,
    },
    after: `A line has the time, the reason of a refusal or "ok", the operation, the pool, who it was, the address and the request id, with which
npm run explain-request tells more. The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this
machine, local mode's.`,
  },
  () => import('../lib/watch-decisions.ts'),
)
