import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { newUuid, type PoolId } from '../../src/base/ids.ts'
import { type BackupIdentity, Pools } from '../../src/pools/index.ts'
import { countsOf, exported, importer, poolOver, pools, resolved } from './backup-support.ts'
import { ACCOUNT, developerUser, world } from './support.ts'
import { platformError, TroubledNamespace } from './troubled-namespace.ts'

/** Users in the slots of all objects, whose logins are in the slots of others. */
const usersOf = ({ tag }: PoolId): BackupIdentity[] =>
  Array.from({ length: 8 }, (_, n) => ({
    uuid: `${tag}-0000-8${(n * 512).toString(16).padStart(3, '0')}-8000-${String(n).padStart(12, '0')}`,
    state: 'member',
    createdAt: 1,
    modifiedAt: 2,
    logins: [{ provider: 'login.shop', subject: `user-${n}`, developer: true }],
  }))

/** A process that ends when it should hear how a call of an object went. */
function endingAt(call: number): Pools {
  const troubled = new TroubledNamespace(env.IDENTITY_POOL)
  const dead = { before: platformError({}) }
  troubled.trouble(...Array(call).fill(undefined), { after: platformError({}) }, ...Array(1_000).fill(dead))
  return new Pools(troubled.namespace, world)
}

type Importer = ReturnType<typeof importer>

async function wholeImport(into: Importer, all: readonly BackupIdentity[]): Promise<string> {
  const begun = await into.begin()
  if (begun.kind !== 'importing') return begun.kind
  for (let { line } = begun; line <= all.length; line += 8)
    expect(await into.page(line + 1, all.slice(line - 1, line + 7))).toMatchObject({ kind: 'importing' })
  return (await into.finish(countsOf(all))).kind
}

/** Whoever comes meanwhile; those who are let in must stay. */
async function comers(id: PoolId): Promise<string[]> {
  const answers = await Promise.allSettled([resolved(id, []), resolved(id, [developerUser('new')])])
  return answers.flatMap((answer) =>
    answer.status === 'fulfilled' && answer.value.kind === 'identity' ? answer.value.uuid : [],
  )
}

const uuidsOf = (identities: readonly BackupIdentity[]) => identities.map(({ uuid }) => uuid)

/** The pool has these and whoever came, and lets everybody in. */
async function isOpen(id: PoolId, all: readonly BackupIdentity[], came: readonly string[]): Promise<void> {
  expect(uuidsOf(await exported(id))).toEqual([...new Set([...uuidsOf(all), ...came])].sort())
  for (const { logins, uuid } of all)
    expect(await resolved(id, [developerUser(logins[0]?.subject ?? '')])).toMatchObject({ uuid })
  expect(await resolved(id, [])).toMatchObject({ kind: 'identity', guest: true })
  expect(await pools.check(id, ACCOUNT, { repair: false })).toMatchObject({ kind: 'checked', findings: [] })
}

/** Does it with a process that ends, once for each answer that it waits for; how many there are. */
async function endedAnywhere(
  objects: number,
  work: (id: PoolId, all: readonly BackupIdentity[], through: Pools) => Promise<unknown>,
  then: (id: PoolId, all: readonly BackupIdentity[]) => Promise<void>,
): Promise<number> {
  for (let at = 0; ; at++) {
    const id = await poolOver(objects)
    const all = usersOf(id)
    const hasEnded = await work(id, all, endingAt(at)).then(
      () => false,
      () => true,
    )
    if (!hasEnded) return at
    await then(id, all)
  }
}

const stateOf = async (id: PoolId) => {
  const state = await importer(id).state()
  return state.kind === 'importing' ? state.state : state.kind
}

// All of it with `npm run test:long -- --sequences`.
const SIZES = (env as { SEQUENCES?: string }).SEQUENCES ? [1, 2, 4, 5] : [2]

describe.each(SIZES)('an import into a pool over %i objects, whose process ends at any call', (objects) => {
  it('is gone on with to its end, also where some objects were open already', async () => {
    const met = new Set<string>()
    const ends = await endedAnywhere(
      objects,
      (id, all, through) => wholeImport(importer(id, undefined, through), all),
      async (id, all) => {
        const came = await comers(id)
        const before = await stateOf(id)
        const kind = await wholeImport(importer(id), all)
        met.add(`${before} ${kind}`)
        await isOpen(id, kind === 'done' || before === 'done' ? all : [], came)
      },
    )
    expect(ends).toBeGreaterThan(objects * 3)
    expect([...met]).toEqual(expect.arrayContaining(['importing done', 'done not_empty']))
  })

  it('is given up to its end, also where some objects were open already', async () => {
    const ends = await endedAnywhere(
      objects,
      async (id, all, through) => {
        const into = importer(id)
        await into.begin()
        await into.page(2, all)
        return importer(id, undefined, through).cancel()
      },
      async (id) => {
        const came = await comers(id)
        expect(await importer(id).cancel()).toEqual({ kind: 'cancelled' })
        expect(await stateOf(id)).toBe('none')
        await isOpen(id, [], came)
      },
    )
    expect(ends).toBeGreaterThan(objects * 3)
  })

  it('answers the call that is repeated, as a client does', async () => {
    await endedAnywhere(
      objects,
      async (id, all, through) => {
        const run = newUuid(world)
        const [into, dying] = [importer(id, undefined, pools, run), importer(id, undefined, through, run)]
        await into.begin()
        await into.page(2, all)
        try {
          await dying.finish(countsOf(all))
        } catch (error) {
          await comers(id)
          expect(await into.finish(countsOf(all))).toEqual({ kind: 'done' })
          throw error
        }
      },
      async (id) => {
        expect(await stateOf(id)).toBe('done')
      },
    )
  })
})
