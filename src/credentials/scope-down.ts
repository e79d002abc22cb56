import { isOptInRegion } from '../base/regions.ts'
import { err, ok, type Result } from '../base/result.ts'
import { MAX_SESSION_POLICY_ARNS, MAX_SESSION_POLICY_CHARS } from './limits.ts'
import type { StsProfile } from './profiles.ts'
import type { AssumeRejected, AssumeRequest } from './types.ts'

export interface SessionPolicies {
  /** Inline session policy, JSON. */
  policy?: string | undefined
  /** Managed session policies. */
  policyArns: readonly string[]
}

type Unusable = Extract<AssumeRejected, { reason: 'session_policy_unusable' }>

/**
 * The session policies to send with a request. They narrow the role: what it allows counts only as far as one of them
 * allows it too. The pool owner's own are refused when the service could not be trusted to apply every one of them.
 */
export function sessionPolicies(
  { narrowing, region }: Pick<AssumeRequest, 'narrowing' | 'region'>,
  profile: StsProfile,
  partition: string,
): Result<SessionPolicies, Unusable> {
  switch (narrowing.kind) {
    case 'none':
      return ok({ policyArns: [] })
    case 'guest':
      return ok(profile.guests === 'aws' ? guestPolicies(region, partition) : { policy: S3_ALONE, policyArns: [] })
    case 'own':
      return checkOwn(narrowing, profile)
  }
}

function checkOwn({ policy, policyArns }: SessionPolicies, profile: StsProfile): Result<SessionPolicies, Unusable> {
  if (policyArns.length > 0 && !profile.managedPolicies) return unusable('managed_policy')
  if (sizeOf({ policy, policyArns }) > MAX_SESSION_POLICY_CHARS || policyArns.length > MAX_SESSION_POLICY_ARNS)
    return unusable('too_large')
  return ok({ policy, policyArns })
}

/** What session policies take of the space that they have together, in characters. */
export function sizeOf({ policy = '', policyArns }: SessionPolicies): number {
  return policyArns.reduce((sum, arn) => sum + arn.length, policy.length)
}

function unusable(why: Unusable['why']): { ok: false; error: Unusable } {
  return err({ reason: 'session_policy_unusable', why })
}

/**
 * The session policies of guests in the enhanced flow at AWS. The managed one alone opens KMS, Location and RUM.
 * `partition` is the role's.
 */
function guestPolicies(region: string, partition: string): SessionPolicies {
  const actions = isOptInRegion(region) ? EVERYWHERE : [...EVERYWHERE, ...DEFAULT_REGIONS_ONLY]
  return {
    policy: allowing(actions, '*'),
    policyArns: [`arn:${partition}:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy`],
  }
}

function allowing(actions: readonly string[], resource: string): string {
  const statement = { Effect: 'Allow', Action: actions, Resource: [resource] }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

/** Of AWS's list, what a store knows. */
const S3_ALONE = allowing(['s3:*'], 'arn:aws:s3:::*')

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
