import { command } from '../lib/bootstrap.mjs'

const HELP = `Prints what Azure needs to know users of an identity pool by tokens of this service: a federated credential of an application.
docs/connect/azure.md explains each step.

npm run --silent connect:azure -- --pool <pool id> --role <name> --account <account> [options]

  --pool ID            the identity pool
  --role NAME          the role that its users have, behind its path if it has one
  --account ID         the account of both
  --issuer URL         issuer of the service (ISSUER of wrangler.toml)
  --audience TEXT      the audience of the tokens (api://AzureADTokenExchange)
  --name NAME          what it is called there (edge-identity)
  --help               this text

The configuration goes to standard output, and what to do with it to standard error.`

await command(HELP, async () => {
  const { main } = await import('../connect/relying-party-main.ts')
  return { main: (/** @type {string[]} */ args) => main('azure', args) }
})
