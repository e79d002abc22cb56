// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of grants are written this way
import { beforeAll, describe, expect, it } from 'vitest'
import { call, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { callerOf, FOR_AMR, iam, signingKeyOf, trustPolicy } from '../support/callers.ts'
import { GUEST, role, USER, type VendedAnswer } from '../support/credentials.ts'
import { createDeveloperPool, signIn } from '../support/developers.ts'
import { getId, succeeded, succeededEmpty } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'
import { simulated } from '../support/simulations.ts'

const HAND_BACK = 'cognito-identity.amazonaws.com'
const KEY = {
  accountId: '0123456789abcdef0123456789abcdef',
  accessKeyId: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  secretAccessKey: 'b73a1f64b56373b1b7b184e08354c1c2fe4065ce1e240a0c5778e367c518edc9',
}
const grant = (path: string) => `arn:aws:r2::${LOCAL_ACCOUNT}:grant/photos/object-read-only/${path}`

let idp: Providers
let serve: Serve
beforeAll(async () => {
  idp = await startProviders()
  serve = await deploy({ [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(KEY) })
})

const ann = async (claims: object = {}, provider = OIDC) => ({
  [provider]: await idp.token(provider, 'ann', { ...claims }),
})
const bob = async () => ({ [OIDC]: await idp.token(OIDC, 'bob') })

interface Situation {
  /** How the pool is, but for its usual default roles. */
  settings?: object
  roles?: object
  tagMap?: object
  /** Trust policy of the role `predicted-<n>`, which then is the default for everybody. */
  trust?: (pool: string) => string
  /** What the client asks for. */
  asks: (pool: string) => Promise<{ IdentityId: string; Logins?: Record<string, string>; CustomRoleArn?: string }>
}

const asGuest: Situation['asks'] = async (pool) => ({ IdentityId: await getId(pool) })
const asAnn =
  (claims: object = {}, more: object = {}): Situation['asks'] =>
  async (pool) => {
    const Logins = await ann(claims)
    return { IdentityId: await getId(pool, Logins), Logins, ...more }
  }
const fromBackend =
  (PrincipalTags?: object): Situation['asks'] =>
  async (pool) => {
    const { IdentityId, Token } = await signIn(pool, 'ann', { PrincipalTags })
    return { IdentityId, Logins: { [HAND_BACK]: Token } }
  }
const TOKEN = { RoleMappings: { [OIDC_ARN]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } } }
const tagging = (pool: string) =>
  trustPolicy(pool).replace('"sts:AssumeRoleWithWebIdentity"', '["sts:AssumeRoleWithWebIdentity","sts:TagSession"]')

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'a guest': { asks: asGuest },
  'a guest where there are to be none': {
    settings: { AllowUnauthenticatedIdentities: false },
    asks: async (pool) => ({ IdentityId: `${pool.slice(0, 18)}-0000-8000-8000-000000000000` }),
  },
  'a guest of a pool without a role': { roles: { Roles: { authenticated: USER } }, asks: asGuest },
  'a user': { asks: asAnn() },
  'a user without a login': { asks: async (pool) => ({ IdentityId: await getId(pool, await ann()) }) },
  "a user with another's login": {
    asks: async (pool) => ({ IdentityId: await getId(pool, await ann()), Logins: await bob() }),
  },
  'a guest who signs in': { asks: async (pool) => ({ IdentityId: await getId(pool), Logins: await ann() }) },
  'a guest who signs in and was known already': {
    asks: async (pool) => {
      const Logins = await ann()
      await getId(pool, Logins)
      return { IdentityId: await getId(pool), Logins }
    },
  },
  'a user with a second provider': {
    asks: async (pool) => {
      const Logins = await ann()
      return { IdentityId: await getId(pool, Logins), Logins: { ...Logins, ...(await ann({}, GOOGLE)) } }
    },
  },
  'two users of one provider in turn': {
    asks: async (pool) => {
      const google = await ann({}, GOOGLE)
      await getId(pool, { ...(await ann()), ...google })
      return { IdentityId: await getId(pool, await bob()), Logins: { ...(await bob()), ...google } }
    },
  },
  'a forged login': {
    asks: async (pool) => ({ IdentityId: await getId(pool), Logins: { [OIDC]: await idp.forged(OIDC, 'ann') } }),
  },
  'an expired login': {
    asks: async (pool) => ({
      IdentityId: await getId(pool),
      Logins: await ann({ exp: 1_000_000_000, iat: 999_999_000 }),
    }),
  },
  'a login that is not listed': {
    asks: async (pool) => ({ IdentityId: await getId(pool), Logins: await ann({}, 'unlisted.example') }),
  },
  'a pool that lists no provider': {
    settings: {
      ...Object.fromEntries(Object.keys(ALL_PROVIDERS).map((name) => [name, undefined])),
      DeveloperProviderName: undefined,
    },
    asks: async (pool) => ({ IdentityId: await getId(pool), Logins: await ann() }),
  },
  'a developer user without a token': {
    asks: async (pool) => ({ IdentityId: await getId(pool), Logins: { 'login.example.app': 'ann' } }),
  },
  'an unknown identity': { asks: async (pool) => ({ IdentityId: `${pool.slice(0, 18)}-0000-8000-8000-000000000000` }) },
  'a role of the token': {
    roles: { Roles: {}, ...TOKEN },
    asks: asAnn({ 'cognito:preferred_role': role('app-preferred') }),
  },
  'a foreign role of the token': {
    roles: { Roles: {}, ...TOKEN },
    asks: asAnn({ 'cognito:preferred_role': 'arn:aws:iam::123456789012:role/x' }),
  },
  'a grant of R2 of the token': {
    roles: { Roles: {}, ...TOKEN },
    asks: asAnn({ 'cognito:preferred_role': grant('${sub}/') }),
  },
  'nothing that decides': { roles: { Roles: {}, ...TOKEN }, asks: asAnn() },
  'a role that is asked for and is not offered': { asks: asAnn({}, { CustomRoleArn: role('app-admin') }) },
  'a role that is asked for and is the default': { asks: asAnn({}, { CustomRoleArn: USER }) },
  'tags that are too large': { tagMap: { PrincipalTags: { team: 'team' } }, asks: asAnn({ team: 'x'.repeat(470) }) },
  'tags that no session may have': { tagMap: { PrincipalTags: { team: 'team' } }, asks: asAnn({ team: 'a<b' }) },
  'a trust policy that trusts': { trust: (pool) => trustPolicy(pool), asks: asAnn() },
  'a trust policy that trusts others': { trust: () => trustPolicy('us-east-1:other'), asks: asAnn() },
  'a trust policy for users, and a guest': {
    trust: (pool) => trustPolicy(pool, FOR_AMR('authenticated')),
    asks: asGuest,
  },
  'a trust policy that lets sessions be tagged': { trust: tagging, asks: fromBackend({ team: 'blue' }) },
  'a trust policy that lets no session be tagged': {
    trust: (pool) => trustPolicy(pool),
    asks: fromBackend({ team: 'blue' }),
  },
  'a session as long as the role allows': {
    settings: { IdentityPoolTags: { 'edge-identity:session-seconds': '900' } },
    trust: (pool) => trustPolicy(pool),
    asks: asAnn(),
  },
  'a session longer than the role allows': {
    settings: { IdentityPoolTags: { 'edge-identity:session-seconds': '3601' } },
    trust: (pool) => trustPolicy(pool),
    asks: asAnn(),
  },
  'a policy for guests that is not there': {
    settings: { IdentityPoolTags: { 'edge-identity:guest-policy': 'not-there' } },
    asks: asGuest,
  },
  'a policy for guests that is not there, and a user': {
    settings: { IdentityPoolTags: { 'edge-identity:guest-policy': 'not-there' } },
    asks: asAnn(),
  },
  "a backend's token": { asks: fromBackend() },
  "a backend's token for another": {
    asks: async (pool) => ({
      IdentityId: (await signIn(pool, 'bob')).IdentityId,
      Logins: { [HAND_BACK]: (await signIn(pool, 'ann')).Token },
    }),
  },
  'a text instead of a token of the backend': {
    asks: async (pool) => ({ IdentityId: await getId(pool), Logins: { [HAND_BACK]: 'no token' } }),
  },
  "a backend's token beside a forged login": {
    asks: async (pool) => {
      const { IdentityId, Token } = await signIn(pool, 'ann')
      return { IdentityId, Logins: { [HAND_BACK]: Token, [OIDC]: await idp.forged(OIDC, 'ann') } }
    },
  },
  'a grant of R2': { roles: { Roles: { unauthenticated: grant('guests/${sub}/') } }, asks: asGuest },
  'a grant of R2 by a tag': {
    roles: { Roles: { authenticated: grant('${aws:PrincipalTag/team}/${sub}/') } },
    asks: fromBackend({ team: 'blue' }),
  },
  'a grant of R2 by a tag that is missing': {
    roles: { Roles: { authenticated: grant('${aws:PrincipalTag/team}/${sub}/') } },
    asks: fromBackend(),
  },
  'a grant of R2 and a policy for guests': {
    settings: { IdentityPoolTags: { 'edge-identity:guest-policy': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } },
    roles: { Roles: { unauthenticated: grant('guests/${sub}/') } },
    asks: asGuest,
  },
}

let roles = 0

async function poolIn({ roles: given, settings, tagMap, trust }: Situation): Promise<string> {
  const pool = await createDeveloperPool({ ...ALL_PROVIDERS, ...settings })
  const RoleName = `predicted-${++roles}`
  if (trust) await iam('CreateRole', { RoleName, AssumeRolePolicyDocument: trust(pool) })
  const own = trust && { Roles: { authenticated: role(RoleName), unauthenticated: role(RoleName) } }
  const usual = { Roles: { authenticated: USER, unauthenticated: GUEST } }
  succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, ...(given ?? own ?? usual) }))
  const map = { IdentityPoolId: pool, IdentityProviderName: OIDC_ARN, ...tagMap }
  if (tagMap) succeeded(await call('SetPrincipalTagAttributeMap', map))
  return pool
}

describe('What SimulateLogin predicts, GetCredentialsForIdentity then answers:', () => {
  it.each(Object.entries(SITUATIONS))('%s', async (_, situation) => {
    const pool = await poolIn(situation)
    const asked = await situation.asks(pool)
    const predicted = await simulated(pool, asked, { serve })
    const answer = await call<VendedAnswer>('GetCredentialsForIdentity', asked, { serve })
    if (answer.status !== 200) {
      const { __type: Code, message: Message } = answer.body as unknown as Record<string, string>
      expect(predicted.Answer).toMatchObject({ Code, Message })
      return
    }
    const { Credentials, IdentityId } = succeeded(answer)
    expect(predicted).toMatchObject({ Identity: { IdentityId }, Answer: { Code: 'Issued' } })
    if (predicted.R2) {
      const [, claims = ''] = atob(Credentials.SessionToken).split('.')
      expect(JSON.parse(atob(claims)).paths.prefixPaths).toEqual([(predicted.R2 as { Prefix: string }).Prefix])
    } else {
      const { Arn } = await callerOf(signingKeyOf(Credentials))
      expect(predicted.Role?.RoleArn).toBe(role(Arn.split('/')[1] ?? ''))
    }
  })

  it('in situations of which some come to credentials and most do not', async () => {
    const codes = new Set<string>()
    for (const situation of Object.values(SITUATIONS)) {
      const pool = await poolIn(situation)
      codes.add((await simulated(pool, await situation.asks(pool), { serve })).Answer.Code)
    }
    expect([...codes].sort()).toEqual([
      'InvalidIdentityPoolConfigurationException',
      'InvalidParameterException',
      'Issued',
      'NotAuthorizedException',
      'ResourceConflictException',
      'ResourceNotFoundException',
    ])
  })
})
