import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT, type SigningKey } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createDeveloperPool, DEVELOPER, signIn } from '../support/developers.ts'
import { getId, identitiesOf, succeeded } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  APPLE,
  GOOGLE,
  OIDC,
  type Providers,
  registerOidcProvider,
  startProviders,
} from '../support/providers.ts'

interface Changed {
  IdentityId: string
  State?: string
  DryRun?: boolean
  Changes?: boolean
  LoginsMoved?: number
}

interface Detail {
  IdentityId: string
  State: string
  Logins: { Provider: string; Developer: boolean; Subject: string }[]
  ForwardsTo?: string
}

const own =
  <T>(name: string) =>
  (IdentityPoolId: string, input: object = {}, options: CallOptions = {}) =>
    call<T>(name, { IdentityPoolId, ...input }, { service: 'edge-identity', ...options })
const link = own<Changed>('LinkLogin')
const unlink = own<Changed>('UnlinkLogin')
const merge = own<Changed>('MergeIdentities')
const find = own<Detail>('FindIdentity')
const detail = own<Detail>('GetIdentityDetail')

const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`

const TWO_WAYS = 'MergeIdentities makes one identity of the two; UnlinkLogin takes it off that one.'

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

const userAt = async (pool: string, provider: string, subject: string) =>
  getId(pool, { [provider]: await idp.token(provider, subject) })

/** An identity in words, such as `User: accounts.google.com/ann`. */
async function told(pool: string, IdentityId: string): Promise<string> {
  const { ForwardsTo, Logins, State } = succeeded(await detail(pool, { IdentityId }))
  const logins = Logins.map(
    ({ Developer, Provider, Subject }) => `${Provider}/${Subject}${Developer ? ' (backend)' : ''}`,
  )
  return `${State}: ${ForwardsTo ?? logins.join(', ')}`
}

describe.each([
  ['one object', {}],
  ['four objects', { IdentityPoolTags: { 'edge-identity:shards': '4' } }],
])('operators, in a pool of %s,', (_, settings) => {
  let pool: string
  beforeAll(async () => {
    pool = await createDeveloperPool({ ...ALL_PROVIDERS, ...settings })
  })

  it('link a login to a user or a guest, who then signs in with it', async () => {
    const user = await userAt(pool, OIDC, 'u1')
    const guest = await getId(pool)
    for (const [IdentityId, Subject] of [
      [user, 'u1'],
      [guest, 'u2'],
    ] as const) {
      const login = { IdentityId, Provider: GOOGLE, Subject }
      expect(succeeded(await link(pool, { ...login, DryRun: true }))).toEqual({
        IdentityId,
        DryRun: true,
        Changes: true,
      })
      expectFault(await find(pool, login), 'ResourceNotFoundException', 'No identity of this pool has that login.')
      for (const _again of [1, 2]) expect(succeeded(await link(pool, login))).toEqual({ IdentityId })
      expect(succeeded(await link(pool, { ...login, DryRun: true }))).toMatchObject({ Changes: false })
      expect(succeeded(await find(pool, { Provider: GOOGLE, Subject })).IdentityId).toBe(IdentityId)
      expect(await userAt(pool, GOOGLE, Subject)).toBe(IdentityId)
    }
    expect(await told(pool, guest)).toBe(`User: ${GOOGLE}/u2`)
  })

  it('link users of the backend of the pool, who are told from users of providers', async () => {
    const user = await userAt(pool, OIDC, 'u3')
    const login = { IdentityId: user, Provider: DEVELOPER, Subject: 'shopper' }
    expectFault(
      await link(pool, login),
      'InvalidParameterException',
      'The provider is the developer provider of this identity pool: say so with Developer.',
    )
    expect(succeeded(await link(pool, { ...login, Developer: true }))).toEqual({ IdentityId: user })
    expect((await signIn(pool, 'shopper')).IdentityId).toBe(user)
    expectFault(
      await link(pool, { IdentityId: user, Provider: 'other.app', Subject: 'shopper', Developer: true }),
      'InvalidParameterException',
      'This identity pool does not support the specified developer provider',
    )
    expect(succeeded(await unlink(pool, { ...login, Developer: true }))).toEqual({ IdentityId: user, State: 'User' })
    expect(await told(pool, user)).toBe(`User: ${OIDC}/u3`)
  })

  it('are refused what users are refused, also in a dry run, and nothing changes', async () => {
    const [user, other] = [await userAt(pool, OIDC, 'u4'), await userAt(pool, GOOGLE, 'u4')]
    const disabled = await userAt(pool, APPLE, 'u4-gone')
    succeeded(await unlink(pool, { IdentityId: disabled, Provider: APPLE, Subject: 'u4-gone' }))
    const before = await identitiesOf(pool)
    for (const [IdentityId, Provider, Subject, code, message] of [
      [user, GOOGLE, 'u4', 'ResourceConflictException', `The login belongs to identity '${other}'. ${TWO_WAYS}`],
      [user, OIDC, 'u4-too', 'ResourceConflictException', `The identity already has another login of ${OIDC}.`],
      [disabled, APPLE, 'u4', 'ResourceConflictException', `The identity '${disabled}' is disabled.`],
      [
        user,
        'idp.nobody.example',
        'u4',
        'InvalidParameterException',
        'This identity pool does not support the specified provider.',
      ],
      [
        user,
        APPLE,
        'u'.repeat(256),
        'InvalidParameterException',
        'The subject must be a text of 1 to 255 characters, without control characters.',
      ],
    ] as const)
      for (const DryRun of [true, false])
        expectFault(await link(pool, { IdentityId, Provider, Subject, DryRun }), code, message)
    expect(await identitiesOf(pool)).toEqual(before)
  })

  it('give no identity more than twenty logins, by links and merges', async () => {
    const user = await userAt(pool, OIDC, 'u5')
    const backend = (n: number) => ({ Provider: DEVELOPER, Subject: `u5-${n}`, Developer: true })
    for (let n = 1; n < 20; n++) succeeded(await link(pool, { IdentityId: user, ...backend(n) }))
    const message = 'The identity would have more than 20 logins.'
    expectFault(await link(pool, { IdentityId: user, ...backend(20) }), 'ResourceConflictException', message)
    const { IdentityId: source } = await signIn(pool, 'u5-20')
    const both = { SourceIdentityId: source, DestinationIdentityId: user }
    expectFault(await merge(pool, { ...both, DryRun: true }), 'ResourceConflictException', message)
    expectFault(await merge(pool, both), 'ResourceConflictException', message)
    expect((await signIn(pool, 'u5-20')).IdentityId).toBe(source)
  })

  it('take exactly one login off, and with the last the identity is disabled', async () => {
    const user = await userAt(pool, OIDC, 'u6')
    succeeded(await link(pool, { IdentityId: user, Provider: GOOGLE, Subject: 'u6' }))
    const google = { IdentityId: user, Provider: GOOGLE, Subject: 'u6' }
    const dry = await unlink(pool, { ...google, DryRun: true })
    expect(succeeded(dry)).toEqual({ IdentityId: user, State: 'User', DryRun: true })
    expect(await told(pool, user)).toBe(`User: ${GOOGLE}/u6, ${OIDC}/u6`)
    expect(succeeded(await unlink(pool, google))).toEqual({ IdentityId: user, State: 'User' })
    expect(await told(pool, user)).toBe(`User: ${OIDC}/u6`)
    const last = { IdentityId: user, Provider: OIDC, Subject: 'u6' }
    expect(succeeded(await unlink(pool, { ...last, DryRun: true }))).toMatchObject({ State: 'Disabled' })
    expect(succeeded(await unlink(pool, last))).toEqual({ IdentityId: user, State: 'Disabled' })
    expect(await told(pool, user)).toBe('Disabled: ')
    expect(await userAt(pool, OIDC, 'u6')).not.toBe(user)
  })

  it('are recognised when an SDK sends their call again, and told where a login is otherwise', async () => {
    const user = await userAt(pool, OIDC, 'u7')
    const login = { IdentityId: user, Provider: OIDC, Subject: 'u7' }
    const repeated = { headers: { 'amz-sdk-invocation-id': crypto.randomUUID() } }
    for (const _again of [1, 2])
      expect(succeeded(await unlink(pool, login, repeated))).toEqual({ IdentityId: user, State: 'Disabled' })
    expectFault(await unlink(pool, login), 'ResourceNotFoundException', 'No identity of this pool has that login.')
    const now = await userAt(pool, OIDC, 'u7')
    expectFault(await unlink(pool, login), 'ResourceConflictException', `The login belongs to identity '${now}'.`)
    expect(await told(pool, now)).toBe(`User: ${OIDC}/u7`)
  })

  it('merge two identities, of which the destination survives whatever its age, and old ids lead to it', async () => {
    const guest = await getId(pool)
    const older = await userAt(pool, OIDC, 'u8')
    const younger = await userAt(pool, GOOGLE, 'u8')
    const both = { SourceIdentityId: older, DestinationIdentityId: younger }
    const dry = succeeded(await merge(pool, { ...both, DryRun: true }))
    expect(dry).toEqual({ IdentityId: younger, DryRun: true, Changes: true, LoginsMoved: 1 })
    expect(await told(pool, older)).toBe(`User: ${OIDC}/u8`)
    for (const _again of [1, 2]) expect(succeeded(await merge(pool, both))).toEqual({ IdentityId: younger })
    expect(succeeded(await merge(pool, { ...both, DryRun: true }))).toMatchObject({ Changes: false, LoginsMoved: 0 })
    expect([await told(pool, older), await told(pool, younger)]).toEqual([
      `Disabled: ${younger}`,
      `User: ${GOOGLE}/u8, ${OIDC}/u8`,
    ])
    // Ids that lost a merge stand for the survivor, in every operation.
    expect(succeeded(await merge(pool, { SourceIdentityId: guest, DestinationIdentityId: older }))).toEqual({
      IdentityId: younger,
    })
    const apple = { IdentityId: guest, Provider: APPLE, Subject: 'u8' }
    expect(succeeded(await link(pool, apple))).toEqual({ IdentityId: younger })
    expect(succeeded(await unlink(pool, apple))).toEqual({ IdentityId: younger, State: 'User' })
    const credentials = { IdentityId: older, Logins: { [OIDC]: await idp.token(OIDC, 'u8') } }
    expect(succeeded(await call('GetOpenIdToken', credentials))).toMatchObject({ IdentityId: younger })
  })

  it('cannot merge in a circle, into a guest, of a disabled identity, or two users of one provider', async () => {
    const [guest, gone] = [await getId(pool), await userAt(pool, OIDC, 'u9-gone')]
    succeeded(await unlink(pool, { IdentityId: gone, Provider: OIDC, Subject: 'u9-gone' }))
    const [user, lost, other] = [
      await userAt(pool, OIDC, 'u9'),
      await userAt(pool, GOOGLE, 'u9'),
      await userAt(pool, OIDC, 'u9-other'),
    ]
    succeeded(await merge(pool, { SourceIdentityId: lost, DestinationIdentityId: user }))
    const before = await identitiesOf(pool)
    for (const [SourceIdentityId, DestinationIdentityId, message] of [
      [user, user, 'The destination is the source already, or has lost a merge to it.'],
      [user, lost, 'The destination is the source already, or has lost a merge to it.'],
      [user, guest, 'The destination is a guest, which cannot survive a merge. Name it as the source.'],
      [gone, user, `The identity '${gone}' is disabled.`],
      [user, gone, `The identity '${gone}' is disabled.`],
      [other, user, `The identity already has another login of ${OIDC}.`],
    ] as const)
      for (const DryRun of [true, false])
        expectFault(
          await merge(pool, { SourceIdentityId, DestinationIdentityId, DryRun }),
          'ResourceConflictException',
          message,
        )
    expect(await identitiesOf(pool)).toEqual(before)
  })
})

describe('an issuer under its names', () => {
  it('is one provider: a login is linked as sign-ins keep it, found, and not linked to two identities', async () => {
    const issuer = 'tenant.auth.example/'
    await registerOidcProvider(issuer, ['client'])
    const arn = `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${issuer}`
    const pool = await createDeveloperPool({ OpenIdConnectProviderARNs: [arn] })
    const [one, two] = [await getId(pool), await getId(pool)]
    const bare = { Provider: issuer.slice(0, -1), Subject: 'ann' }
    succeeded(await link(pool, { IdentityId: one, ...bare }))
    expect(await told(pool, one)).toBe(`User: ${issuer}/ann`)
    for (const Provider of [issuer, bare.Provider])
      expectFault(
        await link(pool, { IdentityId: two, Provider, Subject: 'ann' }),
        'ResourceConflictException',
        `The login belongs to identity '${one}'. ${TWO_WAYS}`,
      )
    // One that a pool does not list any more can be taken off.
    succeeded(
      await call('UpdateIdentityPool', { IdentityPoolId: pool, IdentityPoolName: 'p', OpenIdConnectProviderARNs: [] }),
    )
    expect(succeeded(await unlink(pool, { IdentityId: one, ...bare }))).toEqual({ IdentityId: one, State: 'Disabled' })
  })
})

describe('the changes of operators', () => {
  let pool: string
  let user: string
  let other: string
  beforeAll(async () => {
    pool = await createDeveloperPool(ALL_PROVIDERS)
    user = await userAt(pool, OIDC, 'ann-pr1vate')
    other = await userAt(pool, GOOGLE, 'ann-pr1vate')
  })

  const calls = () => [
    ['LinkLogin', link, { IdentityId: user, Provider: APPLE, Subject: 'ann-pr1vate' }] as const,
    ['UnlinkLogin', unlink, { IdentityId: user, Provider: APPLE, Subject: 'ann-pr1vate' }] as const,
    ['MergeIdentities', merge, { SourceIdentityId: other, DestinationIdentityId: user }] as const,
  ]

  it('are for whoever may, and in the caller’s own pools, dry or not', async () => {
    for (const [name, ask, input] of calls())
      for (const DryRun of [true, false]) {
        expectFault(
          await ask(pool, { ...input, DryRun }, { signed: LIMITED_KEY }),
          'AccessDeniedException',
          `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:${name} on resource: ${arnOf(pool)} because no identity-based policy allows the edge-identity:${name} action`,
        )
        const message = `IdentityPool '${pool}' not found.`
        expectFault(
          await ask(pool, { ...input, DryRun }, { signed: OTHER_ACCOUNT_KEY }),
          'ResourceNotFoundException',
          message,
        )
        expectFault(
          await ask(pool, { ...input, DryRun }, { region: 'eu-west-1' }),
          'ResourceNotFoundException',
          message,
        )
        const unsigned = await ask(pool, input, { signed: false })
        expectFault(unsigned, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
      }
    expect(await told(pool, user)).toBe(`User: ${OIDC}/ann-pr1vate`)
  })

  it('need a permission each, on the pool', async () => {
    const key: SigningKey = { accessKeyId: 'LINKER', secretAccessKey: 'secret-of-a-key-that-links-logins-0001' }
    const Statement = [{ Effect: 'Allow', Action: 'edge-identity:LinkLogin', Resource: arnOf(pool) }]
    const policy = { Version: '2012-10-17', Statement }
    const { secretAccessKey: secret } = key
    const setting = JSON.stringify({ secret, account: LOCAL_ACCOUNT, user: 'linker', policy })
    const serve = await deploy({ ACCESS_KEY_LINKER: setting })
    const statuses = calls().map(
      async ([, ask, input]) => (await ask(pool, { ...input, DryRun: true }, { serve, signed: key })).status,
    )
    expect(await Promise.all(statuses)).toEqual([200, 400, 400])
  })

  it('refuse ids of other pools and ids that were never given out', async () => {
    const elsewhere = await getId(await createDeveloperPool())
    const similar = user.slice(0, -1) + (user.endsWith('0') ? '1' : '0')
    for (const id of [elsewhere, similar]) {
      const login = { IdentityId: id, Provider: APPLE, Subject: 'ann' }
      for (const answer of [
        await link(pool, login),
        await unlink(pool, login),
        await merge(pool, { SourceIdentityId: id, DestinationIdentityId: user }),
        await merge(pool, { SourceIdentityId: user, DestinationIdentityId: id }),
      ])
        expectFault(answer, 'ResourceNotFoundException', `Identity '${id}' not found.`)
    }
  })

  it('leave a record each, which names ids, the provider and the SHA-256 of the subject, also of a refusal', async () => {
    const subjectSha256 = new Uint8Array(
      await crypto.subtle.digest('SHA-256', new TextEncoder().encode('ann-pr1vate')),
    ).toHex()
    const login = { provider: APPLE, subjectSha256 }
    const facts = [login, login, {}]
    for (const [index, [eventName, ask, input]] of calls().entries()) {
      log.clear()
      succeeded<unknown>(await ask(pool, input))
      const [record, ...others] = log.records()
      expect(others).toEqual([])
      expect(record).toMatchObject({
        eventName,
        readOnly: false,
        managementEvent: true,
        recipientAccountId: LOCAL_ACCOUNT,
      })
      expect(record?.additionalEventData).toEqual({ pool, identity: user, ...facts[index] })
      expect(log.lines().join()).not.toContain('pr1vate')
    }
    log.clear()
    const taken = { IdentityId: user, Provider: OIDC, Subject: 'ben-pr1vate', DryRun: true }
    expect((await link(pool, taken)).status).toBe(400)
    expect(log.records()[0]).toMatchObject({
      errorCode: 'ResourceConflictException',
      requestParameters: { dryRun: true },
      additionalEventData: { pool, identity: user, provider: OIDC, reason: 'second_login' },
    })
    expect(log.lines().join()).not.toContain('pr1vate')
  })
})
