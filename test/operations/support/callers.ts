import { query, type SigningKey, type XmlAnswer } from '../../support/client.ts'

/** Credentials as GetCredentialsForIdentity answers them. */
export interface Vended {
  AccessKeyId: string
  SecretKey: string
  SessionToken: string
  Expiration: number
}

export function signingKeyOf({ AccessKeyId, SecretKey, SessionToken }: Vended): SigningKey {
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken }
}

/** Who the holder of these credentials is, as STS tells it. */
export async function callerOf(key: SigningKey): Promise<{ UserId: string; Account: string; Arn: string }> {
  const answer = await query('sts', { Action: 'GetCallerIdentity' }, { signed: key })
  if (answer.status !== 200) throw new Error(answer.xml)
  return answer.parsed.GetCallerIdentityResponse.GetCallerIdentityResult
}

/** Calls IAM as an administrator and gives the result element; throws on a fault. */
// biome-ignore lint/suspicious/noExplicitAny: an XML document has no type of its own
export async function iam(Action: string, params: Record<string, string> = {}): Promise<any> {
  const answer = await query('iam', { Action, ...params })
  if (answer.status !== 200) throw new Error(answer.xml)
  return resultOf(answer, Action)
}

export function resultOf(answer: XmlAnswer, action: string) {
  return answer.parsed[`${action}Response`][`${action}Result`]
}

/** A trust policy for identity pools as AWS's guide prints it, with further conditions if need be. */
export function trustPolicy(pool: string, conditions: object = {}, principal = 'cognito-identity.amazonaws.com') {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: principal },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': pool }, ...conditions },
      },
    ],
  })
}

export const FOR_AMR = (amr: string) => ({
  'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': amr },
})
