// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import { describe, expect, it } from 'vitest'
import { STS_PROFILES, type StsProfileName } from '../../src/credentials/index.ts'
import { sessionPolicies } from '../../src/credentials/scope-down.ts'
import { AWS, CEPH, errorAnswer, MINIO, SEAWEEDFS } from './answers.ts'
import { assume, network, STORE, TOKEN, xml } from './sts-network.ts'
import { guest, NOW_SECONDS, ROLE_ARN } from './support.ts'

const FORM = [
  'Action=AssumeRoleWithWebIdentity',
  'Version=2011-06-15',
  'RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fapps%2FReader',
  'RoleSessionName=CognitoIdentityCredentials',
  'DurationSeconds=3600',
  'WebIdentityToken=header.payload.signature%2B%2F%3D',
].join('&')

const S3_ALONE =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}'

describe('the request', () => {
  it.each([
    ['a store', 'compatible', STORE],
    ['AWS', 'aws', 'https://sts.eu-west-1.amazonaws.com/'],
  ] as const)('to %s is an unsigned form and nothing else', async (_, profile, url) => {
    const { fetch, sent } = network(() => xml(AWS))
    await assume(fetch, profile)
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    expect(sent).toEqual([{ url, method: 'POST', headers, redirect: 'manual', body: FORM }])
  })

  const usual = { lifetimeSeconds: undefined, tags: 'nested' }
  it.each<[StsProfileName, object]>([
    ['aws', usual],
    ['localstack', usual],
    ['ceph', usual],
    ['compatible', usual],
    ['minio', { lifetimeSeconds: 7200, tags: 'nested' }],
    ['seaweedfs', { lifetimeSeconds: 7200, tags: 'object' }],
  ])('to %s carries a token of the form that it needs', async (profile, form) => {
    const { fetch } = network(() => xml(AWS))
    expect((await assume(fetch, profile, { durationSeconds: 7200 })).tokens).toEqual([form])
  })

  it.each<[StsProfileName]>([['minio'], ['seaweedfs'], ['ceph'], ['compatible']])(
    'to %s narrows a guest to what a store knows',
    async (profile) => {
      const { fetch, sent } = network(() => xml(MINIO))
      await assume(fetch, profile, { identity: guest, narrowing: { kind: 'guest' } })
      expect(sent.map(({ body }) => body)).toEqual([`${FORM}&${new URLSearchParams({ Policy: S3_ALONE })}`])
    },
  )

  it.each<[StsProfileName, string]>([
    ['aws', 'https://sts.cn-north-1.amazonaws.com.cn/'],
    ['localstack', STORE],
  ])('to %s narrows a guest by both session policies, in the partition of the role', async (profile, url) => {
    const { fetch, sent } = network(() => xml(AWS))
    const roleArn = ROLE_ARN.replace('arn:aws:', 'arn:aws-cn:')
    const request = { region: 'cn-north-1', narrowing: { kind: 'guest' } } as const
    await assume(fetch, profile, { identity: guest, roleArn, ...request })
    const form = new URLSearchParams(sent[0]?.body)
    const policies = sessionPolicies(request, STS_PROFILES.aws, 'aws-cn')
    expect({ url: sent[0]?.url, policy: form.get('Policy'), arn: form.get('PolicyArns.member.1.arn') }).toEqual({
      url,
      policy: policies.ok ? policies.value.policy : undefined,
      arn: 'arn:aws-cn:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy',
    })
  })

  it("carries the pool owner's session policies as they are", async () => {
    const { fetch, sent } = network(() => xml(AWS))
    const policyArns = ['arn:aws:iam::aws:policy/One', 'arn:aws:iam::123456789012:policy/Two']
    await assume(fetch, 'aws', { narrowing: { kind: 'own', policy: '{"Statement":[]}', policyArns } })
    const policies = new URLSearchParams({
      Policy: '{"Statement":[]}',
      'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/One',
      'PolicyArns.member.2.arn': 'arn:aws:iam::123456789012:policy/Two',
    })
    expect(sent.map(({ body }) => body)).toEqual([`${FORM}&${policies}`])
  })

  it('has every blank as %20, because a gateway may read a plus as itself', async () => {
    const { fetch, sent } = network(() => xml(CEPH))
    await assume(fetch, 'ceph', { narrowing: { kind: 'own', policy: '{ "a": "b+c d" }', policyArns: [] } })
    expect(sent[0]?.body.split('&Policy=')[1]).toBe('%7B%20%22a%22%3A%20%22b%2Bc%20d%22%20%7D')
    expect(new URLSearchParams(sent[0]?.body).get('Policy')).toBe('{ "a": "b+c d" }')
  })

  it.each<[StsProfileName, string]>([
    ['aws', 'arn:minio:iam:::role/abc'],
    ['aws', 'arn:aws:iam:::role/Reader'],
    ['localstack', 'dummy'],
  ])('is not made to %s, and no token is signed, for the role %s', async (profile, roleArn) => {
    const { fetch, sent } = network()
    const { result, tokens } = await assume(fetch, profile, { roleArn })
    expect(result).toEqual({ ok: false, error: { reason: 'invalid_role_arn' } })
    expect({ sent, tokens }).toEqual({ sent: [], tokens: [] })
  })

  it.each<[StsProfileName, string, string]>([
    ['aws', '*', 'value'],
    ['localstack', 'a\0b', 'value'],
    ['ceph', '${sub}', 'value'],
    ['ceph', '', 'value_in_path'],
    ['minio', '*', 'value'],
    ['seaweedfs', '../bob', 'value_in_path'],
    ['compatible', '/bob', 'value_in_path'],
  ])('is not made to %s, and no token is signed, with the tag value %j', async (profile, team, why) => {
    const { fetch, sent } = network()
    const { result, tokens } = await assume(fetch, profile, { identity: { ...guest, principalTags: { team } } })
    expect(result).toEqual({ ok: false, error: { reason: 'invalid_tags', why, tag: 'team' } })
    expect({ sent, tokens }).toEqual({ sent: [], tokens: [] })
  })

  it('is not made, and no token is signed, with session policies that cannot be used', async () => {
    const { fetch, sent } = network()
    const narrowing = { kind: 'own', policyArns: ['arn:aws:iam::aws:policy/One'] } as const
    const { result, tokens } = await assume(fetch, 'minio', { narrowing })
    expect(result).toEqual({ ok: false, error: { reason: 'session_policy_unusable', why: 'managed_policy' } })
    expect({ sent, tokens }).toEqual({ sent: [], tokens: [] })
  })
})

describe('the credentials', () => {
  const derived = 'arn:aws:sts::123456789012:assumed-role/Reader/CognitoIdentityCredentials'

  it('of AWS are handed on whole, with where they come from', async () => {
    const { fetch } = network(() => xml(AWS, 200, { 'x-amzn-requestid': 'aws-1' }))
    expect((await assume(fetch, 'aws')).result).toEqual({
      ok: true,
      value: {
        accessKeyId: 'ASIAUPSTREAMUPSTREAM',
        secretAccessKey: 'up+stream/secret',
        sessionToken: 'FwoGZXIvYXdzEXAMPLE/+token==',
        expiration: NOW_SECONDS + 3600,
        assumedRoleArn: derived,
        assumedRoleId: 'AROAUPSTREAMUPSTREAMU:CognitoIdentityCredentials',
        upstream: { endpoint: 'https://sts.eu-west-1.amazonaws.com/', requestId: 'aws-1' },
      },
    })
  })

  it.each([
    ['minio', MINIO, ROLE_ARN, { assumedRoleArn: derived, upstream: { endpoint: STORE, requestId: '17F0' } }],
    [
      'minio',
      MINIO,
      'arn:minio:iam:::role/abc',
      { assumedRoleArn: 'arn:minio:iam:::role/abc', upstream: { endpoint: STORE, requestId: '17F0' } },
    ],
    ['seaweedfs', SEAWEEDFS, ROLE_ARN, { assumedRoleArn: derived, upstream: { endpoint: STORE } }],
    [
      'ceph',
      CEPH,
      ROLE_ARN,
      {
        assumedRoleArn: derived.replace('Reader', 'apps/Reader'),
        assumedRoleId: '6b1d-4c2e:CognitoIdentityCredentials',
        upstream: { endpoint: STORE },
      },
    ],
  ] as const)('of %s name the session as far as it is known', async (profile, answer, roleArn, known) => {
    const { result } = await assume(network(() => xml(answer)).fetch, profile, { roleArn })
    const { accessKeyId: _, secretAccessKey: _s, sessionToken: _t, expiration, ...rest } = result.ok ? result.value : {}
    expect({ expiration, ...rest }).toEqual({ expiration: NOW_SECONDS + 3600, ...known })
  })
})

describe('a store that refuses', () => {
  const upstream = { endpoint: STORE, requestId: 'r-1' }
  const anonymous = { endpoint: STORE }

  it.each([
    [400, errorAnswer('InvalidIdentityToken'), { reason: 'sts_refused', code: 'InvalidIdentityToken', upstream }],
    [403, errorAnswer('AccessDenied'), { reason: 'sts_refused', code: 'AccessDenied', upstream }],
    [400, errorAnswer('ExpiredTokenException'), { reason: 'sts_refused', code: 'ExpiredTokenException', upstream }],
    [400, errorAnswer('<b>x</b>'), { reason: 'sts_refused', code: 'Unknown', upstream: { ...upstream, status: 400 } }],
    [404, 'not here', { reason: 'sts_refused', code: 'Unknown', upstream: { ...anonymous, status: 404 } }],
    [405, '', { reason: 'sts_refused', code: 'Unknown', upstream: { ...anonymous, status: 405 } }],
    [
      400,
      `<p>${'x'.repeat(70_000)}`,
      { reason: 'sts_refused', code: 'Unknown', upstream: { ...anonymous, status: 400 } },
    ],
    [400, errorAnswer('Throttling'), { reason: 'sts_throttled', upstream: { ...upstream, code: 'Throttling' } }],
    [
      400,
      errorAnswer('RequestLimitExceeded'),
      { reason: 'sts_throttled', upstream: { ...upstream, code: 'RequestLimitExceeded' } },
    ],
    [429, 'slower', { reason: 'sts_throttled', upstream: { ...anonymous, status: 429 } }],
    [
      503,
      '<Error><Code>SlowDown</Code></Error>',
      { reason: 'sts_throttled', upstream: { ...anonymous, code: 'SlowDown' } },
    ],
  ])('with %i is not asked again', async (status, body, error) => {
    const { fetch } = network(() => xml(body, status))
    expect((await assume(fetch, 'compatible')).result).toEqual({ ok: false, error })
  })

  it('never has its text repeated', async () => {
    const answer = errorAnswer('AccessDenied', `token ${TOKEN} is no good`)
    const answered = await assume(network(() => xml(answer, 403)).fetch, 'compatible')
    expect(JSON.stringify(answered)).not.toContain('token ')
  })
})

describe('a store that cannot be used', () => {
  const refusalOf = async (...answers: Parameters<typeof network>) => {
    const { result } = await assume(network(...answers).fetch, 'compatible')
    return result.ok ? undefined : result.error
  }
  const upstream = { endpoint: STORE }

  it.each([301, 302, 307, 308])('is not followed to where it redirects with %i', async (status) => {
    const redirect = () => new Response(null, { status, headers: { location: 'https://elsewhere.example.com/' } })
    expect(await refusalOf(redirect)).toEqual({ reason: 'sts_unreachable', why: 'redirect', upstream })
  })

  it('is not read to the end when its answer has megabytes', async () => {
    let chunks = 0
    let cancelled = false
    const stream = new ReadableStream({
      pull(body) {
        chunks += 1
        body.enqueue(new Uint8Array(16 * 1024))
      },
      cancel() {
        cancelled = true
      },
    })
    expect(await refusalOf(() => xml(stream))).toEqual({ reason: 'sts_bad_answer', why: 'oversized', upstream })
    expect(chunks).toBeLessThan(10)
    expect(cancelled).toBe(true)
  })

  const named = { endpoint: STORE, requestId: '7f0e1a52-0000-4000-8000-000000000000' }
  it.each([
    ['a web page', '<html><body>Welcome</body></html>', 'no_credentials', upstream],
    ['half a document', AWS.slice(0, -20), 'not_xml', upstream],
    ['a document type', `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${AWS}`, 'not_xml', upstream],
    ['credentials that have expired', AWS.replace('2030', '2029'), 'expiration', named],
  ])('sends %s', async (_, body, why, from) => {
    expect(await refusalOf(() => xml(body))).toEqual({ reason: 'sts_bad_answer', why, upstream: from })
  })
})
