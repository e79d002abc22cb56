// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of grants are written this way
import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.ts'
import { type AssumeRequest, type R2AccessKey, r2Credentials } from '../../../src/credentials/index.ts'
import { assumeRequest, guest, IDENTITY_ID, member, NOW_SECONDS, testWorld } from '../support.ts'
import { GRANT, grant, key } from './support.ts'

/**
 * Known answers, made with Python's hmac, hashlib, base64 and json alone: header and claims are dumped without blanks and
 * without escapes, joined in base64url; HMAC-SHA-256 under the secret's text; the secret is the token's SHA-256 in hex, the
 * session token base64 of `jwt/` and the token. The parent secret is the SHA-256 of `the value of an R2 API token`.
 */
const VECTORS = [
  {
    what: 'a preset',
    request: { roleArn: GRANT },
    key,
    claims:
      '{"sub":"0123456789abcdef0123456789abcdef","iss":"f0e1d2c3b4a5968778695a4b3c2d1e0f","aud":"0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com","iat":1893553445,"exp":1893557045,"bucket":"photos","scope":"object-read-write","paths":{"prefixPaths":["users/eu-west-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10/"],"objectPaths":[]}}',
    secretAccessKey: '3efa1c55e1d1ebb7961d8587495ba2a129a745a2554af0f5cc70275d2c0161c5',
    sessionToken:
      'and0L2V5SmhiR2NpT2lKSVV6STFOaUlzSW5SNWNDSTZJa3BYVkNKOS5leUp6ZFdJaU9pSXdNVEl6TkRVMk56ZzVZV0pqWkdWbU1ERXlNelExTmpjNE9XRmlZMlJsWmlJc0ltbHpjeUk2SW1Zd1pURmtNbU16WWpSaE5UazJPRGMzT0RZNU5XRTBZak5qTW1ReFpUQm1JaXdpWVhWa0lqb2lNREV5TXpRMU5qYzRPV0ZpWTJSbFpqQXhNak0wTlRZM09EbGhZbU5rWldZdWNqSXVZMnh2ZFdSbWJHRnlaWE4wYjNKaFoyVXVZMjl0SWl3aWFXRjBJam94T0Rrek5UVXpORFExTENKbGVIQWlPakU0T1RNMU5UY3dORFVzSW1KMVkydGxkQ0k2SW5Cb2IzUnZjeUlzSW5OamIzQmxJam9pYjJKcVpXTjBMWEpsWVdRdGQzSnBkR1VpTENKd1lYUm9jeUk2ZXlKd2NtVm1hWGhRWVhSb2N5STZXeUoxYzJWeWN5OWxkUzEzWlhOMExURTZPV1l6WXpKaE56RXRNREF3TUMwNFpERmxMV0l5WXpRdE5tRXdaalZsTjJRNVl6RXdMeUpkTENKdlltcGxZM1JRWVhSb2N5STZXMTE5ZlEuYnU1bkFSMTBZbUhzNUozX2tydWNRS29TckhwSHlCZlVhYkpkRTc0SFFpOA==',
    expiration: NOW_SECONDS + 3600,
  },
  {
    what: 'actions and a tag, in a jurisdiction, for 15 minutes',
    request: {
      roleArn: grant('GetObject+PutObject+ListObjectsV2', '${aws:PrincipalTag/Team}/${sub}/'),
      identity: { ...member, principalTags: { team: 'Grün 7' } },
      durationSeconds: 900,
    },
    key: { ...key, jurisdiction: 'eu' as const, buckets: ['music', 'photos'] },
    claims:
      '{"sub":"0123456789abcdef0123456789abcdef","iss":"f0e1d2c3b4a5968778695a4b3c2d1e0f","aud":"0123456789abcdef0123456789abcdef.eu.r2.cloudflarestorage.com","iat":1893553445,"exp":1893554345,"bucket":"photos","actions":["GetObject","PutObject","ListObjectsV2"],"paths":{"prefixPaths":["Grün 7/eu-west-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10/"],"objectPaths":[]}}',
    secretAccessKey: '0bab2638c9f0fd384b35fe4bcdb2e64f43ede21261397fc1f40a8507a770048a',
    sessionToken:
      'and0L2V5SmhiR2NpT2lKSVV6STFOaUlzSW5SNWNDSTZJa3BYVkNKOS5leUp6ZFdJaU9pSXdNVEl6TkRVMk56ZzVZV0pqWkdWbU1ERXlNelExTmpjNE9XRmlZMlJsWmlJc0ltbHpjeUk2SW1Zd1pURmtNbU16WWpSaE5UazJPRGMzT0RZNU5XRTBZak5qTW1ReFpUQm1JaXdpWVhWa0lqb2lNREV5TXpRMU5qYzRPV0ZpWTJSbFpqQXhNak0wTlRZM09EbGhZbU5rWldZdVpYVXVjakl1WTJ4dmRXUm1iR0Z5WlhOMGIzSmhaMlV1WTI5dElpd2lhV0YwSWpveE9Ea3pOVFV6TkRRMUxDSmxlSEFpT2pFNE9UTTFOVFF6TkRVc0ltSjFZMnRsZENJNkluQm9iM1J2Y3lJc0ltRmpkR2x2Ym5NaU9sc2lSMlYwVDJKcVpXTjBJaXdpVUhWMFQySnFaV04wSWl3aVRHbHpkRTlpYW1WamRITldNaUpkTENKd1lYUm9jeUk2ZXlKd2NtVm1hWGhRWVhSb2N5STZXeUpIY3NPOGJpQTNMMlYxTFhkbGMzUXRNVG81WmpOak1tRTNNUzB3TURBd0xUaGtNV1V0WWpKak5DMDJZVEJtTldVM1pEbGpNVEF2SWwwc0ltOWlhbVZqZEZCaGRHaHpJanBiWFgxOS44VUNmdUhrWjU3TFdBalMxWUZackJYRWV4aWdxZ3UwMmpvZzJSbTB3MDRF',
    expiration: NOW_SECONDS + 900,
  },
]

function credentials(request: Partial<AssumeRequest> = {}, parent: R2AccessKey | undefined = key, world = testWorld()) {
  return r2Credentials(assumeRequest({ roleArn: GRANT, ...request }), parent, world)
}

function partsOf(sessionToken: string): string[] {
  return atob(sessionToken).split('.')
}

/** A part of a token, as text. */
function textOf(part = ''): string {
  const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

async function issued(...parameters: Parameters<typeof credentials>) {
  const result = await credentials(...parameters)
  if (!result.ok) throw new Error(result.error.reason)
  return result.value
}

describe('R2 credentials', () => {
  it.each(VECTORS)('for $what are those of an independent implementation', async (vector) => {
    expect(await credentials(vector.request, vector.key)).toEqual({
      ok: true,
      value: {
        accessKeyId: key.accessKeyId,
        secretAccessKey: vector.secretAccessKey,
        sessionToken: vector.sessionToken,
        expiration: vector.expiration,
        assumedRoleArn: vector.request.roleArn,
      },
    })
    const [, claims] = partsOf(vector.sessionToken)
    expect(textOf(claims)).toBe(vector.claims)
  })

  it('carry a token of HS256 under the text of the parent secret', async () => {
    const token = atob((await issued()).sessionToken)
    expect(token.slice(0, 4)).toBe('jwt/')
    const { protectedHeader, payload } = await jwtVerify(token.slice(4), utf8(key.secretAccessKey), {
      currentDate: new Date(NOW_SECONDS * 1000),
      issuer: key.accessKeyId,
      subject: key.accountId,
      audience: `${key.accountId}.r2.cloudflarestorage.com`,
    })
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(payload.exp).toBe(NOW_SECONDS + 3600)
  })

  it.each([
    ['no jurisdiction', {}, '0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com'],
    ['that of the EU', { jurisdiction: 'eu' }, '0123456789abcdef0123456789abcdef.eu.r2.cloudflarestorage.com'],
    ['FedRAMP', { jurisdiction: 'fedramp' }, '0123456789abcdef0123456789abcdef.fedramp.r2.cloudflarestorage.com'],
  ] as const)('are for the host of %s', async (_, change, host) => {
    const [, claims] = partsOf((await issued({}, { ...key, ...change })).sessionToken)
    expect(JSON.parse(textOf(claims))).toMatchObject({ aud: host })
  })

  it('begin with the whole second, so they never outlive what was asked for', async () => {
    const world = { ...testWorld(), now: () => NOW_SECONDS * 1000 + 999 }
    expect(await issued({}, key, world)).toEqual(await issued())
  })

  it('are the same for the same grant, user, second and duration, and others for anything else', async () => {
    const same = [await issued(), await issued({ sessionName: 'another' }), await issued({ region: 'us-east-1' })]
    expect(new Set(same.map(({ secretAccessKey }) => secretAccessKey)).size).toBe(1)
    const subject = IDENTITY_ID.replace(/.$/, '1')
    const others = [
      await issued(),
      await issued({ roleArn: grant('object-read-only', 'users/${sub}/') }),
      await issued({ roleArn: grant('object-read-write', 'users/${sub}/', 'music') }),
      await issued({ roleArn: grant('object-read-write', 'user/${sub}/') }),
      await issued({ identity: { ...member, subject } }),
      await issued({ durationSeconds: 3601 }),
      await issued({}, { ...key, secretAccessKey: 'another secret of the same key' }),
      await issued({}, key, { ...testWorld(), now: () => (NOW_SECONDS + 1) * 1000 }),
    ]
    expect(new Set(others.map(({ secretAccessKey }) => secretAccessKey)).size).toBe(others.length)
    expect(new Set(others.map(({ accessKeyId }) => accessKeyId)).size).toBe(1)
  })

  it('leave a guest what the grant says, scope-down or not', async () => {
    const expected = await issued({ identity: member })
    expect(await issued({ identity: guest, narrowing: { kind: 'guest' } })).toEqual(expected)
    expect(await issued({ identity: guest, narrowing: { kind: 'none' } })).toEqual(expected)
  })

  it('write nothing to the log', async () => {
    const world = testWorld()
    await credentials({}, key, world)
    expect(world.records).toEqual([])
  })
})

describe('no R2 credentials are made', () => {
  const tagged = grant('object-read-only', '${aws:PrincipalTag/team}/${sub}/')
  const own = { kind: 'own', policyArns: [] } as const

  it.each([
    ['for a role', { roleArn: 'arn:aws:iam::123456789012:role/Reader' }, { reason: 'r2_grant_invalid' }],
    ['for a grant that is not valid', { roleArn: grant('admin-read-only', '${sub}/') }, { reason: 'r2_grant_invalid' }],
    ['for a bucket beside those of the key', { roleArn: GRANT }, { reason: 'r2_grant_invalid' }, ['photos-2', 'photo']],
    ['for a key that may grant nothing', { roleArn: GRANT }, { reason: 'r2_grant_invalid' }, []],
    ["under the pool's own session policies", { narrowing: own }, { reason: 'session_policy_unusable' }],
    [
      'with tags that STS would refuse',
      { roleArn: tagged, identity: { ...member, principalTags: { team: 'a', TEAM: 'b' } } },
      { reason: 'invalid_tags', why: 'duplicate_key', tag: expect.any(String) },
    ],
    [
      'with refused tags that the path does not need',
      { identity: { ...member, principalTags: { other: '*' } } },
      { reason: 'invalid_tags', why: 'value', tag: expect.any(String) },
    ],
    [
      'without a tag that the path needs',
      { roleArn: tagged, identity: { ...member, principalTags: { teams: 'a' } } },
      { reason: 'r2_path_unsafe', variable: 'aws:PrincipalTag/team', why: 'missing' },
    ],
    [
      'with a tag that leads elsewhere',
      { roleArn: tagged, identity: { ...member, principalTags: { team: '../a' } } },
      { reason: 'r2_path_unsafe', variable: 'aws:PrincipalTag/team', why: 'unsafe' },
    ],
    [
      'for something that is no identity id',
      { identity: { ...member, subject: 'user-1' } },
      { reason: 'r2_path_unsafe', variable: 'sub', why: 'unsafe' },
    ],
  ])('%s', async (_, request, error, buckets?: string[]) => {
    const parent = buckets ? { ...key, buckets } : key
    expect(await credentials(request, parent)).toEqual({ ok: false, error: expect.objectContaining(error) })
  })

  it('without a key of the account', async () => {
    const result = await r2Credentials(assumeRequest({ roleArn: GRANT }), undefined, testWorld())
    expect(result).toEqual({ ok: false, error: { reason: 'r2_not_configured' } })
  })
})
