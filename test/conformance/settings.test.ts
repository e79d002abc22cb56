import { randomBytes } from 'node:crypto'
import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
  InvalidIdentityPoolConfigurationException,
  SetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOf } from './support/answers.ts'
import { LOCAL_CLIENT, LOCAL_REGION, type Service, startService } from './support/service.ts'

const ACCOUNT = '111122223333'
const KEY = { accessKeyId: 'AKIAOPERATOR0001', secretAccessKey: randomBytes(30).toString('base64') }
const keySetting = (more: object = {}) =>
  JSON.stringify({
    secret: KEY.secretAccessKey,
    account: ACCOUNT,
    policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
    ...more,
  })

/** Settings of a deployment, as far from local mode as can be: an https issuer, its own key, its own access key. */
const PRODUCTION = {
  LOCAL_MODE: 'off',
  ISSUER: 'https://id.example.com',
  STS_ENDPOINT: 'embedded',
  KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  [`ACCESS_KEY_${KEY.accessKeyId}`]: keySetting(),
}

const starting = async (vars: Record<string, string>) => {
  const service = await startService({ vars })
  await service.stop()
}

/** test/config has every other sentence. */
describe('A service does not start', () => {
  it.concurrent.each([
    ['without an issuer', { ISSUER: '' }, 'ISSUER is required: the https URL under which this Worker is reached.'],
    [
      'with an access key that is too weak',
      { [`ACCESS_KEY_${KEY.accessKeyId}`]: keySetting({ secret: 'short' }) },
      `ACCESS_KEY_${KEY.accessKeyId} must have a "secret" of at least 32 characters.`,
    ],
  ])('%s, and says which setting is to blame', async (_what, change, sentence) => {
    const error = await faultOf(starting({ ...PRODUCTION, ...change }))
    expect((error as Error).message.split('\n')[0]).toBe(`Edge Identity is not configured: ${sentence}`)
    expect((error as Error).message).not.toContain(KEY.secretAccessKey)
  })
})

describe('A service outside local mode', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ vars: { ...PRODUCTION, TOKEN_ALG: 'ES256' } })
  })
  afterAll(() => service?.stop())

  const clientConfig = () => ({ region: LOCAL_REGION, endpoint: service.url, credentials: KEY })

  it('does not know the key of local mode, and knows its own', async () => {
    const local = new STSClient({ ...LOCAL_CLIENT, endpoint: service.url })
    const error = await faultOf(local.send(new GetCallerIdentityCommand({})))
    expect(error).toMatchObject({ name: 'InvalidClientTokenId' })
    const own = await new STSClient(clientConfig()).send(new GetCallerIdentityCommand({}))
    expect(own).toMatchObject({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/${KEY.accessKeyId}` })
  })

  it('signs for its issuer, wherever it was reached, with the algorithm of its settings', async () => {
    const client = new CognitoIdentityClient(clientConfig())
    const input = { IdentityPoolName: 'production', AllowUnauthenticatedIdentities: true }
    const { IdentityPoolId } = await client.send(new CreateIdentityPoolCommand(input))
    const { IdentityId } = await client.send(new GetIdCommand({ IdentityPoolId }))
    const { Token = '' } = await client.send(new GetOpenIdTokenCommand({ IdentityId }))
    expect(decodeJwt(Token)).toMatchObject({ iss: 'https://id.example.com', aud: IdentityPoolId, sub: IdentityId })
    const keys = (await (await fetch(`${service.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
    expect(decodeProtectedHeader(Token)).toEqual({ alg: 'ES256', typ: 'JWT', kid: keys.keys[0]?.kid })
    const discovered = await (await fetch(`${service.url}/.well-known/openid-configuration`)).json()
    expect(discovered).toMatchObject({
      issuer: 'https://id.example.com',
      jwks_uri: 'https://id.example.com/.well-known/jwks_uri',
      id_token_signing_alg_values_supported: ['ES256', 'RS256', 'ES384'],
    })
  })

  it('assumes a role only once it is registered', async () => {
    const client = new CognitoIdentityClient(clientConfig())
    const input = { IdentityPoolName: 'roles', AllowUnauthenticatedIdentities: true }
    const { IdentityPoolId = '' } = await client.send(new CreateIdentityPoolCommand(input))
    const Roles = { unauthenticated: `arn:aws:iam::${ACCOUNT}:role/app-guest` }
    await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles }))
    const { IdentityId } = await client.send(new GetIdCommand({ IdentityPoolId }))
    const getCredentials = () => client.send(new GetCredentialsForIdentityCommand({ IdentityId }))
    expect(await faultOf(getCredentials())).toBeInstanceOf(InvalidIdentityPoolConfigurationException)

    const statement = {
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': IdentityPoolId } },
    }
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await new IAMClient(clientConfig()).send(new CreateRoleCommand({ RoleName: 'app-guest', AssumeRolePolicyDocument }))
    expect((await getCredentials()).Credentials?.AccessKeyId).toMatch(/^ASIA/)
  })
})
