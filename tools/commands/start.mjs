import { command } from '../lib/bootstrap.mjs'

const HELP = `Starts Edge Identity on this machine: npm start -- [options]

  --port N          port to serve on (8787)
  --persist-to DIR  where pools, identities and keys are kept (.wrangler/state)
  --help            this text

Everything else is passed to wrangler dev, for example --var TOKEN_ALG:ES256.`

await command(HELP, () => import('../lib/start.ts'))
