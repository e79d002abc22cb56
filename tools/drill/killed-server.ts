import { setTimeout as sleep } from 'node:timers/promises'
import { type Server, serve, type WorkerSetup } from '../bench/workerd.ts'

/** When a server is killed. */
export interface Killing {
  /** From one kill to the next, at least. */
  milliseconds: number
  /** Calls that it has answered by then, at least: on a machine that is busy with other things a start may take that long. */
  answers: number
  /** How many calls were answered so far, by any process. */
  answered(): number
  goesOn(): boolean
}

const LOOK_AGAIN_MS = 10

/** A server that is killed again and again, and started at once on the same disk. */
export class KilledServer {
  kills = 0
  /** Milliseconds from a kill until the next process listens. */
  readonly gaps: number[] = []
  #server: Server
  readonly #worker: WorkerSetup

  private constructor(worker: WorkerSetup, server: Server) {
    this.#worker = worker
    this.#server = server
  }

  static async start(worker: WorkerSetup): Promise<KilledServer> {
    return new KilledServer(worker, await serve(worker))
  }

  get url(): string {
    return this.#server.url
  }

  async killEvery({ answered, answers, goesOn, milliseconds }: Killing): Promise<void> {
    let dueAt = performance.now() + milliseconds
    let before = answered()
    const isDue = () => performance.now() >= dueAt && answered() >= before + answers
    while (goesOn()) {
      await sleep(LOOK_AGAIN_MS)
      if (!isDue()) continue
      dueAt = performance.now() + milliseconds
      before = answered()
      await this.#restart()
    }
  }

  async #restart(): Promise<void> {
    const killedAt = performance.now()
    await this.#server.stop()
    this.#server = await serve(this.#worker)
    this.gaps.push(performance.now() - killedAt)
    this.kills++
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }
}
