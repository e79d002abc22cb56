import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { published, verified } from '../support/documents.ts'
import { createPool, getId, identitiesOf, succeeded } from '../support/pools.ts'
import {
  ALL_PROVIDERS,
  APPLE,
  CLIENT,
  GOOGLE,
  OIDC,
  OIDC_ARN,
  type Providers,
  startProviders,
  USER_POOL,
} from '../support/providers.ts'

const POOL_ARN_CLAIM = 'https://cognito-identity.amazonaws.com/identity-pool-arn'

const getToken = (IdentityId: string, Logins?: Record<string, string>) =>
  call<{ IdentityId: string; Token: string }>('GetOpenIdToken', { IdentityId, Logins })

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

describe('GetOpenIdToken', () => {
  let pool: string
  beforeAll(async () => {
    pool = await createPool(ALL_PROVIDERS)
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('answers the identity and a token that says who it is, where, how and for ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const iat = Math.floor(Date.now() / 1000)
    const IdentityId = await getId(pool)
    const answer = succeeded(await getToken(IdentityId))
    expect(answer).toEqual({ IdentityId, Token: expect.any(String) })
    const { claims, header } = await verified(answer.Token, pool)
    const [key] = (await published<{ keys: { kid: string }[] }>('/.well-known/jwks.json')).keys
    expect(header).toEqual({ kid: key?.kid, typ: 'JWT', alg: 'RS256' })
    expect(claims).toEqual({
      sub: IdentityId,
      aud: pool,
      amr: ['unauthenticated'],
      iss: 'http://localhost',
      [POOL_ARN_CLAIM]: `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${pool}`,
      exp: iat + 600,
      iat,
    })
  })

  it.each([
    [USER_POOL, 'sub-1', [USER_POOL, `${USER_POOL}:CognitoSignIn:sub-1`]],
    [OIDC, 'auth0|1', [OIDC, `${OIDC_ARN}:OIDC:auth0|1`]],
    [GOOGLE, '1001', [GOOGLE, `${GOOGLE}:${CLIENT[GOOGLE]}:1001`]],
    [APPLE, '001.a.1', [APPLE, `${APPLE}:${CLIENT[APPLE]}:001.a.1`]],
  ])('names a user of %s as trust policies know such users', async (provider, subject, amr) => {
    const logins = { [provider]: await idp.token(provider, subject) }
    const id = await getId(pool, logins)
    const { Token } = succeeded(await getToken(id, logins))
    const { claims } = await verified(Token, pool)
    expect(claims).toMatchObject({ sub: id, aud: pool, amr: ['authenticated', ...amr] })
  })

  it('names every login of the call, and none that is only linked', async () => {
    const oidc = { [OIDC]: await idp.token(OIDC, 'ann') }
    const google = { [GOOGLE]: await idp.token(GOOGLE, '1002') }
    const id = await getId(pool, oidc)
    const both = succeeded(await getToken(id, { ...oidc, ...google }))
    expect((await verified(both.Token, pool)).claims.amr).toEqual([
      'authenticated',
      OIDC,
      `${OIDC_ARN}:OIDC:ann`,
      GOOGLE,
      `${GOOGLE}:${CLIENT[GOOGLE]}:1002`,
    ])
    const one = succeeded(await getToken(id, google))
    expect((await verified(one.Token, pool)).claims.amr).toEqual([
      'authenticated',
      GOOGLE,
      `${GOOGLE}:${CLIENT[GOOGLE]}:1002`,
    ])
  })

  it('is about the user after a merge, in the answer and in the token', async () => {
    const logins = { [OIDC]: await idp.token(OIDC, 'cat') }
    const user = await getId(pool, logins)
    const guest = await getId(pool)
    const { IdentityId, Token } = succeeded(await getToken(guest, logins))
    expect(IdentityId).toBe(user)
    expect((await verified(Token, pool)).claims.sub).toBe(user)
  })

  it("carries nothing of the login's own token", async () => {
    const logins = { [OIDC]: await idp.token(OIDC, 'dan', { email: 'dan@example.com', azp: CLIENT[OIDC] }) }
    const { Token } = succeeded(await getToken(await getId(pool, logins), logins))
    const { claims } = await verified(Token, pool)
    expect(Object.keys(claims)).toEqual(['sub', 'aud', 'amr', 'iss', POOL_ARN_CLAIM, 'exp', 'iat'])
  })

  it('names the partition of a region outside the largest one', async () => {
    const region = 'cn-north-1'
    const chinese = await createPool({}, { region })
    const { Token } = succeeded(await getToken(await getId(chinese)))
    const { claims } = await verified(Token, chinese)
    expect(claims[POOL_ARN_CLAIM]).toBe(`arn:aws-cn:cognito-identity:${region}:000000000000:identitypool/${chinese}`)
  })

  it.each([
    ['never set', {}, undefined],
    ['on', { AllowClassicFlow: true }, undefined],
    ['off', { AllowClassicFlow: false }, 'Basic (classic) flow is not enabled, please use enhanced flow.'],
  ])('serves guests and users as the basic flow is %s', async (_what, setting, refusal) => {
    const basic = await createPool({ ...ALL_PROVIDERS, ...setting })
    const logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    const answers = [await getToken(await getId(basic)), await getToken(await getId(basic, logins), logins)]
    for (const answer of answers)
      if (refusal === undefined) expect(succeeded(answer)).toHaveProperty('Token')
      else expectFault(answer, 'InvalidParameterException', refusal)
  })

  it('is not for pools with role mappings', async () => {
    const mapped = await createPool(ALL_PROVIDERS)
    const RoleMappings = { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } }
    await call('SetIdentityPoolRoles', { IdentityPoolId: mapped, Roles: {}, RoleMappings })
    const message = 'Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.'
    expectFault(await getToken(await getId(mapped)), 'InvalidParameterException', message)
  })

  it('is not for SAML logins', async () => {
    const arn = 'arn:aws:iam::000000000000:saml-provider/corp'
    const saml = await createPool({ SamlProviderARNs: [arn] })
    const message = 'Basic (classic) flow is not supported with SAML, please use enhanced flow.'
    expectFault(await getToken(await getId(saml), { [arn]: 'PHNhbWw+' }), 'InvalidParameterException', message)
  })

  it('needs no role', async () => {
    succeeded(await getToken(await getId(await createPool())))
  })

  it('refuses before it looks at logins where the basic flow is off, and links nothing', async () => {
    const basic = await createPool({ ...ALL_PROVIDERS, AllowClassicFlow: false })
    const guest = await getId(basic)
    const before = await identitiesOf(basic)
    await getToken(guest, { [OIDC]: await idp.token(OIDC, 'ann') })
    expect(await identitiesOf(basic)).toEqual(before)
  })
})
