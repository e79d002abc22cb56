import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { builtinModules, createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../lib/bootstrap.mjs'
import { type Spread, spread } from '../lib/statistics.ts'
import { bytesOf, type Call, Connections } from './load.ts'
import { createPool, publicCall } from './operations.ts'
import { config, type Stage, serviceWorker } from './stage.ts'
import { serve, type WorkerSetup } from './workerd.ts'

/** Sizes in bytes: the bundle as deployed, and what is left of it gzipped when nothing is loaded for SAML. */
export interface Sizes {
  raw: number
  gzip: number
  gzipWithoutSaml: number
}

/**
 * What a new process needs.
 * - `evaluation`: the first answer of a Worker that imports the service's bundle and does not use it, less the same where the
 *   bundle is empty. workerd compiles and evaluates modules when the first request comes.
 * - `firstRequest`: the first GetId of a guest, whose pool was made before; the floor's first insert. Milliseconds.
 * - `residentKiB`: memory after that request.
 */
export interface ColdStarts {
  evaluation: { wallMs: Spread; cpuMs: Spread }
  firstRequest: { service: Spread; floor: Spread }
  residentKiB: { service: Spread; floor: Spread }
}

/** A Worker, and the request that is sent to it first. */
interface Start {
  worker: WorkerSetup
  call: Call
}

interface Started {
  firstMs: number
  firstCpuMs: number
  residentKiB: number
}

type Run = Record<'service' | 'floor' | 'bundle' | 'empty', Started>

export async function sizes(stage: Stage): Promise<Sizes> {
  const script = await readFile(await stage.production())
  const [whole, withoutSaml] = await Promise.all([bundled(), bundled(leaveOutSaml)])
  const gzip = gzipSync(script).length
  return { raw: script.length, gzip, gzipWithoutSaml: gzip - (gzipSync(whole).length - gzipSync(withoutSaml).length) }
}

/** Starts processes in turns, as often as it is told. */
export async function coldStarts(stage: Stage, starts: number): Promise<ColdStarts> {
  const workers: Readonly<Record<keyof Run, Start>> = {
    service: await serviceOnDisk(stage),
    floor: await floorOnDisk(stage),
    bundle: await importing(stage, 'bundle', await stage.production()),
    empty: await importing(stage, 'empty', await emptyBundle(stage)),
  }
  const names = ['service', 'floor', 'bundle', 'empty'] as const
  const runs: Run[] = []
  for (let n = 0; n < starts; n++) {
    const run: Partial<Run> = {}
    for (const name of n % 2 === 0 ? names : names.toReversed()) run[name] = await coldStart(workers[name])
    runs.push(run as Run)
  }
  const over = (of: (run: Run) => number) => spread(runs.map(of))
  return {
    evaluation: {
      wallMs: over(({ bundle, empty }) => bundle.firstMs - empty.firstMs),
      cpuMs: over(({ bundle, empty }) => bundle.firstCpuMs - empty.firstCpuMs),
    },
    firstRequest: { service: over(({ service }) => service.firstMs), floor: over(({ floor }) => floor.firstMs) },
    residentKiB: { service: over(({ service }) => service.residentKiB), floor: over(({ floor }) => floor.residentKiB) },
  }
}

/** Milliseconds of one request over a new connection. */
export async function timeOf(call: Call): Promise<number> {
  const connections = new Connections(call.url, 1)
  try {
    const [latency = Number.NaN] = (await connections.run([bytesOf(call)], { atMost: 1 })).latencies
    return latency
  } finally {
    connections.close()
  }
}

async function coldStart({ worker, call }: Start): Promise<Started> {
  const server = await serve(worker)
  try {
    const before = server.cpuMs()
    const firstMs = await timeOf(call)
    const firstCpuMs = (server.cpuMs() ?? Number.NaN) - (before ?? Number.NaN)
    return { firstMs, firstCpuMs, residentKiB: server.residentKiB() ?? Number.NaN }
  } finally {
    await server.stop()
  }
}

async function serviceOnDisk(stage: Stage): Promise<Start> {
  const worker = await serviceWorker(stage, { name: 'cold-service', script: await stage.production() })
  const server = await serve(worker)
  const poolId = await createPool(server.url, await stage.issuer())
  const call = publicCall(server.url, 'GetId', { IdentityPoolId: poolId })
  await timeOf(call)
  await server.stop()
  return { worker, call }
}

/** A Worker of the service's bindings that has a bundle's classes and answers by itself. */
async function importing(stage: Stage, name: string, bundle: string): Promise<Start> {
  const folder = join(stage.folder, `importing-${name}`)
  const script = join(folder, 'importing.js')
  const worker = await serviceWorker(stage, { name: `importing-${name}`, script })
  const classes = Object.values(worker.objects).join(', ')
  await mkdir(folder, { recursive: true })
  await writeFile(script, `export { ${classes} } from 'bundle'\nexport default { fetch: () => new Response() }\n`)
  return { worker: { ...worker, modules: { bundle } }, call: { url: worker.issuer } }
}

async function emptyBundle(stage: Stage): Promise<string> {
  const file = join(stage.folder, 'empty-bundle.js')
  const { objects } = await serviceWorker(stage, { name: 'empty', script: file })
  const classes = Object.values(objects).map((name) => `export class ${name} extends DurableObject {}\n`)
  await writeFile(file, `import { DurableObject } from 'cloudflare:workers'\n${classes.join('')}`)
  return file
}

async function floorOnDisk(stage: Stage): Promise<Start> {
  const worker = await stage.floorWorker('RS256', 'cold-floor')
  const call = { url: `http://127.0.0.1:${worker.port}/insert`, method: 'POST' }
  const server = await serve(worker)
  await timeOf(call)
  await server.stop()
  return { worker, call }
}

/** The bundle by the bundler alone, close to what wrangler makes of it: good for telling what a part of it weighs. */
async function bundled(...plugins: ((bundling: Bundling) => void)[]): Promise<Uint8Array> {
  const { build } = createRequire(createRequire(import.meta.url).resolve('wrangler'))('esbuild')
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src', 'worker.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    keepNames: config.keep_names ?? true,
    conditions: ['workerd', 'worker', 'browser'],
    alias: config.alias ?? {},
    external: ['cloudflare:*', 'node:*', ...builtinModules],
    logLevel: 'silent',
    plugins: plugins.map((setup) => ({ name: setup.name, setup })),
  })
  return outputFiles[0].contents
}

/** esbuild's view of one build, as far as a plug-in here needs it. esbuild is wrangler's, and so has no types here. */
interface Bundling {
  onResolve(
    options: { filter: RegExp },
    resolve: (found: { importer: string; kind: string; path: string }) => { path: string; external: true } | undefined,
  ): void
}

function leaveOutSaml(bundling: Bundling): void {
  bundling.onResolve({ filter: /^\./ }, ({ importer, kind, path }) =>
    kind === 'dynamic-import' && importer.includes(join('src', 'logins', 'saml'))
      ? { path, external: true }
      : undefined,
  )
}
