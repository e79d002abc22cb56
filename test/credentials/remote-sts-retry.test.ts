import { afterEach, describe, expect, it, vi } from 'vitest'
import { shortenTimeLimits } from '../support/time-limits.ts'
import { AWS, errorAnswer } from './answers.ts'
import { assume, dropped, network, STORE, silent, xml } from './sts-network.ts'

const FIRST = 'https://sts.eu-west-1.amazonaws.com/'
const NEXT = 'https://sts.eu-west-2.amazonaws.com/'

const broken = () => xml(new ReadableStream({ pull: (body) => body.error(new Error('reset')) }))
const refusing =
  (code: string, status = 400) =>
  () =>
    xml(errorAnswer(code), status)
const good = () => xml(AWS)

afterEach(() => void vi.restoreAllMocks())

describe('AWS STS', () => {
  it.each([
    ['drops the connection', dropped],
    ['breaks off its answer', broken],
    ['has an internal failure', refusing('InternalFailure', 500)],
    ['is unavailable', refusing('ServiceUnavailable', 503)],
    ['fails without a word', () => new Response(null, { status: 502 })],
    ['throttles', refusing('Throttling')],
    ['is turned off in the region', refusing('RegionDisabledException', 403)],
    ['could not reach the issuer', refusing('IDPCommunicationError')],
    ['could not verify the token', refusing('InvalidIdentityToken')],
  ])('that %s is asked again in the nearest region, with the same token', async (_, answer) => {
    const { fetch, sent } = network(answer, good)
    const { result, tokens } = await assume(fetch, 'aws')
    expect(result).toMatchObject({ ok: true, value: { upstream: { endpoint: NEXT } } })
    expect(sent.map(({ url }) => url)).toEqual([FIRST, NEXT])
    expect(sent[1]).toEqual({ ...sent[0], url: NEXT })
    expect(tokens).toHaveLength(1)
  })

  it.each([
    'AccessDenied',
    'ExpiredTokenException',
    'IDPRejectedClaim',
    'MalformedPolicyDocument',
    'PackedPolicyTooLarge',
    'ValidationError',
  ])('that refuses with %s is not asked again', async (code) => {
    const upstream = { endpoint: FIRST, requestId: 'r-1' }
    const { result } = await assume(network(refusing(code)).fetch, 'aws')
    expect(result).toEqual({ ok: false, error: { reason: 'sts_refused', code, upstream } })
  })

  it.each([
    ['redirects', () => new Response(null, { status: 302 }), { reason: 'sts_unreachable', why: 'redirect' }],
    ['answers with a web page', () => xml('<html/>'), { reason: 'sts_bad_answer', why: 'no_credentials' }],
  ])('that %s is not asked again', async (_, answer, error) => {
    const { result } = await assume(network(answer).fetch, 'aws')
    expect(result).toEqual({ ok: false, error: { ...error, upstream: { endpoint: FIRST } } })
  })

  it('that is asked again leaves a record of why', async () => {
    const { records } = await assume(network(refusing('RegionDisabledException', 403), good).fetch, 'aws')
    const failure = { reason: 'sts_refused', code: 'RegionDisabledException', endpoint: FIRST, requestId: 'r-1' }
    expect(records).toEqual([{ event: 'sts_asked_again', fields: { ...failure, next: NEXT } }])
  })

  it('is asked twice at most, and the last failure is told', async () => {
    const { result } = await assume(network(refusing('Throttling'), dropped).fetch, 'aws')
    expect(result).toEqual({
      ok: false,
      error: { reason: 'sts_unreachable', why: 'network', upstream: { endpoint: NEXT } },
    })
  })

  it('is asked again in its own region where the partition has no other', async () => {
    const { fetch, sent } = network(dropped, good)
    await assume(fetch, 'aws', { region: 'eusc-de-east-1' })
    const url = 'https://sts.eusc-de-east-1.amazonaws.eu/'
    expect(sent.map((request) => request.url)).toEqual([url, url])
  })

  it('that is silent in one region answers from the next within two seconds', async () => {
    const limits = shortenTimeLimits((milliseconds) => milliseconds === 1_200)
    const { result } = await assume(network(silent, good).fetch, 'aws')
    expect(result).toMatchObject({ ok: true, value: { upstream: { endpoint: NEXT } } })
    expect(limits.mock.calls).toEqual([[5_000], [1_200]])
  })

  it('has 1.2 of five seconds for its first answer', async () => {
    const timeout = shortenTimeLimits()
    const { result } = await assume(network(silent).fetch, 'aws')
    expect(result).toEqual({
      ok: false,
      error: { reason: 'sts_unreachable', why: 'timeout', upstream: { endpoint: FIRST } },
    })
    expect(timeout.mock.calls).toEqual([[5_000], [1_200]])
  })

  it('is waited for no longer than the time limit before it is asked again', async () => {
    shortenTimeLimits()
    const longest = (length: number) => new Uint8Array(length).fill(255)
    const { fetch, sent } = network(refusing('Throttling'))
    const { result } = await assume(fetch, 'aws', {}, longest)
    const upstream = { endpoint: FIRST, requestId: 'r-1', code: 'Throttling' }
    expect(result).toEqual({ ok: false, error: { reason: 'sts_throttled', upstream } })
    expect(sent).toHaveLength(1)
  })
})

describe('a store', () => {
  it.each([
    ['drops the connection', dropped],
    ['breaks off its answer', broken],
    ['has an internal failure', refusing('InternalError', 500)],
    ['is unavailable', refusing('ServiceUnavailable', 503)],
    ['could not reach the issuer', refusing('IDPCommunicationError')],
  ])('that %s is asked again', async (_, answer) => {
    const { fetch, sent } = network(answer, good)
    const { result } = await assume(fetch, 'compatible')
    expect(result).toMatchObject({ ok: true, value: { upstream: { endpoint: STORE } } })
    expect(sent).toEqual([sent[0], sent[0]])
  })

  it('that is Ceph is asked again when it made the user of the identity for another call', async () => {
    const { fetch, sent } = network(refusing('BucketAlreadyExists', 409), good)
    const { result } = await assume(fetch, 'ceph')
    expect(result).toMatchObject({ ok: true, value: { upstream: { endpoint: STORE } } })
    expect(sent).toEqual([sent[0], sent[0]])
  })

  it.each(['aws', 'localstack', 'compatible', 'minio', 'seaweedfs'] as const)(
    'that is not Ceph is not asked again for that code: %s',
    async (profile) => {
      const { fetch, sent } = network(refusing('BucketAlreadyExists', 409))
      const { result } = await assume(fetch, profile)
      expect(result).toMatchObject({ ok: false, error: { reason: 'sts_refused', code: 'BucketAlreadyExists' } })
      expect(sent).toHaveLength(1)
    },
  )

  it.each(['InvalidIdentityToken', 'RegionDisabledException'])(
    'is not asked again for a code of AWS: %s',
    async (code) => {
      const { fetch, sent } = network(refusing(code))
      const { result } = await assume(fetch, 'localstack')
      expect(result).toMatchObject({ ok: false, error: { reason: 'sts_refused', code } })
      expect(sent).toHaveLength(1)
    },
  )

  it('is given up when it fails twice', async () => {
    const { result } = await assume(network(dropped, refusing('InternalError', 500)).fetch, 'compatible')
    const upstream = { endpoint: STORE, requestId: 'r-1', code: 'InternalError' }
    expect(result).toEqual({ ok: false, error: { reason: 'sts_unreachable', why: 'server_error', upstream } })
  })

  it('has the whole five seconds for its only answer', async () => {
    const timeout = shortenTimeLimits()
    const { result } = await assume(network(silent).fetch, 'compatible')
    expect(result).toEqual({
      ok: false,
      error: { reason: 'sts_unreachable', why: 'timeout', upstream: { endpoint: STORE } },
    })
    expect(timeout.mock.calls).toEqual([[5_000], [5_000]])
  })

  it('is given up when its answer does not end in time', async () => {
    shortenTimeLimits()
    const start = new TextEncoder().encode(AWS.slice(0, 100))
    const endless = () =>
      xml(new ReadableStream({ start: (body) => body.enqueue(start) }), 200, { 'x-amz-request-id': 'm-1' })
    const { result } = await assume(network(endless).fetch, 'compatible')
    const upstream = { endpoint: STORE, requestId: 'm-1' }
    expect(result).toEqual({ ok: false, error: { reason: 'sts_unreachable', why: 'timeout', upstream } })
  })
})
