import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled, fail, onStop, root } from '../lib/bootstrap.mjs'

const HELP = `Measures each operation next to its floor, a bare Worker doing the same primitive work: npm run bench -- [options]

  --seconds N      time for measuring the operations (60)
  --concurrency N  requests under way at once (8)
  --algorithm A    of tokens, where not both RS256 and ES256 are measured: RS256 (default), ES256 or RS512
  --growth         measures pools of several sizes too
  --sizes N,N,…    identities in these pools (1000,100000,1000000)
  --only PART,…    some parts alone: operations, moto, start-up, growth
  --quick          a second or two instead, to see that everything can be measured; the figures mean nothing
  --allow-missing  ends well even if something could not be measured
  --json FILE      writes the figures to FILE as well
  --write          measures every part and writes the results into docs/performance.md
  --profile ID     no measuring: where the time of one operation goes (an id of the list in tools/bench/operations.ts)

docs/performance.md tells how to read the figures.`

const PARTS = ['operations', 'moto', 'start-up', 'growth']
const PERFORMANCE = 'docs/performance.md'
const COLUMNS = [37, 11, 8, 8, 8, 7, 8, 6, 10, 11, 8, 8, 8, 18, 18]

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    concurrency: { type: 'string', default: '8' },
    algorithm: { type: 'string', default: 'RS256' },
    growth: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1000,100000,1000000' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    'allow-missing': { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (options.help) {
  console.log(HELP)
  process.exit(0)
}
const plan = planOf(options)
const parts = partsOf(options)
await ensureInstalled()

const { againstFloor, rowsWritten } = await import('../bench/against-floor.ts')
const { growth } = await import('../bench/growth.ts')
const { againstMoto } = await import('../bench/moto.ts')
const { profile } = await import('../bench/profile.ts')
const { cells, countCells, ratioText, targetsOf, verdict, writeInto } = await import('../bench/report.ts')
const { openStage } = await import('../bench/stage.ts')
const { coldStarts, sizes } = await import('../bench/startup.ts')
const { default: workerd } = await import('workerd/package.json', { with: { type: 'json' } })

const stage = openStage(await mkdtemp(join(tmpdir(), 'edge-identity-bench-')))
let ending = false
let somethingIsMissing = false
onStop(() => end(130))
try {
  if (options.profile) await showProfile(options.profile)
  else await end((await benchmark()) || options['allow-missing'] ? 0 : 1)
  await end(0)
} catch (error) {
  if (!ending) console.error(error.message)
  await end(1)
}

/** @returns whether everything could be measured */
async function benchmark() {
  const figures = {
    at: new Date().toISOString().slice(0, 10),
    command: ['npm run bench', ...process.argv.slice(2)].join(' ').replace('bench ', 'bench -- '),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}, workerd ${workerd.version}`,
    plan,
  }
  console.log(`${figures.machine}; ${plan.concurrency} at once, ${plan.seconds} s`)
  console.log(
    'The load and the Workers share this machine; latency and CPU are per request. A ratio is the median over',
  )
  console.log(
    `the rounds, with the least and the greatest of the ${plan.rounds}; 1 would be as fast, or as cheap, as the floor.\n`,
  )
  if (parts.has('operations')) Object.assign(figures, await measured(measureOperations))
  if (parts.has('moto')) figures.moto = await measured(measureMoto)
  if (parts.has('start-up')) figures.startup = await measured(measureStartup)
  if (parts.has('growth')) figures.growth = await measured(measureGrowth)
  showTargets(figures)
  if (options.json) await writeJson(figures)
  if (options.write) await writeInto(join(root, PERFORMANCE), figures)
  return !somethingIsMissing
}

/** What a part measures, or `undefined`: a part that fails leaves the others to be measured. */
async function measured(part) {
  try {
    return await part()
  } catch (error) {
    if (ending) return new Promise(() => {})
    missing(error.message)
    return undefined
  }
}

function missing(reason, name = '') {
  somethingIsMissing = true
  console.log(`${name.padEnd(COLUMNS[0])} not measured: ${reason}`)
}

async function measureOperations() {
  const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'calls', 'fetches', 'rows']
  showLine([...head, 'floor', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', '÷ floor', 'floor CPU ÷ ours'])
  const operations = await againstFloor(stage, plan, (result) => {
    const { counts, cpu, floor, floorPath, name, notMeasured, service, throughput } = result
    if (notMeasured) return missing(notMeasured, name)
    const ratios = [ratioText(throughput), ratioText(cpu)]
    showLine([name, ...cells(service), ...countCells(counts), floorPath.slice(1), ...cells(floor), ...ratios])
  })
  const rows = await rowsWritten(stage)
  console.log(
    `\nRows written by GetId: new guest / new user / any repetition: ${rows.guest} / ${rows.user} / ${rows.repeated}`,
  )
  return { operations, rows }
}

async function measureMoto() {
  console.log('\nNext to moto:')
  const results = await againstMoto(stage, plan, ({ cpu, moto, name, service, throughput }) =>
    console.log(
      `  ${name.padEnd(37)} ${cells(service)[0]} requests/s, moto ${cells(moto)[0]}: ${ratioText(throughput)} times, at ` +
        `1/${ratioText(cpu)} of the CPU`,
    ),
  )
  if (results.notMeasured) console.log(`  not measured: ${results.notMeasured}`)
  return results
}

async function measureStartup() {
  const startup = { sizes: await sizes(stage), coldStarts: await coldStarts(stage, plan.coldStarts) }
  const { gzip, gzipWithoutSaml, raw } = startup.sizes
  const { evaluation, firstRequest } = startup.coldStarts
  const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`
  const ms = ({ greatest, least, median }) => `${median.toFixed(1)} ms (${least.toFixed(1)}–${greatest.toFixed(1)})`
  console.log(`\nBundle: ${kib(raw)}, gzip ${kib(gzip)}, without SAML ${kib(gzipWithoutSaml)}`)
  console.log(`Module evaluation: ${ms(evaluation.wallMs)}; CPU ${ms(evaluation.cpuMs)}`)
  console.log(`First request of a new process: ${ms(firstRequest.service)}; floor ${ms(firstRequest.floor)}`)
  return startup
}

async function measureGrowth() {
  console.log('\nGrowth:')
  const grown = await growth(stage, plan, plan.sizes, (line) => console.log(line))
  console.log(`\n  p50 ms for identities: ${grown.sizes.join(', ')}; largest ÷ smallest`)
  for (const { bySize, name, notMeasured, p50Growth } of grown.operations) {
    if (notMeasured) missing(notMeasured, `  ${name}`)
    else showGrowth(name, `${bySize.map(({ p50 }) => p50.toFixed(2)).join(', ')}; ${ratioText(p50Growth)}`)
  }
  showGrowth('first request after eviction', grown.afterEviction.map(({ ms }) => ms.toFixed(1)).join(', '))
  const bytes = grown.bytes.map((each) => `${each.bytesPerGuest.toFixed(0)} + ${each.bytesPerUser.toFixed(0)}`)
  showGrowth('bytes a guest + a user', bytes.join(', '))
  const { largestInUseKiB, onePoolKiB, perPoolKiB, smallestInUseKiB } = grown.memory
  console.log(
    `  memory: one pool open ${(onePoolKiB / 1024).toFixed(0)} MiB, each further ${perPoolKiB.toFixed(0)} KiB; ` +
      `smallest in use ${(smallestInUseKiB / 1024).toFixed(0)} MiB, then largest ${(largestInUseKiB / 1024).toFixed(0)} MiB`,
  )
  return grown
}

function showGrowth(name, figures) {
  console.log(`  ${name.padEnd(32)} ${figures}`)
}

function showTargets(figures) {
  console.log(`\n${'Target'.padEnd(62)}${'wanted'.padStart(10)}${'measured'.padStart(16)}`)
  for (const { figure, measured, met, target } of targetsOf(figures))
    console.log(`${figure.padEnd(62)}${target.padStart(10)}${measured.padStart(16)}  ${verdict(met)}`)
}

async function showProfile(id) {
  const { functions, totalMs } = await profile(stage, id, plan)
  const percent = (share) => `${(share * 100).toFixed(1)} %`.padStart(8)
  console.log(
    `${totalMs.toFixed(0)} ms on the Worker's thread: each function by itself, and with what it called at once\n`,
  )
  for (const { name, self, total } of functions) console.log(`${percent(self)} ${percent(total)}  ${name}`)
}

async function writeJson(figures) {
  const file = resolve(process.env.INIT_CWD ?? '.', options.json)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`)
}

async function end(code) {
  if (ending) return new Promise(() => {})
  ending = true
  await stage.close()
  await rm(stage.folder, { recursive: true, force: true })
  process.exit(code)
}

function planOf({ algorithm, concurrency, quick, seconds, sizes }) {
  const rounds = quick ? 1 : 5
  const operations = 9
  const total = quick ? 1 : positive('seconds', seconds)
  return {
    algorithm,
    concurrency: positive('concurrency', concurrency),
    seconds: total,
    rounds,
    // Two sides, with two slices each a round.
    slice: (total * 1000) / (operations * 4 * rounds),
    warmUp: quick ? 30 : 1500,
    coldStarts: quick ? 1 : 15,
    emptyPools: quick ? 3 : 200,
    evictions: quick ? 1 : 5,
    callsForMemory: quick ? 50 : 5_000,
    sizes: (quick ? '100,1000' : sizes).split(',').map((size) => positive('sizes', size)),
  }
}

function partsOf({ growth, only, quick, write }) {
  if (write && (quick || only)) fail('--write measures everything, so it goes with neither --quick nor --only.')
  if (write) return new Set(PARTS)
  const chosen = only?.split(',') ?? PARTS.filter((part) => part !== 'growth' || growth)
  const unknown = chosen.find((part) => !PARTS.includes(part))
  if (unknown) fail(`--only ${unknown}: there are ${PARTS.join(', ')}.`)
  return new Set(chosen)
}

function positive(name, text) {
  const value = Number(text)
  return value > 0 ? value : fail(`--${name} ${text} is not a positive number.`)
}

function showLine(row) {
  console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(COLUMNS[0]) : cell.padStart(COLUMNS[i]))).join(''))
}
