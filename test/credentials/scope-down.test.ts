import { describe, expect, it } from 'vitest'
import { MAX_SESSION_POLICY_CHARS } from '../../src/credentials/limits.ts'
import { guestScopeDown } from '../../src/credentials/scope-down.ts'

const EVERYWHERE =
  'cloudwatch:* logs:* dynamodb:* kinesis:* mobileanalytics:* s3:* ses:* sns:* sqs:* lambda:* machinelearning:* ' +
  'execute-api:* iot:* gamelift:* cognito-identity:* cognito-idp:* lex:* polly:* comprehend:* translate:* transcribe:* ' +
  'rekognition:* mobiletargeting:* firehose:* appsync:* personalize:* sagemaker:InvokeEndpoint'
const ELSEWHERE = 'cognito-sync:* codewhisperer:* sdb:* textract:DetectDocumentText textract:AnalyzeDocument'

describe('the scope-down of guests', () => {
  it.each([
    ['eu-west-1', `${EVERYWHERE} ${ELSEWHERE}`],
    ['local', `${EVERYWHERE} ${ELSEWHERE}`],
    ['eu-south-2', EVERYWHERE],
  ])('in %s allows the documented actions and no others', (region, actions) => {
    expect(JSON.parse(guestScopeDown(region, 'aws').policy)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions.split(' '), Resource: ['*'] }],
    })
  })

  it.each(['aws', 'aws-cn', 'aws-us-gov'])('names the managed policy in the partition %s', (partition) => {
    const arn = `arn:${partition}:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy`
    expect(guestScopeDown('eu-west-1', partition).policyArn).toBe(arn)
  })

  it('fits the limit that STS sets for both together', () => {
    const { policy, policyArn } = guestScopeDown('eu-west-1', 'aws-us-gov')
    expect(policy.length + policyArn.length).toBeLessThanOrEqual(MAX_SESSION_POLICY_CHARS)
  })
})
