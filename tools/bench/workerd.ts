import type { ChildProcess } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawnLeashed } from '../../package/server/leash.mjs'
import { type RunningProcess, whileItRuns } from './process.ts'

const { default: binary } = createRequire(import.meta.url)('workerd')
const READY_WITHIN_MS = 60_000
const POLL_EVERY_MS = 1

/** A Worker, and what workerd is to give it. */
export interface WorkerSetup {
  /** Where the configuration and the database go. */
  folder: string
  port: number
  /** The Worker, an ES module. */
  script: string
  /** Files of the modules that it imports, by name. */
  modules?: Readonly<Record<string, string>>
  compatibilityDate: string | undefined
  compatibilityFlags?: readonly string[]
  /** Names of classes by the name of their binding. */
  objects?: Readonly<Record<string, string>>
  vars?: Readonly<Record<string, string>>
  /** Name of the binding of a key-value namespace. */
  kv?: string | undefined
  /** Port for the inspector. */
  inspector?: number
}

/** A server that runs in a process of its own. */
export interface Server extends RunningProcess {
  url: string
}

/**
 * Runs a Worker on plain workerd: its own process, objects in SQLite on disk, key-value storage in memory. Started again
 * in the same folder, it has what it stored.
 */
export async function serve(worker: WorkerSetup): Promise<Server> {
  await mkdir(join(worker.folder, 'db'), { recursive: true })
  const modules: Record<string, string> = {
    main: worker.script,
    kv: join(import.meta.dirname, 'workers', 'kv.js'),
    ...worker.modules,
  }
  for (const [name, file] of Object.entries(modules)) await copyFile(file, join(worker.folder, `${name}.js`))
  await writeFile(join(worker.folder, 'config.capnp'), configuration(worker))
  const inspector = worker.inspector ? [`--inspector-addr=127.0.0.1:${worker.inspector}`] : []
  const { child } = spawnLeashed(binary, ['serve', ...inspector, join(worker.folder, 'config.capnp')], {
    stdio: ['ignore', 'pipe'],
  })
  const server = whileItRuns(child)
  await untilListening(worker.port, child, server.complaints)
  return { ...server, url: `http://127.0.0.1:${worker.port}` }
}

async function untilListening(port: number, child: ChildProcess, complaints: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline && child.exitCode === null) {
    if (await isListening(port)) return
    await sleep(POLL_EVERY_MS)
  }
  child.kill('SIGKILL')
  throw new Error(`workerd does not listen on port ${port}\n${complaints()}`)
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (listening: boolean) => {
      socket.destroy()
      resolve(listening)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}

function configuration({ folder, port, modules = {}, kv, ...worker }: WorkerSetup): string {
  const { compatibilityDate = '', compatibilityFlags = [], objects = {}, vars = {} } = worker
  const imported = Object.keys(modules).map(
    (name) => `, (name = ${text(name)}, esModule = embed ${text(`${name}.js`)})`,
  )
  const namespaces = Object.values(objects).map(
    (name) => `(className = ${text(name)}, uniqueKey = ${text(name)}, enableSql = true)`,
  )
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    ...Object.entries(objects).map(
      ([name, value]) => `(name = ${text(name)}, durableObjectNamespace = ${text(value)})`,
    ),
    ...(kv ? [`(name = ${text(kv)}, kvNamespace = "kv")`] : []),
  ]
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "kv", worker = .kv),
    (name = "db", disk = (path = ${text(join(folder, 'db'))}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [(name = "main", esModule = embed "main.js")${imported.join('')}],
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = [${compatibilityFlags.map(text).join(', ')}],
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "db"),
);

const kv :Workerd.Worker = (
  modules = [(name = "kv", esModule = embed "kv.js")],
  compatibilityDate = ${text(compatibilityDate)},
);
`
}

/** A Cap'n Proto text literal, whose escapes are those of JSON as far as paths and settings go. */
function text(value: string): string {
  return JSON.stringify(value)
}
