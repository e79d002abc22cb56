import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled, fail, onStop, root } from './bootstrap.mjs'

const HELP = `Measures each public operation next to its floor, a bare Worker doing the same primitive work: npm run bench -- [options]

  --seconds N      time for the measuring itself (50)
  --concurrency N  requests under way at once (8)
  --algorithm A    RS256 (default), ES256 or RS512
  --json FILE      write the figures to FILE as well`

/** How an operation shares its time with its floor: in turns, so that what disturbs the machine disturbs both. */
const ROUNDS = 4

const FIGURES = ['requests/s', 'p50 ms', 'p99 ms', 'CPU ms']
const HEADINGS = ['', ...FIGURES, 'floor', ...FIGURES, 'CPU ratio']
const COLUMN_WIDTHS = [26, 12, 8, 8, 8, 10, 12, 8, 8, 8, 11]

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '50' },
    concurrency: { type: 'string', default: '8' },
    algorithm: { type: 'string', default: 'RS256' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (options.help) {
  console.log(HELP)
  process.exit(0)
}
const seconds = positive('seconds')
const concurrency = positive('concurrency')
await ensureInstalled()

const { unstable_readConfig: readWranglerConfig } = await import('wrangler')
const { measure } = await import('../bench/measure.mjs')
const { operationsOn, startIssuer } = await import('../bench/operations.mjs')
const { serve } = await import('../bench/workerd.mjs')
const { freePort } = await import('./local-service.mjs')
const { wrangler } = await import('./wrangler.mjs')

const folder = await mkdtemp(join(tmpdir(), 'edge-identity-bench-'))
const config = readWranglerConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true })
const running = []
let ending = false
onStop(() => end(130))
try {
  await benchmark()
  await end(0)
} catch (error) {
  if (!ending) console.error(error.message)
  await end(1)
}

async function benchmark() {
  const [issuer, service, floor] = await Promise.all([startIssuer(), startService(), startFloor()])
  running.push(issuer, service, floor)
  const operations = await operationsOn(service.url, issuer)
  const slice = (seconds * 1000) / (operations.length * 2 * ROUNDS)

  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`
  console.log(`${machine}; ${options.algorithm}, ${concurrency} at once, ${seconds} s`)
  console.log('The load and both Workers share this machine; latency and CPU are per request.\n')
  console.log(line(HEADINGS))
  const results = []
  for (const operation of operations) {
    const result = await measure(operation, { service, floor, rounds: ROUNDS, slice, concurrency })
    results.push(result)
    console.log(row(result))
  }
  if (options.json) await report({ machine, algorithm: options.algorithm, concurrency, seconds, results })
}

async function startService() {
  const built = join(folder, 'built')
  const { ok, output } = wrangler(['deploy', '--dry-run', '--minify', '--outdir', built])
  if (!ok) throw new Error(output)
  const port = await freePort()
  return serve({
    folder: join(folder, 'service'),
    port,
    script: join(built, 'worker.js'),
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    objects: Object.fromEntries(config.durable_objects.bindings.map((binding) => [binding.name, binding.class_name])),
    vars: { LOCAL_MODE: 'on', ISSUER: `http://127.0.0.1:${port}`, TOKEN_ALG: options.algorithm },
    kv: config.kv_namespaces[0]?.binding,
  })
}

async function startFloor() {
  return serve({
    folder: join(folder, 'floor'),
    port: await freePort(),
    script: join(root, 'bench', 'floor.js'),
    compatibilityDate: config.compatibility_date,
    objects: { STORE: 'Store' },
    vars: { TOKEN_ALG: options.algorithm },
  })
}

async function end(code) {
  if (ending) return new Promise(() => {})
  ending = true
  await Promise.all(running.map((each) => each.stop()))
  await rm(folder, { recursive: true, force: true })
  process.exit(code)
}

function positive(name) {
  const value = Number(options[name])
  return value > 0 ? value : fail(`--${name} ${options[name]} is not a positive number.`)
}

function row({ name, floorPath, service, floor }) {
  const ratio = `${(service.cpuMs / floor.cpuMs).toFixed(1)} ×`
  return line([name, ...figuresOf(service), floorPath.slice(1), ...figuresOf(floor), ratio])
}

function figuresOf({ perSecond, p50, p99, cpuMs }) {
  return [perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), cpuMs.toFixed(2)]
}

function line([name, ...cells]) {
  return name.padEnd(COLUMN_WIDTHS[0]) + cells.map((cell, i) => cell.padStart(COLUMN_WIDTHS[i + 1])).join('')
}

async function report(figures) {
  const file = resolve(process.env.INIT_CWD ?? '.', options.json)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`)
}
