import { decodeJwt } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, expectXmlFault, LOCAL_KEY, query } from '../../support/client.ts'
import { captureLog, tokenIdOf } from '../support/audit.ts'
import { iam } from '../support/callers.ts'
import { verified } from '../support/documents.ts'
import { succeeded, succeededEmpty } from '../support/pools.ts'
import { type Providers, startProviders } from '../support/providers.ts'
import {
  askToken,
  claimsIn,
  codeOf,
  forAudience,
  sessionOf,
  type TokenUser,
  tokenIn,
  tokenPolicy,
  tokenUser,
} from '../support/web-identity-tokens.ts'
import { assume, keyIn } from '../support/workloads.ts'

const API = 'https://api.example'
const CLAIMS = 'http://localhost/claims'

let idp: Providers
let user: TokenUser
beforeAll(async () => {
  idp = await startProviders()
  await iam('EnableOutboundWebIdentityFederation')
  user = await tokenUser(idp)
})
afterEach(() => {
  vi.useRealTimers()
})

const sessionArn = ({ roleName }: TokenUser, session = 'CognitoIdentityCredentials') =>
  `arn:aws:sts::000000000000:assumed-role/${roleName}/${session}`

function expectDenied(
  answer: Awaited<ReturnType<typeof askToken>>,
  whose: TokenUser,
  explicitly = false,
  session?: string,
) {
  const why = explicitly
    ? 'with an explicit deny in an identity-based policy'
    : 'because no identity-based policy allows the sts:GetWebIdentityToken action'
  const message = `User: ${sessionArn(whose, session)} is not authorized to perform: sts:GetWebIdentityToken on resource: * ${why}`
  expectXmlFault(answer, 403, 'AccessDenied', message)
}

describe('GetWebIdentityToken', () => {
  it.each(['RS256', 'ES384'])(
    'signs with %s a token that the audience can verify by the published keys',
    async (alg) => {
      vi.useFakeTimers({ toFake: ['Date'] })
      const now = Math.floor(Date.now() / 1000)
      const answer = await askToken(user.key, API, {
        SigningAlgorithm: alg,
        'Tags.member.1.Key': 'job',
        'Tags.member.1.Value': '7',
      })
      expectDenied(answer, user)
      const plain = await askToken(user.key, API, { SigningAlgorithm: alg })
      const { claims, header } = await verified(tokenIn(plain), API)
      expect(header).toEqual({ alg, typ: 'JWT', kid: expect.stringMatching(/^[\w-]{43}$/) })
      expect(claims).toEqual({
        iss: 'http://localhost',
        sub: user.identityId,
        aud: API,
        iat: now,
        exp: now + 300,
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'edge-identity:use': 'audience',
        [CLAIMS]: {
          account: '000000000000',
          pool: user.pool,
          role: `arn:aws:iam::000000000000:role/${user.roleName}`,
          amr: ['authenticated', 'idp.example.com/tenant', expect.stringMatching(/:OIDC:ann$/)],
        },
      })
      const { Expiration } = plain.parsed.GetWebIdentityTokenResponse.GetWebIdentityTokenResult
      expect(Date.parse(Expiration) / 1000).toBe(now + 300)
    },
  )

  it('takes several audiences only if the policies allow each', async () => {
    const both = await tokenUser(idp, [forAudience('a', 'b.*')])
    expect(claimsIn(await askToken(both.key, ['a', 'b.1', 'a'])).aud).toEqual(['a', 'b.1'])
    expectDenied(await askToken(both.key, ['a', 'c']), both)
    const plainOperator = await tokenUser(idp, [tokenPolicy({ StringEquals: { 'sts:IdentityTokenAudience': ['a'] } })])
    expect(codeOf(await askToken(plainOperator.key, 'a'))).toBe('issued')
    expectDenied(await askToken(plainOperator.key, ['a', 'c']), plainOperator)
  })

  it('tells principal tags and request tags, where the policy lets the session send any', async () => {
    const actions = ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken']
    const conditions = { StringEquals: { 'sts:IdentityTokenAudience': 'a' } }
    const tagging = await tokenUser(idp, [tokenPolicy(conditions, actions)])
    const maps = {
      IdentityPoolId: tagging.pool,
      IdentityProviderName: 'arn:aws:iam::000000000000:oidc-provider/idp.example.com/tenant',
    }
    succeeded(await call('SetPrincipalTagAttributeMap', { ...maps, UseDefaults: true }))
    const sent = { 'Tags.member.1.Key': 'job', 'Tags.member.1.Value': '7' }
    const { [CLAIMS]: told } = claimsIn(await askToken(await sessionOf(tagging), 'a', sent))
    expect(told).toMatchObject({
      principal_tags: { client: 'oidc-client', username: 'ann' },
      request_tags: { job: '7' },
    })
    const twice = { ...sent, 'Tags.member.2.Key': 'JOB', 'Tags.member.2.Value': '8' }
    expect(codeOf(await askToken(tagging.key, 'a', twice))).toBe('ValidationError')
  })

  it.each([
    ['identity', (whose: TokenUser) => whose.identityId],
    ['role', (whose: TokenUser) => `arn:aws:iam::000000000000:role/${whose.roleName}`],
    ['pool-role', (whose: TokenUser) => `pool:${whose.pool}:role:${whose.roleName}`],
  ])('has the subject that a tag of the role wants: %s', async (subject, expected) => {
    const tags = { 'edge-identity:token-subject': subject, 'edge-identity:token-claims': 'account role' }
    const tagged = await tokenUser(idp, undefined, { tags })
    const { [CLAIMS]: told, sub } = claimsIn(await askToken(tagged.key))
    expect(sub).toBe(expected(tagged))
    expect(told).toEqual({ account: '000000000000', role: `arn:aws:iam::000000000000:role/${tagged.roleName}` })
  })

  it.each([
    ['edge-identity:token-subject', 'arn:aws:iam::111122223333:role/x'],
    ['edge-identity:token-claims', 'account email'],
  ])('is refused where the tag %s is %s', async (key, value) => {
    const tagged = await tokenUser(idp, undefined, { tags: { [key]: value } })
    expectDenied(await askToken(tagged.key), tagged)
  })

  it('leaves a record without the token', async () => {
    const log = captureLog()
    const token = tokenIn(await askToken(user.key))
    expect(log.lines().join('\n')).not.toContain(token.split('.')[2])
    expect(log.records()).toEqual([
      expect.objectContaining({
        eventName: 'GetWebIdentityToken',
        userIdentity: expect.objectContaining({ type: 'AssumedRole', arn: sessionArn(user) }),
        requestParameters: { audience: [API], signingAlgorithm: 'RS256' },
        responseElements: { expiration: new Date((decodeJwt(token).exp ?? 0) * 1000).toISOString() },
        additionalEventData: {
          pool: user.pool,
          identity: user.identityId,
          role: `arn:aws:iam::000000000000:role/${user.roleName}`,
          audiences: [API],
          tokenId: await tokenIdOf(token),
          jti: decodeJwt(token).jti,
        },
        readOnly: false,
        managementEvent: false,
      }),
    ])
    log.restore()
  })
})

describe('who has no token', () => {
  it('an access key of the operator, and nobody', async () => {
    const answer = await askToken(LOCAL_KEY)
    expect([answer.status, answer.parsed.ErrorResponse.Error.Code]).toEqual([403, 'AccessDenied'])
    expect(codeOf(await askToken(false))).toBe('MissingAuthenticationToken')
  })

  it('a session whose role does not allow it, or denies it, or has a policy that cannot be read', async () => {
    const whatever = { Effect: 'Deny', Action: '*', Resource: '*' }
    const denying = await tokenUser(idp, [forAudience(API), JSON.stringify({ Statement: [whatever] })])
    expectDenied(await askToken(denying.key), denying, true)
    for (const policies of [
      [],
      [tokenPolicy({})],
      [forAudience(API), tokenPolicy({ BinaryEquals: { 'a:b': 'YQ==' } })],
    ]) {
      const silent = await tokenUser(idp, policies)
      expectDenied(await askToken(silent.key), silent)
    }
  })

  it('a session of a role with a boundary, whose document nobody here has', async () => {
    const bounded = await tokenUser(idp)
    await iam('PutRolePermissionsBoundary', {
      RoleName: bounded.roleName,
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
    })
    expectDenied(await askToken(bounded.key), bounded)
  })

  it('a session of a role that is gone, though one of its name is there again', async () => {
    const gone = await tokenUser(idp)
    const { Role } = await iam('GetRole', { RoleName: gone.roleName })
    await iam('DeleteRolePolicy', { RoleName: gone.roleName, PolicyName: 'p0' })
    await iam('DeleteRole', { RoleName: gone.roleName })
    expectDenied(await askToken(gone.key), gone)
    await iam('CreateRole', {
      RoleName: gone.roleName,
      AssumeRolePolicyDocument: decodeURIComponent(Role.AssumeRolePolicyDocument),
    })
    await iam('PutRolePolicy', { RoleName: gone.roleName, PolicyName: 'p0', PolicyDocument: forAudience(API) })
    expectDenied(await askToken(gone.key), gone)
    expect(codeOf(await askToken(await sessionOf(gone)))).toBe('issued')
  })

  it('a session that session policies narrow', async () => {
    const { Token } = succeeded(
      await call<{ Token: string }>('GetOpenIdToken', { IdentityId: user.identityId, Logins: user.login }),
    )
    const sessionBy = async (params: Record<string, string>) => {
      const RoleArn = `arn:aws:iam::000000000000:role/${user.roleName}`
      const answer = await query('sts', {
        Action: 'AssumeRoleWithWebIdentity',
        RoleArn,
        RoleSessionName: 'web',
        WebIdentityToken: Token,
        ...params,
      })
      const { Credentials } = answer.parsed.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = Credentials
      return { accessKeyId, secretAccessKey, sessionToken }
    }
    expect(codeOf(await askToken(await sessionBy({})))).toBe('issued')
    expect(codeOf(await askToken(await sessionBy({ MinimumSessionTokenSize: '4096' })))).toBe('issued')
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    })
    expect(codeOf(await askToken(await sessionBy({ Policy })))).toBe('AccessDenied')
    expect(
      codeOf(await askToken(await sessionBy({ 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess' }))),
    ).toBe('AccessDenied')
  })

  it.each<[string, (whose: TokenUser) => Promise<unknown>]>([
    ['is blocked', ({ identityId, pool }) => edge('BlockIdentity', { IdentityPoolId: pool, IdentityId: identityId })],
    [
      'had its sessions revoked',
      ({ identityId, pool }) => edge('RevokeSessions', { IdentityPoolId: pool, IdentityId: identityId }),
    ],
    [
      'was deleted',
      ({ identityId }) => call('DeleteIdentities', { IdentityIdsToDelete: [identityId] }).then(succeeded),
    ],
    [
      'has lost its logins',
      ({ identityId, login }) =>
        call('UnlinkIdentity', { IdentityId: identityId, Logins: login, LoginsToRemove: Object.keys(login) }).then(
          succeededEmpty,
        ),
    ],
    [
      'was in a pool that is gone',
      ({ pool }) => call('DeleteIdentityPool', { IdentityPoolId: pool }).then(succeededEmpty),
    ],
  ])('an identity that %s', async (_, stop) => {
    const stopped = await tokenUser(idp, undefined, { subject: `ann-${_}` })
    expect(codeOf(await askToken(stopped.key))).toBe('issued')
    await stop(stopped)
    expectDenied(await askToken(stopped.key), stopped)
  })

  it('an identity that had its sessions revoked, by a token from before, in a session from after', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const revoked = await tokenUser(idp, undefined, { subject: 'ann-before' })
    const tokenNow = async () =>
      succeeded(
        await call<{ Token: string }>('GetOpenIdToken', { IdentityId: revoked.identityId, Logins: revoked.login }),
      ).Token
    const begun = async (token: string) =>
      keyIn(await assume(`arn:aws:iam::000000000000:role/${revoked.roleName}`, token))
    const before = await tokenNow()
    expect(codeOf(await askToken(await begun(before)))).toBe('issued')
    await edge('RevokeSessions', { IdentityPoolId: revoked.pool, IdentityId: revoked.identityId })
    vi.setSystemTime(Date.now() + 5000)
    expectDenied(await askToken(await begun(before)), revoked, false, 'job-7')
    expect(codeOf(await askToken(await begun(await tokenNow())))).toBe('issued')
  })

  it('anybody, while the account has it disabled', async () => {
    await iam('DisableOutboundWebIdentityFederation')
    const message = 'Outbound web identity federation is not enabled for this account.'
    expectXmlFault(await askToken(user.key), 403, 'OutboundWebIdentityFederationDisabledException', message)
    await iam('EnableOutboundWebIdentityFederation')
    expect(codeOf(await askToken(user.key))).toBe('issued')
  })
})

const edge = (operation: string, input: object) => call(operation, input, { service: 'edge-identity' }).then(succeeded)

describe('limits of a token', () => {
  it('it never outlives its session', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const begin = Date.now()
    const end = begin + 3_600_000
    for (const [before, seconds, code] of [
      [301_000, '300', 'issued'],
      [290_000, '300', 'SessionDurationEscalationException'],
      [290_000, '', 'SessionDurationEscalationException'],
      [290_000, '60', 'issued'],
      [50_000, '60', 'SessionDurationEscalationException'],
    ] as const) {
      vi.setSystemTime(begin)
      const session = await sessionOf(user)
      vi.setSystemTime(end - before)
      const answer = await askToken(session, API, seconds === '' ? {} : { DurationSeconds: seconds })
      expect([before, seconds, codeOf(answer)]).toEqual([before, seconds, code])
    }
  })

  it('it never outlives its session by the time that it takes to make one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const session = await sessionOf(user)
    const end = Date.now() + 3_600_000
    vi.setSystemTime(end - 301_000)
    const codes = new Set<string>()
    for (let jumpsAt = 0; jumpsAt < 30; jumpsAt++) {
      let looks = 0
      // At one of the looks at the clock some seconds have gone by since the last one.
      const later = () => (looks++ < jumpsAt ? end - 301_000 : end - 295_000)
      const clock = vi.spyOn(Date, 'now').mockImplementation(later)
      const answer = await askToken(session, API, { DurationSeconds: '300' })
      clock.mockRestore()
      codes.add(codeOf(answer))
      if (answer.status === 200) expect(claimsIn(answer).exp).toBeLessThanOrEqual(Math.floor(end / 1000))
    }
    expect([...codes]).toEqual(expect.arrayContaining(['issued', 'SessionDurationEscalationException']))
  })

  it.each([
    ['59', 'greater than or equal to 60'],
    ['3601', 'less than or equal to 3600'],
  ])('it does not live for %s seconds', async (DurationSeconds, constraint) => {
    expectXmlFault(
      await askToken(user.key, API, { DurationSeconds }),
      400,
      'ValidationError',
      `1 validation error detected: Value '${DurationSeconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${constraint}`,
    )
  })

  it('it is signed with nothing else', async () => {
    expectXmlFault(
      await askToken(user.key, API, { SigningAlgorithm: 'HS256' }),
      400,
      'ValidationError',
      "1 validation error detected: Value 'HS256' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RS256, ES384]",
    )
  })

  it('its payload has 8 KiB at most', async () => {
    const actions = ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken']
    const large = await tokenUser(idp, [tokenPolicy({ StringEquals: { 'sts:IdentityTokenAudience': 'a' } }, actions)])
    const tags = Array.from({ length: 50 }, (_, n) => [
      [`Tags.member.${n + 1}.Key`, `key${n}`],
      [`Tags.member.${n + 1}.Value`, 'x'.repeat(256)],
    ]).flat()
    const message = 'The payload of the token would be larger than 8192 bytes.'
    expectXmlFault(
      await askToken(large.key, 'a', Object.fromEntries(tags)),
      400,
      'JWTPayloadSizeExceededException',
      message,
    )
  })
})
