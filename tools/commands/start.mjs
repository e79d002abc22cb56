import { isAbsolute, join } from 'node:path'
import { styleText } from 'node:util'
import { ensureInstalled, fail, onStop, root } from '../lib/bootstrap.mjs'

const HELP = `Starts Edge Identity on this machine: npm start -- [options]

  --port N          port to serve on (8787)
  --persist-to DIR  where pools, identities and keys are kept (.wrangler/state)
  --help            this text

Everything else is passed to wrangler dev, for example --var TOKEN_ALG:ES256.`
const DEFAULT_PORT = 8787

const { port: wantedPort, stateDir, help, rest } = parse(process.argv.slice(2))
if (help) {
  console.log(HELP)
  process.exit(0)
}
await ensureInstalled()

const { freePort, isPortFree, startLocalService } = await import('../lib/local-service.ts')
const { tour } = await import('../lib/tour.ts')
const { FAREWELL_HINT, welcome, welcomeWithout } = await import('../lib/screen.ts')

let service
let stopping = false
onStop(stop)

const port = wantedPort || (await freePort())
if (!(await isPortFree(port))) {
  fail(`Port ${port} is taken by another program; choose one with \`npm start -- --port ${port + 1}\`.`)
}
try {
  service = await startLocalService({ port, stateDir, args: rest, onLog: showRecord })
} catch (error) {
  if (!stopping) fail(error.message)
}
const found = await tour(service.url).catch((error) => error)
if (!stopping) {
  console.log(found instanceof Error ? welcomeWithout(service.url, found.message) : welcome(service.url, found))
  console.log(FAREWELL_HINT)
}
await service.ended
if (!stopping) fail('The service ended by itself.')

async function stop() {
  if (stopping) return
  stopping = true
  await service?.stop()
  process.exit(0)
}

function parse(args) {
  const options = { port: DEFAULT_PORT, stateDir: join(root, '.wrangler', 'state'), help: false, rest: [] }
  for (let i = 0; i < args.length; i++) {
    const [name, inline] = args[i].split(/=(.*)/s)
    const value = () => inline ?? args[++i] ?? fail(`${name} needs a value.`)
    if (name === '--help' || name === '-h') options.help = true
    else if (name === '--port') options.port = portFrom(value())
    else if (name === '--persist-to') options.stateDir = fromCallersFolder(value())
    else options.rest.push(args[i])
  }
  return options
}

function portFrom(text) {
  const port = Number(text)
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : fail(`--port ${text} is not a port.`)
}

/** npm runs scripts in the project's folder and tells in INIT_CWD where it was called. */
function fromCallersFolder(path) {
  return isAbsolute(path) ? path : join(process.env.INIT_CWD ?? process.cwd(), path)
}

/** A record of the service in one readable line; anything else as it came. */
function showRecord(line) {
  try {
    const { level, event, ...fields } = JSON.parse(line)
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    console.error(styleText(level === 'error' ? 'red' : 'yellow', event, { stream: process.stderr }) + details.join(''))
  } catch {
    console.error(line)
  }
}
