import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled, fail, root } from '../lib/bootstrap.mjs'

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
const FORMATS = ['cloudformation', 'terraform', 'both']

const options = parse(process.argv.slice(2))
if (options.help) {
  console.log(HELP)
  process.exit(0)
}
if (options.pool.length === 0)
  fail('Name at least one pool with --pool; `aws cognito-identity list-identity-pools` shows their ids.')
if (!FORMATS.includes(options.format)) fail(`--format must be one of ${FORMATS.join(', ')}.`)
await ensureInstalled()

const { readConnection } = await import('../connect/aws-connection.ts')
const { documents, nextSteps } = await import('../connect/aws-connection-screen.ts')

const read = readConnection({
  issuer: options.issuer ?? (await configuredIssuer()),
  pools: options.pool,
  account: options.account,
  namePrefix: options['name-prefix'],
  tags: options.tags,
  existingProvider: options['existing-provider'],
  maxSessionDuration: secondsFrom(options['max-session-duration']),
})
if (!read.ok) fail(read.error)
console.log(documents(read.value, options.format))
console.error(nextSteps(read.value, options.format))
if (isBelowNpm())
  console.error('\nnpm has put lines of its own above the document: `npm run --silent` leaves them out.')

function parse(args) {
  const text = { type: 'string' }
  const flag = { type: 'boolean', default: false }
  try {
    return parseArgs({
      args,
      options: {
        pool: { type: 'string', multiple: true, default: [] },
        issuer: text,
        format: { type: 'string', default: 'both' },
        account: text,
        'name-prefix': { type: 'string', default: 'edge-identity' },
        tags: flag,
        'existing-provider': flag,
        'max-session-duration': text,
        help: { ...flag, short: 'h' },
      },
    }).values
  } catch (error) {
    return fail(`${error.message.split(/\.\s|\n/)[0].replace(/\.$/, '')}.`)
  }
}

function secondsFrom(text) {
  if (text === undefined || /^\d{1,5}$/.test(text)) return text && Number(text)
  return fail(`--max-session-duration ${text} is not a number of seconds.`)
}

async function configuredIssuer() {
  const { unstable_readConfig: readWranglerConfig } = await import('wrangler')
  const { vars } = readWranglerConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true })
  return vars.ISSUER ?? fail('Name the issuer with --issuer, or set ISSUER in wrangler.toml.')
}

/** Whether npm announced this script on standard output, and that goes to a file or a pipe. */
function isBelowNpm() {
  const { npm_config_loglevel: level, npm_lifecycle_event: script } = process.env
  return script !== undefined && level !== 'silent' && !process.stdout.isTTY
}
