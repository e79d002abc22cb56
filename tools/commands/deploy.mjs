import { parseArgs } from 'node:util'
import { ensureInstalled, run } from '../lib/bootstrap.mjs'

const HELP = `Deploys Edge Identity with wrangler deploy. First it looks for settings, secrets, bindings and addresses that are missing
or cannot stand; if it finds one, nothing is deployed: npm run deploy -- [options of wrangler deploy]

  --dry-run            build and check only; problems are named and do not stop it
  --secrets-file FILE  secrets to upload, as JSON or NAME=value lines; their values are checked too
  --env NAME           an environment of wrangler.toml
  --help               this text`

await ensureInstalled()

const { preflight } = await import('../lib/preflight.ts')
const { wranglerCli } = await import('../lib/wrangler.ts')

const args = process.argv.slice(2)
const many = { type: 'string', multiple: true }
const { values: options, positionals } = parseArgs({
  args,
  strict: false,
  allowPositionals: true,
  options: {
    config: { type: 'string', short: 'c' },
    env: { type: 'string', short: 'e' },
    name: { type: 'string' },
    ...{ var: many, route: many, routes: many, domain: many, domains: many },
    'secrets-file': { type: 'string' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (options.help) {
  console.log(HELP)
  process.exit(0)
}

const { problems, notes } = preflight({
  ...options,
  // `--var A:1 B:2` is one option to wrangler.
  vars: [...(options.var ?? []), ...positionals.filter((text) => /^\w+:/.test(text))],
  addresses: [options.route, options.routes].flatMap((given) => given ?? []),
  domains: [options.domain, options.domains].flatMap((given) => given ?? []),
})
for (const note of notes) console.error(`Note: ${note}`)
if (problems.length > 0) console.error(['Missing or wrong:', ...problems.map((line) => `  - ${line}`)].join('\n'))
if (problems.length > 0 && !options['dry-run']) {
  console.error('Nothing was deployed. docs/operating.md, "Settings", explains each one.')
  process.exit(1)
}
const env = { ...process.env, DO_NOT_TRACK: '1', WRANGLER_HIDE_BANNER: 'true' }
process.exitCode = await run(process.execPath, [wranglerCli, 'deploy', ...args], { env })
