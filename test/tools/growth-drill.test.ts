import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MIGRATIONS } from '../../src/pools/schema.ts'
import { openStage, type Stage } from '../../tools/bench/stage.ts'
import { faultsOnDisk } from '../../tools/drill/disk.ts'
import { type DrillResult, drill } from '../../tools/drill/drill.ts'
import { People } from '../../tools/drill/people.ts'

const PLAN = {
  identities: 150,
  objects: 8,
  callsPerSecond: 100,
  callers: 200,
  callsAtOnce: 8,
  secondsBetweenKills: 0,
  answersBetweenKills: 25,
  answersAround: 30,
  seed: 1,
}

let stage: Stage
beforeAll(() => {
  stage = openStage(mkdtempSync(join(tmpdir(), 'edge-identity-')), { asDeployed: false })
})
afterAll(async () => {
  await stage.close()
  rmSync(stage.folder, { recursive: true, force: true })
})

it('lets a pool grow while clients call it and its process is killed: no call fails, everybody stays who they are', async () => {
  const told: string[] = []
  const { faults, gaps, growth, kills, tally }: DrillResult = await drill(stage, PLAN, (line) => told.push(line))
  expect(faults, told.join('\n')).toEqual([])
  expect(tally).toMatchObject({ failed: 0, wrong: 0 })
  expect(growth).toMatchObject({ Phase: 'Done', SlotsMoved: 3584, SlotsToMove: 3584 })
  expect(growth.RowsGiven).toBeGreaterThan(PLAN.identities)
  expect(kills).toBeGreaterThan(1)
  expect(gaps).toHaveLength(kills)
})

it('finds identities and logins that are lost, doubled, or not in their place', () => {
  const folder = join(stage.folder, 'faulty')
  mkdirSync(join(folder, 'db'), { recursive: true })
  const [first, second, third, lost] = ['000', '001', '801', '802'].map(uuidIn) as [string, string, string, string]
  objectWith(folder, { number: 0, slots: [[0, 2047]], identities: [first, second], logins: ['ada', 'bob'] })
  objectWith(folder, { number: 1, slots: [[2048, 4095]], identities: [second, third], logins: ['bob'], moves: 1 })
  const people = new People(() => 0)
  people.guests.push(`us-east-1:${first}`, `us-east-1:${second}`, `us-east-1:${lost}`)
  people.users.push({ id: `us-east-1:${third}`, logins: [{ issuer: 0, subject: 'ada' }] })
  expect(faultsOnDisk(folder, 4, people)).toEqual([
    `${second} is in the objects 0 and 1`,
    `${second} is in object 1, which does not have its slot`,
    '["issuer","bob",0] is in the objects 0 and 1',
    'slot_staged of object 1 has rows',
    '2 logins are on disk and not 1',
    `us-east-1:${lost} is not on disk`,
    '2 objects are on disk and not 4',
  ])
})

const uuidIn = (slot: string) => `01234567-0000-8${slot}-8000-000000000000`

interface FaultyObject {
  number: number
  slots: [number, number][]
  identities: string[]
  logins: string[]
  /** Rows that a move has left. */
  moves?: number
}

function objectWith(folder: string, { identities, logins, moves = 0, number, slots }: FaultyObject): void {
  const database = new DatabaseSync(join(folder, 'db', `${number}.sqlite`))
  for (const migration of MIGRATIONS) database.exec(migration)
  const insert = (into: string, ...values: (string | number)[]) =>
    database.prepare(`INSERT INTO ${into} VALUES (${values.map(() => '?').join(', ')})`).run(...values)
  insert('spread (one, number, slots, map)', 1, number, JSON.stringify(slots), '{}')
  for (const uuid of identities) insert('identity (uuid, state, created_at, modified_at)', uuid, 'guest', 0, 0)
  for (const subject of logins) insert('login (provider, subject, identity, developer)', 'issuer', subject, '', 0)
  for (let key = 0; key < moves; key++) insert('slot_staged (op, kind, key, version)', 'op', 'login', key, 1)
  database.close()
}
