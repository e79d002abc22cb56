import { createHash } from 'node:crypto'
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'

/**
 * What a provider says of itself and of its own settings. It asks nobody for that, and spends seconds on it each time:
 * version 5 of the plugin protocol asks for the schema once a command, and has the settings looked at up to three times.
 */
const SAID_AGAIN = ['/tfplugin5.Provider/GetSchema', '/tfplugin5.Provider/PrepareProviderConfig']
const PROVIDER = '/tfplugin5.Provider/'
/** The AWS provider's schema has five megabytes. */
const LARGE_WINDOW = { settings: { initialWindowSize: 2 ** 24 } }
/** gRPC's "unimplemented": a plugin need not copy its output to Terraform, or call Terraform back. */
const NOT_OFFERED = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12' }

/** A whole answer. An error may come as headers alone. */
interface Answer {
  headers: IncomingHttpHeaders
  body: Buffer
  trailers?: IncomingHttpHeaders
}

export interface ProviderMemory {
  stop(): void
}

/**
 * Listens on a socket for Terraform, and asks the provider that listens on another. Every call about a resource goes to the
 * provider; what the provider says of itself is asked for once, and said again when it is asked for in the same bytes.
 */
export async function rememberProvider(listenOn: string, provider: string): Promise<ProviderMemory> {
  const client = connect('http://localhost', { path: provider, ...LARGE_WINDOW })
  const server = createServer(LARGE_WINDOW)
  const remembered = new Map<string, Answer>()

  async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    const path = headers[':path'] ?? ''
    const asked = await bytesOf(stream)
    const call = `${path} ${createHash('sha256').update(asked).digest('hex')}`
    const answer = remembered.get(call) ?? (await ask(client, headers, asked))
    if (SAID_AGAIN.includes(path) && answer.trailers?.['grpc-status'] === '0') remembered.set(call, answer)
    reply(stream, answer)
  }

  client.on('error', () => server.close())
  server.on('stream', (stream, headers) => {
    // Terraform may go before it has its answer.
    stream.on('error', () => {})
    if (headers[':path']?.startsWith(PROVIDER)) answer(stream, headers).catch(() => stream.close())
    else stream.respond(NOT_OFFERED, { endStream: true })
  })
  await new Promise<void>((resolve) => server.listen(listenOn, resolve))
  return {
    stop() {
      client.destroy()
      server.close()
    },
  }
}

async function ask(client: ClientHttp2Session, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
  const call = client.request({ ...headers })
  const answer: Answer = { headers: {}, body: Buffer.alloc(0) }
  call.on('response', (received) => {
    answer.headers = received
  })
  call.on('trailers', (trailers) => {
    answer.trailers = trailers
  })
  call.end(body)
  answer.body = await bytesOf(call)
  return answer
}

function reply(stream: ServerHttp2Stream, { headers, body, trailers }: Answer) {
  if (!trailers) return stream.respond(headers, { endStream: true })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.respond(headers, { waitForTrailers: true })
  stream.end(body)
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}
