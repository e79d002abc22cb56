import { env, exports } from 'cloudflare:workers'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createDeveloperPool, DEVELOPER, signIn, unlinkDeveloper } from '../support/developers.ts'
import { getId, stateOf, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, type Providers, startProviders, USER_POOL } from '../support/providers.ts'
import { everything, mentionsOf } from '../support/traces.ts'

interface Answer {
  IdentityPoolId: string
  Outcome: string
  IdentityIds?: string[]
  Identities?: number
  Logins?: { Provider: string; Developer: boolean; SubjectSha256: string; Subject?: string }[]
  Receipt?: string
  ReceiptId?: string
}

const erase = (IdentityPoolId: string, input: object = {}, options: CallOptions = {}) =>
  call<Answer>('EraseUser', { IdentityPoolId, ...input }, { service: 'edge-identity', ...options })

const ANN = 'ann-of-the-tests'
const FRIEND = 'friend-of-the-tests'
const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

const logins = async (users: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    await Promise.all(Object.entries(users).map(async ([name, user]) => [name, await idp.token(name, user)] as const)),
  )

/** By jose alone, with the keys as anybody can fetch them. */
async function verified(receipt: string | undefined) {
  const url = 'http://localhost/.well-known/erasure-keys'
  const published = await exports.default.fetch(new Request(url, { headers: { host: 'localhost' } }))
  expect([published.status, published.headers.get('cache-control')]).toEqual([200, 'public, max-age=3600'])
  const { payload, protectedHeader } = await jwtVerify(receipt ?? '', createLocalJWKSet(await published.json()), {
    issuer: 'http://localhost',
    typ: 'erasure-receipt+jwt',
    algorithms: ['EdDSA'],
  })
  expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'erasure-receipt+jwt', kid: expect.any(String) })
  return payload as Record<string, never>
}

/** A user with a history: two identities that became one, each of which a guest had become part of, and a login taken off. */
async function userWithPast(pool: string) {
  const guests = [await getId(pool), await getId(pool)]
  const link = async (IdentityId: string | undefined, users: Readonly<Record<string, string>>) =>
    succeeded(await call('GetOpenIdToken', { IdentityId, Logins: await logins(users) }))
  const ids = [
    await getId(pool, await logins({ [GOOGLE]: ANN })),
    await getId(pool, await logins({ [USER_POOL]: ANN })),
  ]
  await link(guests[0], { [GOOGLE]: ANN })
  await link(guests[1], { [USER_POOL]: ANN })
  const IdentityId = await getId(pool, await logins({ [GOOGLE]: ANN, [USER_POOL]: ANN }))
  const Logins = { ...(await logins({ [GOOGLE]: ANN })), [DEVELOPER]: `${ANN}-2` }
  succeeded(await call('GetOpenIdTokenForDeveloperIdentity', { IdentityPoolId: pool, IdentityId, Logins }))
  succeeded(await unlinkDeveloper(pool, IdentityId, `${ANN}-2`))
  return { IdentityId, ids: [...new Set([IdentityId, ...ids, ...guests])] }
}

/** What is kept now, but for the decisions about requests before, which expire by themselves. */
function writtenSince(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...now].filter(([where]) => !before.has(where) || !where.startsWith('KV decision:')))
}

describe.each([
  ['one object', 1],
  ['four objects', 4],
])('in a pool over %s', (_, objects) => {
  let pool: string
  beforeEach(async () => {
    const IdentityPoolTags = objects === 1 ? {} : { 'edge-identity:shards': String(objects) }
    pool = await createDeveloperPool({ ...ALL_PROVIDERS, IdentityPoolTags })
  })

  it('no table, no value of KV and no line of the log that is written later mentions who was erased', async () => {
    const { IdentityId, ids } = await userWithPast(pool)
    const friend = await getId(pool, await logins({ [GOOGLE]: FRIEND }))
    const before = await everything(pool, objects)
    const names = [ANN, ...ids.flatMap((id) => id.split(':')[1] ?? [])]
    expect(mentionsOf(names, before).length).toBeGreaterThan(5)
    log.clear()

    const { Receipt, ...answer } = succeeded(await erase(pool, { Provider: GOOGLE, Subject: ANN, Reason: 'case-4711' }))
    expect({ ...answer, IdentityIds: answer.IdentityIds?.toSorted() }).toEqual({
      IdentityPoolId: pool,
      Outcome: 'Erased',
      IdentityIds: ids.toSorted(),
      Identities: ids.length,
      Logins: expect.arrayContaining([expect.objectContaining({ Provider: GOOGLE, Subject: ANN })]),
      ReceiptId: expect.any(String),
    })
    const after = await everything(pool, objects)
    expect(mentionsOf(names, writtenSince(before, after))).toEqual([])
    expect(mentionsOf(names, new Map([['log', log.lines().join('\n')]]))).toEqual([])
    expect(mentionsOf([friend.split(':')[1] ?? '', FRIEND], after).length).toBeGreaterThan(1)

    const again = [
      await erase(pool, { Provider: GOOGLE, Subject: ANN }),
      await erase(pool, { Provider: USER_POOL, Subject: ANN, DryRun: true }),
      ...(await Promise.all(ids.map((id) => erase(pool, { IdentityId: id })))),
    ].map(succeeded)
    for (const one of again)
      expect(one).toEqual({ IdentityPoolId: pool, Outcome: 'AlreadyErased', ReceiptId: answer.ReceiptId, Receipt })
    expect(mentionsOf(names, new Map([['log', log.lines().join('\n')]]))).toEqual([])
    expect(mentionsOf(names, writtenSince(before, await everything(pool, objects)))).toEqual([])
    expect(await verified(Receipt)).toMatchObject({ jti: answer.ReceiptId, pool, reason: 'case-4711' })
    expect(decodeJwt(Receipt ?? '').ids).toContain(IdentityId)
  })

  it('the receipt says what was erased, and what remains where and until when', async () => {
    const IdentityId = await getId(pool, await logins({ [GOOGLE]: ANN }))
    const { Receipt, ReceiptId } = succeeded(await erase(pool, { IdentityId }))
    const { iat = 0, ...claims } = await verified(Receipt)
    const day = 86_400
    expect(iat).toBeCloseTo(Date.now() / 1000, -2)
    expect(claims).toEqual({
      iss: 'http://localhost',
      jti: ReceiptId,
      pool,
      ids: [IdentityId],
      logins: [{ provider: GOOGLE, subjectSha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      counts: { identities: 1, logins: 1 },
      remains: [
        { what: 'point_in_time_copies', where: 'durable_objects', until: iat + 30 * day },
        { what: 'journal', where: 'durable_objects', until: iat + 35 * day },
        { what: 'decisions', where: 'kv', until: iat + 7 * day },
        { what: 'logs', where: 'workers_logs', until: iat + 7 * day },
        { what: 'login_hints', where: 'caches', until: iat + day },
        { what: 'credentials', where: 'holders', until: iat + 1.5 * day },
        { what: 'log_exports', where: 'operator' },
        { what: 'exports', where: 'operator' },
      ],
    })
  })

  it('a dry run says what would go, and changes nothing', async () => {
    const { IdentityId, ids } = await userWithPast(pool)
    const before = [await everything(pool, objects), await stateOf(pool)]
    const answer = succeeded(await erase(pool, { IdentityId, DryRun: true, Reason: 'case-1' }))
    expect(answer).toMatchObject({ Outcome: 'WouldErase', Identities: ids.length })
    expect([Object.keys(answer).includes('Receipt'), answer.IdentityIds?.toSorted()]).toEqual([false, ids.toSorted()])
    const withoutRecords = (kept: Map<string, string>) => [...kept].filter(([where]) => !where.startsWith('KV'))
    expect([withoutRecords(await everything(pool, objects)), await stateOf(pool)]).toEqual([
      withoutRecords(before[0] as Map<string, string>),
      before[1],
    ])
    expect(log.records().at(-1)?.additionalEventData).toEqual({ pool, outcome: 'WouldErase', case: 'case-1' })
  })

  it('a user comes back as somebody new, and can be erased again', async () => {
    const first = await getId(pool, await logins({ [GOOGLE]: ANN }))
    const one = succeeded(await erase(pool, { Provider: GOOGLE, Subject: ANN }))
    expectFault(
      await call('GetOpenIdToken', { IdentityId: first, Logins: await logins({ [GOOGLE]: ANN }) }),
      'ResourceNotFoundException',
      `Identity '${first}' not found.`,
    )
    const second = await getId(pool, await logins({ [GOOGLE]: ANN }))
    expect(second).not.toBe(first)
    const two = succeeded(await erase(pool, { Provider: GOOGLE, Subject: ANN }))
    expect([two.Outcome, two.IdentityIds, two.ReceiptId !== one.ReceiptId]).toEqual(['Erased', [second], true])
    expect(succeeded(await erase(pool, { IdentityId: first })).ReceiptId).toBe(one.ReceiptId)
  })

  it('guests and disabled identities are erased by their ids', async () => {
    const guest = await getId(pool)
    const { IdentityId } = await signIn(pool, ANN)
    succeeded(await unlinkDeveloper(pool, IdentityId, ANN))
    const before = await everything(pool, objects)
    expect(succeeded(await erase(pool, { IdentityId: guest }))).toMatchObject({ Outcome: 'Erased', Logins: [] })
    expect(succeeded(await erase(pool, { IdentityId }))).toMatchObject({ Outcome: 'Erased', IdentityIds: [IdentityId] })
    const names = [guest, IdentityId].flatMap((id) => id.split(':')[1] ?? [])
    expect(mentionsOf([...names, ANN], writtenSince(before, await everything(pool, objects)))).toEqual([])
  })

  it('nobody is erased who is not there', async () => {
    const gone = { IdentityPoolId: pool, Outcome: 'AlreadyGone' }
    expect(succeeded(await erase(pool, { Provider: GOOGLE, Subject: 'nobody' }))).toEqual(gone)
    expect(succeeded(await erase(pool, { IdentityId: `${pool.slice(0, 18)}-0000-8000-8000-000000000000` }))).toEqual(
      gone,
    )
    const { IdentityId } = await signIn(pool, ANN)
    expect(succeeded(await erase(pool, { Provider: DEVELOPER, Subject: ANN, Developer: false }))).toEqual(gone)
    succeeded(await call('DeleteIdentities', { IdentityIdsToDelete: [IdentityId] }))
    expect(succeeded(await erase(pool, { IdentityId }))).toEqual(gone)
  })

  it('two calls at once give one receipt', async () => {
    const IdentityId = await getId(pool, await logins({ [GOOGLE]: ANN }))
    const input = [{ IdentityId }, { Provider: GOOGLE, Subject: ANN }]
    const answers = (await Promise.all(input.map((one) => erase(pool, one)))).map(succeeded)
    expect(new Set(answers.map(({ Receipt }) => Receipt)).size).toBe(1)
  })
})

/** The bindings of a deployment that ends with the call of this method, or with this step, after so many of them. */
function ending(what: string, after: number) {
  let made = 0
  const stubOf = (stub: object) =>
    new Proxy(stub, {
      get:
        (target, method) =>
        (...args: unknown[]) => {
          const { step } = (args[1] ?? {}) as { step?: string }
          if ((step ?? method) === what && made++ >= after) return Promise.reject(new Error('the process ended'))
          return (Reflect.get(target, method) as (...args: unknown[]) => unknown)(...args)
        },
    })
  const getByName = (name: string, options?: object) => stubOf(env.IDENTITY_POOL.getByName(name, options))
  return { IDENTITY_POOL: { getByName } }
}

describe.each<[string, number, string, number, string]>([
  ['one object, before anything was deleted', 1, 'erase', 0, 'Erased'],
  ['four objects, before anything was deleted', 4, 'erase_home', 0, 'Erased'],
  ['four objects, after the identity was deleted at its home', 4, 'erase_rows', 0, 'AlreadyErased'],
  ['four objects, after some of what leads there was deleted', 4, 'erase_rows', 6, 'AlreadyErased'],
])('a call that ends in a pool over %s', (_, objects, what, after, outcome) => {
  it('is finished by the next one, with its receipt', async () => {
    const IdentityPoolTags = objects === 1 ? {} : { 'edge-identity:shards': String(objects) }
    const pool = await createDeveloperPool({ ...ALL_PROVIDERS, IdentityPoolTags })
    const { IdentityId, ids } = await userWithPast(pool)
    const before = await everything(pool, objects)
    const serve = await deploy(ending(what, after))
    expect((await erase(pool, { IdentityId }, { serve })).status).toBe(500)
    const names = [ANN, ...ids.flatMap((id) => id.split(':')[1] ?? [])]
    expect(mentionsOf(names, writtenSince(before, await everything(pool, objects))).length).toBeGreaterThan(0)
    const { Outcome, Receipt } = succeeded(await erase(pool, { Provider: GOOGLE, Subject: ANN }))
    expect(Outcome).toBe(outcome)
    expect(decodeJwt(Receipt ?? '')).toMatchObject({ counts: { identities: ids.length, logins: 2 } })
    expect(mentionsOf(names, writtenSince(before, await everything(pool, objects)))).toEqual([])
    expect(succeeded(await erase(pool, { IdentityId })).Receipt).toBe(Receipt)
  })
})

describe('EraseUser', () => {
  let pool: string
  beforeEach(async () => {
    pool = await createDeveloperPool(ALL_PROVIDERS)
  })

  it('leaves a record that says which receipt there is, and of nobody', async () => {
    const IdentityId = await getId(pool, await logins({ [GOOGLE]: ANN }))
    log.clear()
    const { ReceiptId } = succeeded(await erase(pool, { IdentityId, Reason: 'case-4711' }))
    const [record] = log.records()
    const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'
    expect(record).toMatchObject({
      eventName: 'EraseUser',
      readOnly: false,
      managementEvent: true,
      requestParameters: { identityPoolId: pool, identityId: HIDDEN, reason: HIDDEN },
      additionalEventData: { pool, outcome: 'Erased', receipt: ReceiptId, case: 'case-4711' },
    })
  })

  it('needs a permission of its own', async () => {
    const answer = await erase(pool, { Provider: GOOGLE, Subject: ANN }, { signed: LIMITED_KEY })
    expectFault(
      answer,
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:EraseUser on resource: ${arnOf(pool)} because no identity-based policy allows the edge-identity:EraseUser action`,
    )
  })

  it('finds no pool of another account, and none that is not there', async () => {
    await getId(pool, await logins({ [GOOGLE]: ANN }))
    const input = { Provider: GOOGLE, Subject: ANN }
    const message = `IdentityPool '${pool}' not found.`
    expectFault(await erase(pool, input, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
    expect(succeeded(await erase(pool, { ...input, DryRun: true })).Outcome).toBe('WouldErase')
  })

  const BOTH = 'Give either IdentityId, or Provider and Subject.'
  it.each([
    ['nobody', {}, BOTH],
    ['half a login', { Provider: GOOGLE }, BOTH],
    ['an id and a login', { IdentityId: 'id', Provider: GOOGLE, Subject: ANN }, BOTH],
  ])('refuses a request that names %s', async (_, input, message) => {
    const id = await getId(pool)
    const given = 'IdentityId' in input ? { ...input, IdentityId: id } : input
    expectFault(await erase(pool, given), 'InvalidParameterException', message)
  })

  it('refuses the id of another pool, and hides it in the record', async () => {
    const other = await createDeveloperPool(ALL_PROVIDERS)
    const IdentityId = await getId(other)
    log.clear()
    expectFault(await erase(pool, { IdentityId }), 'ResourceNotFoundException', `Identity '${IdentityId}' not found.`)
    expect(mentionsOf([IdentityId.split(':')[1] ?? ''], new Map([['log', log.lines().join('\n')]]))).toEqual([])
  })

  it.each([
    ['with a sentence', 'at the wish of Ann'],
    ['with an address', 'ann@example.com'],
    ['that names the user', `case-${ANN}`],
  ])('refuses a reason %s, and erases nobody', async (_, Reason) => {
    const IdentityId = await getId(pool, await logins({ [GOOGLE]: ANN }))
    log.clear()
    const answer = await erase(pool, { IdentityId, Reason })
    expect(log.lines().join('\n')).not.toContain(Reason)
    expect(answer.body).toMatchObject({ __type: expect.stringMatching(/^(InvalidParameter|Validation)Exception$/) })
    expect(await getId(pool, await logins({ [GOOGLE]: ANN }))).toBe(IdentityId)
  })

  it('refuses a reason that names who was erased before, and keeps none then', async () => {
    await getId(pool, await logins({ [GOOGLE]: ANN }))
    const input = { Provider: GOOGLE, Subject: ANN }
    succeeded(await erase(pool, input))
    log.clear()
    const named = await erase(pool, { ...input, Reason: `case-${ANN}` })
    expectFault(named, 'InvalidParameterException', 'Reason must not name the user. Give the number of a case.')
    expect(succeeded(await erase(pool, { ...input, Reason: 'case-9' })).Outcome).toBe('AlreadyErased')
    expect(mentionsOf([ANN, 'case-9'], new Map([['log', log.lines().join('\n')]]))).toEqual([])
  })
})
