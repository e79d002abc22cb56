import { join } from 'node:path'
import { buildWorker, type ProjectFile, projectFile } from '../lib/built-worker.ts'
import { freePort, LOCAL_ACCOUNT, LOCAL_KEY } from '../lib/local-service.ts'
import { wrangler } from '../lib/wrangler.ts'
import { type Issuer, startIssuer } from './issuer.ts'
import { type Server, serve, type WorkerSetup } from './workerd.ts'

/** What the service is deployed with. */
export const config: ProjectFile = projectFile()

/** What R2 grants are signed with: made up, as signing asks nobody. */
const R2_ACCESS_KEY = JSON.stringify({
  accountId: '0123456789abcdef'.repeat(2),
  accessKeyId: 'fedcba9876543210'.repeat(2),
  secretAccessKey: '0123456789abcdef'.repeat(4),
})

/** Builds the service as deploying does, into a folder. The answer is the file of its one module. */
export function build(into: string, { minify = true }: { minify?: boolean } = {}): string {
  const { ok, output } = wrangler(['deploy', 'src/worker.ts', '--dry-run', '--outdir', into, `--minify=${minify}`])
  if (!ok) throw new Error(output)
  return join(into, 'worker.js')
}

/** Whose credentials a service hands out. */
type Sts = 'embedded' | 'remote'

/** Where the servers of a run live and end. Everything is started at most once, when it is first asked for. */
export interface Stage {
  folder: string
  /** The built scripts: of the service as it is deployed, and of one that is not. */
  production(): Promise<string>
  instrumented(): Promise<string>
  /** Running servers. */
  issuer(): Promise<Issuer>
  sts(): Promise<Server>
  floor(algorithm: string): Promise<Server>
  fairFloor(algorithm: string): Promise<Server>
  service(algorithm: string, options?: { sts?: Sts | undefined }): Promise<Server>
  /** The instrumented service. */
  counting(options?: { sts?: Sts | undefined }): Promise<Server>
  /** How to serve the floor. */
  floorWorker(algorithm: string, name?: string): Promise<WorkerSetup>
  /** Starts a further server, which ends with the stage. */
  start(worker: WorkerSetup): Promise<Server>
  /** Ends a server with the stage that was started elsewhere. */
  keep<S extends Stoppable>(server: S): Promise<S>
  close(): Promise<void>
}

interface Stoppable {
  stop(): Promise<void>
}

interface StageOptions {
  /** Whether the service is built by wrangler, which takes seconds, and not as `npm start` builds it: the same code. */
  asDeployed?: boolean
}

export function openStage(folder: string, { asDeployed = true }: StageOptions = {}): Stage {
  const running: Stoppable[] = []
  const once = memory()
  const started = async <S extends Stoppable>(server: S | Promise<S>): Promise<S> => {
    running.push(await server)
    return server
  }

  const stage: Stage = {
    folder,
    production: () =>
      once('production', async () =>
        asDeployed
          ? build(join(folder, 'production'))
          : (await buildWorker(join(folder, 'production.js'), { minify: true })).script,
      ),
    instrumented: () =>
      once('instrumented', async () => {
        const entry = 'tools/bench/workers/instrumented.ts'
        return (await buildWorker(join(folder, 'instrumented.js'), { entry, minify: true })).script
      }),
    issuer: () => once('issuer', () => started(startIssuer())),
    sts: () => once('sts', async () => started(serve(await plainWorker(folder, 'sts')))),
    floorWorker: (algorithm, name = `floor-${algorithm}`) => floorWorker(stage, algorithm, name),
    floor: (algorithm) => once(`floor ${algorithm}`, async () => started(serve(await stage.floorWorker(algorithm)))),
    fairFloor: (algorithm) =>
      once(`fair floor ${algorithm}`, async () => started(serve(await fairFloorWorker(stage, algorithm)))),
    service: (algorithm, { sts = 'embedded' } = {}) =>
      once(`service ${algorithm} ${sts}`, async () =>
        started(
          serve(
            await serviceWorker(stage, {
              name: `service-${algorithm}-${sts}`,
              script: await stage.production(),
              algorithm,
              sts,
            }),
          ),
        ),
      ),
    counting: ({ sts = 'embedded' } = {}) =>
      once(`counting ${sts}`, async () =>
        started(
          serve(await serviceWorker(stage, { name: `counting-${sts}`, script: await stage.instrumented(), sts })),
        ),
      ),
    start: (worker) => started(serve(worker)),
    keep: (server) => started(server),
    async close() {
      await Promise.all(running.splice(0).map((each) => each.stop()))
    },
  }
  return stage
}

interface ServiceOptions {
  /** Of the folder that its state is in. */
  name: string
  script: string
  algorithm?: string
  sts?: Sts | undefined
}

/** A way to serve the service, with everything that the bench reads of it. */
type ServiceSetup = WorkerSetup & Required<Pick<WorkerSetup, 'objects'>> & { issuer: string }

/** How to serve the service from a script, with state of its own. */
export async function serviceWorker(
  stage: Stage,
  { name, script, algorithm = 'RS256', sts = 'embedded' }: ServiceOptions,
): Promise<ServiceSetup> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  return {
    folder: join(stage.folder, name),
    port,
    script,
    issuer,
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags ?? [],
    objects: Object.fromEntries(
      config.durable_objects.bindings.map(({ name, class_name }) => [name, class_name ?? '']),
    ),
    vars: {
      LOCAL_MODE: 'on',
      ISSUER: issuer,
      TOKEN_ALG: algorithm,
      // As in production; local mode would keep a record of every request.
      DECISIONS: 'refusals',
      [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: R2_ACCESS_KEY,
      ...(sts === 'remote' && { STS_ENDPOINT: (await stage.sts()).url }),
    },
    kv: config.kv_namespaces[0]?.binding,
  }
}

async function floorWorker(stage: Stage, algorithm: string, name: string): Promise<WorkerSetup> {
  const worker = await plainWorker(stage.folder, 'floor')
  return {
    ...worker,
    folder: join(stage.folder, name),
    objects: { STORE: 'Store' },
    vars: { TOKEN_ALG: algorithm, STS: (await stage.sts()).url },
  }
}

async function fairFloorWorker(stage: Stage, algorithm: string): Promise<WorkerSetup> {
  const issuer = await stage.issuer()
  return {
    ...(await plainWorker(stage.folder, 'fair-floor')),
    folder: join(stage.folder, `fair-floor-${algorithm}`),
    modules: { 'fair-primitives.js': workerFile('fair-primitives') },
    objects: { STORE: 'Store' },
    vars: {
      TOKEN_ALG: algorithm,
      STS: (await stage.sts()).url,
      LOGIN_KEYS: `${issuer.url}/jwks`,
      SECRET: LOCAL_KEY.secretAccessKey,
    },
  }
}

async function plainWorker(folder: string, name: string): Promise<WorkerSetup> {
  return {
    folder: join(folder, name),
    port: await freePort(),
    script: workerFile(name),
    compatibilityDate: config.compatibility_date,
  }
}

function workerFile(name: string): string {
  return join(import.meta.dirname, 'workers', `${name}.js`)
}

/** Makes each thing once; a name always stands for the same thing. */
function memory() {
  const known = new Map<string, unknown>()
  return <T>(name: string, make: () => T): T => {
    if (!known.has(name)) known.set(name, make())
    return known.get(name) as T
  }
}
