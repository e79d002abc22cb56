import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync, rmSync } from 'node:fs'
import { mkdtemp, open, rename, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Own, whenNotBusy } from '../lib/operator.ts'
import { BadFile, type Header, headerOf, idOf, LineWriter, linesIn, readHeader } from './backup-file.ts'
import { Corrections } from './corrections.ts'
import { Progress } from './progress.ts'
import { whenStopped } from './stopped.ts'

interface Page {
  SettingsVersion?: number
  Time: number
  Lines: string
  Next?: string
}

/** Clocks of objects may differ from that of the service by so much, in milliseconds. */
const CLOCKS_MS = 60_000

/** Times that is asked what changed while it was asked what changed. A pool that is used all the time changes always. */
const MAX_ROUNDS = 5

export interface Exported {
  file: string
  identities: number
  logins: number
  sha256: string
  /** Identities that changed while the file was written or in the minute before, and are as they were at its end. */
  changed: number
}

const STOPPED = 'The export was stopped. The same command goes on with it.'

/** Exports a pool into a file, or to standard output. A file that was interrupted is gone on with. */
export async function exportPool(pool: string, file: string | undefined, json: boolean, own: Own): Promise<void> {
  if (file === undefined) return exportToOutput(pool, own)
  const forget = whenStopped(() => console.error(`\n${STOPPED}`))
  const exported = await exportToFile(pool, file, own).finally(forget)
  const { changed, identities, logins } = exported
  if (json) return console.log(JSON.stringify(exported))
  console.log(`${identities} identities with ${logins} logins are in ${file}.`)
  if (changed > 0)
    console.log(`${changed} of them changed in the minute before or meanwhile, and are as they were at the end.`)
  console.log('It says who your users are: keep it like a database of them.')
}

/** What is corrected at the end cannot be on standard output before that. */
async function exportToOutput(pool: string, own: Own): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-identity-'))
  const forget = whenStopped(() => rmSync(folder, { recursive: true }))
  try {
    const file = join(folder, randomUUID())
    await exportToFile(pool, file, own)
    // Whoever reads may have enough, such as `head`.
    await pipeline(createReadStream(file), process.stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
    })
  } finally {
    forget()
    await rm(folder, { recursive: true })
  }
}

async function exportToFile(pool: string, file: string, own: Own): Promise<Exported> {
  const ask = (input: object) =>
    whenNotBusy(() => own('ExportIdentities', { IdentityPoolId: pool, ...input })) as Promise<Page>
  const draft = `${file}.part`
  const progress = new Progress()
  const header = await walk(pool, draft, ask, progress)
  const corrections = await changesSince(Date.parse(header.time), ask)
  const written = await finish(draft, file, header, corrections)
  progress.end()
  return { file, ...written, changed: corrections.size }
}

type Ask = (input: object) => Promise<Page>

/** Reads the pool into a draft, from where that ends. */
async function walk(pool: string, draft: string, ask: Ask, progress: Progress): Promise<Header> {
  const begun = await resumed(draft, pool)
  const handle = await open(draft, 'a', 0o600)
  try {
    let { count, header, last } = begun ?? { count: 0, header: undefined, last: undefined }
    const before = count
    let asked: Promise<Page> | undefined = ask({ After: last })
    while (asked) {
      const page: Page = await asked
      asked = page.Next === undefined ? undefined : ask({ After: page.Next })
      // Whoever waits for the next page handles what becomes of it.
      asked?.catch(() => {})
      let text = page.Lines === '' ? '' : `${page.Lines}\n`
      if (!header) {
        header = headerOf(pool, page.Time, page.SettingsVersion ?? 0)
        text = `${JSON.stringify(header)}\n${text}`
      }
      await handle.write(text)
      last = page.Next ?? last
      count += page.Lines === '' ? 0 : page.Lines.split('\n').length
      progress.show(page.Next === undefined ? 1 : partOf(page.Next), count, count - before)
    }
    return header as Header
  } finally {
    const { size } = await handle.stat()
    await handle.close()
    if (size === 0) await rm(draft)
  }
}

/** How much of all ids come before this one: they are spread evenly. */
function partOf(id: string): number {
  const digits = id
    .slice(id.indexOf(':') + 16)
    .replaceAll('-', '')
    .slice(0, 3)
  return Number.parseInt(digits, 16) / 4096
}

/** What a draft has, without a line that was not written to its end; nothing, if there is none. */
async function resumed(draft: string, pool: string) {
  if (!existsSync(draft)) return undefined
  let [count, bytes] = [-1, 0]
  let [first, last] = ['', '']
  for await (const lines of linesIn(draft)) {
    if (count === -1) first = lines[0] ?? ''
    count += lines.length
    bytes += lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
    last = lines.at(-1) ?? last
  }
  if ((await stat(draft)).size > bytes) await truncate(draft, bytes)
  if (count === -1) return undefined
  const header = readHeader(first, draft)
  if (header.pool !== pool)
    throw new BadFile(`${draft} was begun for the pool ${header.pool}. Delete it, or name another file.`)
  return { count, header, last: count === 0 ? undefined : idOf(last) }
}

/** Asks what changed since a time, and then what changed while that was asked, until nothing did. */
async function changesSince(time: number, ask: Ask): Promise<Corrections> {
  const corrections = new Corrections()
  let since = time - CLOCKS_MS
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let [isNews, begun, after] = [false, undefined as number | undefined, undefined as string | undefined]
    do {
      const page: Page = await ask({ ChangedSince: since, After: after })
      begun ??= page.Time
      for (const line of page.Lines === '' ? [] : page.Lines.split('\n')) if (corrections.add(line)) isNews = true
      after = page.Next
    } while (after !== undefined)
    if (!isNews) break
    since = begun - CLOCKS_MS
  }
  return corrections
}

/** Writes the file, and does away with the draft. */
async function finish(draft: string, file: string, header: Header, corrections: Corrections) {
  const corrected = await corrections.of(draft)
  const counts = { identities: 0, logins: 0 }
  for await (const { logins } of corrected.lines(draft)) {
    counts.identities++
    counts.logins += logins
  }
  const written = `${file}.new`
  const writer = await LineWriter.create(written)
  await writer.write(JSON.stringify({ ...header, identities: counts.identities }))
  for await (const { text } of corrected.lines(draft)) await writer.write(text)
  const sha256 = await writer.sha256()
  await writer.write(JSON.stringify({ ...counts, sha256 }))
  await writer.close()
  await rename(written, file)
  await rm(draft)
  return { ...counts, sha256 }
}
