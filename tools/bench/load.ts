import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
const RECEIVE_BYTES = 64 * 1024

/** A request, as `fetch` takes it with its URL. */
export interface Call {
  url: string
  method?: string
  headers?: Readonly<Record<string, string>>
  body?: string
}

/** When a run ends: whichever comes first. */
export interface RunBounds {
  milliseconds?: number
  /** Requests. */
  atMost?: number
}

export interface Run {
  /** Milliseconds. */
  latencies: number[]
  seconds: number
}

interface Answer {
  status: number
  bodyAt: number
  /** `undefined` where the answer ends with its last chunk. */
  length: number | undefined
  chunked: boolean
  keepsAlive: boolean
}

/** The bytes of an HTTP request, so that sending it is a single write. */
export function bytesOf({ url, method = 'GET', headers = {}, body = '' }: Call): Buffer {
  const { host, pathname } = new URL(url)
  const sent = Object.entries({ host, ...headers, 'content-length': String(Buffer.byteLength(body)) })
  const fields = sent.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`${method} ${pathname} HTTP/1.1\r\n${fields}\r\n${body}`)
}

/**
 * Connections to one server that stay open. Bare sockets: the load shares the machine with what it measures, and whatever
 * a full HTTP client does besides would be taken from that.
 */
export class Connections {
  readonly #all: readonly Connection[]
  #sent = 0

  constructor(url: string, concurrency: number) {
    const { hostname, port } = new URL(url)
    this.#all = Array.from({ length: concurrency }, () => new Connection(hostname, Number(port)))
  }

  /**
   * Keeps one request under way on every connection for a time, or until as many have been sent. The requests are sent in
   * turn, going on where the last run ended. Throws at the first answer that is not a success: a refusal costs less, so
   * that it would pass for speed.
   */
  run(requests: readonly Buffer[], bounds: RunBounds): Promise<Run> {
    const { milliseconds = Number.POSITIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = bounds
    const latencies: number[] = []
    const start = performance.now()
    let begun = 0
    let busy = this.#all.length
    return new Promise((resolve, reject) => {
      const next = (connection: Connection) => {
        const now = performance.now()
        if (now - start >= milliseconds || begun >= atMost) {
          if (--busy === 0) resolve({ latencies, seconds: (now - start) / 1000 })
          return
        }
        begun++
        const request = requests[this.#sent++ % requests.length]
        if (!request) return reject(new Error('There are no requests to send.'))
        connection.send(request, (refused) => {
          if (refused) return reject(refused)
          latencies.push(performance.now() - now)
          next(connection)
        })
      }
      for (const connection of this.#all) next(connection)
    })
  }

  close() {
    for (const connection of this.#all) connection.close()
  }
}

/** One request at a time. A server that closes after each answer is connected to again, at its own cost. */
class Connection {
  readonly #host: string
  readonly #port: number
  #socket: Socket | undefined
  #received: Buffer | undefined
  #answer: Answer | undefined
  #done: (refused?: Error) => void = () => {}

  constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
  }

  send(request: Buffer, done: (refused?: Error) => void): void {
    this.#done = done
    this.#received = undefined
    this.#answer = undefined
    this.#socket ??= this.#open()
    this.#socket.write(request)
  }

  close(): void {
    this.#done = () => {}
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #open(): Socket {
    const onread = {
      buffer: Buffer.allocUnsafe(RECEIVE_BYTES),
      callback: (length: number, buffer: Uint8Array) => {
        this.#take(Buffer.from(buffer.buffer, buffer.byteOffset, length))
        return true
      },
    }
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true, onread })
    socket.on('error', (error) => this.#end(error))
    socket.on('end', () => {
      if (this.#answer?.length === undefined && this.#answer) this.#end()
      else this.#end(new Error(`The connection to port ${this.#port} was closed before the answer.`))
    })
    return socket
  }

  #take(chunk: Buffer): void {
    // The buffer is used again for the next read, so what is not yet a whole answer is copied.
    const received = this.#received ? Buffer.concat([this.#received, chunk]) : chunk
    this.#answer ??= headOf(received)
    if (this.#answer && isWhole(received, this.#answer)) this.#end(refusal(this.#answer, received))
    else this.#received = received === chunk ? Buffer.from(chunk) : received
  }

  #end(failure?: Error): void {
    if (failure || !this.#answer?.keepsAlive) {
      this.#socket?.destroy()
      this.#socket = undefined
    }
    const done = this.#done
    this.#done = () => {}
    done(failure ?? (this.#answer && refusal(this.#answer, this.#received ?? Buffer.alloc(0))))
  }
}

function headOf(received: Buffer): Answer | undefined {
  const end = received.indexOf(HEAD_END)
  if (end < 0) return undefined
  const head = received.toString('latin1', 0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  return {
    status: Number(head.slice(9, 12)),
    bodyAt: end + HEAD_END.length,
    length: length === undefined ? undefined : Number(length),
    chunked: /\r\ntransfer-encoding: *chunked/i.test(head),
    keepsAlive: head.startsWith('HTTP/1.1') && !/\r\nconnection: *close/i.test(head),
  }
}

function isWhole(received: Buffer, { bodyAt, chunked, length }: Answer): boolean {
  if (length !== undefined) return received.length >= bodyAt + length
  return chunked && received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
}

function refusal({ bodyAt, status }: Answer, received: Buffer): Error | undefined {
  if (status === 200) return undefined
  return new Error(`Status ${status}: ${received.subarray(bodyAt, bodyAt + 300).toString()}`)
}
