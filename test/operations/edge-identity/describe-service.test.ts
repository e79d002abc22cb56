import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { VERSION } from '../../../src/base/version.ts'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_URL } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { RELEASES, runBy } from '../../support/older-builds.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createPool, succeeded } from '../support/pools.ts'
import { CLIENT, GOOGLE, startProviders } from '../support/providers.ts'

interface Described {
  KeyRings: { Algorithm: string; Uses: string[]; Opened?: boolean; NextKeyDate?: number; Keys?: Key[] }[]
  AccessKeys: { AccessKeyId: string; UserName: string; PolicyDocument: string; IsCaller: boolean }[]
  OperatorRoles: { RoleName: string }[]
  Settings: { Name: string; Secret: boolean }[]
  StsTargets: object[]
  KeySets: { Issuer: string; Keys: number; FetchedDate?: number; Failure?: string }[]
  Health: { Status: string; Parts: { Part: string; Status: string; Why?: string; Endpoint?: string }[] }
}

interface Key {
  KeyId: string
  State: string
  CreationDate: number
  SignsFrom: number
  SignsUntil: number
  PublishedUntil: number
}

const DAY = 86_400
const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const store = (roles: string[]) => JSON.stringify({ endpoint: 'https://sts.store.example', profile: 'minio', roles })

/** One setting of each kind; the secrets must be in no answer. */
const SETTINGS = {
  ACCESS_KEY_MARKED01: JSON.stringify({
    secret: 'mark-secret-of-32-characters-0001',
    account: '000000000000',
    policy: allow,
  }),
  R2_ACCESS_KEY_000000000000: JSON.stringify({
    ...{ accountId: '0123456789abcdef0123456789abcdef', accessKeyId: '0123456789abcdef0123456789abcdef' },
    secretAccessKey: 'fade'.repeat(16),
  }),
  TURNSTILE_SECRET_111122223333: JSON.stringify({ secret: 'mark-turnstile-secret-of-others' }),
  OPERATOR_OIDC: JSON.stringify({ issuer: 'https://login.example.com', clientId: 'console' }),
  OPERATOR_ROLE_admin: JSON.stringify({ match: { groups: 'ops' }, account: '000000000000', policy: allow }),
  OPERATOR_ROLE_others: JSON.stringify({ match: { groups: 'x' }, account: '111122223333', policy: allow }),
  STS_TARGET_store: store(['arn:aws:iam::000000000000:role/store-*', 'arn:aws:iam::111122223333:role/theirs']),
  STS_TARGET_theirs: store(['arn:aws:iam::111122223333:role/other']),
  FACEBOOK_APP_SECRET_12345: 'beef'.repeat(8),
}

let log: CapturedLog
beforeEach(() => {
  log = captureLog()
})
afterEach(() => vi.restoreAllMocks())

const ask = (input: object = {}, options: CallOptions = {}) =>
  call<Described>('DescribeService', input, { service: 'edge-identity', ...options })
const described = async (input: object = {}, options: CallOptions = {}) => succeeded(await ask(input, options))

describe('DescribeService', () => {
  it('tells what the deployment is made of, and how its parts are', async () => {
    const { KeyRings, ...rest } = await described({}, { serve: await deploy(SETTINGS) })
    expect(rest).toMatchObject({
      ...{ Service: 'edge-identity', Version: VERSION, Issuer: LOCAL_URL.replace(/\/$/, '') },
      ...{ LocalMode: true, TokenAlgorithm: 'RS256' },
      StsTargets: [
        { Kind: 'Embedded' },
        {
          ...{ Kind: 'Remote', Endpoint: 'https://sts.store.example', Profile: 'minio' },
          Roles: ['arn:aws:iam::000000000000:role/store-*'],
        },
      ],
      OperatorRoles: [{ RoleName: 'admin', Match: { groups: ['ops'] }, PolicyDocument: JSON.stringify(allow) }],
      Health: {
        Status: 'Ok',
        Parts: ['Worker', 'KeyRing', 'Account'].map((Part) => ({ Part, Status: 'Ok' })),
      },
    })
    const [ring] = KeyRings
    const [key] = ring?.Keys ?? []
    const now = Date.now() / 1000
    expect(ring).toMatchObject({ Algorithm: 'RS256', Uses: ['identities', 'audiences'], Opened: true })
    expect(key).toMatchObject({ State: 'Signing', SignsUntil: expect.closeTo(now + 30 * DAY, -2) })
    expect(key).not.toHaveProperty('PublishedUntil')
    expect(ring?.NextKeyDate).toBeLessThan(key?.SignsUntil ?? 0)
    expect(KeyRings[1]).toEqual({ Algorithm: 'ES384', Uses: ['audiences'], Opened: false })
  })

  it('names settings, access keys and roles of the own account alone, and no secret', async () => {
    const serve = await deploy(SETTINGS)
    const answer = await ask({}, { serve })
    const { AccessKeys, Settings } = succeeded(answer)
    expect(AccessKeys.map(({ AccessKeyId, IsCaller }) => [AccessKeyId, IsCaller])).toEqual([
      ['test', true],
      ...['LIMITED', 'TEAMBLUE', 'MARKED01'].map((id) => [id, false]),
    ])
    for (const secret of ['mark-secret', 'mark-turnstile', 'fadefade', 'beefbeef'])
      expect(JSON.stringify(SETTINGS)).toContain(secret)
    const names = Settings.map(({ Name }) => Name)
    expect(names).toEqual(
      expect.arrayContaining(['ACCESS_KEY_MARKED01', 'R2_ACCESS_KEY_000000000000', 'STS_TARGET_store']),
    )
    expect(names.filter((name) => /OTHERACCOUNT|111122223333|_others$/.test(name))).toEqual([])
    expect(answer.text).not.toMatch(/mark-|fadefade|beefbeef|secret-of-a-key/)
    const theirs = await described({}, { serve, signed: OTHER_ACCOUNT_KEY })
    expect(theirs.AccessKeys.map(({ AccessKeyId }) => AccessKeyId)).toEqual(['OTHERACCOUNT'])
    expect(theirs.OperatorRoles.map(({ RoleName }) => RoleName)).toEqual(['others'])
    expect(theirs.StsTargets).toHaveLength(3)
  })

  it('asks what is outside only if it is told to, and says what does not answer', async () => {
    const asked: string[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
      asked.push(`${url} ${init?.body}`)
      return new Response('<Error/>', { status: String(url).includes('store') ? 503 : 403 })
    })
    const CACHE = { ...env.CACHE, get: () => Promise.reject(new Error('KV is away')), put: async () => {} }
    const serve = await deploy({ ...SETTINGS, STS_ENDPOINT: 'aws', CACHE })
    expect((await described({}, { serve })).Health.Status).toBe('Ok')
    expect(asked).toEqual([])
    const { Health } = await described({ Probe: true }, { serve, region: 'eu-west-1' })
    expect(Health.Status).toBe('Failing')
    expect(Health.Parts.slice(3)).toEqual([
      { Part: 'Decisions', Status: 'Failing', Why: 'unanswering' },
      { Part: 'Sts', Status: 'Ok', Endpoint: 'https://sts.eu-west-1.amazonaws.com/' },
      { Part: 'Sts', Status: 'Failing', Why: 'server_error 503', Endpoint: 'https://sts.store.example' },
    ])
    const question = 'Action=GetCallerIdentity&Version=2011-06-15'
    expect(asked).toEqual([`https://sts.eu-west-1.amazonaws.com/ ${question}`, `https://sts.store.example ${question}`])
  })

  it('tells which key sets this isolate has, and since when', async () => {
    const idp = await startProviders()
    const serve = await deploy()
    expect((await described({}, { serve })).KeySets).toEqual([])
    const IdentityPoolId = await createPool({ SupportedLoginProviders: { [GOOGLE]: CLIENT[GOOGLE] } })
    await call('GetId', { IdentityPoolId, Logins: { [GOOGLE]: await idp.token(GOOGLE, 'ann') } }, { serve })
    expect((await described({}, { serve })).KeySets).toEqual([
      {
        ...{ Issuer: 'https://accounts.google.com', Keys: expect.any(Number) },
        FetchedDate: expect.closeTo(Date.now() / 1000, -2),
        FreshUntil: expect.any(Number),
      },
    ])
  })

  it.each([...RELEASES])('says of a ring of %s that it cannot be asked, and goes on', async (_, build) => {
    const serve = await deploy({ KEY_RING: runBy(env.KEY_RING, build.KeyRing) })
    const { Health, KeyRings } = await described({}, { serve })
    expect(Health).toMatchObject({ Status: 'Degraded' })
    expect(Health.Parts[1]).toEqual({ Part: 'KeyRing', Status: 'Degraded', Why: 'older_version' })
    expect(KeyRings[0]).toEqual({ Algorithm: 'RS256', Uses: ['identities', 'audiences'] })
  })

  it('is refused to a key whose policy does not allow it, with a record', async () => {
    expectFault(
      await ask({}, { signed: LIMITED_KEY }),
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:DescribeService on resource: * because no identity-based policy allows the edge-identity:DescribeService action`,
    )
    expect(log.records().map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
      ['DescribeService', 'AccessDeniedException'],
    ])
  })
})
