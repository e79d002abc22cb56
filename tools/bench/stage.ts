import { join } from 'node:path'
import { unstable_readConfig as readWranglerConfig } from 'wrangler'
import { root } from '../lib/bootstrap.mjs'
import { freePort, LOCAL_ACCOUNT } from '../lib/local-service.ts'
import { wrangler } from '../lib/wrangler.ts'
import { startIssuer } from './issuer.ts'
import { serve } from './workerd.ts'

/** What the service is deployed with. */
export const config = readWranglerConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true })

/** What R2 grants are signed with: made up, as signing asks nobody. */
const R2_ACCESS_KEY = JSON.stringify({
  accountId: '0123456789abcdef'.repeat(2),
  accessKeyId: 'fedcba9876543210'.repeat(2),
  secretAccessKey: '0123456789abcdef'.repeat(4),
})

/**
 * Builds a Worker as deploying does, and resolves to its one module.
 * @param {string} into folder
 * @param {{ entry?: string, minify?: boolean }} [options] entry: a file in place of the service's own
 */
export function build(into, { entry = 'src/worker.ts', minify = true } = {}) {
  const { ok, output } = wrangler(['deploy', entry, '--dry-run', '--outdir', into, `--minify=${minify}`])
  if (!ok) throw new Error(output)
  return join(into, entry.replace(/^.*\/(.*)\.[jt]s$/, '$1.js'))
}

/**
 * Where the servers of a run live and end. Everything is started at most once, when it is first asked for.
 * - `production`, `instrumented`: the built scripts.
 * - `service(algorithm, { sts })`, `floor(algorithm)`, `counting({ sts })`, `sts()`, `issuer()`: running servers.
 */
export function openStage(folder) {
  const running = []
  const once = memory()
  const started = async (server) => {
    running.push(await server)
    return server
  }

  const stage = {
    folder,
    production: () => once('production', () => build(join(folder, 'production'))),
    instrumented: () =>
      once('instrumented', () => build(join(folder, 'instrumented'), { entry: 'tools/bench/workers/instrumented.ts' })),
    issuer: () => once('issuer', () => started(startIssuer())),
    sts: () => once('sts', async () => started(serve(await plainWorker(folder, 'sts')))),
    floorWorker: (algorithm, name = `floor-${algorithm}`) => floorWorker(stage, algorithm, name),
    floor: (algorithm) => once(`floor ${algorithm}`, async () => started(serve(await stage.floorWorker(algorithm)))),
    service: (algorithm, { sts = 'embedded' } = {}) =>
      once(`service ${algorithm} ${sts}`, async () =>
        started(
          serve(
            await serviceWorker(stage, {
              name: `service-${algorithm}-${sts}`,
              script: stage.production(),
              algorithm,
              sts,
            }),
          ),
        ),
      ),
    counting: ({ sts = 'embedded' } = {}) =>
      once(`counting ${sts}`, async () =>
        started(serve(await serviceWorker(stage, { name: `counting-${sts}`, script: stage.instrumented(), sts }))),
      ),
    start: (worker) => started(serve(worker)),
    keep: (server) => started(server),
    async close() {
      await Promise.all(running.splice(0).map((each) => each.stop()))
    },
  }
  return stage
}

/** How to serve the service from a script, with state of its own. */
export async function serviceWorker(stage, { name, script, algorithm = 'RS256', sts = 'embedded', objects }) {
  const port = await freePort()
  return {
    folder: join(stage.folder, name),
    port,
    script: await script,
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    objects:
      objects ?? Object.fromEntries(config.durable_objects.bindings.map(({ name, class_name }) => [name, class_name])),
    vars: {
      LOCAL_MODE: 'on',
      ISSUER: `http://127.0.0.1:${port}`,
      TOKEN_ALG: algorithm,
      // As in production; local mode would keep a record of every request.
      DECISIONS: 'refusals',
      [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: R2_ACCESS_KEY,
      ...(sts === 'remote' && { STS_ENDPOINT: (await stage.sts()).url }),
    },
    kv: config.kv_namespaces[0]?.binding,
  }
}

async function floorWorker(stage, algorithm, name) {
  const worker = await plainWorker(stage.folder, 'floor')
  return {
    ...worker,
    folder: join(stage.folder, name),
    objects: { STORE: 'Store' },
    vars: { TOKEN_ALG: algorithm, STS: (await stage.sts()).url },
  }
}

async function plainWorker(folder, name) {
  return {
    folder: join(folder, name),
    port: await freePort(),
    script: join(import.meta.dirname, 'workers', `${name}.js`),
    compatibilityDate: config.compatibility_date,
  }
}

function memory() {
  const known = new Map()
  return (name, make) => {
    if (!known.has(name)) known.set(name, make())
    return known.get(name)
  }
}
