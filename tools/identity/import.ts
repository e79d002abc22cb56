import { createHash } from 'node:crypto'
import { Refused } from '../lib/client.ts'
import { type Own, whenNotBusy } from '../lib/operator.ts'
import {
  BadFile,
  idOf,
  type Line,
  LineWriter,
  linesIn,
  objectIn,
  readHeader,
  type Trailer,
  trailerIn,
} from './backup-file.ts'
import { Progress } from './progress.ts'
import { whenStopped } from './stopped.ts'

/** What the service answers about an import. */
interface State {
  State: string
  Import?: string
  Line?: number
  /** The identity of that line. */
  LastIdentityId?: string
  NextToken?: string
}

export interface ImportOptions {
  pool: string
  file: string
  newIds: boolean
  /** File for the new id of each identity, where they are new. */
  mapping: string | undefined
  /** The file was changed by hand since it was written, so that its hash is another. */
  corrected: boolean
  json: boolean
}

/** Lines of one call, and their bytes: a request has at most a megabyte, of which marks may take as much again. */
const LINES = 1_000
const BYTES = 400_000

/** What follows from an import that did not come to its end. */
export const STOPPED =
  'The import was stopped. Until it is over the pool takes nobody new: import the file again, which goes on, or give it up by --cancel.'

/** Brings a file into a pool, from where an earlier import of it stopped. */
export async function importFile(options: ImportOptions, own: Own): Promise<void> {
  const { file, json, newIds, pool } = options
  const progress = new Progress()
  const checked = await check(options)
  if (newIds && checked.pool === pool) throw new BadFile(`${file} is of this pool: its identities keep their ids.`)
  if (!newIds && checked.pool !== pool)
    throw new BadFile(
      `${file} is of the pool ${checked.pool}, and not of ${pool}. With --new-ids its identities get ids of that.`,
    )
  const call = { IdentityPoolId: pool, Header: checked.header, ...(newIds && { NewIds: true }) }
  const ask = (input: object) => whenNotBusy(() => own('ImportIdentities', { ...call, ...input })) as Promise<State>
  let forget: (() => void) | undefined
  try {
    const { Import, LastIdentityId, Line = 1 } = await ask({})
    await holdsTaken(file, Line, LastIdentityId)
    forget = whenStopped(() => console.error(`\n${STOPPED}`))
    await send(options, checked, Line, (input) => ask({ Import, ...input }), progress)
    const Trailer = JSON.stringify({ identities: checked.identities, logins: checked.logins })
    for (let state = await ask({ Import, Trailer }); state.State === 'Checking'; )
      state = await ask({ Import, Trailer, NextToken: state.NextToken })
  } catch (error) {
    progress.end()
    if (forget !== undefined) console.error(STOPPED)
    if (error instanceof Refused && error.code === 'InvalidParameterException') throw new BadFile(error.message)
    throw error
  } finally {
    forget?.()
    progress.end()
  }
  const { identities, logins } = checked
  const mapping = newIds ? mappingOf(options) : undefined
  if (json) return console.log(JSON.stringify({ pool, identities, logins, mapping }))
  console.log(`${identities} identities with ${logins} logins are in ${pool}.`)
  if (mapping !== undefined) console.log(`${mapping} has the new id of each.`)
}

/** Gives an import up: what it brought is deleted. */
export async function cancelImport(pool: string, json: boolean, own: Own): Promise<void> {
  let state: State
  do state = (await whenNotBusy(() => own('ImportIdentities', { IdentityPoolId: pool, Cancel: true }))) as State
  while (state.State === 'Cancelling')
  console.log(json ? JSON.stringify({ pool, state: state.State }) : `Nothing is being imported into ${pool} any more.`)
}

interface Checked {
  header: string
  /** Of which the file is. */
  pool: string
  identities: number
  logins: number
}

/** Looks whether the file is whole, before anything of it is sent. */
async function check({ corrected, file }: ImportOptions): Promise<Checked> {
  const hash = createHash('sha256')
  const forwards = new Map<string, number>()
  let [header, trailer] = ['', undefined as Trailer | undefined]
  let [number, logins] = [0, 0]
  for await (const lines of linesIn(file))
    for (const text of lines) {
      number++
      if (number === 1) header = text
      else if (trailer) throw new BadFile(`${file} goes on after its last line, line ${number - 1}.`)
      else trailer = trailerIn(text)
      if (trailer) continue
      hash.update(`${text}\n`)
      if (number === 1) continue
      const line = objectIn(text) as Partial<Line> | undefined
      if (!line) throw new BadFile(`Line ${number}: it is not JSON.`)
      logins += Array.isArray(line.logins) ? line.logins.length : 0
      if (typeof line.forward === 'string' && !forwards.has(line.forward)) forwards.set(line.forward, number)
    }
  const { pool } = readHeader(header, file)
  if (!trailer) throw new BadFile(`${file} has no last line: it was cut off after line ${number}.`)
  const identities = number - 2
  if (!corrected) hold(file, trailer, { identities, logins, sha256: hash.digest('hex') })
  await hasEnds(file, forwards)
  return { header, pool, identities, logins }
}

function hold(file: string, told: Trailer, found: Trailer): void {
  if (told.identities !== found.identities || told.logins !== found.logins)
    throw new BadFile(
      `${file} has ${found.identities} identities with ${found.logins} logins, and its last line tells of ${told.identities} with ${told.logins}. ${CORRECTED}`,
    )
  if (told.sha256 !== found.sha256)
    throw new BadFile(`${file} is not as it was written: its SHA-256 is not that of its last line. ${CORRECTED}`)
}

const CORRECTED = 'If you corrected it, say so with --corrected.'

/** Whether all forwards lead to identities of the file that forward to nobody. `forwards`: each with the first line that has it. */
async function hasEnds(file: string, forwards: Map<string, number>): Promise<void> {
  if (forwards.size > 0)
    for await (const lines of linesIn(file))
      for (const text of lines) {
        const line = objectIn(text) as Partial<Line> | undefined
        if (line?.id !== undefined && line.forward === undefined) forwards.delete(line.id)
      }
  const [first] = [...forwards.values()].sort((a, b) => a - b)
  if (first !== undefined)
    throw new BadFile(
      `Line ${first}: forward leads to an identity that the file does not have, or that forwards itself.`,
    )
}

/** Whether a file has the last line that was taken where it was: otherwise lines would be left out, or come in twice. */
async function holdsTaken(file: string, line: number, id: string | undefined): Promise<void> {
  if (id === undefined) return
  let number = 0
  for await (const lines of linesIn(file)) {
    const text = lines[line - 1 - number]
    number += lines.length
    if (text === undefined) continue
    if (idOf(text) === id) return
    break
  }
  throw new BadFile(
    `Line ${line}: it is not the identity ${id}, up to which an earlier import of this pool came. Bring that file again, or cancel that import with --cancel.`,
  )
}

/** Sends the lines after one, and writes the ids that they get. */
async function send(
  options: ImportOptions,
  { identities, pool }: Checked,
  taken: number,
  ask: (input: object) => Promise<State>,
  progress: Progress,
): Promise<void> {
  const mapping = options.newIds ? await LineWriter.create(mappingOf(options)) : undefined
  await mapping?.write('old,new')
  const homes = [homeOf(pool), homeOf(options.pool)] as const
  let [number, bytes] = [0, 0]
  let waiting: string[] = []
  const flush = async () => {
    if (waiting.length === 0) return
    await ask({ FirstLine: number - waiting.length + 1, Lines: waiting.join('\n') })
    progress.show((number - 1) / identities, number - 1, number - taken)
    waiting = []
    bytes = 0
  }
  for await (const lines of linesIn(options.file))
    for (const text of lines) {
      // The first line is not among the identities, and the last one neither.
      if (number > identities) break
      const size = Buffer.byteLength(text)
      if (waiting.length === LINES || bytes + size > BYTES) await flush()
      number++
      if (number > 1 && mapping) await mapping.write(mapped(text, homes))
      if (number <= taken) continue
      waiting.push(text)
      bytes += size
    }
  await flush()
  await mapping?.close()
}

function mappingOf({ file, mapping }: ImportOptions): string {
  return mapping ?? `${file}.ids.csv`
}

/** What all ids of a pool begin with. */
function homeOf(pool: string): string {
  return pool.slice(0, pool.indexOf(':') + 9)
}

function mapped(text: string, [from, to]: readonly [string, string]): string {
  const { id = '' } = (objectIn(text) ?? {}) as Partial<Line>
  return `${id},${to}${id.slice(from.length)}`
}
