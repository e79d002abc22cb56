import { command } from '../lib/bootstrap.mjs'

const HELP = `Prints what Vault or OpenBao needs to know users of an identity pool by tokens of this service: an auth method of the kind jwt, and a role of it.
docs/connect/vault.md explains each step.

npm run --silent connect:vault -- --pool <pool id> --role <name> --account <account> [options]

  --pool ID            the identity pool
  --role NAME          the role that its users have, behind its path if it has one
  --account ID         the account of both
  --issuer URL         issuer of the service (ISSUER of wrangler.toml)
  --audience TEXT      the audience of the tokens (vault)
  --name NAME          what it is called there (edge-identity)
  --policy NAME        a policy of Vault that a login gives; may be given several times (default)
  --help               this text

The configuration goes to standard output, and what to do with it to standard error.`

await command(HELP, async () => {
  const { main } = await import('../connect/relying-party-main.ts')
  return { main: (/** @type {string[]} */ args) => main('vault', args) }
})
