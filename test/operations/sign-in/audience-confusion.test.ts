import { jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { mintAudienceToken } from '../../../src/tokens/index.ts'
import { type RingView, viewOf } from '../../../src/tokens/ring-view.ts'
import { call, query } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { opened, snapshotWith } from '../../tokens/support.ts'
import { iam } from '../support/callers.ts'
import { DEVELOPER, signIn } from '../support/developers.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'
import {
  APPLE,
  CLIENT,
  GOOGLE,
  OIDC,
  OIDC_ARN,
  type Providers,
  registerOidcProvider,
  startProviders,
  USER_POOL,
} from '../support/providers.ts'
import {
  askToken,
  codeOf,
  forAudience,
  sessionOf,
  type TokenUser,
  tokenIn,
  tokenUser,
} from '../support/web-identity-tokens.ts'

/** The issuer itself, as a provider that somebody registered for a pool and as that of operators. */
const OWN = 'localhost'
const OWN_ARN = `arn:aws:iam::000000000000:oidc-provider/${OWN}`
const HAND_BACK = 'cognito-identity.amazonaws.com'
const NONCE = 'a-nonce-of-32-characters-or-some'

let idp: Providers
let anybody: TokenUser
let serve: Serve
let ring: RingView
/** A pool that lists every provider, the issuer itself among them. */
let pool: string
let developer: string
/** Every audience that a part of this service, or a role at AWS, trusts in a token. */
let trusted: Record<string, string>
beforeAll(async () => {
  idp = await startProviders()
  await registerOidcProvider(OWN, ['own-client', 'sts.amazonaws.com'])
  await iam('EnableOutboundWebIdentityFederation')
  anybody = await tokenUser(idp, [forAudience('*')])
  pool = await createPool({
    CognitoIdentityProviders: [{ ProviderName: USER_POOL, ClientId: CLIENT[USER_POOL] }],
    OpenIdConnectProviderARNs: [OIDC_ARN, OWN_ARN],
    SupportedLoginProviders: { [GOOGLE]: CLIENT[GOOGLE], [APPLE]: CLIENT[APPLE] },
    DeveloperProviderName: DEVELOPER,
  })
  developer = (await signIn(pool, 'dev')).IdentityId
  serve = await deploy({
    OPERATOR_OIDC: JSON.stringify({ issuer: 'http://localhost', clientId: 'console' }),
    OPERATOR_ROLE_all: JSON.stringify({
      match: { iss: 'http://localhost' },
      account: '000000000000',
      policy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
    }),
  })
  const taken = await snapshotWith('RS256', { LOCAL_MODE: 'on' })
  if (!taken.ok) throw new Error(taken.error.reason)
  ring = await viewOf(await opened(taken.value, { LOCAL_MODE: 'on' }), undefined)
  trusted = {
    'the pool of hand-backs': pool,
    'the pool of the session': anybody.pool,
    'an identity': anybody.identityId,
    'the issuer': 'http://localhost',
    'AWS, for pools': HAND_BACK,
    'AWS, for roles': 'sts.amazonaws.com',
    'the client of operators': 'console',
    'a client of the issuer': 'own-client',
    ...Object.fromEntries(Object.entries(CLIENT).map(([provider, id]) => [`a client at ${provider}`, id])),
  }
})

/** Those of them that a role with a wildcard gives out. */
const NEVER = ['the pool of hand-backs', 'the pool of the session', 'an identity', 'the issuer', 'AWS, for pools']

/** Everybody who takes tokens: the code of the refusal, or `accepted`. */
const CONSUMERS: Record<string, (token: string) => Promise<string>> = {
  'hand-back': (token) => json('GetCredentialsForIdentity', { IdentityId: developer, Logins: { [HAND_BACK]: token } }),
  'hand-back to this identity': (token) =>
    json('GetCredentialsForIdentity', { IdentityId: anybody.identityId, Logins: { [HAND_BACK]: token } }),
  'hand-back for a token': (token) =>
    json(
      'GetTokenForAudience',
      { IdentityId: developer, Audience: 'a', Logins: { [HAND_BACK]: token } },
      'edge-identity',
    ),
  ...Object.fromEntries(
    [OWN, OIDC, GOOGLE, APPLE, USER_POOL].map((key) => [
      `login of ${key}`,
      (token: string) => json('GetId', { IdentityPoolId: pool, Logins: { [key]: token } }),
    ]),
  ),
  'the embedded STS': async (WebIdentityToken) => {
    const RoleArn = `arn:aws:iam::000000000000:role/${anybody.roleName}`
    const params = { Action: 'AssumeRoleWithWebIdentity', RoleArn, RoleSessionName: 'web', WebIdentityToken }
    return codeOf(await query('sts', params))
  },
  'sign-in of operators': (IdToken) =>
    json('GetOperatorSession', { IdToken, Nonce: NONCE }, 'edge-identity', { serve, signed: false }),
}

async function json(
  operation: string,
  input: object,
  service: 'cognito-identity' | 'edge-identity' = 'cognito-identity',
  options = {},
) {
  const answer = await call<{ __type?: string }>(operation, input, { service, ...options })
  return answer.status === 200 ? 'accepted' : (answer.body.__type ?? '')
}

/** A token for an audience with the true key, as it would be if nothing were checked before. */
async function minted(audience: string, subject = anybody.identityId): Promise<string> {
  const claims = { sub: subject, audiences: [audience], more: { amr: ['authenticated'] } }
  const options = { view: ring, issuer: 'http://localhost', now: Date.now(), lifetimeSeconds: 300, jti: 'j' }
  const made = await mintAudienceToken(claims, options)
  if (!made.ok) throw new Error(made.error.reason)
  return made.value.token
}

describe('A token for another relying party', () => {
  it('is given by a wildcard for no audience of tokens of identities, and for none of AWS', async () => {
    const given = await Promise.all(
      Object.entries(trusted).map(async ([what, audience]) => [what, codeOf(await askToken(anybody.key, audience))]),
    )
    const expected = Object.keys(trusted).map((what) => [
      what,
      NEVER.includes(what) ? 'ValidationError' : what === 'AWS, for roles' ? 'AccessDenied' : 'issued',
    ])
    expect(given).toEqual(expected)
  })

  it('is not given for them beside another audience either', async () => {
    for (const what of [...NEVER, 'AWS, for roles'])
      expect([what, codeOf(await askToken(anybody.key, ['a', trusted[what] ?? '']))]).not.toEqual([what, 'issued'])
  })

  it('is taken by nobody here, whatever its audience, though the key is the true one', async () => {
    const accepted: string[] = []
    let asked = 0
    for (const [what, audience] of Object.entries(trusted))
      for (const [consumer, ask] of Object.entries(CONSUMERS))
        for (const subject of consumer.startsWith('hand-back')
          ? [developer, anybody.identityId]
          : [anybody.identityId]) {
          asked++
          const code = await ask(await minted(audience, subject))
          if (code === 'accepted' || code === 'issued') accepted.push(`${what}: ${consumer}`)
        }
    expect(accepted).toEqual([])
    expect(asked).toBe(Object.keys(trusted).length * (Object.keys(CONSUMERS).length + 3))
  })

  it('or is not given where a role at AWS asks for a pool and nothing else', async () => {
    const token = tokenIn(await askToken(anybody.key, 'own-client'))
    const key = ring.verificationKeys.get(ring.signingKey.kid) as CryptoKey
    await expect(jwtVerify(token, key, { audience: [pool, anybody.pool, 'sts.amazonaws.com'] })).rejects.toThrow('aud')
    await expect(jwtVerify(token, key, { audience: 'own-client' })).resolves.toMatchObject({})
  })
})

describe('The consumers', () => {
  it('take what is for them', async () => {
    const { IdentityId, Token } = await signIn(pool, 'dev')
    const Roles = { authenticated: `arn:aws:iam::000000000000:role/unregistered` }
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles })
    expect(IdentityId).toBe(developer)
    expect(await CONSUMERS['hand-back']?.(Token)).toBe('accepted')
    for (const provider of [OIDC, GOOGLE, APPLE, USER_POOL])
      expect([provider, await CONSUMERS[`login of ${provider}`]?.(await idp.token(provider, 'ann'))]).toEqual([
        provider,
        'accepted',
      ])
    const { Token: own } = succeeded(
      await call<{ Token: string }>('GetOpenIdToken', { IdentityId: anybody.identityId, Logins: anybody.login }),
    )
    expect(await CONSUMERS['the embedded STS']?.(own)).toBe('issued')
    expect((await sessionOf(anybody)).sessionToken).toBeDefined()
    expect(await getId(pool)).toBeDefined()
  })
})
