import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Actor, auditRecord, type Facts } from '../../src/audit/index.ts'

const REQUESTED = {
  requestId: 'r-1',
  eventId: 'e-1',
  time: Date.UTC(2030, 0, 2, 3, 4, 5, 678),
  service: 'cognito-identity',
  operation: 'GetId',
  readOnly: false,
  management: false,
  sourceAddress: '192.0.2.1',
  userAgent: 'app/1',
}
const FACTS: Facts = {
  account: '000000000000',
  region: 'eu-west-1',
  request: { identityPoolId: 'p' },
  response: { identityId: 'i' },
  decision: { pool: 'p' },
}
const SIGNER = {
  arn: 'arn:aws:iam::000000000000:user/ann',
  account: '000000000000',
  userId: 'AIDA1',
  accessKeyId: 'AK',
}

/** A record as a log search finds it. */
const recordOf = (...parameters: Parameters<typeof auditRecord>) => JSON.parse(auditRecord(...parameters))

describe('an audit record', () => {
  it("has the form of CloudTrail's, with the decision as additional data", () => {
    expect(recordOf(REQUESTED, FACTS, undefined)).toEqual({
      eventVersion: '1.11',
      userIdentity: { type: 'Unknown' },
      eventTime: '2030-01-02T03:04:05Z',
      eventSource: 'cognito-identity.amazonaws.com',
      eventName: 'GetId',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '192.0.2.1',
      userAgent: 'app/1',
      requestParameters: { identityPoolId: 'p' },
      responseElements: { identityId: 'i' },
      additionalEventData: { pool: 'p' },
      requestID: 'r-1',
      eventID: 'e-1',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: false,
      recipientAccountId: '000000000000',
      eventCategory: 'Data',
    })
  })

  it('of a refusal has its code and message, and nothing that would have been answered', () => {
    const { responseElements, ...rest } = recordOf(REQUESTED, FACTS, { code: 'AccessDenied', message: 'No.' })
    expect(responseElements).toBeUndefined()
    expect(rest).toEqual({
      ...recordOf(REQUESTED, { ...FACTS, response: {} }, undefined),
      responseElements: undefined,
      errorCode: 'AccessDenied',
      errorMessage: 'No.',
    })
  })

  it('has no empty message', () => {
    expect(recordOf(REQUESTED, {}, { code: 'SerializationException', message: '' })).not.toHaveProperty('errorMessage')
  })

  it('of a change of set-up is a management event', () => {
    const record = recordOf({ ...REQUESTED, management: true }, FACTS, undefined)
    expect(record).toMatchObject({ managementEvent: true, eventCategory: 'Management' })
  })

  it.each<[string, Actor, object]>([
    [
      'an access key',
      { kind: 'user', ...SIGNER },
      { type: 'IAMUser', principalId: 'AIDA1', arn: SIGNER.arn, accountId: '000000000000', accessKeyId: 'AK' },
    ],
    [
      'vended credentials',
      { kind: 'session', ...SIGNER },
      { type: 'AssumedRole', principalId: 'AIDA1', arn: SIGNER.arn, accountId: '000000000000', accessKeyId: 'AK' },
    ],
    [
      'a token of ours',
      { kind: 'web_identity', subject: 'eu-west-1:i', issuer: 'https://id.example' },
      {
        type: 'WebIdentityUser',
        principalId: 'https://id.example:eu-west-1:i',
        userName: 'eu-west-1:i',
        identityProvider: 'https://id.example',
      },
    ],
  ])('names who came with %s', (_, actor, userIdentity) => {
    expect(recordOf(REQUESTED, { ...FACTS, actor }, undefined).userIdentity).toEqual(userIdentity)
  })

  it('cuts a message', () => {
    const long = { code: 'ValidationException', message: 'x'.repeat(5000) }
    expect(recordOf(REQUESTED, FACTS, long).errorMessage).toBe('x'.repeat(1024))
  })
})

const MAX_BYTES = 10_240
const bytesOf = (text: string) => new TextEncoder().encode(text).byteLength
const rules = Array.from({ length: 60 }, (_, n) => ({ claim: 'a', value: `${n}`, roleARN: 'r'.repeat(512) }))
const judged = Array.from({ length: 10 }, (_, n) => ({
  provider: `issuer-${n}.example`,
  accepted: false,
  reason: 'audience',
  found: 'f'.repeat(256),
  expected: Array.from({ length: 10 }, () => 'c'.repeat(128)),
}))
const refusal = { code: 'NotAuthorizedException', message: 'x'.repeat(5000) }

describe('a record that is too long for Logpush', () => {
  it('is one of more than ten kilobytes', () => {
    const sized = (spare: number) => {
      const left = MAX_BYTES - spare - bytesOf(auditRecord(REQUESTED, { ...FACTS, request: { text: '' } }, undefined))
      return recordOf(REQUESTED, { ...FACTS, request: { text: 'x'.repeat(left) } }, undefined)
    }
    expect(sized(0).additionalEventData).toEqual({ pool: 'p' })
    expect(sized(0).requestParameters.text).toHaveLength(
      MAX_BYTES - bytesOf(JSON.stringify({ ...sized(0), requestParameters: { text: '' } })),
    )
    expect(sized(-1)).toEqual({
      ...sized(0),
      requestParameters: { text: `${'x'.repeat(128)}…` },
      additionalEventData: { pool: 'p', shortened: ['requestParameters'] },
    })
  })

  it('keeps the decision whole, and of the request what fits', () => {
    const request = { identityPoolId: 'p', rules, note: 'n'.repeat(512) }
    const { additionalEventData, requestParameters, ...rest } = recordOf(REQUESTED, { ...FACTS, request }, undefined)
    expect(additionalEventData).toEqual({ pool: 'p', shortened: ['requestParameters'] })
    expect(requestParameters).toEqual({
      identityPoolId: 'p',
      rules: rules.slice(0, 20).map((rule) => ({ ...rule, roleARN: `${'r'.repeat(128)}…` })),
      note: `${'n'.repeat(128)}…`,
    })
    const { additionalEventData: _, requestParameters: __, ...short } = recordOf(REQUESTED, FACTS, undefined)
    expect(rest).toEqual(short)
  })

  it('says of each login what came of it, if the decision is too long too', () => {
    const decision = { pool: 'p', logins: judged, reason: 'r' }
    const record = recordOf(REQUESTED, { ...FACTS, request: { rules }, decision }, refusal)
    const { logins, ...others } = record.additionalEventData
    expect(others).toEqual({ pool: 'p', reason: 'r', shortened: ['requestParameters', 'additionalEventData'] })
    expect(logins.map(({ provider, reason }: Record<string, unknown>) => [provider, reason])).toEqual(
      judged.map(({ provider, reason }) => [provider, reason]),
    )
  })

  it('has neither request nor decision if nothing else helps', () => {
    const decision = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`member${n}`, 'x'.repeat(40)]))
    const record = recordOf(REQUESTED, { ...FACTS, decision }, refusal)
    expect(record).toMatchObject({ requestID: 'r-1', eventName: 'GetId', errorMessage: `${'x'.repeat(64)}…` })
    expect(record.additionalEventData).toEqual({ shortened: ['all'] })
    expect(record).not.toHaveProperty('requestParameters')
  })

  it('always fits, whatever is in it', () => {
    const noise = fc
      .tuple(fc.constantFrom('\u0000', '"', '…', '😀', 'x'), fc.integer({ min: 0, max: 1024 }))
      .map(([text, times]) => text.repeat(times))
    const value = fc
      .tuple(noise, fc.integer({ min: 0, max: 70 }))
      .map(([text, items]) => Array.from({ length: items }, (_, n) => ({ [`${n}`]: text, list: [text, text] })))
    const some = (names: string[]) => fc.record(Object.fromEntries(names.map((name) => [name, value])))
    const facts = fc.record({
      actor: fc.record({
        kind: fc.constant('user' as const),
        arn: noise,
        account: noise,
        userId: noise,
        accessKeyId: noise,
      }),
      account: noise,
      region: noise,
      request: some(['a', 'b', 'c']),
      decision: some(['pool', 'logins', 'failed', 'role']),
      response: fc.record({ identityId: noise, credentials: fc.record({ accessKeyId: noise, expiration: noise }) }),
    })
    const claim = ([given, message, isRefused]: [Facts, string, boolean]) => {
      const requested = { ...REQUESTED, userAgent: message, sourceAddress: message }
      const text = auditRecord(requested, given, isRefused ? { code: message, message } : undefined)
      expect(bytesOf(text)).toBeLessThanOrEqual(MAX_BYTES)
      expect(JSON.parse(text).requestID).toBe('r-1')
    }
    fc.assert(fc.property(fc.tuple(facts, noise, fc.boolean()), claim), { numRuns: 30 })
  })
})
