import { command } from '../lib/bootstrap.mjs'

const HELP = `Plays the scenarios of test/protocols in very many orders, with ends of processes, lost answers, repeated steps and
skewed clocks, on all processors: npm run test:long -- [options]

  --schedules N  how many (1000000: some 20 minutes on two processors)
  --seed N       where chance begins; otherwise another each time
  --help         this text

What differs from what must be ends it, with the steps that led there.`

await command(HELP, () => import(new URL('../../test/protocols/long.ts', import.meta.url).href))
