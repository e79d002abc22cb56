import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const { default: binary } = createRequire(import.meta.url)('workerd')
const READY_WITHIN_MS = 15_000
/** Linux counts CPU time in hundredths of a second, whatever the machine. */
const MS_PER_TICK = 10

/**
 * Runs a Worker on plain workerd: its own process, objects in SQLite on disk, key-value storage in memory.
 *
 * @param {object} worker
 * @param {string} worker.folder where the configuration and the database go
 * @param {number} worker.port
 * @param {string} worker.script the Worker, one ES module
 * @param {string} worker.compatibilityDate
 * @param {string[]} [worker.compatibilityFlags]
 * @param {Record<string, string>} worker.objects binding name → class name
 * @param {Record<string, string>} worker.vars
 * @param {string} [worker.kv] binding name of a key-value namespace
 */
export async function serve(worker) {
  await mkdir(join(worker.folder, 'db'), { recursive: true })
  await copyFile(worker.script, join(worker.folder, 'main.js'))
  await copyFile(join(import.meta.dirname, 'kv.js'), join(worker.folder, 'kv.js'))
  await writeFile(join(worker.folder, 'config.capnp'), configuration(worker))
  const child = spawn(binary, ['serve', join(worker.folder, 'config.capnp')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-2000)
  })
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const url = `http://127.0.0.1:${worker.port}`
  await untilListening(url, child, () => complaints)
  return {
    url,
    cpuMs: () => cpuMs(child.pid),
    async stop() {
      child.kill('SIGKILL')
      await ended
      process.off('exit', killAtExit)
    },
  }
}

/** CPU time that a process has used in all its threads; `undefined` where the machine does not tell. */
function cpuMs(pid) {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return undefined
  // The name of the process, in parentheses, may hold blanks; the counting starts behind it.
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

async function untilListening(url, child, complaints) {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      await (await fetch(url)).arrayBuffer()
      return
    } catch {
      await sleep(20)
    }
  }
  child.kill('SIGKILL')
  throw new Error(`workerd does not serve ${url}\n${complaints()}`)
}

function configuration({ folder, port, compatibilityDate, compatibilityFlags = [], objects, vars, kv }) {
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
  modules = [(name = "main", esModule = embed "main.js")],
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
function text(value) {
  return JSON.stringify(value)
}
