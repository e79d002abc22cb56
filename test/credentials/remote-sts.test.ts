import { afterEach, describe, expect, it, vi } from 'vitest'
import type { World } from '../../src/base/world.ts'
import { assumeRoleRemotely } from '../../src/credentials/remote-sts.ts'
import { guestScopeDown } from '../../src/credentials/scope-down.ts'
import type { AssumeRequest } from '../../src/credentials/types.ts'
import { AWS, CEPH, errorAnswer, MINIO, SEAWEEDFS } from './answers.ts'
import { assumeRequest, guest, NOW_SECONDS, ROLE_ARN, testWorld } from './support.ts'

const STORE = 'https://store.example.com:9000/'
const TOKEN = 'header.payload.signature+/='

interface Sent {
  url: string
  method: string | undefined
  headers: Record<string, string>
  redirect: string | undefined
  body: string
}

/** A network with one STS in it, which answers in turn. */
function network(...answers: (() => Response | Promise<Response>)[]): { fetch: World['fetch']; sent: Sent[] } {
  const sent: Sent[] = []
  const fetch: World['fetch'] = async (url, { method, headers, redirect, body } = {}) => {
    sent.push({ url, method, headers: Object.fromEntries(new Headers(headers)), redirect, body: String(body) })
    const answer = answers[sent.length - 1]
    if (!answer) throw new Error('one request too many')
    return answer()
  }
  return { fetch, sent }
}

const xml = (body: BodyInit, status = 200) => new Response(body, { status, headers: { 'content-type': 'text/xml' } })
const dropped = () => Promise.reject(new Error('Network connection lost.'))

function run(fetch: World['fetch'], change: Partial<AssumeRequest> = {}, endpoint = STORE) {
  return assumeRoleRemotely(assumeRequest(change), { endpoint, mintToken: async () => TOKEN, world: testWorld(fetch) })
}

async function refusalOf(...answers: Parameters<typeof network>) {
  const result = await run(network(...answers).fetch)
  return result.ok ? undefined : result.error
}

const FORM = [
  'Action=AssumeRoleWithWebIdentity',
  'Version=2011-06-15',
  'RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fapps%2FReader',
  'RoleSessionName=CognitoIdentityCredentials',
  'DurationSeconds=3600',
  'WebIdentityToken=header.payload.signature%2B%2F%3D',
].join('&')

describe('the request', () => {
  it('to an STS-compatible service is an unsigned form and nothing else, guest or not', async () => {
    const { fetch, sent } = network(() => xml(MINIO))
    await run(fetch, { identity: guest, scopeDown: true })
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    expect(sent).toEqual([{ url: STORE, method: 'POST', headers, redirect: 'manual', body: FORM }])
  })

  it('to AWS goes to the regional endpoint', async () => {
    const { fetch, sent } = network(() => xml(AWS))
    await run(fetch, {}, 'aws')
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    const url = 'https://sts.eu-west-1.amazonaws.com/'
    expect(sent).toEqual([{ url, method: 'POST', headers, redirect: 'manual', body: FORM }])
  })

  it('to AWS narrows a guest by both session policies, in the partition of the role', async () => {
    const { fetch, sent } = network(() => xml(AWS))
    const roleArn = ROLE_ARN.replace('arn:aws:', 'arn:aws-cn:')
    await run(fetch, { identity: guest, scopeDown: true, roleArn, region: 'cn-north-1' }, 'aws')
    expect(sent[0]?.url).toBe('https://sts.cn-north-1.amazonaws.com.cn/')
    const form = new URLSearchParams(sent[0]?.body)
    expect(form.get('Policy')).toBe(guestScopeDown('cn-north-1', 'aws-cn').policy)
    const managed = 'arn:aws-cn:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy'
    expect(form.get('PolicyArns.member.1.arn')).toBe(managed)
  })

  it('is not made, and no token is signed, for what is no role of AWS', async () => {
    const { fetch, sent } = network()
    const mintToken = () => Promise.reject(new Error('must not be called'))
    const request = assumeRequest({ roleArn: 'arn:minio:iam:::role/abc' })
    const result = await assumeRoleRemotely(request, { endpoint: 'aws', mintToken, world: testWorld(fetch) })
    expect(result).toEqual({ ok: false, error: { reason: 'invalid_role_arn' } })
    expect(sent).toEqual([])
  })
})

describe('the credentials', () => {
  const derived = 'arn:aws:sts::123456789012:assumed-role/Reader/CognitoIdentityCredentials'

  it('of AWS are handed on whole', async () => {
    expect(await run(network(() => xml(AWS)).fetch, {}, 'aws')).toEqual({
      ok: true,
      value: {
        accessKeyId: 'ASIAUPSTREAMUPSTREAM',
        secretAccessKey: 'up+stream/secret',
        sessionToken: 'FwoGZXIvYXdzEXAMPLE/+token==',
        expiration: NOW_SECONDS + 3600,
        assumedRoleArn: derived,
        assumedRoleId: 'AROAUPSTREAMUPSTREAMU:CognitoIdentityCredentials',
      },
    })
  })

  it.each([
    ['MinIO', MINIO, ROLE_ARN, { assumedRoleArn: derived }],
    ['MinIO with an ARN of its own', MINIO, 'arn:minio:iam:::role/abc', { assumedRoleArn: 'arn:minio:iam:::role/abc' }],
    ['SeaweedFS', SEAWEEDFS, ROLE_ARN, { assumedRoleArn: derived }],
    [
      'Ceph',
      CEPH,
      ROLE_ARN,
      {
        assumedRoleArn: derived.replace('Reader', 'apps/Reader'),
        assumedRoleId: '6b1d-4c2e:CognitoIdentityCredentials',
      },
    ],
  ])('of %s name the session as far as it is known', async (_, answer, roleArn, user) => {
    const result = await run(network(() => xml(answer)).fetch, { roleArn })
    const { assumedRoleArn, assumedRoleId } = result.ok ? result.value : {}
    expect({ assumedRoleArn, ...(assumedRoleId && { assumedRoleId }) }).toEqual(user)
  })
})

describe('an STS that refuses', () => {
  it.each([
    [400, errorAnswer('InvalidIdentityToken'), { reason: 'sts_refused', code: 'InvalidIdentityToken' }],
    [403, errorAnswer('AccessDenied'), { reason: 'sts_refused', code: 'AccessDenied' }],
    [400, errorAnswer('ExpiredTokenException'), { reason: 'sts_refused', code: 'ExpiredTokenException' }],
    [400, errorAnswer('<b>x</b>'), { reason: 'sts_refused', code: 'Unknown' }],
    [404, 'not here', { reason: 'sts_refused', code: 'Unknown' }],
    [400, errorAnswer('Throttling'), { reason: 'sts_throttled' }],
    [400, errorAnswer('RequestLimitExceeded'), { reason: 'sts_throttled' }],
    [429, 'slower', { reason: 'sts_throttled' }],
    [503, '<Error><Code>SlowDown</Code></Error>', { reason: 'sts_throttled' }],
    [503, errorAnswer('ServiceUnavailable'), { reason: 'sts_unreachable', why: 'server_error' }],
    [500, '', { reason: 'sts_unreachable', why: 'server_error' }],
  ])('with %i %s', async (status, body, error) => {
    expect(await refusalOf(() => xml(body, status))).toEqual(error)
  })

  it('never has its text repeated', async () => {
    const answer = errorAnswer('AccessDenied', `token ${TOKEN} is no good`)
    expect(JSON.stringify(await refusalOf(() => xml(answer, 403)))).not.toContain('token')
  })
})

describe('an STS that cannot be used', () => {
  afterEach(() => void vi.restoreAllMocks())

  it.each([301, 302, 307, 308])('is not followed to where it redirects with %i', async (status) => {
    const redirect = () => new Response(null, { status, headers: { location: 'https://elsewhere.example.com/' } })
    expect(await refusalOf(redirect)).toEqual({ reason: 'sts_unreachable', why: 'redirect' })
  })

  it('is asked once more when the connection drops before an answer', async () => {
    const { fetch, sent } = network(dropped, () => xml(AWS))
    expect(await run(fetch)).toMatchObject({ ok: true })
    expect(sent.map(({ body }) => body)).toEqual([FORM, FORM])
  })

  it('is given up when the connection drops twice', async () => {
    expect(await refusalOf(dropped, dropped)).toEqual({ reason: 'sts_unreachable', why: 'network' })
  })

  it('is not asked again once it has begun to answer', async () => {
    const broken = () => xml(new ReadableStream({ pull: (body) => body.error(new Error('reset')) }))
    expect(await refusalOf(broken)).toEqual({ reason: 'sts_unreachable', why: 'network' })
  })

  /** Lets the time limit pass at once, and shows how long it would have been. */
  function shortenTimeLimit() {
    const limit = new AbortController()
    setTimeout(() => limit.abort(), 20)
    return vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal)
  }

  it('is given up after five seconds without an answer', async () => {
    const timeout = shortenTimeLimit()
    const silent: World['fetch'] = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    expect(await run(silent)).toEqual({ ok: false, error: { reason: 'sts_unreachable', why: 'timeout' } })
    expect(timeout.mock.calls).toEqual([[5000]])
  })

  it('is given up when its answer does not end in time', async () => {
    shortenTimeLimit()
    const start = new TextEncoder().encode(AWS.slice(0, 100))
    const endless = () => xml(new ReadableStream({ start: (body) => body.enqueue(start) }))
    expect(await refusalOf(endless)).toEqual({ reason: 'sts_unreachable', why: 'timeout' })
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
    expect(await refusalOf(() => xml(stream))).toEqual({ reason: 'sts_bad_answer', why: 'oversized' })
    expect(chunks).toBeLessThan(10)
    expect(cancelled).toBe(true)
  })

  it.each([
    ['a web page', '<html><body>Welcome</body></html>', 'no_credentials'],
    ['a document type', `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${AWS}`, 'not_xml'],
    ['credentials that have expired', AWS.replace('2030', '2029'), 'expiration'],
  ])('sends %s', async (_, body, why) => {
    expect(await refusalOf(() => xml(body))).toEqual({ reason: 'sts_bad_answer', why })
  })
})
