import { CONNECTION_OPTIONS, userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: `Over how many objects a pool is spread, and how it grows: npm run spread -- [action] --pool <pool id> [options]

  show    tells it; this is what is done without an action
  watch   tells how far the pool has grown, until it has
  pause   lets a growing pool stand still: the move that was begun is brought to its end
  resume  lets it go on`,
    options: {
      pool: { value: 'ID', text: 'the identity pool' },
      json: { text: 'the answer of the service' },
      ...CONNECTION_OPTIONS,
    },
    maxPositionals: 1,
    after: `The tag edge-identity:shards makes a pool grow: docs/spread-pools.md says how.

The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.`,
  },
  () => import('../lib/spread.ts'),
)
