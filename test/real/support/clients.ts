import { GetCredentialsForIdentityCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import { S3Client } from '@aws-sdk/client-s3'
import { AssumeRoleWithWebIdentityCommand, type Credentials, STSClient } from '@aws-sdk/client-sts'
import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers'
import { LOCAL_REGION } from '../../conformance/support/service.ts'
import type { StorePool } from './store-pool.ts'

export type S3Credentials = NonNullable<ConstructorParameters<typeof S3Client>[0]>['credentials'] & object

/** A client of the store's S3. It asks once, so that a refusal is seen as it is. */
export function s3With(endpoint: string, credentials: S3Credentials): S3Client {
  return new S3Client({ endpoint, region: LOCAL_REGION, forcePathStyle: true, credentials, maxAttempts: 1 })
}

/** The enhanced flow, as the SDK's own provider does it. */
export function enhanced({ pool, service }: StorePool, logins?: Record<string, string>): S3Credentials {
  const clientConfig = { region: LOCAL_REGION, endpoint: service.url, maxAttempts: 1 }
  return fromCognitoIdentityPool({ clientConfig, identityPoolId: pool, ...(logins && { logins }) })
}

/** The calls of the enhanced flow one by one, for what the provider of the SDK does not tell. */
export async function vended({ app, pool }: Pick<StorePool, 'app' | 'pool'>, Logins?: Record<string, string>) {
  const login = Logins && { Logins }
  const { IdentityId } = await app.send(new GetIdCommand({ IdentityPoolId: pool, ...login }))
  const { Credentials } = await app.send(new GetCredentialsForIdentityCommand({ IdentityId, ...login }))
  return Credentials ?? {}
}

/** The call of the basic flow: the app sends its OpenID token to the store. */
export async function assumeAtStore(endpoint: string, RoleArn: string, WebIdentityToken: string): Promise<Credentials> {
  const sts = new STSClient({ endpoint, region: LOCAL_REGION, maxAttempts: 1 })
  const request = { RoleArn, RoleSessionName: 'app', WebIdentityToken, DurationSeconds: 900 }
  const { Credentials } = await sts.send(new AssumeRoleWithWebIdentityCommand(request))
  if (!Credentials) throw new Error('The answer has no credentials.')
  return Credentials
}

/** Credentials of STS as S3 clients take them. */
export function s3Credentials(given: Credentials | undefined) {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}
