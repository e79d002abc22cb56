import { isOptInRegion } from './regions.ts'

/** Actions open to guests in every region (Amazon Cognito Developer Guide, "IAM roles", unauthenticated identities). */
const EVERYWHERE = [
  'cloudwatch:*',
  'logs:*',
  'dynamodb:*',
  'kinesis:*',
  'mobileanalytics:*',
  's3:*',
  'ses:*',
  'sns:*',
  'sqs:*',
  'lambda:*',
  'machinelearning:*',
  'execute-api:*',
  'iot:*',
  'gamelift:*',
  'cognito-identity:*',
  'cognito-idp:*',
  'lex:*',
  'polly:*',
  'comprehend:*',
  'translate:*',
  'transcribe:*',
  'rekognition:*',
  'mobiletargeting:*',
  'firehose:*',
  'appsync:*',
  'personalize:*',
  'sagemaker:InvokeEndpoint',
]

/** Actions open to guests only where a region needs no opt-in (same page). */
const DEFAULT_REGIONS_ONLY = [
  'cognito-sync:*',
  'codewhisperer:*',
  'sdb:*',
  'textract:DetectDocumentText',
  'textract:AnalyzeDocument',
]

export interface ScopeDown {
  /** Inline session policy, JSON. */
  policy: string
  /** Managed session policy. It alone opens KMS, Location and RUM. */
  policyArn: string
}

/**
 * The session policies that narrow a guest's role in the enhanced flow: what the role allows counts only as far as one of
 * the two allows it too. `partition` is the role's.
 */
export function guestScopeDown(region: string, partition: string): ScopeDown {
  const actions = isOptInRegion(region) ? EVERYWHERE : [...EVERYWHERE, ...DEFAULT_REGIONS_ONLY]
  const statement = { Effect: 'Allow', Action: actions, Resource: ['*'] }
  return {
    policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    policyArn: `arn:${partition}:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy`,
  }
}
