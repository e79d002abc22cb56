import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { slotOfLogin } from '../../../src/pools/spread/slots.ts'
import { LIMITED_KEY, LIMITED_USER_ARN } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault } from '../../support/client.ts'
import { createDeveloperPool, DEVELOPER, identityOf, merge, signIn, unlinkDeveloper } from '../support/developers.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import { everything, mentionsOf, nameOf, type Tables, tablesIn } from '../support/traces.ts'

interface Answer {
  Objects: number
  Checked: Record<string, number>
  Findings: { Kind: string; IdentityId?: string; Object?: number; Repaired: boolean }[]
  Repaired: number
  NextToken?: string
}

const OBJECTS = 4
const NOTHING = { found: [], repaired: 0 }

const check = (IdentityPoolId: string, input: object = {}, options: CallOptions = {}) =>
  call<Answer>('CheckPool', { IdentityPoolId, ...input }, { service: 'edge-identity', ...options })

/** What all calls of a check find, in order. */
async function checked(pool: string, Repair?: boolean) {
  const found: string[] = []
  let repaired = 0
  let NextToken: string | undefined
  do {
    const answer = await check(pool, { Repair, NextToken })
    expect(answer.text).not.toMatch(/user-\d/)
    const page = succeeded(answer)
    for (const { Kind, Repaired } of page.Findings)
      expect([Kind, Repaired]).toEqual([Kind, Repair === true && Kind !== 'MergeLost'])
    found.push(...page.Findings.map(({ Kind, Object: object }) => (object === undefined ? Kind : `${Kind} ${object}`)))
    repaired += page.Repaired
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return { found: found.sort(), repaired }
}

function inObject<T>(
  pool: string,
  object: number,
  work: (storage: DurableObjectStorage) => T | Promise<T>,
): Promise<T> {
  return runInDurableObject(env.IDENTITY_POOL.getByName(nameOf(pool, object)), (_, { storage }) => work(storage))
}

/** What an object keeps. */
const note = (pool: string, object: number): Promise<Tables> => inObject(pool, object, tablesIn)

/** Takes an object back to what it kept once, as the platform's recovery does. */
async function restore(pool: string, object: number, tables: Tables): Promise<void> {
  await inObject(pool, object, ({ sql }) => {
    for (const [table, rows] of tables) {
      sql.exec(`DELETE FROM ${table}`)
      for (const row of rows) {
        const columns = Object.keys(row)
        sql.exec(
          `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          ...Object.values(row),
        )
      }
    }
  })
  await evictDurableObject(env.IDENTITY_POOL.getByName(nameOf(pool, object)))
}

/** Lets a while pass: nothing is about to be linked any more, and what was changed was changed long ago. */
async function pass(pool: string): Promise<void> {
  for (let object = 0; object < OBJECTS; object++)
    await inObject(pool, object, ({ sql }) => {
      sql.exec('UPDATE route SET reserved_at = 0')
      sql.exec("UPDATE identity SET modified_at = created_at - 3600000 WHERE state = 'member'")
    })
}

/** Makes one identity of two users: that of the first, which it answers. */
async function joined(user: string, other: string): Promise<string> {
  const { IdentityId } = await signIn(pool, user)
  await signIn(pool, other)
  succeeded(await merge(pool, other, user))
  return IdentityId
}

let serial = 0

/** The name of a user whose login is on this object. */
function userOn(object: number): string {
  for (;;) {
    const user = `user-${serial++}`
    const slot = slotOfLogin({ provider: DEVELOPER, subject: user, developer: true })
    if (Math.floor((slot * OBJECTS) / 4096) === object) return user
  }
}

let pool: string
beforeEach(async () => {
  pool = await createDeveloperPool({ IdentityPoolTags: { 'edge-identity:shards': String(OBJECTS) } })
})

describe('CheckPool', () => {
  it('finds nothing in a pool that is as it should be, and counts what it has seen', async () => {
    await joined(userOn(1), userOn(2))
    await getId(pool)
    const [first, second] = [succeeded(await check(pool)), await checked(pool, true)]
    expect(second).toEqual(NOTHING)
    expect(first).toMatchObject({ Objects: OBJECTS, Checked: { Objects: OBJECTS, Identities: 0 }, Findings: [] })
    const { Checked, NextToken } = succeeded(await check(pool, { NextToken: first.NextToken }))
    expect(Checked).toMatchObject({ Identities: 3, Logins: 2, Routes: 1, Pending: 0 })
    expect(NextToken).toBeUndefined()
  })

  it('brings the others into line with an object that was restored, and changes nothing unless it is to repair', async () => {
    const [ann, ben, cid, dan] = [userOn(1), userOn(2), userOn(2), userOn(3)]
    const { IdentityId: bens } = await signIn(pool, ben)
    const before = await note(pool, 2)
    const anns = await joined(ann, cid)
    expect(await joined(ben, dan)).toBe(bens)
    const guests = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: false, DeveloperProviderName: DEVELOPER }
    succeeded(await call('UpdateIdentityPool', { IdentityPoolId: pool, ...guests }))
    await restore(pool, 2, before)
    await pass(pool)

    const damage = [
      'MemberWithoutRoute', // ann has cid's login, and the way to it was on the object
      'MergeLost', // ben had won against dan
      'MergeRemembered', // ann has won against cid, who was never there
      'RouteWithoutMember', // dan's login is nowhere
      'SettingsOlder 2',
    ]
    expect(await checked(pool)).toEqual({ found: damage, repaired: 0 })
    expect(await checked(pool)).toEqual({ found: damage, repaired: 0 })
    expect(await checked(pool, true)).toEqual({ found: damage, repaired: 4 })
    expect(await checked(pool, true)).toEqual({ found: ['MergeLost'], repaired: 0 })
    expect(await identityOf(pool, cid)).toBe(anns)
    expect(await identityOf(pool, dan)).toBeUndefined()
    expect(await joined(ben, dan)).toBe(bens)
  })

  it('lets the settings of a head that was restored count, and lists the pool by its name', async () => {
    const before = await note(pool, 0)
    const renamed = {
      IdentityPoolName: 'renamed',
      AllowUnauthenticatedIdentities: true,
      DeveloperProviderName: DEVELOPER,
    }
    succeeded(await call('UpdateIdentityPool', { IdentityPoolId: pool, ...renamed }))
    await restore(pool, 0, before)
    const damage = ['NotListed', 'SettingsNewer 1', 'SettingsNewer 2', 'SettingsNewer 3']
    expect(await checked(pool)).toEqual({ found: damage, repaired: 0 })
    expect(await checked(pool, true)).toEqual({ found: damage, repaired: 4 })
    expect(await checked(pool, true)).toEqual(NOTHING)
    const { IdentityPoolName } = succeeded(
      await call<{ IdentityPoolName: string }>('DescribeIdentityPool', { IdentityPoolId: pool }),
    )
    expect(IdentityPoolName).toBe('pool')
    expect(await getId(pool)).toMatch(/^us-east-1:/)
  })

  it('opens an object that has nothing', async () => {
    const user = userOn(3)
    const IdentityId = await joined(userOn(1), user)
    await inObject(pool, 3, (storage) => storage.deleteAll())
    await evictDurableObject(env.IDENTITY_POOL.getByName(nameOf(pool, 3)))
    expect(await checked(pool, true)).toEqual({
      found: ['MemberWithoutRoute', 'MergeRemembered', 'ObjectEmpty 3'],
      repaired: 3,
    })
    expect(await checked(pool, true)).toEqual(NOTHING)
    expect(await identityOf(pool, user)).toBe(IdentityId)
  })

  it('says which objects stand in the way, and goes no further', async () => {
    await inObject(pool, 2, ({ sql }) => void sql.exec("UPDATE pool SET state = 'deleted'"))
    await inObject(pool, 3, ({ sql }) => void sql.exec("UPDATE spread SET slots = '[[0,1]]'"))
    for (const object of [2, 3]) await evictDurableObject(env.IDENTITY_POOL.getByName(nameOf(pool, object)))
    const { Findings, NextToken } = succeeded(await check(pool, { Repair: true }))
    expect(Findings).toEqual([
      { Kind: 'ObjectClosed', Object: 2, Repaired: false },
      { Kind: 'ObjectHasOtherSlots', Object: 3, Repaired: false },
    ])
    expect(NextToken).toBeUndefined()
  })

  it('checks a pool of one object, in which nothing can disagree', async () => {
    const alone = await createDeveloperPool()
    await signIn(alone, userOn(0))
    const answer = succeeded(await check(alone, { Repair: true }))
    expect(answer).toMatchObject({ Objects: 1, Checked: { Objects: 1, Identities: 1, Logins: 1 }, Findings: [] })
    await inObject(alone, 0, ({ sql }) => {
      sql.exec("INSERT INTO login (provider, subject, identity, developer) VALUES ('p', 'user-x', 'nobody', 0)")
      sql.exec("UPDATE identity SET state = 'disabled'")
    })
    const { Findings } = succeeded(await check(alone, { Repair: true }))
    expect(Findings.map(({ Kind, Repaired }) => [Kind, Repaired])).toEqual([
      ['StateWrong', false],
      ['LoginWithoutIdentity', false],
    ])
  })

  it('goes on only in the pool where it began', async () => {
    const { NextToken } = succeeded(await check(pool))
    const other = await createPool({ IdentityPoolTags: { 'edge-identity:shards': '2' } })
    for (const [id, token] of [
      [other, NextToken],
      [pool, 'x'],
    ] as const)
      expectFault(await check(id, { NextToken: token }), 'InvalidParameterException', 'Invalid NextToken')
  })

  it('is for those who may, of pools that there are', async () => {
    const nobodys = 'us-east-1:00000000-0000-4000-8000-000000000000'
    expectFault(await check(nobodys), 'ResourceNotFoundException', `IdentityPool '${nobodys}' not found.`)
    const refused = await check(pool, {}, { signed: LIMITED_KEY })
    const arn = `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${pool}`
    expectFault(
      refused,
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:CheckPool on resource: ${arn} because no identity-based policy allows the edge-identity:CheckPool action`,
    )
  })
})

const erase = async (IdentityPoolId: string, Subject: string) =>
  succeeded(
    await call<{ Outcome: string; IdentityIds: string[] }>(
      'EraseUser',
      { IdentityPoolId, Provider: DEVELOPER, Subject },
      { service: 'edge-identity' },
    ),
  )

/** What objects and the account keep of somebody. */
const tracesOf = async (names: string[], id: string, objects: number) =>
  mentionsOf(
    names.flatMap((name) => name.split(':').at(-1) ?? []),
    new Map([...(await everything(id, objects))].filter(([where]) => !where.startsWith('KV'))),
  )

describe.each([
  ['one object', 1],
  ['four objects', OBJECTS],
])('CheckPool after a restoration of a pool over %s', (_, objects) => {
  let id: string
  beforeEach(async () => {
    id = objects === 1 ? await createDeveloperPool() : pool
  })

  /** All objects as they are, to be brought back later. */
  const noteAll = () => Promise.all(Array.from({ length: objects }, (__, object) => note(id, object)))
  const restoreAll = async (notes: Tables[]) => {
    for (const [object, tables] of notes.entries()) await restore(id, object, tables)
  }
  const checkedKinds = async (Repair: boolean) => {
    const found: [string, boolean][] = []
    let NextToken: string | undefined
    do {
      const page = succeeded(await check(id, { Repair, NextToken }))
      found.push(...page.Findings.map(({ Kind, Repaired }): [string, boolean] => [Kind, Repaired]))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    return found
  }

  it('erases again who was erased, with everything, and nobody else', async () => {
    const [ann, cid, ben] = [userOn(1), userOn(2), userOn(3)]
    const { IdentityId } = await signIn(id, ann)
    await signIn(id, cid)
    succeeded(await merge(id, cid, ann))
    const { IdentityId: bens } = await signIn(id, ben)
    const before = await noteAll()
    const { IdentityIds } = await erase(id, ann)
    expect(IdentityIds).toHaveLength(2)
    await restoreAll(before)
    expect(await identityOf(id, ann)).toBe(IdentityId)

    const names = [ann, cid, ...IdentityIds]
    expect(await checkedKinds(false)).toEqual(Array(2).fill(['ErasedIdentity', false]))
    expect(await identityOf(id, ann)).toBe(IdentityId)
    // With the first of them all are erased; in a pool of several objects the next page finds no more of them.
    expect(new Set((await checkedKinds(true)).map((one) => one.join()))).toEqual(new Set(['ErasedIdentity,true']))
    expect([await tracesOf(names, id, objects), await checkedKinds(true)]).toEqual([[], []])
    expect([await identityOf(id, ann), await identityOf(id, ben)]).toEqual([undefined, bens])
  })

  it('leaves those alone who came back by themselves, and were made since', async () => {
    const ann = userOn(1)
    await signIn(id, ann)
    await erase(id, ann)
    const { IdentityId } = await signIn(id, ann)
    expect(await checkedKinds(true)).toEqual([])
    expect(await identityOf(id, ann)).toBe(IdentityId)
  })

  it('takes a login off again that was erased at another identity since then', async () => {
    const [ann, cid] = [userOn(1), userOn(2)]
    const { IdentityId } = await signIn(id, cid)
    await signIn(id, ann)
    succeeded(await merge(id, ann, cid))
    expect(await identityOf(id, ann)).toBe(IdentityId)
    const days = (object: number) =>
      inObject(id, object, ({ sql }) => void sql.exec('UPDATE login SET linked_day = 20000'))
    for (let object = 0; object < objects; object++) await days(object)
    const before = await noteAll()
    succeeded(await unlinkDeveloper(id, IdentityId, ann))
    const { IdentityId: second } = await signIn(id, ann)
    expect(second).not.toBe(IdentityId)
    await erase(id, ann)
    await restoreAll(before)
    expect(await checkedKinds(true)).toEqual([['ErasedLogin', true]])
    expect([await tracesOf([ann], id, objects), await identityOf(id, cid)]).toEqual([[], IdentityId])
  })

  it('finishes what a call has noted and not carried out', async () => {
    const ann = userOn(1)
    const { IdentityId } = await signIn(id, ann)
    const before = await noteAll()
    await erase(id, ann)
    // As if the call had ended between the journal and the pool.
    await restoreAll(before)
    await signIn(id, ann)
    const again = await erase(id, ann)
    expect([again.Outcome, await tracesOf([ann, IdentityId], id, objects)]).toEqual(['Erased', []])
  })
})

describe('CheckPool of a spread pool of which one object was restored', () => {
  it('erases again what came back: who has the logins, or who leads there and the way to a login', async () => {
    const [ann, cid] = [userOn(1), userOn(2)]
    const IdentityId = await joined(ann, cid)
    await pass(pool)
    const before = await Promise.all([1, 2].map((object) => note(pool, object)))
    await erase(pool, ann)
    for (const [index, object] of [1, 2].entries()) {
      await restore(pool, object, before[index] ?? new Map())
      expect((await checked(pool, true)).found).toEqual(['ErasedIdentity'])
      expect(await tracesOf([ann, cid, IdentityId], pool, OBJECTS)).toEqual([])
    }
  })
})
