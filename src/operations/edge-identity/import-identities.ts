import { newUuid, type PoolId } from '../../base/ids.ts'
import {
  type BackupIdentity,
  beginImportOf,
  type Checked,
  cancelImportOf,
  finishImportOf,
  importIdentities as importInto,
  importOf,
} from '../../pools/index.ts'
import {
  boolean,
  integer,
  optional,
  pageToken,
  readPageToken,
  required,
  string,
  structure,
  type Value,
} from '../../protocol/index.ts'
import { badPageToken, invalidParameter, noSuchPool } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { addressed, nextToken, onPool, poolId } from '../pool/index.ts'
import { countsInTrailer, poolInHeader } from './backup-ends.ts'
import { BadLine, readLine } from './backup-line.ts'
import { badLine, countsFault, importFault, leadsNowhere, otherPool } from './import-faults.ts'
import { BACKUP_PAGE, MAX_END_CHARS, MAX_LINES_CHARS } from './limits.ts'

const NAME = 'ImportIdentities'

const input = structure({
  IdentityPoolId: required(poolId),
  Header: optional(string({ min: 1, max: MAX_END_CHARS })),
  NewIds: optional(boolean()),
  Import: optional(string({ min: 36, max: 36, pattern: '[0-9a-f-]+' })),
  FirstLine: optional(integer({ min: 2 })),
  Lines: optional(string({ min: 1, max: MAX_LINES_CHARS, unrecorded: true })),
  Trailer: optional(string({ min: 1, max: MAX_END_CHARS })),
  NextToken: optional(nextToken),
  Cancel: optional(boolean()),
})

/**
 * Brings a backup into an empty pool, call by call: its first line begins or goes on, then come its identities, then its last line. The
 * pool serves whom it has by then, and makes nobody, until that was taken or the import is given up. Not of AWS's API.
 */
export const importIdentities = signedOperation({
  service: 'edge-identity',
  name: NAME,
  input,
  ...onPool,
  async run(given, context) {
    const id = addressed(given.IdentityPoolId, context.caller)
    context.note({ decision: { pool: id.text } })
    return { IdentityPoolId: id.text, ...(await done(given, id, context)) }
  },
})

type Input = Value<typeof input>

function done(given: Input, id: PoolId, context: SignedContext): Promise<object> {
  const { Cancel, Header, Import: run, Lines, Trailer } = given
  if (Cancel) return cancelled(id, context)
  if (Header === undefined) return told(id, context)
  const from = poolInHeader(Header)
  if (from.text !== id.text && !given.NewIds) throw otherPool(from.text, id.text)
  if (run === undefined) return begun(id, from, context)
  if (Lines !== undefined) return taken({ ...given, Lines }, run, id, from, context)
  if (Trailer !== undefined) return finished(Trailer, given.NextToken, run, id, context)
  throw invalidParameter('Give Lines or Trailer with Import.')
}

const ofCall = (id: PoolId, { caller }: SignedContext, run = '') => ({ id, account: caller.account, run })

/** How far an import is. */
async function told(id: PoolId, context: SignedContext) {
  const found = await importOf(context.pools, ofCall(id, context))
  if (found.kind === 'no_pool') throw noSuchPool(id.text)
  if (found.kind === 'none') return { State: 'None' }
  return { State: found.state === 'done' ? 'Done' : 'Importing', Line: found.line, Source: found.source }
}

async function begun(id: PoolId, from: PoolId, context: SignedContext) {
  const run = newUuid(context.world)
  const answer = await beginImportOf(context.pools, ofCall(id, context, run), from.text)
  if (answer.kind !== 'importing') throw importFault(answer, id.text)
  const { last, line, state } = answer
  return {
    State: state === 'done' ? 'Done' : 'Importing',
    Import: run,
    Line: line,
    LastIdentityId: last === '' ? undefined : `${from.region}:${from.tag}${last.slice(8)}`,
  }
}

async function taken(
  { FirstLine, Lines }: Input & { Lines: string },
  run: string,
  id: PoolId,
  from: PoolId,
  context: SignedContext,
) {
  if (FirstLine === undefined) throw invalidParameter('Give FirstLine with Lines.')
  const texts = Lines.split('\n')
  if (texts.length > BACKUP_PAGE) throw invalidParameter(`Lines has more than ${BACKUP_PAGE} lines.`)
  const { bad, identities } = readLines(texts, from, id)
  const [first, last] = [identities[0], identities.at(-1)].map((one) => one && `${id.region}:${one.uuid}`)
  context.note({ decision: { pool: id.text, firstIdentity: first, lastIdentity: last } })
  const answer = await importInto(context.pools, ofCall(id, context, run), { line: FirstLine, identities })
  if (answer.kind !== 'importing') throw importFault(answer, id.text)
  if (bad) throw badLine(FirstLine + identities.length, bad)
  return { State: 'Importing', Import: run, Line: answer.line }
}

/** The identities before the first line that is none. */
function readLines(texts: readonly string[], from: PoolId, to: PoolId) {
  const identities: BackupIdentity[] = []
  for (const text of texts)
    try {
      identities.push(readLine(text, from, to))
    } catch (bad) {
      if (!(bad instanceof BadLine)) throw bad
      return { identities, bad }
    }
  return { identities, bad: undefined }
}

async function finished(trailer: string, token: string | undefined, run: string, id: PoolId, context: SignedContext) {
  const counts = countsInTrailer(trailer)
  const checked = token === undefined ? undefined : checkedIn(token, run, id)
  const answer = await finishImportOf(context.pools, ofCall(id, context, run), { ...counts, checked })
  switch (answer.kind) {
    case 'done':
      return { State: 'Done' }
    case 'checking':
      return { State: 'Checking', Import: run, NextToken: tokenOf(answer.checked, run) }
    case 'leads_nowhere':
      throw leadsNowhere(`${id.region}:${answer.uuid}`)
    case 'other_counts':
      throw countsFault(answer, counts)
    default:
      throw importFault(answer, id.text)
  }
}

/** After which UUID, or the end of which slot. */
const CHECKED = /^([0-9a-f]{8}-0000-8[0-9a-f]{3}-[0-9a-f-]{0,17}) (\d{1,15}) (\d{1,15})$/

function tokenOf({ after, identities, logins }: Checked, run: string): string {
  return pageToken(NAME, run, `${after} ${identities} ${logins}`)
}

function checkedIn(token: string, run: string, { tag }: PoolId): Checked {
  const [, after, identities, logins] = CHECKED.exec(readPageToken(token, NAME, run) ?? '') ?? []
  if (!after?.startsWith(tag)) throw badPageToken()
  return { after, identities: Number(identities), logins: Number(logins) }
}

async function cancelled(id: PoolId, context: SignedContext) {
  const answer = await cancelImportOf(context.pools, ofCall(id, context, newUuid(context.world)))
  if (answer.kind === 'no_pool' || answer.kind === 'other_run') throw importFault(answer, id.text)
  return { State: answer.kind === 'cancelled' ? 'Cancelled' : 'Cancelling' }
}
