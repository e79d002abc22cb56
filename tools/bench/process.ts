import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const MS_PER_NANOSECOND = 1e-6
/** Linux counts the CPU time of whole processes in hundredths of a second, whatever the machine. */
const MS_PER_TICK = 10

export interface RunningProcess {
  /** CPU milliseconds so far; `undefined` where the machine does not tell. */
  cpuMs(): number | undefined
  /** The same, coarser, with what ended threads have used. */
  cpuMsInTicks(): number | undefined
  residentKiB(): number | undefined
  /** The end of what it wrote to standard error. */
  complaints(): string
  stop(): Promise<void>
}

/** A server in a process of its own, which never outlives this one. */
export function whileItRuns(child: ChildProcess): RunningProcess {
  let complaints = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000)
  })
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  const ended = new Promise((resolve) => {
    child.once('error', resolve)
    child.once('exit', resolve)
  })
  return {
    cpuMs: () => readable(() => cpuMsOfThreads(child.pid)),
    cpuMsInTicks: () => readable(() => cpuMsOfProcess(child.pid)),
    residentKiB: () => readable(() => residentKiB(child.pid)),
    complaints: () => complaints,
    async stop() {
      child.kill('SIGKILL')
      await ended
      process.off('exit', killAtExit)
    },
  }
}

/** `undefined` where the machine does not tell: only Linux has the files. */
function readable(read: () => number): number | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** To the nanosecond, for processes whose threads stay. */
function cpuMsOfThreads(pid: number | undefined): number {
  const spent = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return spent.reduce((total, each) => total + each, 0) * MS_PER_NANOSECOND
}

/** Coarser, with what ended threads have used. */
function cpuMsOfProcess(pid: number | undefined): number {
  // The name of the process, in parentheses, may hold blanks; the counting starts behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

function residentKiB(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
