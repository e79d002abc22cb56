import { CONNECTION_OPTIONS, userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: `Checks whether what a pool keeps agrees with itself: npm run check-pool -- --pool <pool id> [--repair]

After an object of a pool was restored to an earlier time, logins and the ways to them may disagree. The pool serves meanwhile.`,
    options: {
      pool: { value: 'ID', text: 'the identity pool' },
      repair: { text: 'puts right what can be; without it nothing is changed' },
      ...CONNECTION_OPTIONS,
    },
    after: `Exit code: 0 if nothing is wrong any more, 3 if something is, 1 if the service refuses or cannot be reached, 2 for bad options.

The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.`,
  },
  () => import('../lib/check-pool.ts'),
)
