import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import workerd from 'workerd/package.json' with { type: 'json' }
import { onStop, root } from '../lib/bootstrap.mjs'
import { againstFloor, rowsWritten } from './against-floor.ts'
import { backup } from './backup.ts'
import { flood } from './flood.ts'
import { growth } from './growth.ts'
import { modelFigures } from './model-figures.ts'
import { againstMoto } from './moto.ts'
import { type Options, optionsFrom } from './options.ts'
import { profile } from './profile.ts'
import { type BenchResults, isMeasured, writeInto } from './report.ts'
import * as screen from './screen.ts'
import { OBJECTS, spreadPools } from './spread-pools.ts'
import { openStage, type Stage } from './stage.ts'
import { coldStarts, sizes } from './startup.ts'

const PERFORMANCE = join(root, 'docs', 'performance.md')
/** The figures that the scale model starts from. */
const MODEL_FIGURES = join(root, 'docs', 'performance.json')

/** Measures what was asked for, and ends the process: with 1 if something could not be measured. */
export async function main(args: string[]): Promise<void> {
  const options = optionsFrom(args)
  const stage = openStage(await mkdtemp(join(tmpdir(), 'edge-identity-bench-')))
  const run = new Run(stage, options)
  onStop(() => run.end(130))
  try {
    if (options.profile !== undefined) screen.showProfile(await profile(stage, options.profile, options.plan))
    else await run.benchmark(args)
    await run.end(run.somethingIsMissing && !options.allowMissing ? 1 : 0)
  } catch (error) {
    if (!run.ending) console.error((error as Error).message)
    await run.end(1)
  }
}

/** One run of the bench. A part that fails leaves the others to be measured. */
class Run {
  readonly #stage: Stage
  readonly #options: Options
  ending = false
  somethingIsMissing = false

  constructor(stage: Stage, options: Options) {
    this.#stage = stage
    this.#options = options
  }

  async benchmark(args: readonly string[]): Promise<void> {
    const { json, parts, plan, write } = this.#options
    const figures: BenchResults = {
      at: new Date().toISOString().slice(0, 10),
      command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
      machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}, workerd ${workerd.version}`,
    }
    screen.showPlan(figures.machine, plan)
    if (parts.has('operations')) Object.assign(figures, await this.#measured(() => this.#operations()))
    if (parts.has('spread')) figures.spread = await this.#measured(() => this.#spread())
    if (parts.has('flood')) figures.flood = await this.#measured(() => this.#flood())
    if (parts.has('moto')) figures.moto = await this.#measured(() => this.#moto())
    if (parts.has('start-up')) figures.startup = await this.#measured(() => this.#startup())
    if (parts.has('growth')) figures.growth = await this.#measured(() => this.#growth())
    if (parts.has('backup')) figures.backup = await this.#measured(() => this.#backup())
    screen.showTargets(figures)
    if (json !== undefined) await writeJson(resolve(process.env.INIT_CWD ?? '.', json), { ...figures, plan })
    if (!write) return
    const forModel = modelFigures(figures) // throws if a figure is missing: then neither document changes
    await writeInto(PERFORMANCE, figures)
    await writeJson(MODEL_FIGURES, forModel)
  }

  /** Ends the servers and the process. */
  async end(code: number): Promise<never> {
    if (this.ending) return new Promise<never>(() => {})
    this.ending = true
    await this.#stage.close()
    await rm(this.#stage.folder, { recursive: true, force: true })
    process.exit(code)
  }

  async #measured<T>(part: () => Promise<T>): Promise<T | undefined> {
    try {
      return await part()
    } catch (error) {
      if (this.ending) return new Promise<never>(() => {})
      this.#missing((error as Error).message)
      return undefined
    }
  }

  #missing(reason: string, name?: string): void {
    this.somethingIsMissing = true
    screen.showMissing(reason, name)
  }

  async #operations() {
    screen.showOperationsHead()
    const operations = await againstFloor(this.#stage, this.#options.plan, (result) => {
      if (isMeasured(result)) screen.showOperation(result)
      else this.#missing(result.notMeasured, result.name)
    })
    const rows = await rowsWritten(this.#stage)
    screen.showRows(rows)
    return { operations, rows }
  }

  async #spread() {
    console.log(`\nA pool over ${OBJECTS} objects next to a pool of one:`)
    return spreadPools(this.#stage, this.#options.plan, (result) => {
      if (isMeasured(result)) screen.showSpread(result)
      else this.#missing(result.notMeasured, result.name)
    })
  }

  async #flood() {
    console.log('\nA flood of new guests:')
    const flooded = await flood(this.#stage, this.#options.plan)
    screen.showFlood(flooded)
    return flooded
  }

  async #moto() {
    console.log('\nNext to moto:')
    const results = await againstMoto(this.#stage, this.#options.plan, screen.showMoto)
    if ('notMeasured' in results) console.log(`  not measured: ${results.notMeasured}`)
    return results
  }

  async #startup() {
    const starts = this.#options.plan.coldStarts
    const startup = { sizes: await sizes(this.#stage), coldStarts: await coldStarts(this.#stage, starts) }
    screen.showStartup(startup)
    return startup
  }

  async #backup() {
    console.log('\nBackup:')
    const measured = await backup(this.#stage, this.#options.plan.identities, (line) => console.log(line))
    screen.showBackup(measured)
    return measured
  }

  async #growth() {
    const { plan } = this.#options
    console.log('\nGrowth:')
    const grown = await growth(this.#stage, plan, plan.sizes, (line) => console.log(line))
    screen.showGrowth(grown, ({ name, notMeasured }) => this.#missing(notMeasured, `  ${name}`))
    return grown
  }
}

async function writeJson(file: string, value: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
}
