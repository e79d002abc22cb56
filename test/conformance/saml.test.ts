import './support/newer-bytes.ts'
import { CognitoIdentityClient, CreateIdentityPoolCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import { CreateSAMLProviderCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encode, identityProvider } from '../logins/saml/identity-provider.ts'
import { faultOf } from './support/answers.ts'
import { LOCAL_CLIENT, type Service, startService } from './support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.stop())

/** The bundle leaves out what the packages for XML would bring along. */
it('signs a user in by a SAML assertion, in the bundle as it is deployed', async () => {
  const client = { ...LOCAL_CLIENT, endpoint: service.url }
  const idp = await identityProvider(Date.now())
  const created = { Name: 'staff', SAMLMetadataDocument: idp.metadata }
  const { SAMLProviderArn = '' } = await new IAMClient(client).send(new CreateSAMLProviderCommand(created))
  const cognito = new CognitoIdentityClient(client)
  const pool = { IdentityPoolName: 'staff', AllowUnauthenticatedIdentities: false, SamlProviderARNs: [SAMLProviderArn] }
  const { IdentityPoolId } = await cognito.send(new CreateIdentityPoolCommand(pool))
  const login = (assertion: string) =>
    cognito.send(new GetIdCommand({ IdentityPoolId, Logins: { [SAMLProviderArn]: encode(assertion) } }))
  const first = await login(await idp.respond({ nameId: 'ann@example.com' }))
  expect(first.IdentityId).toMatch(/^us-east-1:[0-9a-f-]{36}$/)
  expect(await login(await idp.respond({ nameId: 'ann@example.com' }))).toMatchObject({ IdentityId: first.IdentityId })
  const forged = (await idp.respond({ nameId: 'ann@example.com' })).replaceAll('ann@', 'bob@')
  expect(await faultOf(login(forged))).toMatchObject({ name: 'NotAuthorizedException' })
})
