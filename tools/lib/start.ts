import { join } from 'node:path'
import { styleText } from 'node:util'
import { fail, onStop, root } from './bootstrap.mjs'
import { fromCallersFolder } from './callers-folder.ts'
import { freePort, isPortFree, type LocalService, startLocalService } from './local-service.ts'
import { FAREWELL_HINT, welcome, welcomeWithout } from './screen.ts'
import { tour } from './tour.ts'

const DEFAULT_PORT = 8787

interface Options {
  /** `0`: any free one. */
  port: number
  stateDir: string
  /** For `wrangler dev`. */
  rest: string[]
}

/** Serves in local mode until this process is asked to end, and shows what a guest gets. */
export async function main(args: string[]): Promise<void> {
  const { port: wanted, rest, stateDir } = parse(args)
  let service: LocalService | undefined
  let stopping = false
  onStop(async () => {
    if (stopping) return
    stopping = true
    await service?.stop()
    process.exit(0)
  })
  const port = wanted || (await freePort())
  if (!(await isPortFree(port)))
    fail(
      `Port ${port} is taken, by another program or by an earlier start. Stop that one, or choose a port with ` +
        `\`npm start -- --port ${port + 1}\`.`,
    )
  try {
    service = await startLocalService({ port, stateDir, vars: localSts(rest), args: rest, onLog: showRecord })
    const screen = await screenOf(service.url)
    if (!stopping) console.log(screen + FAREWELL_HINT)
    await service.ended
    if (!stopping) fail('The service ended by itself.')
  } catch (error) {
    if (!stopping) fail((error as Error).message)
  }
}

async function screenOf(url: string): Promise<string> {
  try {
    return `${welcome(url, await tour(url))}\n`
  } catch (error) {
    return `${welcomeWithout(url, (error as Error).message)}\n`
  }
}

function parse(args: readonly string[]): Options {
  const options: Options = { port: DEFAULT_PORT, stateDir: join(root, '.wrangler', 'state'), rest: [] }
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    const [name, inline] = arg.split(/=(.*)/s)
    const value = () => inline ?? args[++i] ?? fail(`${name} needs a value.`)
    if (name === '--port') options.port = portFrom(value())
    else if (name === '--persist-to') options.stateDir = fromCallersFolder(value())
    else options.rest.push(arg)
  }
  return options
}

/** The embedded STS, whatever wrangler.toml has for a deployment, unless the command line names another. */
function localSts(args: readonly string[]): Record<string, string> {
  const chosen = args.some((arg) => /^(?:--var=)?STS_(?:ENDPOINT|PROFILE):/.test(arg))
  return chosen ? {} : { STS_ENDPOINT: 'embedded', STS_PROFILE: '' }
}

function portFrom(text: string): number {
  const port = Number(text)
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : fail(`--port ${text} is not a port.`)
}

/** A record of the service in one readable line; anything else as it came. */
function showRecord(line: string): void {
  try {
    const { level, event, ...fields } = JSON.parse(line)
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    console.error(styleText(level === 'error' ? 'red' : 'yellow', event, { stream: process.stderr }) + details.join(''))
  } catch {
    console.error(line)
  }
}
