import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DescribeIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../tools/lib/local-service.ts'
import { type OidcProvider, startOidcProvider } from './oidc-provider.ts'
import { LOCAL_CLIENT, type Service, startService } from './service.ts'

let service: Service
let provider: OidcProvider
let client: CognitoIdentityClient
beforeAll(async () => {
  ;[service, provider] = await Promise.all([startService(), startOidcProvider()])
  client = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: service.url })
})
afterAll(() => Promise.all([service?.stop(), provider?.stop()]))

it('is reached by an SDK, and reaches a provider on this machine', async () => {
  const iam = new IAMClient({ ...LOCAL_CLIENT, endpoint: service.url })
  const issuer = { Url: provider.issuer, ClientIDList: [provider.clientId] }
  const { OpenIDConnectProviderArn = '' } = await iam.send(new CreateOpenIDConnectProviderCommand(issuer))
  const settings = { AllowUnauthenticatedIdentities: false, OpenIdConnectProviderARNs: [OpenIDConnectProviderArn] }
  const { IdentityPoolId } = await client.send(new CreateIdentityPoolCommand({ IdentityPoolName: 'oidc', ...settings }))

  const Logins = { [provider.name]: await provider.idToken('ada') }
  const { IdentityId } = await client.send(new GetIdCommand({ IdentityPoolId, Logins }))

  const described = await client.send(new DescribeIdentityCommand({ IdentityId }))
  expect(described).toMatchObject({ IdentityId, Logins: [provider.name] })
})

it('keeps a guest through a crash', async () => {
  const settings = { IdentityPoolName: 'crash', AllowUnauthenticatedIdentities: true }
  const { IdentityPoolId } = await client.send(new CreateIdentityPoolCommand(settings))
  const { IdentityId } = await client.send(new GetIdCommand({ IdentityPoolId }))

  await service.restart()

  const described = await client.send(new DescribeIdentityCommand({ IdentityId }))
  expect(described).toMatchObject({ IdentityId, CreationDate: expect.any(Date) })
})

it('starts on another port where somebody took the one that was free', async () => {
  const stranger = createServer().listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const ports = [(stranger.address() as AddressInfo).port, await freePort()]
  const [, free] = ports
  const other = await startService({ findPort: async () => ports.shift() ?? 0 })
  expect(other.url).toBe(`http://localhost:${free}`)
  await other.stop()
  stranger.close()
})
