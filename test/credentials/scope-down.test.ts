import { describe, expect, it } from 'vitest'
import { STS_PROFILES, type StsProfileName } from '../../src/credentials/index.ts'
import { MAX_SESSION_POLICY_CHARS } from '../../src/credentials/limits.ts'
import { sessionPolicies } from '../../src/credentials/scope-down.ts'

const EVERYWHERE =
  'cloudwatch:* logs:* dynamodb:* kinesis:* mobileanalytics:* s3:* ses:* sns:* sqs:* lambda:* machinelearning:* ' +
  'execute-api:* iot:* gamelift:* cognito-identity:* cognito-idp:* lex:* polly:* comprehend:* translate:* transcribe:* ' +
  'rekognition:* mobiletargeting:* firehose:* appsync:* personalize:* sagemaker:InvokeEndpoint'
const ELSEWHERE = 'cognito-sync:* codewhisperer:* sdb:* textract:DetectDocumentText textract:AnalyzeDocument'

function guestPolicies(profile: StsProfileName, region = 'eu-west-1', partition = 'aws') {
  const policies = sessionPolicies({ narrowing: { kind: 'guest' }, region }, STS_PROFILES[profile], partition)
  if (!policies.ok || policies.value.policy === undefined) throw new Error('a guest without an inline policy')
  return { policy: policies.value.policy, policyArns: policies.value.policyArns }
}

describe('the scope-down of guests', () => {
  it.each([
    ['eu-west-1', `${EVERYWHERE} ${ELSEWHERE}`],
    ['local', `${EVERYWHERE} ${ELSEWHERE}`],
    ['eu-south-2', EVERYWHERE],
  ])('at AWS in %s allows the documented actions and no others', (region, actions) => {
    expect(JSON.parse(guestPolicies('aws', region).policy)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions.split(' '), Resource: ['*'] }],
    })
  })

  it.each(['aws', 'aws-cn', 'aws-us-gov'])('at AWS names the managed policy in the partition %s', (partition) => {
    const arn = `arn:${partition}:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy`
    expect(guestPolicies('aws', 'eu-west-1', partition).policyArns).toEqual([arn])
  })

  it('fits the limit that STS sets for both together', () => {
    const { policy, policyArns } = guestPolicies('aws', 'eu-west-1', 'aws-us-gov')
    expect((policy + policyArns.join('')).length).toBeLessThanOrEqual(MAX_SESSION_POLICY_CHARS)
  })

  it('at LocalStack is the one of AWS', () => {
    expect(guestPolicies('localstack')).toEqual(guestPolicies('aws'))
  })

  it.each<[StsProfileName]>([['minio'], ['seaweedfs'], ['ceph'], ['compatible']])(
    'at %s allows S3 and names nothing else',
    (profile) => {
      const { policy, policyArns } = guestPolicies(profile)
      const statement = { Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] }
      expect({ policy: JSON.parse(policy), policyArns }).toEqual({
        policy: { Version: '2012-10-17', Statement: [statement] },
        policyArns: [],
      })
    },
  )
})

describe("the pool owner's session policies", () => {
  const own = (profile: StsProfileName, policy: string | undefined, policyArns: readonly string[]) =>
    sessionPolicies(
      { narrowing: { kind: 'own', policy, policyArns }, region: 'eu-west-1' },
      STS_PROFILES[profile],
      'aws',
    )
  const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  const longest = 'x'.repeat(MAX_SESSION_POLICY_CHARS - arn.length)

  it.each<[string, StsProfileName, string | undefined, string[]]>([
    ['inline at AWS', 'aws', '{}', []],
    ['managed at AWS', 'aws', undefined, [arn]],
    ['both at AWS, as long as may be', 'aws', longest, [arn]],
    ['both at LocalStack', 'localstack', '{}', [arn]],
    ['inline at MinIO', 'minio', '{}', []],
    ['inline at any other store, as long as may be', 'compatible', longest + arn, []],
    ['an empty text, which STS then refuses', 'aws', '', []],
  ])('are sent as they are: %s', (_, profile, policy, policyArns) => {
    expect(own(profile, policy, policyArns)).toEqual({ ok: true, value: { policy, policyArns } })
  })

  it.each<[string, StsProfileName, string | undefined, string[], string]>([
    ['too long an inline one', 'minio', `${longest}${arn}x`, [], 'too_large'],
    ['both too long together', 'aws', `${longest}x`, [arn], 'too_large'],
    ['more managed ones than STS takes', 'aws', undefined, Array(11).fill(arn), 'too_large'],
    ['a managed one at MinIO', 'minio', '{}', [arn], 'managed_policy'],
    ['a managed one at SeaweedFS', 'seaweedfs', undefined, [arn], 'managed_policy'],
    ['a managed one at Ceph', 'ceph', undefined, [arn], 'managed_policy'],
    ['a managed one at any other store', 'compatible', undefined, [arn], 'managed_policy'],
  ])('are refused: %s', (_, profile, policy, policyArns, why) => {
    expect(own(profile, policy, policyArns)).toEqual({ ok: false, error: { reason: 'session_policy_unusable', why } })
  })
})

it('no narrowing is no session policy', () => {
  const request = { narrowing: { kind: 'none' }, region: 'eu-west-1' } as const
  expect(sessionPolicies(request, STS_PROFILES.aws, 'aws')).toEqual({ ok: true, value: { policyArns: [] } })
})
