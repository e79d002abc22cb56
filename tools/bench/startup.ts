import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { builtinModules, createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../lib/bootstrap.mjs'
import { spread } from '../lib/statistics.ts'
import { bytesOf, Connections } from './load.ts'
import { createPool, publicCall } from './operations.ts'
import { config, serviceWorker } from './stage.ts'
import { serve } from './workerd.ts'

/** Sizes in bytes: the bundle as deployed, and what is left of it gzipped when nothing is loaded for SAML. */
export async function sizes(stage) {
  const script = await readFile(await stage.production())
  const [whole, withoutSaml] = await Promise.all([bundled(), bundled(leaveOutSaml)])
  const gzip = gzipSync(script).length
  return { raw: script.length, gzip, gzipWithoutSaml: gzip - (gzipSync(whole).length - gzipSync(withoutSaml).length) }
}

/**
 * What a new process needs, several times over, in turns.
 * - `evaluation`: the first answer of a Worker that imports the service's bundle and does not use it, less the same where the
 *   bundle is empty. workerd compiles and evaluates modules when the first request comes.
 * - `firstRequest`: the first GetId of a guest, whose pool was made before; the floor's first insert.
 * - `residentKiB`: memory after that request.
 */
export async function coldStarts(stage, starts) {
  const workers = {
    service: await serviceOnDisk(stage),
    floor: await floorOnDisk(stage),
    bundle: await importing(stage, 'bundle', await stage.production()),
    empty: await importing(stage, 'empty', await emptyBundle(stage)),
  }
  const names = Object.keys(workers)
  const runs = []
  for (let n = 0; n < starts; n++) {
    const run = {}
    for (const name of n % 2 === 0 ? names : names.toReversed()) run[name] = await coldStart(workers[name])
    runs.push(run)
  }
  const over = (of) => spread(runs.map(of))
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
export async function timeOf(call) {
  const connections = new Connections(call.url, 1)
  try {
    return (await connections.run([bytesOf(call)], { atMost: 1 })).latencies[0]
  } finally {
    connections.close()
  }
}

async function coldStart({ worker, call }) {
  const server = await serve(worker)
  try {
    const before = server.cpuMs()
    const firstMs = await timeOf(call)
    const firstCpuMs = before === undefined ? Number.NaN : server.cpuMs() - before
    return { firstMs, firstCpuMs, residentKiB: server.residentKiB() }
  } finally {
    await server.stop()
  }
}

async function serviceOnDisk(stage) {
  const worker = await serviceWorker(stage, { name: 'cold-service', script: stage.production() })
  const server = await serve(worker)
  const poolId = await createPool(server.url, await stage.issuer())
  const call = publicCall(server.url, 'GetId', { IdentityPoolId: poolId })
  await timeOf(call)
  await server.stop()
  return { worker, call }
}

/** A Worker of the service's bindings that has a bundle's classes and answers by itself. */
async function importing(stage, name, bundle) {
  const folder = join(stage.folder, `importing-${name}`)
  const script = join(folder, 'importing.js')
  const worker = await serviceWorker(stage, { name: `importing-${name}`, script })
  const classes = Object.values(worker.objects).join(', ')
  await mkdir(folder, { recursive: true })
  await writeFile(script, `export { ${classes} } from 'bundle'\nexport default { fetch: () => new Response() }\n`)
  return { worker: { ...worker, modules: { bundle } }, call: { url: worker.vars.ISSUER } }
}

async function emptyBundle(stage) {
  const file = join(stage.folder, 'empty-bundle.js')
  const { objects } = await serviceWorker(stage, { name: 'empty', script: file })
  const classes = Object.values(objects).map((name) => `export class ${name} extends DurableObject {}\n`)
  await writeFile(file, `import { DurableObject } from 'cloudflare:workers'\n${classes.join('')}`)
  return file
}

async function floorOnDisk(stage) {
  const worker = await stage.floorWorker('RS256', 'cold-floor')
  const call = { url: `http://127.0.0.1:${worker.port}/insert`, method: 'POST' }
  const server = await serve(worker)
  await timeOf(call)
  await server.stop()
  return { worker, call }
}

/** The bundle by the bundler alone, close to what wrangler makes of it: good for telling what a part of it weighs. */
async function bundled(...plugins) {
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
    external: ['cloudflare:*', 'node:*', ...builtinModules],
    logLevel: 'silent',
    plugins: plugins.map((setup) => ({ name: setup.name, setup })),
  })
  return outputFiles[0].contents
}

function leaveOutSaml(bundling) {
  bundling.onResolve({ filter: /^\./ }, ({ importer, kind, path }) =>
    kind === 'dynamic-import' && importer.includes(join('src', 'logins', 'saml'))
      ? { path, external: true }
      : undefined,
  )
}
