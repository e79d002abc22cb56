/** What `memory.test.ts` needs of Node's modules: it runs in Node, and is about code whose types are those of Workers. */
declare module 'node:v8' {
  export function deserialize<T>(sent: Uint8Array): T
  export function getHeapStatistics(): { used_heap_size: number }
  export function serialize(value: unknown): Uint8Array
  export function setFlagsFromString(flags: string): void
}

declare module 'node:vm' {
  export function runInNewContext<T>(code: string): T
}
