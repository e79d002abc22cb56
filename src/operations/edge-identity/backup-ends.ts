import { type PoolId, parsePoolId } from '../../base/ids.ts'
import { isJsonObject } from '../../base/json.ts'
import { invalidParameter } from '../faults.ts'

/** The first and the last line of a backup. */

const FORMAT = 'edge-identity-backup'
const VERSION = 1

/** The pool that a file is of. */
export function poolInHeader(text: string): PoolId {
  const header = objectOf(text)
  if (header?.format !== FORMAT) throw invalidParameter(`Header is not the first line of a file of ${FORMAT}.`)
  if (header.version !== VERSION)
    throw invalidParameter(`The file is of a version of ${FORMAT} that this service does not know.`)
  const pool = typeof header.pool === 'string' ? parsePoolId(header.pool) : undefined
  if (!pool) throw invalidParameter('Header names no pool.')
  return pool
}

/** How many there are, as the last line has it. Its hash is for whoever has the file. */
export function countsInTrailer(text: string): { identities: number; logins: number } {
  const { identities, logins } = objectOf(text) ?? {}
  if (!isCount(identities) || !isCount(logins))
    throw invalidParameter('Trailer is not the last line of a file of identities: it has no counts.')
  return { identities, logins }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
