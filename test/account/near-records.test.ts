import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Account, Accounts } from '../../src/account/index.ts'
import {
  COPY_RENEWAL_MS,
  COPY_SERVES_MS,
  COPY_WAIT_MS,
  RECORDS_MAX_AGE_MS,
  RECORDS_RENEWAL_MS,
} from '../../src/account/limits.ts'
import { at, type Position } from '../../src/base/position.ts'
import type { World } from '../../src/base/world.ts'
import { platformError, TroubledNamespace } from '../pools/troubled-namespace.ts'
import { objectsOf, RELEASES } from '../support/older-builds.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'
import { newAccount, provider, type RemoteAccount, remote, role, START } from './support.ts'

const SINGAPORE = (): Position | undefined => at(1.3, 103.8)
const user = role('user')
const idp = provider('idp.example.com')

let account: string
let object: RemoteAccount
let edge: TroubledNamespace<Account>
let warned: { event: string; fields: object }[]
/** Work that outlasts the answer of an isolate. */
let background: Promise<unknown>[]
/** How far the clocks of isolates are ahead of those of the objects. */
let ahead: number

const log = { info: () => {}, warn: (event: string, fields = {}) => void warned.push({ event, fields }) }
const world = { now: () => Date.now() + ahead, log } as unknown as World
const later = (work: Promise<unknown>) => void background.push(work)

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})
beforeEach(async () => {
  vi.setSystemTime(START)
  account = newAccount()
  object = remote(account)
  edge = new TroubledNamespace(env.ACCOUNT)
  warned = []
  background = []
  ahead = 0
  await object.createRole(user, 'op')
  await object.createOidcProvider(idp, 'op')
})

const wait = (ms: number) => vi.setSystemTime(Date.now() + ms)
const isolate = (copies = true) => new Accounts(edge.namespace, world, { copies, later })
const roleOf = (accounts: Accounts, from = SINGAPORE) => accounts.role(account, user.arn, from)
const alarm = () => runDurableObjectAlarm(env.ACCOUNT.getByName(`${account}/apac-se`))

/** The calls since this was asked last, without the account's number. */
const calls = () => edge.calls.splice(0).map((call) => call.replace(account, 'account'))
const NEAR = 'account/apac-se.copiedRecords'
const FAR = 'account.records'

describe('an isolate with copies', () => {
  it('asks the one of its place, which the platform is told to keep there', async () => {
    const accounts = isolate()
    expect(await roleOf(accounts)).toEqual(user)
    expect(await accounts.providers(account, { oidc: [idp.arn] }, SINGAPORE)).toEqual({ oidc: [idp], saml: [] })
    expect(await accounts.rolePolicy(account, user.arn, 'none', SINGAPORE)).toBeUndefined()
    expect(calls()).toEqual([NEAR, NEAR, NEAR])
    expect(edge.stubs[0]).toEqual({ name: `${account}/apac-se`, options: { locationHint: 'apac-se' } })
  })

  it('needs nothing from afar where there is a user now and then', async () => {
    await roleOf(isolate())
    for (let n = 0; n < 5; n++) {
      wait(COPY_RENEWAL_MS)
      await alarm()
      await object.changeRole('user', { description: `change ${n}` })
      wait(COPY_RENEWAL_MS - 1)
      // The copy has not heard of the change, and so did not ask anybody.
      expect(await roleOf(isolate())).not.toMatchObject({ description: `change ${n}` })
      wait(1)
      await alarm()
      expect(await roleOf(isolate())).toMatchObject({ description: `change ${n}` })
    }
    expect(new Set(calls())).toEqual(new Set([NEAR]))
  })

  it.each([0, 3_600_000, -3_600_000])(
    'lets go of a role 30 seconds after it is gone, with the copy’s age counted in; its clock is %d ms ahead',
    async (skew) => {
      await roleOf(isolate())
      ahead = skew
      await object.deleteRole('user')
      wait(COPY_SERVES_MS - 1)
      const accounts = isolate()
      expect(await roleOf(accounts)).toEqual(user)
      wait(RECORDS_MAX_AGE_MS - COPY_SERVES_MS)
      expect(await roleOf(accounts)).toEqual(user)
      calls()
      wait(1)
      expect(await roleOf(accounts)).toBeUndefined()
      expect(calls()).toEqual([NEAR])
    },
  )

  it('sees at once what was registered a moment ago, and what it has changed itself', async () => {
    const accounts = isolate()
    await accounts.providers(account, { oidc: [idp.arn] }, SINGAPORE)
    const other = provider('other.example.com')
    await object.createOidcProvider(other, 'op 2')
    wait(1_000)
    const wanted = { oidc: [idp.arn, other.arn] }
    expect((await accounts.providers(account, wanted, SINGAPORE)).oidc).toEqual([idp, other])
    await roleOf(accounts)
    calls()
    await accounts.change(account, (a) => a.changeRole('user', { description: 'changed' }))
    expect(await roleOf(accounts)).toMatchObject({ description: 'changed' })
    expect(calls()).toEqual(['account.changeRole', FAR])
    wait(RECORDS_MAX_AGE_MS)
    expect(await roleOf(accounts)).toMatchObject({ description: 'changed' })
    expect(calls()).toEqual([NEAR])
  })

  it('believes no copy that still has what it knows to be gone', async () => {
    const accounts = isolate()
    await roleOf(accounts)
    wait(RECORDS_MAX_AGE_MS)
    await alarm()
    await object.deleteRole('user')
    expect(await roleOf(accounts, () => undefined)).toBeUndefined()
    wait(1_000)
    calls()
    expect(await roleOf(accounts)).toBeUndefined()
    expect(calls()).toEqual([NEAR, FAR])
  })

  it.each<[string, boolean, typeof SINGAPORE]>([
    ['copies are off', false, SINGAPORE],
    ['nobody knows where the user is', true, () => undefined],
  ])('asks the account where %s', async (_, copies, from) => {
    expect(await roleOf(isolate(copies), from)).toEqual(user)
    expect(calls()).toEqual([FAR])
  })
})

describe('a copy that', () => {
  it('fails is done without', async () => {
    edge.trouble({ before: platformError({}) })
    expect(await roleOf(isolate())).toEqual(user)
    expect(calls()).toEqual([NEAR, FAR])
    const fields = { account, place: 'apac-se', message: 'Error: the platform failed' }
    expect(warned).toEqual([{ event: 'account_copy_unanswering', fields }])
  })

  it('does not answer is done without after a second and a half', async () => {
    const limits = shortenTimeLimits((milliseconds) => milliseconds === COPY_WAIT_MS)
    const records = async () => [user]
    const object = { records, copiedRecords: () => new Promise(() => {}) }
    const namespace = { getByName: () => object } as unknown as DurableObjectNamespace<Account>
    expect(await roleOf(new Accounts(namespace, world, { copies: true }))).toEqual(user)
    expect(limits.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([COPY_WAIT_MS, 3_000])
    expect(COPY_WAIT_MS).toBe(1_500)
    vi.restoreAllMocks()
  })

  it('has too much to do does not send everybody to the account', async () => {
    edge.trouble({ before: platformError({ overloaded: true }) })
    await expect(roleOf(isolate())).rejects.toThrow('overloaded')
    expect(calls()).toEqual([NEAR])
  })

  it('says what is older than it may be is not believed', async () => {
    const copiedRecords = async () => [{ answer: { ...user, description: 'old' }, age: RECORDS_MAX_AGE_MS }]
    const object = { copiedRecords, records: async () => [user] }
    const namespace = { getByName: () => object } as unknown as DurableObjectNamespace<Account>
    expect(await roleOf(new Accounts(namespace, world, { copies: true }))).toEqual(user)
  })
})

describe.each([...RELEASES.keys()])('while the objects are of %s', (release) => {
  it.each([true, false])('records are read as that release reads them; copies: %s', async (copies) => {
    const accounts = new Accounts(objectsOf(release).ACCOUNT, world, { copies })
    expect(await accounts.providers(account, { oidc: [idp.arn], saml: ['arn:none'] }, SINGAPORE)).toEqual({
      oidc: [idp],
      saml: [],
    })
    expect(await roleOf(accounts)).toEqual(user)
  })
})

describe('a record in use', () => {
  it('is read again beside a request once it is 20 seconds old, and nobody waits', async () => {
    const accounts = isolate(false)
    await roleOf(accounts)
    await object.changeRole('user', { description: 'changed' })
    wait(RECORDS_RENEWAL_MS - 1)
    await roleOf(accounts)
    expect(calls()).toEqual([FAR])
    wait(1)
    expect(await roleOf(accounts)).toEqual(user)
    await roleOf(accounts)
    expect(calls()).toEqual([FAR])
    await Promise.all(background)
    expect(await roleOf(accounts)).toMatchObject({ description: 'changed' })
    wait(RECORDS_MAX_AGE_MS - 1)
    expect(await roleOf(accounts)).toMatchObject({ description: 'changed' })
  })

  it('serves until it is 30 seconds old while that fails, and is tried for every 5 seconds', async () => {
    const accounts = isolate(false)
    await roleOf(accounts)
    edge.trouble(...Array.from({ length: 10 }, () => ({ before: platformError({}) })))
    wait(RECORDS_RENEWAL_MS)
    for (let n = 0; n < 10; n++) {
      expect(await roleOf(accounts)).toEqual(user)
      await Promise.all(background)
      wait(999)
    }
    expect(calls()).toEqual([FAR, FAR, FAR])
    wait(10)
    await expect(roleOf(accounts)).rejects.toThrow('the platform failed')
  })

  it('is not replaced by what a copy says that is no younger', async () => {
    await roleOf(isolate())
    await object.changeRole('user', { description: 'younger' })
    const accounts = isolate()
    await roleOf(accounts, () => undefined)
    wait(RECORDS_RENEWAL_MS)
    expect(await roleOf(accounts)).toMatchObject({ description: 'younger' })
    await Promise.all(background)
    expect(calls()).toEqual([NEAR, FAR, NEAR])
    expect(await roleOf(accounts)).toMatchObject({ description: 'younger' })
  })
})

describe('whatever happens in whatever order', () => {
  it.each([1, 2, 3])('nobody is served what was not true within the last 30 seconds (%i)', async (seed) => {
    let state = seed
    const chance = (below: number) => {
      state = (state * 48_271) % 2_147_483_647
      return state % below
    }
    const isolates = [isolate(), isolate(), isolate(false)]
    /** When each description was replaced. */
    const until = new Map<string, number>()
    let current = user.description ?? ''
    for (let step = 0; step < 150; step++) {
      wait(chance(12_000))
      const kind = chance(10)
      if (kind === 0) {
        until.set(current, Date.now())
        current = `change ${step}`
        await object.changeRole('user', { description: current })
      } else if (kind < 3) await alarm()
      else {
        if (kind === 3)
          edge.trouble({ before: platformError({}) }, ...(chance(2) ? [{ after: platformError({}) }] : []))
        const found = await roleOf(isolates[chance(3)] as Accounts).catch(() => undefined)
        if (found)
          expect(Date.now() - (until.get(found.description ?? '') ?? Date.now())).toBeLessThan(RECORDS_MAX_AGE_MS)
        edge.trouble()
      }
      await Promise.all(background.splice(0))
    }
  })
})
