import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, query } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { eventually } from '../../support/eventually.ts'
import { objectsOf, RELEASES, runBy } from '../../support/older-builds.ts'
import { type AuditRecord, type CapturedLog, captureLog } from '../support/audit.ts'
import { createPool, succeeded } from '../support/pools.ts'
import { CLIENT, GOOGLE, type Providers, startProviders } from '../support/providers.ts'

interface Watched {
  Cursor: string
  Records: AuditRecord[]
  Missed: number
  Began: boolean
  More: boolean
  AskAgainAfterSeconds: number
}

/** Each test has an account of its own, in which nobody has watched before. */
let accounts = 0
let own: CallOptions & { signed: { accessKeyId: string; secretAccessKey: string } }
const newAccount = () => String(200_000_000_000 + ++accounts)
const keyOf = (account: string) => ({ accessKeyId: account, secretAccessKey: 'test' })

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  log = captureLog()
  own = { signed: keyOf(newAccount()) }
})
afterEach(() => {
  vi.useRealTimers()
  log.restore()
})

const ask = (Cursor?: string, options: CallOptions = {}) =>
  call<Watched>('WatchDecisions', { Cursor }, { service: 'edge-identity', ...own, ...options })
const watch = async (Cursor?: string, options: CallOptions = {}) => succeeded(await ask(Cursor, options))

/** Watches until there are so many records of these operations. */
async function watchFor(cursor: string, names: readonly string[], count: number, options: CallOptions = {}) {
  const seen: AuditRecord[] = []
  let at = cursor
  await eventually(async () => {
    const { Cursor, Records } = await watch(at, options)
    at = Cursor
    seen.push(...Records.filter(({ eventName }) => names.includes(String(eventName))))
    expect(seen.length).toBeGreaterThanOrEqual(count)
  })
  return { cursor: at, seen }
}

/** An isolate of its own, and which methods of objects it calls. */
async function countedIsolate(): Promise<{ serve: Serve; calls: string[] }> {
  const calls: string[] = []
  const counted = (namespace: object) =>
    new Proxy(namespace, {
      get: (target, member) => {
        if (member !== 'getByName') return Reflect.get(target, member)
        return (...name: [string]) =>
          new Proxy((target as typeof env.ACCOUNT).getByName(...name), {
            get: (stub, method) => {
              calls.push(String(method))
              return Reflect.get(stub, method)
            },
          })
      },
    })
  const serve = await deploy({ ACCOUNT: counted(env.ACCOUNT), IDENTITY_POOL: counted(env.IDENTITY_POOL) })
  return { serve, calls }
}

const tagOf = (pool: string) => pool.slice('us-east-1:'.length).slice(0, 8)
const LISTED = { SupportedLoginProviders: { [GOOGLE]: CLIENT[GOOGLE] } }
const poolOfOwn = (settings: object = {}) => createPool({ ...LISTED, ...settings }, own)

const guest = (IdentityPoolId: string, serve: Serve) => call('GetId', { IdentityPoolId }, { serve })
const refused = async (IdentityPoolId: string, serve: Serve) =>
  call('GetId', { IdentityPoolId, Logins: { [GOOGLE]: await idp.token(GOOGLE, 'ann', { exp: 1 }) } }, { serve })

describe('WatchDecisions', () => {
  it.each([
    ['one object', {}],
    ['four objects', { IdentityPoolTags: { 'edge-identity:shards': '4' } }],
  ])('shows what other isolates decide in a pool of %s, and the very records', async (_, settings) => {
    const pool = await poolOfOwn(settings)
    const elsewhere = await deploy()
    await guest(pool, elsewhere)
    const { Cursor, ...began } = await watch()
    expect(began).toMatchObject({ Began: true, Missed: 0, More: false, AskAgainAfterSeconds: 2 })
    log.clear()
    await guest(pool, elsewhere)
    await refused(pool, elsewhere)
    const { seen } = await watchFor(Cursor, ['GetId'], 2)
    expect(seen).toEqual(JSON.parse(JSON.stringify(log.records().filter(({ eventName }) => eventName === 'GetId'))))
    expect(seen.map(({ errorCode }) => errorCode)).toEqual([undefined, 'NotAuthorizedException'])
    expect(JSON.stringify(seen)).not.toContain('eyJ')
  })

  it('costs nothing while nobody watches: an isolate calls what it called before, and nothing more', async () => {
    const pool = await poolOfOwn()
    const { calls, serve } = await countedIsolate()
    await guest(pool, serve)
    calls.length = 0
    for (let n = 0; n < 3; n++) {
      await guest(pool, serve)
      await refused(pool, serve)
    }
    await new Promise((resolve) => setTimeout(resolve, 400))
    const alone = calls.filter((method) => !/^(resolve|readByRegion|records)$/.test(method))
    expect(alone).toEqual([])
    expect(calls.filter((method) => method === 'resolve')).toHaveLength(3)
  })

  it('ends by itself: half a minute after the last question nothing is sent, nor asked', async () => {
    const pool = await poolOfOwn()
    const { calls, serve } = await countedIsolate()
    const { Cursor } = await watch()
    await guest(pool, serve)
    await watchFor(Cursor, ['GetId'], 1)
    expect(calls).toContain('takeDecisions')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 46_000 })
    calls.length = 0
    await guest(pool, serve)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(calls).toEqual(['resolve'])
  })

  it('shows the operations of operators, what it is refused for, and nothing of its own beyond the beginning', async () => {
    own = { signed: { accessKeyId: 'test', secretAccessKey: 'test' } }
    const { Cursor } = await watch()
    await createPool({ IdentityPoolName: 'watched' })
    await query('iam', { Action: 'GetRole', RoleName: 'nobody' }, { signed: LIMITED_KEY })
    const { cursor, seen } = await watchFor(Cursor, ['CreateIdentityPool', 'GetRole', 'WatchDecisions'], 3)
    const told = seen.map(({ errorCode, eventName }) => [eventName, errorCode])
    expect(told).toEqual([
      ['WatchDecisions', undefined],
      ['CreateIdentityPool', undefined],
      ['GetRole', 'AccessDenied'],
    ])
    log.clear()
    await watch(cursor)
    expect(log.records()).toEqual([])
  })

  it('shows nothing of another account', async () => {
    const others = { signed: keyOf(newAccount()) }
    const pools = [await createPool({}, own), await createPool({}, others)]
    const serve = await deploy()
    const [{ Cursor: mine }, { Cursor: theirs }] = [await watch(), await watch(undefined, others)]
    for (const pool of pools) await guest(pool, serve)
    const accountsOf = async (cursor: string, options?: CallOptions) =>
      (await watchFor(cursor, ['GetId'], 1, options)).seen.map(({ recipientAccountId }) => recipientAccountId)
    expect(await accountsOf(mine)).toEqual([own.signed.accessKeyId])
    expect(await accountsOf(theirs, others)).toEqual([others.signed.accessKeyId])
    expectFault(
      await ask(`${theirs}x`),
      'ValidationException',
      `1 validation error detected: Value '${theirs}x' at 'cursor' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-f]{8}-[0-9]{1,15}-[0-9]{1,15}`,
    )
  })

  it('goes on when its object and those of the pools were started anew, and says that it began again', async () => {
    const pool = await poolOfOwn()
    const serve = await deploy()
    const { Cursor } = await watch()
    await guest(pool, serve)
    const { cursor } = await watchFor(Cursor, ['GetId'], 1)
    await evictDurableObject(env.ACCOUNT.getByName(`${own.signed.accessKeyId}/decisions`))
    await evictDurableObject(env.IDENTITY_POOL.getByName(tagOf(pool)))
    const again = await watch(cursor)
    expect(again).toMatchObject({ Began: true, Missed: 0 })
    await guest(pool, serve)
    await watchFor(again.Cursor, ['GetId'], 1)
  })

  it('is refused to a key whose policy does not allow it, and where no decision may be asked about', async () => {
    expectFault(
      await ask(undefined, { signed: LIMITED_KEY }),
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:WatchDecisions on resource: * because no identity-based policy allows the edge-identity:WatchDecisions action`,
    )
    expectFault(
      await ask(undefined, { serve: await deploy({ DECISIONS: 'off' }) }),
      'InvalidParameterException',
      'DECISIONS is off: no decision can be watched.',
    )
  })
})

describe.each([...RELEASES])('while other objects or Workers are of %s', (release, build) => {
  it('an account that does not know of it makes it fail, and may be tried again', async () => {
    expectFault(
      await ask(undefined, { serve: await deploy(objectsOf(release)) }),
      'InternalErrorException',
      'The service is being updated. Try again in a minute.',
    )
  })

  it('pools that do not know of it serve on, and their isolates are seen by what they do themselves', async () => {
    const serve = await deploy({ IDENTITY_POOL: runBy(env.IDENTITY_POOL, build.IdentityPool) })
    const pool = await createPool({}, { ...own, serve })
    const { Cursor } = await watch(undefined, { serve })
    succeeded(await guest(pool, serve))
    await watchFor(Cursor, ['GetId'], 1, { serve })
  })

  it('a Worker before it passes over what an object of today says besides', async () => {
    const pool = await poolOfOwn()
    await watch()
    const older = new build.Pools(env.IDENTITY_POOL)
    const id = { text: pool, region: 'us-east-1', tag: tagOf(pool) }
    const fresh = { ...id, text: `us-east-1:${tagOf(pool)}-0000-8000-8000-000000000001` }
    const resolved = await older.withSettings(id, (known: object) =>
      older.resolve(known, { logins: [], fresh, once: undefined }),
    )
    const watched = { account: own.signed.accessKeyId, left: expect.any(Number) }
    expect(resolved).toEqual({ kind: 'identity', uuid: fresh.text.slice('us-east-1:'.length), guest: true, watched })
  })
})
