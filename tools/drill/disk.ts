import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { People } from './people.ts'

/** What must be empty once a pool has grown. */
const FOR_MOVES = ['slot_dirty', 'slot_staged', 'planned_move']

/** A login row of the disk, by what must be there only once. */
const LOGIN = 'json_array(provider, subject, developer)'

/**
 * Looks into the databases of the pool's objects, after the server has ended: every identity and every login is in one object
 * alone, and in the one that has its slot. `folder`: of the server. Answers what is not so.
 */
export function faultsOnDisk(folder: string, objects: number, people: People): string[] {
  const faults: string[] = []
  const identities = new Map<string, number>()
  const logins = new Map<string, number>()
  const found = new Set<number>()
  for (const { database, number, slots } of partsIn(folder)) {
    found.add(number)
    const rows = (query: string) => database.prepare(query).all() as { key: string }[]
    for (const { key: uuid } of rows('SELECT uuid AS key FROM identity')) {
      if (identities.has(uuid)) faults.push(`${uuid} is in the objects ${identities.get(uuid)} and ${number}`)
      identities.set(uuid, number)
      const slot = Number.parseInt(uuid.slice(15, 18), 16)
      if (!slots.some(([first, last]) => first <= slot && slot <= last))
        faults.push(`${uuid} is in object ${number}, which does not have its slot`)
    }
    for (const { key: login } of rows(`SELECT ${LOGIN} AS key FROM login`)) {
      if (logins.has(login)) faults.push(`${login} is in the objects ${logins.get(login)} and ${number}`)
      logins.set(login, number)
    }
    for (const table of FOR_MOVES)
      if (rows(`SELECT 1 AS key FROM ${table}`).length > 0) faults.push(`${table} of object ${number} has rows`)
    database.close()
  }
  const expected = people.users.reduce((sum, user) => sum + user.logins.length, 0)
  if (logins.size !== expected) faults.push(`${logins.size} logins are on disk and not ${expected}`)
  for (const [id] of people.everybody())
    if (!identities.has(id.slice(id.indexOf(':') + 1))) faults.push(`${id} is not on disk`)
  if (found.size !== objects) faults.push(`${found.size} objects are on disk and not ${objects}`)
  return faults
}

interface PartOnDisk {
  database: DatabaseSync
  number: number
  slots: [number, number][]
}

function* partsIn(folder: string): IterableIterator<PartOnDisk> {
  const files = readdirSync(join(folder, 'db'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.sqlite') && !name.includes('metadata'))) {
    const database = new DatabaseSync(join(folder, 'db', file))
    const tables = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'spread'").all()
    const [row] = tables.length > 0 ? database.prepare('SELECT number, slots FROM spread').all() : []
    if (row) yield { database, number: Number(row.number), slots: JSON.parse(String(row.slots)) }
    else database.close()
  }
}
