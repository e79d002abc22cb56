import { command } from '../lib/bootstrap.mjs'

const HELP = `Tests that take longer than npm test: npm run test:long -- [growth] [options]

Without a word: plays the scenarios of test/protocols in very many orders, with ends of processes, lost answers, repeated steps
and skewed clocks, on all processors.

  --schedules N   how many (1000000: some 20 minutes on two processors)
  --moves         while slots move between objects besides
  --files N       instead: applies so many files identity.yaml by chance to one service, each to what the one before has left;
                  the plan must be empty afterwards (some two seconds a file)
  --sequences N   instead: holds so many sequences of calls against the rules for identities, while objects are evicted and reset and
                  answers are lost; and as many one after the other; then pools are exported and imported, and imports end at any
                  call (20000: some 25 minutes)
  --test-files N  instead: so many test files of users at once, against one service of the package (100: some two minutes)
  --seed N        where chance begins; otherwise another each time

growth: a pool of one object grows to several, in the production bundle on plain workerd, while clients of the AWS SDK call it,
and its server is killed and started again and again. Then everybody must be who they were, in one object alone.

  --identities N  in the pool before (200000)
  --objects N     of the pool afterwards (8)
  --rate N        calls a second (100)
  --kill N        seconds from one kill of the server to the next (2)
  --seed N        where chance begins; otherwise another each time
  --keep          leaves the databases where they are, and says where

  --help          this text

What differs from what must be ends it, with the steps that led there or with what differs. Then the exit code is 1.`

/** By the option that asks for it. */
const OTHERS = {
  '--sequences': '../lib/run-sequences.ts',
  '--files': '../../test/package/file/long.ts',
  '--test-files': '../../test/package/long.ts',
}

const [what, ...options] = process.argv.slice(2)
const other = Object.entries(OTHERS).find(([option]) => process.argv.includes(option))
const long = other?.[1] ?? '../../test/protocols/long.ts'

await command(HELP, async () =>
  what === 'growth'
    ? { main: async () => (await import('../drill/main.ts')).main(options) }
    : import(new URL(long, import.meta.url).href),
)
