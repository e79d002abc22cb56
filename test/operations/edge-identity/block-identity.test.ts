import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, type JsonAnswer, LOCAL_ACCOUNT } from '../../support/client.ts'
import { type AuditRecord, type CapturedLog, captureLog } from '../support/audit.ts'
import { createDeveloperPool, DEVELOPER, developerToken, signIn } from '../support/developers.ts'
import { createPool, getId, identitiesOf, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'
import { simulated } from '../support/simulations.ts'

const HAND_BACK = 'cognito-identity.amazonaws.com'
const BLOCKED = 'The identity is blocked.'
const REVOKED = 'Invalid login token. The token was revoked.'
const SECOND = 1000
/** A minute past the hour, and half a second. */
const NOW = Date.UTC(2100, 0, 1, 12, 1, 0, 500)
const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/app`

interface Blocked {
  IdentityId: string
  BlockedUntil?: number
  TokensValidFrom?: number
  CredentialsUntil: number
  TokensUntil?: number
  StillValidUntil: number
  DenyStatement: string
}

const own =
  <T>(name: string) =>
  (IdentityPoolId: string, IdentityId: string, input: object = {}, options: CallOptions = {}) =>
    call<T>(name, { IdentityPoolId, IdentityId, ...input }, { service: 'edge-identity', ...options })
const block = own<Blocked>('BlockIdentity')
const unblock = own<{ IdentityId: string }>('UnblockIdentity')
const revoke = own<Blocked>('RevokeSessions')
const detail = own<Record<string, unknown>>('GetIdentityDetail')

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  log = captureLog()
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
})
afterEach(() => {
  vi.useRealTimers()
  log.restore()
})

const login = async (user: string, provider = OIDC) => ({
  [provider]: await idp.token(provider, user, {
    iat: Math.floor(NOW / SECOND),
    exp: Math.floor(NOW / SECOND) + 1_000_000,
  }),
})
const credentials = (IdentityId: string, Logins?: object) => call('GetCredentialsForIdentity', { IdentityId, Logins })
const openIdToken = (IdentityId: string, Logins?: object) => call('GetOpenIdToken', { IdentityId, Logins })

async function poolWithRoles(settings: object = {}): Promise<string> {
  const IdentityPoolId = await createDeveloperPool({ ...ALL_PROVIDERS, ...settings })
  succeededEmpty(
    await call('SetIdentityPoolRoles', { IdentityPoolId, Roles: { authenticated: ROLE, unauthenticated: ROLE } }),
  )
  return IdentityPoolId
}

const refusedBlocked = (answer: JsonAnswer<unknown>) => expectFault(answer, 'NotAuthorizedException', BLOCKED)
const reasonOf = (record: AuditRecord | undefined) => record?.additionalEventData?.reason

describe.each([
  ['one object', {}],
  ['four objects', { IdentityPoolTags: { 'edge-identity:shards': '4' } }],
])('an identity that is blocked in a pool of %s', (_, settings) => {
  it('gives nothing to whoever has a login of it, by any call, until it is unblocked', async () => {
    const pool = await poolWithRoles(settings)
    const { IdentityId: ann, Token } = await signIn(pool, 'ann', {
      Logins: { [DEVELOPER]: 'ann', ...(await login('ann')) },
    })
    const bob = await getId(pool, await login('bob'))
    const guest = await getId(pool)
    const before = await identitiesOf(pool)
    succeeded(await block(pool, ann))

    const [anns, bobs, news] = [await login('ann'), await login('bob'), await login('new', GOOGLE)]
    const calls: readonly (() => Promise<JsonAnswer<unknown>>)[] = [
      () => call('GetId', { IdentityPoolId: pool, Logins: anns }),
      () => call('GetId', { IdentityPoolId: pool, Logins: { ...anns, ...news } }),
      () => openIdToken(ann, anns),
      () => openIdToken(ann, { ...anns, ...news }),
      () => credentials(ann, { [HAND_BACK]: Token }),
      () => credentials(ann, anns),
      // Into a guest, and into somebody else with whom they share nothing.
      () => openIdToken(guest, anns),
      () => credentials(guest, anns),
      () => openIdToken(bob, anns),
      () => developerToken(pool, 'ann'),
      () => developerToken(pool, 'ann', { Logins: { [DEVELOPER]: 'ann', ...news } }),
      () => call('UnlinkIdentity', { IdentityId: ann, Logins: anns, LoginsToRemove: [OIDC] }),
      () =>
        call('UnlinkDeveloperIdentity', {
          ...{ IdentityId: ann, IdentityPoolId: pool },
          ...{ DeveloperProviderName: DEVELOPER, DeveloperUserIdentifier: 'ann' },
        }),
    ]
    for (const make of calls) {
      log.clear()
      refusedBlocked(await make())
      expect(reasonOf(log.records().at(-1))).toBe('blocked')
    }
    const simulation = await simulated(pool, { Logins: anns })
    expect(simulation.Answer).toEqual({ Code: 'NotAuthorizedException', Message: BLOCKED })
    expect(await identitiesOf(pool)).toEqual(before)
    // Others are served, and what was never the identity's is nobody's.
    succeeded(await credentials(bob, bobs))
    expect(await getId(pool, news)).not.toBe(ann)

    expect(succeeded(await unblock(pool, ann))).toEqual({ IdentityId: ann })
    expect(await getId(pool, anns)).toBe(ann)
    succeeded(await credentials(ann, { [HAND_BACK]: Token }))
    succeeded(await unblock(pool, ann))
  })

  it('is let in again when the time has come, and is told while it is not', async () => {
    const pool = await poolWithRoles(settings)
    const ann = await getId(pool, await login('ann'))
    const answer = succeeded(await block(pool, ann, { Until: '2100-01-01T12:02:00Z', Reason: 'ticket 4711' }))
    expect(answer.BlockedUntil).toBe(Date.UTC(2100, 0, 1, 12, 2) / SECOND)
    expect(succeeded(await detail(pool, ann))).toMatchObject({
      Blocked: true,
      BlockedUntil: answer.BlockedUntil,
      BlockReason: 'ticket 4711',
    })
    vi.setSystemTime(Date.UTC(2100, 0, 1, 12, 2) - 1)
    refusedBlocked(await openIdToken(ann, await login('ann')))
    vi.setSystemTime(Date.UTC(2100, 0, 1, 12, 2))
    succeeded(await openIdToken(ann, await login('ann')))
    const told = Object.keys(succeeded(await detail(pool, ann)))
    expect(told.filter((member) => member.startsWith('Block'))).toEqual([])
  })

  it('may be a guest, whose id opens nothing then', async () => {
    const pool = await poolWithRoles(settings)
    const guest = await getId(pool)
    expect(succeeded(await block(pool, guest))).toMatchObject({ IdentityId: guest })
    refusedBlocked(await credentials(guest))
    refusedBlocked(await openIdToken(guest))
    refusedBlocked(await openIdToken(guest, await login('ann')))
    expect(await getId(pool, await login('ann'))).not.toBe(guest)
  })

  it('stays blocked where it has come by merges, under all of its ids', async () => {
    const pool = await poolWithRoles(settings)
    const [source, destination] = [await signIn(pool, 'one'), await signIn(pool, 'two')]
    const users = { SourceUserIdentifier: 'one', DestinationUserIdentifier: 'two' }
    const Until = '2100-01-02T00:00:00Z'
    succeeded(await block(pool, source.IdentityId, { Until, Reason: 'longer' }))
    succeeded(await block(pool, destination.IdentityId, { Until: '2100-01-01T13:00:00Z', Reason: 'shorter' }))
    succeeded(
      await call('MergeDeveloperIdentities', { IdentityPoolId: pool, DeveloperProviderName: DEVELOPER, ...users }),
    )
    for (const user of ['one', 'two']) refusedBlocked(await developerToken(pool, user))
    const BlockedUntil = Date.parse(Until) / SECOND
    expect(succeeded(await detail(pool, destination.IdentityId))).toMatchObject({ BlockedUntil, BlockReason: 'longer' })
    // The old id stands for the survivor.
    expect(succeeded(await unblock(pool, source.IdentityId))).toEqual({ IdentityId: destination.IdentityId })
    expect(await signIn(pool, 'one')).toMatchObject({ IdentityId: destination.IdentityId })
  })

  it('has no token taken back that was signed before its sessions were revoked, not in the same second either', async () => {
    const pool = await poolWithRoles(settings)
    const tokenAt = async (time: number) => {
      vi.setSystemTime(time)
      return (await signIn(pool, 'ann')).Token
    }
    const before = [await tokenAt(NOW - 5 * SECOND), await tokenAt(NOW - 400)]
    const { IdentityId: ann } = await signIn(pool, 'ann')
    vi.setSystemTime(NOW)
    const TokensValidFrom = Math.floor(NOW / SECOND) + 1
    expect(succeeded(await revoke(pool, ann))).toMatchObject({ IdentityId: ann, TokensValidFrom })
    expect(succeeded(await detail(pool, ann))).toMatchObject({ TokensValidFrom })
    const sameSecond = await tokenAt(NOW + 400)
    const after = await tokenAt(NOW + SECOND)
    for (const token of [...before, sameSecond]) {
      log.clear()
      expectFault(await credentials(ann, { [HAND_BACK]: token }), 'NotAuthorizedException', REVOKED)
      expect(reasonOf(log.records().at(-1))).toBe('revoked')
      const simulation = await simulated(pool, { IdentityId: ann, Logins: { [HAND_BACK]: token } })
      expect(simulation.Answer).toEqual({ Code: 'NotAuthorizedException', Message: REVOKED })
    }
    succeeded(await credentials(ann, { [HAND_BACK]: after }))
    succeeded(await openIdToken(await getId(pool, await login('bob')), await login('bob')))
  })

  it('is not there for those of another pool, and is not made', async () => {
    const pool = await poolWithRoles(settings)
    const other = await getId(await createPool())
    const nobody = (await getId(pool)).replace(/.{6}$/, '000000')
    for (const ask of [block, unblock, revoke])
      for (const id of [other, nobody])
        expectFault(await ask(pool, id), 'ResourceNotFoundException', `Identity '${id}' not found.`)
  })
})

describe('what is still valid after a block or a revocation', () => {
  const inSeconds = (seconds: number) => NOW / SECOND + seconds

  it.each<[string, object, { tokens?: number; all: number }, Record<string, string>]>([
    ['the tokens of backends, and the last session by one', {}, { tokens: 86_400, all: 86_400 + 43_200 }, {}],
    [
      'the sessions of the pool',
      { DeveloperProviderName: undefined, AllowClassicFlow: false },
      { all: 900 },
      { 'edge-identity:session-seconds': '900' },
    ],
    ['tokens of the basic flow', { DeveloperProviderName: undefined }, { tokens: 600, all: 600 + 43_200 }, {}],
  ])('is said: %s', async (_, settings, { all, tokens }, IdentityPoolTags) => {
    const pool = await poolWithRoles({ ...settings, IdentityPoolTags })
    const IdentityId = await getId(pool)
    const CredentialsUntil = inSeconds(Number(IdentityPoolTags['edge-identity:session-seconds'] ?? 3600))
    const said = {
      IdentityId,
      CredentialsUntil,
      ...(tokens !== undefined && { TokensUntil: inSeconds(tokens) }),
      StillValidUntil: inSeconds(all),
    }
    const { DenyStatement: ofBlock, ...blocked } = succeeded(await block(pool, IdentityId))
    expect(blocked).toEqual(said)
    const TokensValidFrom = Math.floor(NOW / SECOND) + 1
    const { DenyStatement: ofRevocation, ...revoked } = succeeded(await revoke(pool, IdentityId))
    expect(revoked).toEqual({ ...said, TokensValidFrom })
    const statement = (seconds: number) => ({
      ...{ Effect: 'Deny', Action: '*', Resource: '*' },
      Condition: {
        StringEquals: { 'localhost:sub': IdentityId },
        DateLessThan: { 'aws:TokenIssueTime': new Date(seconds * SECOND).toISOString().replace('.000', '') },
      },
    })
    expect(JSON.parse(ofRevocation)).toEqual(statement(TokensValidFrom))
    expect(JSON.parse(ofBlock)).toEqual(statement(Math.floor(inSeconds(tokens ?? 1))))
  })
})

describe('the calls that stop an identity', () => {
  let pool: string
  let IdentityId: string
  beforeEach(async () => {
    pool = await poolWithRoles()
    IdentityId = await getId(pool, await login('ann'))
  })

  const calls = [
    ['BlockIdentity', block],
    ['UnblockIdentity', unblock],
    ['RevokeSessions', revoke],
  ] as const

  it('are for whoever may, and of the caller’s own pools', async () => {
    const arn = `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
    for (const [name, ask] of calls) {
      expectFault(
        await ask(pool, IdentityId, {}, { signed: LIMITED_KEY }),
        'AccessDeniedException',
        `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:${name} on resource: ${arn} because no identity-based policy allows the edge-identity:${name} action`,
      )
      const message = `IdentityPool '${pool}' not found.`
      const answer = await ask(pool, IdentityId, {}, { signed: OTHER_ACCOUNT_KEY })
      expectFault(answer, 'ResourceNotFoundException', message)
      const unsigned = await ask(pool, IdentityId, {}, { signed: false })
      expectFault(unsigned, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
    }
    succeeded(await openIdToken(IdentityId, await login('ann')))
  })

  it('leave a record each, without the reason that was given', async () => {
    for (const [eventName, ask] of calls) {
      log.clear()
      const input = eventName === 'BlockIdentity' ? { Reason: 'ann-pr1vate' } : {}
      succeeded<unknown>(await ask(pool, IdentityId, input))
      const records = log.records()
      expect(records).toHaveLength(1)
      expect(records[0]).toMatchObject({
        ...{ eventName, readOnly: false, requestParameters: { identityPoolId: pool, identityId: IdentityId } },
        additionalEventData: { pool, identity: IdentityId },
      })
      expect(log.lines().join()).not.toContain('pr1vate')
    }
  })

  it.each(['2100-01-01T12:01:00Z', '1999-01-01T00:00:00Z', '2100-02-31T25:00:00Z', '2100-02-30T12:00:00Z'])(
    'refuse %s as the end of a block, and change nothing',
    async (Until) => {
      const answer = await block(pool, IdentityId, { Until })
      const message = 'Until must be a time to come in UTC, such as 2030-01-31T12:00:00Z.'
      expectFault(answer, 'InvalidParameterException', message)
      succeeded(await openIdToken(IdentityId, await login('ann')))
    },
  )
})
