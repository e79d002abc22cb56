import { command } from '../lib/bootstrap.mjs'

const HELP = `Measures each operation next to its floor, a bare Worker doing the same primitive work: npm run bench -- [options]

  --seconds N      time for measuring the operations (60)
  --concurrency N  requests under way at once (8)
  --algorithm A    of tokens, where not both RS256 and ES256 are measured: RS256 (default), ES256 or RS512
  --growth         measures pools of several sizes too, and a backup
  --sizes N,N,…    identities in these pools (1000,100000,1000000)
  --identities N   identities of the backup (1000000)
  --only PART,…    some parts alone: operations, spread, flood, moto, start-up, growth, backup
  --quick          a second or two instead, to see that everything can be measured; the figures mean nothing
  --allow-missing  ends well even if something could not be measured
  --json FILE      writes the figures to FILE as well
  --write          measures every part and writes the results into docs/performance.md and docs/performance.json
  --profile ID     no measuring: where the time of one operation goes (an id of the list in tools/bench/operations.ts)
  --help           this text

docs/performance.md tells how to read the figures.`

await command(HELP, () => import('../bench/main.ts'))
