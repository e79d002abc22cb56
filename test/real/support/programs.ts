import { setTimeout as sleep } from 'node:timers/promises'
import { spawnLeashed } from '../../../package/server/leash.mjs'

/** A program of a counterpart. It ends with this process, and all processes that it started end with it. */
export interface Program {
  /** The last of what it printed. */
  output(): string
  isGone(): boolean
  /** Lets it hang: it keeps its connections and answers nothing. */
  pause(): void
  resume(): void
  /** Asks it to end, and kills it with its children if it does not. */
  stop(): Promise<void>
}

interface Where {
  cwd?: string
  env?: NodeJS.ProcessEnv
}

const MOST_OUTPUT_CHARS = 200_000
const STOP_WITHIN_MS = 2_000
const READY_WITHIN_MS = 90_000
const RUN_WITHIN_MS = 60_000
const POLL_MS = 100

/** Starts a program that serves. */
export function startProgram(command: string, args: readonly string[], where: Where = {}): Program {
  return start(command, args, where).program
}

/** Runs a program to its end and gives what it printed to its standard output. Throws with all that it printed if it fails. */
export async function runProgram(command: string, args: readonly string[], where: Where = {}): Promise<string> {
  const { leashed, printed, program } = start(command, args, where)
  const timer = setTimeout(leashed.kill, RUN_WITHIN_MS)
  const { code, error } = await leashed.ended
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed (${error ?? code}):\n${program.output()}`)
  return printed()
}

/** Waits until a program serves. Throws with what it printed if it ends before, or takes too long. */
export async function waitUntil(isReady: () => Promise<boolean>, program: Program, what: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await isReady().catch(() => false))) {
    const why = program.isGone() ? 'ended' : Date.now() > deadline ? 'is not ready' : undefined
    if (why !== undefined) throw new Error(`${what} ${why}:\n${program.output()}`)
    await sleep(POLL_MS)
  }
}

function start(command: string, args: readonly string[], where: Where) {
  const leashed = spawnLeashed(command, args, { ...where, stdio: ['pipe', 'pipe'] })
  const { child } = leashed
  let [stdout, all] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-MOST_OUTPUT_CHARS)
    all = (all + text).slice(-MOST_OUTPUT_CHARS)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    all = (all + text).slice(-MOST_OUTPUT_CHARS)
  })
  const program: Program = {
    output: () => all,
    isGone: leashed.isGone,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGCONT')
      await leashed.stop(STOP_WITHIN_MS)
    },
  }
  return { leashed, printed: () => stdout, program }
}
