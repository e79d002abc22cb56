import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JsonAnswer } from '../../support/client.ts'
import { FOR_AMR, iam, trustPolicy } from '../support/callers.ts'
import { expectMisconfigured, getCredentials, poolWith, role, USER } from '../support/credentials.ts'
import { getId, succeeded } from '../support/pools.ts'
import { OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

describe('The audit log of GetCredentialsForIdentity', () => {
  const log = vi.spyOn(console, 'log')
  const warn = vi.spyOn(console, 'warn')
  const error = vi.spyOn(console, 'error')
  beforeEach(() => {
    vi.clearAllMocks()
  })

  const lines = () => [log, warn, error].flatMap(({ mock }) => mock.calls.map((line) => line.join(' ')))
  const records = () =>
    lines()
      .map((line) => JSON.parse(line))
      .filter(({ event }) => /^credentials_/.test(event))
  /** What every record has. */
  const common = (answer: JsonAnswer<unknown>) => ({
    level: 'info',
    requestId: answer.headers.get('x-amzn-RequestId'),
    operation: 'GetCredentialsForIdentity',
    clientAddress: expect.stringMatching(/^2001:2:/),
    broker: 'embedded',
  })

  it('has one record of each issuance: who, in which role, by which login, and no token or secret', async () => {
    const pool = await poolWith({ Roles: { authenticated: USER } })
    const token = await idp.token(OIDC, 'ann')
    const user = await getId(pool, { [OIDC]: token })
    const answer = await getCredentials(user, { [OIDC]: token })
    const { AccessKeyId, Expiration, SecretKey, SessionToken } = succeeded(answer).Credentials
    expect(records()).toEqual([
      {
        event: 'credentials_issued',
        ...common(answer),
        account: '000000000000',
        pool,
        identity: user,
        guest: false,
        providers: [OIDC],
        role: USER,
        accessKeyId: AccessKeyId,
        expiration: Expiration,
      },
    ])
    for (const secret of [token, token.split('.')[2] ?? '', SecretKey, SessionToken])
      expect(lines().join()).not.toContain(secret)
  })

  it.each([
    ['no role', {}, undefined, { reason: 'no_role' }],
    [
      'a foreign role',
      { 'cognito:preferred_role': 'arn:aws:iam::123456789012:role/x' },
      undefined,
      { reason: 'foreign_role', role: 'arn:aws:iam::123456789012:role/x' },
    ],
    ['an undecided mapping', {}, undefined, { reason: 'ambiguous' }],
    ['a role that is not offered', {}, USER, { reason: 'custom_role' }],
  ])('has one record of a refusal for %s', async (_what, claims, customRole, why) => {
    const RoleMappings = { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }
    const pool = await poolWith({ Roles: {}, ...(why.reason !== 'no_role' && { RoleMappings }) })
    const token = await idp.token(OIDC, 'ann', { ...claims })
    const user = await getId(pool, { [OIDC]: token })
    const answer = await getCredentials(user, { [OIDC]: token }, customRole)
    const { __type: fault, message } = answer.body as unknown as Record<string, string>
    expect(records()).toEqual([
      {
        event: 'credentials_refused',
        ...common(answer),
        account: '000000000000',
        pool,
        identity: user,
        guest: false,
        providers: [OIDC],
        ...why,
        fault,
        message,
      },
    ])
    expect(lines().join()).not.toContain(token)
  })

  it('has one record of a refusal before any role is chosen, about the identity that was named', async () => {
    const pool = await poolWith({ Roles: { authenticated: USER } })
    const token = await idp.token(OIDC, 'ann')
    const user = await getId(pool, { [OIDC]: token })
    const forged = await idp.forged(OIDC, 'ann')
    const unknown = `${pool.slice(0, 18)}-0000-8000-8000-000000000000`
    for (const [id, logins] of [
      [user, undefined],
      [user, { [OIDC]: forged }],
      [user, { [OIDC]: await idp.token(OIDC, 'bob') }],
      [unknown, undefined],
    ] as const) {
      vi.clearAllMocks()
      const answer = await getCredentials(id, logins)
      const { __type: fault, message } = answer.body as unknown as Record<string, string>
      expect(records()).toEqual([{ event: 'credentials_refused', ...common(answer), identity: id, fault, message }])
      expect(lines().join()).not.toContain(forged)
    }
  })

  it('says why STS refused, which the caller is not told', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('refusing') } })
    const policy = trustPolicy(pool, FOR_AMR('authenticated'))
    await iam('CreateRole', { RoleName: 'refusing', AssumeRolePolicyDocument: policy })
    expectMisconfigured(await getCredentials(await getId(pool)))
    expect(records()).toMatchObject([
      { event: 'credentials_refused', guest: true, providers: [], role: role('refusing'), reason: 'trust_denied' },
    ])
  })

  it('warns of a role that nobody registered, which local mode accepts', async () => {
    const pool = await poolWith({ Roles: { unauthenticated: role('unregistered') } })
    succeeded(await getCredentials(await getId(pool)))
    expect(lines().filter((line) => line.includes('unregistered_role_assumed'))).toEqual([
      JSON.stringify({
        level: 'warn',
        event: 'unregistered_role_assumed',
        role: role('unregistered'),
      }),
    ])
  })
})
