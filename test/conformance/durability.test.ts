import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DeleteIdentityPoolCommand,
  DescribeIdentityCommand,
  DescribeIdentityPoolCommand,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetIdentityPoolRolesCommand,
  GetOpenIdTokenCommand,
  ListIdentityPoolsCommand,
  ResourceNotFoundException,
  SetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateOpenIDConnectProviderCommand, GetOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { faultOf, output } from './support/answers.ts'
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, LOCAL_REGION, type Service, startService } from './support/service.ts'

let service: Service
let provider: OidcProvider
beforeAll(async () => {
  ;[service, provider] = await Promise.all([startService(), startOidcProvider()])
})
afterAll(() => Promise.all([service?.stop(), provider?.stop()]))

it('keeps pools, identities, providers, keys and vended credentials through a crash', async () => {
  const config = { ...LOCAL_CLIENT, endpoint: service.url }
  const client = new CognitoIdentityClient(config)
  const iam = new IAMClient(config)
  const issuer = { Url: provider.issuer, ClientIDList: [provider.clientId] }
  const { OpenIDConnectProviderArn = '' } = await iam.send(new CreateOpenIDConnectProviderCommand(issuer))
  const settings = { IdentityPoolName: 'kept', AllowUnauthenticatedIdentities: true }
  const arns = { OpenIdConnectProviderARNs: [OpenIDConnectProviderArn] }
  const { IdentityPoolId = '' } = await client.send(new CreateIdentityPoolCommand({ ...settings, ...arns }))
  const Roles = { authenticated: `arn:aws:iam::${LOCAL_ACCOUNT}:role/kept` }
  await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles }))
  const { IdentityPoolId: deleted } = await client.send(new CreateIdentityPoolCommand(settings))
  await client.send(new DeleteIdentityPoolCommand({ IdentityPoolId: deleted }))

  const Logins = { [provider.name]: await provider.idToken('ada') }
  const signIn = async () => (await client.send(new GetIdCommand({ IdentityPoolId, Logins }))).IdentityId
  const IdentityId = await signIn()
  const { Token = '' } = await client.send(new GetOpenIdTokenCommand({ IdentityId, Logins }))
  const { Credentials = {} } = await client.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }))
  const state = async () => [
    output(await client.send(new DescribeIdentityPoolCommand({ IdentityPoolId }))),
    output(await client.send(new GetIdentityPoolRolesCommand({ IdentityPoolId }))),
    output(await client.send(new DescribeIdentityCommand({ IdentityId }))),
    output(await client.send(new ListIdentityPoolsCommand({ MaxResults: 60 }))),
    output(await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))),
    await publishedKeys(),
  ]
  const before = await state()

  await service.restart()

  expect(await state()).toEqual(before)
  expect(await signIn()).toBe(IdentityId)
  const gone = await faultOf(client.send(new DescribeIdentityPoolCommand({ IdentityPoolId: deleted })))
  expect(gone).toBeInstanceOf(ResourceNotFoundException)

  const keys = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`))
  const { payload } = await jwtVerify(Token, keys, { issuer: service.url, audience: IdentityPoolId })
  expect(payload.sub).toBe(IdentityId)

  const { AccessKeyId = '', SecretKey = '', SessionToken = '' } = Credentials
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken }
  const session = new STSClient({ region: LOCAL_REGION, endpoint: service.url, credentials })
  const { Arn } = await session.send(new GetCallerIdentityCommand({}))
  expect(Arn).toBe(`arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/kept/CognitoIdentityCredentials`)
})

async function publishedKeys(): Promise<unknown> {
  return (await fetch(`${service.url}/.well-known/jwks.json`)).json()
}
