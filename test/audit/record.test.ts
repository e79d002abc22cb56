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
const recordOf = (...parameters: Parameters<typeof auditRecord>) =>
  JSON.parse(JSON.stringify(auditRecord(...parameters)))

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

  it('cuts a message and leaves out a request that would make the log drop the record', () => {
    const long = { code: 'ValidationException', message: 'x'.repeat(5000) }
    const request = (size: number) => ({ policy: 'x'.repeat(size - JSON.stringify({ policy: '' }).length) })
    const largest = request(64 * 1024)
    const record = recordOf(REQUESTED, { ...FACTS, request: largest }, long)
    expect(record.requestParameters).toEqual(largest)
    expect(record.errorMessage).toBe('x'.repeat(1024))
    expect(recordOf(REQUESTED, { ...FACTS, request: request(64 * 1024 + 1) }, long)).toEqual({
      ...record,
      requestParameters: undefined,
    })
  })
})
