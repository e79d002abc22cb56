import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../lib/local-service.ts'
import type { FloorPlan } from './against-floor.ts'
import { bytesOf, Connections } from './load.ts'
import { createPool, operations } from './operations.ts'
import { build, type Stage, serviceWorker } from './stage.ts'

const SAMPLE_EVERY_US = 200
const SHOWN = 40
/** What the sampler calls the time in which the thread waits. */
const IDLE = '(idle)'

/** Where the time of an operation goes. Shares are of the time in which the thread was not idle. */
export interface Profile {
  totalMs: number
  functions: { name: string; self: number; total: number }[]
}

/** What workerd's inspector tells, as V8 has it. */
interface Sampled {
  nodes: { id: number; children?: number[]; callFrame: CallFrame }[]
  samples: number[]
  /** Microseconds. */
  timeDeltas: number[]
}

interface CallFrame {
  functionName: string
  lineNumber: number
  url: string
}

/**
 * Where the time of one operation goes, by function, of a build that keeps names. Sampled by workerd's inspector while
 * the operation is under load.
 */
export async function profile(stage: Stage, id: string, plan: FloorPlan & { seconds: number }): Promise<Profile> {
  const all = operations(plan.algorithm)
  const operation = all.find((each) => each.id === id)
  if (!operation) throw new Error(`No operation ${id}; there are ${all.map((each) => each.id).join(', ')}.`)
  const { algorithm, sts } = operation
  const script = build(join(stage.folder, 'readable'), { minify: false })
  const inspector = await freePort()
  const worker = await serviceWorker(stage, { name: 'profiled', script, algorithm, sts })
  const { url } = await stage.start({ ...worker, inspector })
  const issuer = await stage.issuer()
  const calls = await operation.calls({ url, issuer, poolId: await createPool(url, issuer) })
  const connections = new Connections(url, plan.concurrency)
  const load = (milliseconds: number) => connections.run(calls.map(bytesOf), { milliseconds })
  await load(plan.warmUp)
  const session = await openInspector(inspector)
  await session.send('Profiler.enable')
  await session.send('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US })
  await session.send('Profiler.start')
  await load((plan.seconds * 1000) / all.length)
  const { profile: sampled } = await session.send<{ profile: Sampled }>('Profiler.stop')
  session.close()
  connections.close()
  return timesOf(sampled, (await readFile(script, 'utf8')).split('\n'))
}

async function openInspector(port: number) {
  const targets: InspectorTarget[] = await (await fetch(`http://127.0.0.1:${port}/json`)).json()
  const target = targets.find(({ id, title }) => `${id} ${title}`.includes('main')) ?? targets[0]
  if (!target) throw new Error('The inspector has nothing to inspect.')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onerror = () => reject(new Error('The inspector does not answer.'))
  })
  const waiting = new Map<number, { resolve(result: unknown): void; reject(reason: Error): void }>()
  socket.onmessage = ({ data }) => {
    const { error, id, result } = JSON.parse(data)
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error) asked?.reject(new Error(error.message))
    else asked?.resolve(result)
  }
  let last = 0
  return {
    send: <T = unknown>(method: string, params: object = {}): Promise<T> =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve: resolve as (result: unknown) => void, reject })
        socket.send(JSON.stringify({ id: last, method, params }))
      }),
    close: () => socket.close(),
  }
}

interface InspectorTarget {
  id: string
  title: string
  webSocketDebuggerUrl: string
}

/** Adds up the samples by function: its own time, and that with what it called at once; what it awaited is not in it. */
function timesOf({ nodes, samples, timeDeltas }: Sampled, source: readonly string[]): Profile {
  const parents = new Map(nodes.flatMap(({ children = [], id }) => children.map((child) => [child, id] as const)))
  const functions = new Map(nodes.map(({ callFrame, id }) => [id, functionOf(callFrame, source)] as const))
  const times = new Map<string, { self: number; total: number }>()
  let totalMs = 0
  samples.forEach((id, i) => {
    const own = functions.get(id) ?? ''
    if (own.startsWith(IDLE)) return
    const ms = (timeDeltas[i] ?? 0) / 1000
    totalMs += ms
    const stack = new Set<string>()
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) stack.add(functions.get(at) ?? '')
    for (const each of stack) {
      const known = times.get(each) ?? { self: 0, total: 0 }
      times.set(each, { self: known.self + (each === own ? ms : 0), total: known.total + ms })
    }
  })
  const sorted = [...times].sort(([, a], [, b]) => b.self - a.self).slice(0, SHOWN)
  return {
    totalMs,
    functions: sorted.map(([name, { self, total }]) => ({ name, self: self / totalMs, total: total / totalMs })),
  }
}

/** Name of a function and the line where it begins; those of the runtime have neither file nor line. */
function functionOf({ functionName, lineNumber, url }: CallFrame, source: readonly string[]): string {
  const line = url ? source[lineNumber]?.trim().slice(0, 80) : ''
  return `${(functionName || '(anonymous)').padEnd(28)} ${line}`
}
