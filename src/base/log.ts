/** What a log record may hold: anything that JSON can say. Tokens, secrets and upstream bodies are never in it. */
export type LogValue =
  | string
  | number
  | boolean
  | undefined
  | readonly LogValue[]
  | { readonly [name: string]: LogValue }

export type LogFields = Readonly<Record<string, LogValue>>

/** Structured records: an event name and its fields, so that a log search needs no parsing. */
export interface Log {
  info(event: string, fields?: LogFields): void
  /** The same, of an object with members that is a JSON text already. */
  text(event: string, json: string): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** Writes one JSON object a record; the platform indexes its fields. */
export const consoleLog: Log = {
  info: (event, fields) => console.log(JSON.stringify({ level: 'info', event, ...fields })),
  text: (event, json) => console.log(`{"level":"info","event":${JSON.stringify(event)},${json.slice(1)}`),
  warn: (event, fields) => console.warn(JSON.stringify({ level: 'warn', event, ...fields })),
  error: (event, fields) => console.error(JSON.stringify({ level: 'error', event, ...fields })),
}
