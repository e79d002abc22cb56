import type { Log } from './log.ts'

/**
 * What the outside world gives a request: time, chance, network and log. Only `worker.ts` and the Durable Object
 * classes make one, so everything else can be tested at any hour and against any network.
 */
export interface World {
  /** Milliseconds since the epoch. */
  now(): number
  /** `length` bytes from a cryptographic source. */
  random(length: number): Uint8Array<ArrayBuffer>
  /** A random UUIDv4. */
  uuid(): string
  fetch(url: string, init?: RequestInit): Promise<Response>
  log: Log
}

export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)
