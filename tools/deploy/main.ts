import { parseArgs } from 'node:util'
import { run } from '../lib/bootstrap.mjs'
import { wranglerCli } from '../lib/wrangler.ts'
import { type DeployOptions, preflight } from './preflight.ts'
import { environmentMeant } from './wrangler-config.ts'

/** `wrangler deploy`, unless something is missing or wrong; with `--dry-run` even then. */
export const deploy = (args: string[]): Promise<void> => checked(['deploy'], args)

/** `wrangler versions upload`, behind the same check: a version that serves nobody yet. */
export const upload = (args: string[]): Promise<void> => checked(['versions', 'upload'], args)

async function checked(wranglerCommand: readonly string[], args: string[]): Promise<void> {
  const options = optionsFrom(args)
  const { notes, problems } = preflight(options)
  for (const note of notes) console.error(`Note: ${note}`)
  if (problems.length === 0) console.error('Nothing is missing or wrong, as far as can be seen from here.')
  if (problems.length > 0) console.error(['Missing or wrong:', ...problems.map((line) => `  - ${line}`)].join('\n'))
  if (problems.length > 0 && !options['dry-run']) {
    console.error('Nothing was deployed. docs/operating.md, "Settings", explains each one.')
    process.exitCode = 1
    return
  }
  const env = { ...process.env, DO_NOT_TRACK: '1', WRANGLER_HIDE_BANNER: 'true' }
  // Else wrangler might find another one in a file of variables, and deploy what was not checked.
  const environment = options.env === undefined ? [`--env=${environmentMeant(undefined)}`] : []
  process.exitCode = await run(process.execPath, [wranglerCli, ...wranglerCommand, ...environment, ...args], { env })
}

/** The options that the check looks at. All others are for wrangler alone. */
function optionsFrom(args: string[]): DeployOptions {
  const one = { type: 'string' } as const
  const many = { type: 'string', multiple: true } as const
  const flag = { type: 'boolean' } as const
  const { positionals, values } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    options: {
      config: { ...one, short: 'c' },
      env: { ...one, short: 'e' },
      name: one,
      var: many,
      route: many,
      routes: many,
      domain: many,
      domains: many,
      'compatibility-date': one,
      'secrets-file': one,
      'keep-vars': flag,
      'dry-run': flag,
    },
  })
  // An option that should have a value and has none is `true` here; wrangler then refuses it.
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  const texts = (...given: unknown[]) => given.flat().flatMap((value) => text(value) ?? [])
  return {
    config: text(values.config),
    env: text(values.env),
    name: text(values.name),
    // `--var A:1 B:2` is one option to wrangler.
    vars: [...texts(values.var), ...positionals.filter((word) => /^\w+:/.test(word))],
    addresses: texts(values.route, values.routes),
    domains: texts(values.domain, values.domains),
    'compatibility-date': text(values['compatibility-date']),
    'secrets-file': text(values['secrets-file']),
    'keep-vars': values['keep-vars'] === true,
    'dry-run': values['dry-run'] === true,
  }
}
