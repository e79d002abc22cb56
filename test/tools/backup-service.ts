import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface Call {
  target: string
  input: Record<string, unknown>
}

/** Identities of one page of this service. */
const PAGE = 3

/** A service that has one pool, as far as exports and imports ask it: in memory, page by page. */
export class BackupService {
  readonly calls: Call[] = []
  /** Lines of the pool, in order of id; with when each was changed. */
  lines: { text: string; changed: number }[] = []
  imported: string[] = []
  now = Date.UTC(2026, 10, 27)
  /** Is called before a call is answered; it may throw what is refused, or wait for ever. */
  before: (call: Call, number: number) => unknown = () => {}
  #run = 0
  readonly #server: Server

  constructor() {
    this.#server = createServer(async (request, response) => {
      const target = request.headers['x-amz-target']?.toString().split('.')[1] ?? ''
      const call = { target, input: JSON.parse(await text(request)) }
      this.calls.push(call)
      try {
        await this.before(call, this.calls.length)
        response.end(JSON.stringify(target === 'ExportIdentities' ? this.#page(call.input) : this.#take(call.input)))
      } catch (refusal) {
        response.writeHead(400).end(JSON.stringify(refusal))
      }
    })
  }

  async start(): Promise<Record<string, string>> {
    this.#server.listen(0, 'localhost')
    await once(this.#server, 'listening')
    return { AWS_ENDPOINT_URL: `http://localhost:${(this.#server.address() as AddressInfo).port}` }
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  put(line: { id: string }): void {
    const others = this.lines.filter(({ text }) => JSON.parse(text).id !== line.id)
    const all = [...others, { text: JSON.stringify(line), changed: this.now }]
    this.lines = all.sort((a, b) => (JSON.parse(a.text).id < JSON.parse(b.text).id ? -1 : 1))
  }

  remove(id: string): void {
    this.lines = this.lines.filter(({ text }) => JSON.parse(text).id !== id)
  }

  #page({ After = '', ChangedSince = 0 }: Record<string, unknown>): object {
    const left = this.lines.filter(
      ({ changed, text }) => JSON.parse(text).id > String(After) && changed >= Number(ChangedSince),
    )
    const page = left.slice(0, PAGE).map(({ text }) => text)
    return {
      SettingsVersion: After === '' ? 7 : undefined,
      Time: this.now,
      Lines: page.join('\n'),
      Next: left.length > PAGE ? JSON.parse(page.at(-1) ?? '{}').id : undefined,
    }
  }

  #take({ Cancel, FirstLine, Import, Lines, Trailer }: Record<string, unknown>): object {
    if (Cancel) return { State: 'Cancelled' }
    if (Import === undefined)
      return {
        ...{ State: 'Importing', Import: String(++this.#run), Line: this.imported.length + 1 },
        LastIdentityId: this.imported.length > 0 ? JSON.parse(this.imported.at(-1) ?? '').id : undefined,
      }
    if (Import !== String(this.#run)) throw { __type: 'ResourceConflictException', message: 'another run' }
    if (Trailer !== undefined) return { State: 'Done' }
    if (FirstLine !== this.imported.length + 2) throw { __type: 'ResourceConflictException', message: 'out of order' }
    this.imported.push(...String(Lines).split('\n'))
    return { State: 'Importing', Line: this.imported.length + 1 }
  }
}
