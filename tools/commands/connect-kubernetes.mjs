import { command } from '../lib/bootstrap.mjs'

const HELP = `Prints what Kubernetes needs to know users of an identity pool by tokens of this service: a configuration of authentication.
docs/connect/kubernetes.md explains each step.

npm run --silent connect:kubernetes -- --pool <pool id> --role <name> --account <account> [options]

  --pool ID            the identity pool
  --role NAME          the role that its users have, behind its path if it has one
  --account ID         the account of both
  --issuer URL         issuer of the service (ISSUER of wrangler.toml)
  --audience TEXT      the audience of the tokens (kubernetes)
  --name NAME          what it is called there (edge-identity)
  --help               this text

The configuration goes to standard output, and what to do with it to standard error.`

await command(HELP, async () => {
  const { main } = await import('../connect/relying-party-main.ts')
  return { main: (/** @type {string[]} */ args) => main('kubernetes', args) }
})
