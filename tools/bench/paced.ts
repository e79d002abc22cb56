import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from './load.ts'

/** How often requests that are due are sent, in milliseconds. */
const TICK_MS = 4

export interface Paced {
  /** Milliseconds of each answer, in any order. */
  latencies: number[]
  /** Answers by status. */
  statuses: ReadonlyMap<number, number>
}

/**
 * Requests at a fixed rate, whatever becomes of those before: strangers do not wait for answers. They are sent in turn, and
 * refusals are answers like others.
 */
export class PacedLoad {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 })
  #sent = 0

  async run(calls: readonly Call[], perSecond: number, milliseconds: number): Promise<Paced> {
    const latencies: number[] = []
    const statuses = new Map<number, number>()
    const under: Promise<void>[] = []
    const begun = performance.now()
    for (let due = 0; due < (perSecond * milliseconds) / 1000; ) {
      const now = Math.floor(((performance.now() - begun) * perSecond) / 1000)
      for (; due <= now && due < (perSecond * milliseconds) / 1000; due++) {
        const call = calls[this.#sent++ % calls.length]
        if (!call) throw new Error('There are no requests to send.')
        const sentAt = performance.now()
        under.push(
          this.#send(call).then((status) => {
            latencies.push(performance.now() - sentAt)
            statuses.set(status, (statuses.get(status) ?? 0) + 1)
          }),
        )
      }
      await sleep(TICK_MS)
    }
    await Promise.all(under)
    return { latencies, statuses }
  }

  close(): void {
    this.#agent.destroy()
  }

  /** The status of the answer; 0 where there is none. */
  #send({ body, headers, method, url }: Call): Promise<number> {
    return new Promise((resolve) => {
      const sent = request(url, { method, headers, agent: this.#agent }, (answer) => {
        answer.resume()
        answer.once('close', () => resolve(answer.statusCode ?? 0))
      })
      sent.once('error', () => resolve(0))
      sent.end(body)
    })
  }
}
