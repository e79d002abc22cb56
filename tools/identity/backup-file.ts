import { isUtf8 } from 'node:buffer'
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Files of `edge-identity-backup`: docs/backup.md has the format. */

const FORMAT = 'edge-identity-backup'
const VERSION = 1

/** What is wrong with a file, in one line. */
export class BadFile extends Error {
  override readonly name = 'BadFile'
}

export interface Header {
  format: string
  version: number
  pool: string
  time: string
  settingsVersion: number
  identities?: number
}

export interface Trailer {
  identities: number
  logins: number
  sha256: string
}

export interface Login {
  provider: string
  subject: string
  developer?: boolean
}

/** What this end reads of an identity. */
export interface Line {
  id: string
  state: string
  logins: Login[]
  forward?: string
}

export function headerOf(pool: string, time: number, settingsVersion: number, identities?: number): Header {
  return {
    format: FORMAT,
    version: VERSION,
    pool,
    time: new Date(time).toISOString(),
    settingsVersion,
    ...(identities !== undefined && { identities }),
  }
}

export function readHeader(text: string, file: string): Header {
  const header = objectIn(text) as Partial<Header> | undefined
  if (header?.format !== FORMAT || typeof header.pool !== 'string')
    throw new BadFile(`${file} is no file of ${FORMAT}.`)
  if (header.version !== VERSION)
    throw new BadFile(`${file} is of version ${header.version} of ${FORMAT}, and this reads version ${VERSION}.`)
  return header as Header
}

/** The last line of a file, if this is one. */
export function trailerIn(text: string): Trailer | undefined {
  const found = objectIn(text) as Partial<Trailer & Line> | undefined
  return found?.id === undefined && typeof found?.sha256 === 'string' ? (found as Trailer) : undefined
}

export function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The id of a line as the service writes them, without reading all of it. */
export function idOf(line: string): string {
  const id = line.startsWith(BEFORE_ID) ? line.slice(BEFORE_ID.length, line.indexOf('"', BEFORE_ID.length)) : undefined
  return id ?? (objectIn(line) as Line | undefined)?.id ?? ''
}

const BEFORE_ID = '{"id":"'

/** Longest line, in bytes: twice that of an identity with 20 logins of the longest names, all of them escaped. */
const MAX_LINE_BYTES = 1 << 19

/** The whole lines of a file, some at a time; what comes after the last line feed is none. Memory stays as it is. */
export async function* linesIn(file: string): AsyncGenerator<string[]> {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = bytes.lastIndexOf(LINE_FEED) + 1
    rest = bytes.subarray(end)
    if (rest.length > MAX_LINE_BYTES) throw new BadFile(`${file} has a line of more than ${MAX_LINE_BYTES} bytes.`)
    if (end > 0) yield textOf(bytes.subarray(0, end - 1), file).split('\n')
  }
}

const LINE_FEED = 0x0a

/** An editor may have written another encoding: what is not UTF-8 would be read as other names than those that are meant. */
function textOf(bytes: Buffer, file: string): string {
  if (!isUtf8(bytes)) throw new BadFile(`${file} is not in UTF-8.`)
  return bytes.toString('utf8')
}

/** Text that is gathered before it is written, in characters. */
const GATHERED = 1 << 20

/** A file that is being written, for its owner alone, with the hash of all that was written. */
export class LineWriter {
  readonly #handle: FileHandle
  readonly #hash: Hash = createHash('sha256')
  #waiting = ''

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** In the place of one of that name. */
  static async create(file: string): Promise<LineWriter> {
    const handle = await open(file, 'w', 0o600)
    await handle.chmod(0o600)
    return new LineWriter(handle)
  }

  async write(line: string): Promise<void> {
    this.#waiting += `${line}\n`
    if (this.#waiting.length > GATHERED) await this.#flush()
  }

  /** The hash of all lines so far. */
  async sha256(): Promise<string> {
    await this.#flush()
    return this.#hash.copy().digest('hex')
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#handle.sync()
    await this.#handle.close()
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#waiting)
    this.#waiting = ''
    this.#hash.update(bytes)
    await this.#handle.write(bytes)
  }
}
