import { command } from '../lib/bootstrap.mjs'

const HELP = `Works out how far the service reaches: objects, waiting, latency by continent, dollars. Nothing is
contacted and nothing measured; inputs are in tools/scale/inputs.ts: npm run simulate:scale -- [options]

  --only NAME  print one table: summary, inputs, capacity, queue, load, breaks, spread, evenness, skew,
               settings, growing, round-trips, caches, latency, kept, sign-in, places, sign-in-places,
               costs, spread-costs, month, record or all-in
  --seed N     another seed than 20261123
  --write      put the tables into docs/scale.md
  --help       this text`

await command(HELP, () => import('../scale/main.ts'))
