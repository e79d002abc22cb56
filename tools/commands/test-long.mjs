import { command } from '../lib/bootstrap.mjs'

const HELP = `Plays the scenarios of test/protocols in very many orders, with ends of processes, lost answers, repeated steps and
skewed clocks, on all processors: npm run test:long -- [options]

  --schedules N  how many (1000000: some 20 minutes on two processors)
  --files N      instead: applies so many files identity.yaml by chance to one service, each to what the one before has left;
                 the plan must be empty afterwards (some two seconds a file)
  --test-files N instead: so many test files of users at once, against one service of the package (100: some two minutes)
  --seed N       where chance begins; otherwise another each time
  --help         this text

What differs from what must be ends it, with the steps that led there.`

/** By the option that asks for it. */
const OTHERS = { '--files': '../../test/package/file/long.ts', '--test-files': '../../test/package/long.ts' }

const other = Object.entries(OTHERS).find(([option]) => process.argv.includes(option))
const long = other?.[1] ?? '../../test/protocols/long.ts'

await command(HELP, () => import(new URL(long, import.meta.url).href))
