import { command } from '../lib/bootstrap.mjs'

const HELP = `Plays the scenarios of test/protocols in very many orders, with ends of processes, lost answers, repeated steps and
skewed clocks, on all processors: npm run test:long -- [options]

  --schedules N  how many (1000000: some 20 minutes on two processors)
  --files N      instead: applies so many files identity.yaml by chance to one service, each to what the one before has left;
                 the plan must be empty afterwards (some two seconds a file)
  --seed N       where chance begins; otherwise another each time
  --help         this text

What differs from what must be ends it, with the steps that led there.`

const long = process.argv.includes('--files') ? '../../test/package/file/long.ts' : '../../test/protocols/long.ts'

await command(HELP, () => import(new URL(long, import.meta.url).href))
