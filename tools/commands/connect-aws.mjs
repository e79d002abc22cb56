import { command } from '../lib/bootstrap.mjs'

const HELP = `Prints what an AWS account needs so that identity pools can hand out its roles: an IAM OIDC provider for the issuer, and two
roles a pool that trust it. docs/connect/aws.md explains each step.

npm run --silent connect:aws -- --pool <pool id> [options]

  --pool ID            an identity pool; may be given several times
  --issuer URL         issuer of the service (ISSUER of wrangler.toml)
  --format FORMAT      cloudformation, terraform or both (both)
  --tags               let signed-in users bring session tags: pools with attributes for access control need it
  --max-session-duration SECONDS
                       longest session of the roles, for pools whose sessions last longer than an hour (3600)
  --existing-provider  roles only, for an account whose OIDC provider for this issuer is managed elsewhere
  --account ID         the AWS account, so that the commands to run afterwards can name it
  --name-prefix TEXT   what the names of the roles begin with (edge-identity)
  --help               this text

The documents go to standard output, and what to do with them to standard error.`

await command(HELP, () => import('../connect/main.ts'))
