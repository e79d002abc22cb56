import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { GUEST, poolWith, type VendedAnswer } from '../support/credentials.ts'
import { getId, succeeded } from '../support/pools.ts'

let log: CapturedLog
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

type Call = (...args: unknown[]) => Promise<unknown>

/** A binding or a stub of which one method is another. */
function replacing<T extends object>(
  target: T,
  method: string,
  other: (own: Call) => (...args: never[]) => unknown,
): T {
  // A stub takes everything for the name of a method, so nothing of its own can be called but by name.
  const own: Call = (...args) => (target as Record<string, Call>)[method]?.(...args) ?? Promise.reject()
  return new Proxy(target, { get: (_, name) => (name === method ? other(own) : Reflect.get(target, name)) })
}

const objectsWith = <T extends object>(namespace: T, method: string, other: (own: Call) => Call): T =>
  replacing(namespace, 'getByName', (getByName) => (name: never) => replacing(getByName(name) as object, method, other))

/** An isolate whose pools answer only once this was asked. */
async function isolate(
  first: readonly ('account' | 'ring')[],
  records: (own: Call) => Call = (own) => own,
): Promise<{ serve: Serve; asked: string[] }> {
  const asked: string[] = []
  const came = { account: Promise.withResolvers<void>(), ring: Promise.withResolvers<void>() }
  const note = (who: 'account' | 'ring') => {
    asked.push(who)
    came[who].resolve()
  }
  const serve = await deploy({
    IDENTITY_POOL: objectsWith(env.IDENTITY_POOL, 'resolve', (own) => async (...args) => {
      asked.push('pool')
      await Promise.all(first.map((who) => came[who].promise))
      return own(...args)
    }),
    ACCOUNT: objectsWith(env.ACCOUNT, 'records', (own) => (...args) => {
      note('account')
      return records(own)(...args)
    }),
    CACHE: replacing(env.CACHE, 'get', (own) => (name: string, ...rest: never[]) => {
      if (name.startsWith('keyring:')) note('ring')
      return own(name, ...rest)
    }),
  })
  return { serve, asked }
}

const credentials = (IdentityId: string, serve: Serve) =>
  call<VendedAnswer>('GetCredentialsForIdentity', { IdentityId }, { serve })
const fails = () => () => Promise.reject(new Error('the account is away'))

describe('While the pool looks for the identity', () => {
  it('the role and the key ring are asked for, once each', async () => {
    const guest = await getId(await poolWith({ Roles: { unauthenticated: GUEST } }))
    const { serve, asked } = await isolate(['account', 'ring'])
    expect(succeeded(await credentials(guest, serve)).IdentityId).toBe(guest)
    expect(asked.sort()).toEqual(['account', 'pool', 'ring'])
  })

  it('an inline policy for guests is asked for too', async () => {
    const tags = { IdentityPoolTags: { 'edge-identity:guest-policy': 'narrow' } }
    const guest = await getId(await poolWith({ Roles: { unauthenticated: GUEST } }, tags))
    const { serve, asked } = await isolate(['account', 'ring'])
    expect((await credentials(guest, serve)).body).toMatchObject({
      __type: expect.stringContaining('InvalidIdentityPoolConfigurationException'),
    })
    expect(asked.sort()).toEqual(['account', 'account', 'pool', 'ring'])
  })

  it('the ring is asked for where a token is signed', async () => {
    const guest = await getId(await poolWith({ Roles: { unauthenticated: GUEST } }))
    const { serve, asked } = await isolate(['ring'])
    succeeded(await call('GetOpenIdToken', { IdentityId: guest }, { serve }))
    expect(asked.sort()).toEqual(['pool', 'ring'])
  })

  it('what the pool refuses is refused, whatever becomes of the rest', async () => {
    const guest = await getId(await poolWith({ Roles: { unauthenticated: GUEST } }))
    const none = `${guest.slice(0, -4)}${guest.endsWith('0000') ? '1111' : '0000'}`
    const { serve } = await isolate(['account', 'ring'], fails)
    const message = `Identity '${none}' not found.`
    expectFault(await credentials(none, serve), 'ResourceNotFoundException', message)
  })

  it('a failure of what is needed is the failure of the call', async () => {
    const guest = await getId(await poolWith({ Roles: { unauthenticated: GUEST } }))
    const { serve } = await isolate(['account', 'ring'], fails)
    const answer = await credentials(guest, serve)
    expect(answer.body).toMatchObject({ __type: expect.stringContaining('InternalErrorException') })
    expect(log.records().at(-1)).toMatchObject({ errorCode: 'InternalErrorException' })
  })
})
