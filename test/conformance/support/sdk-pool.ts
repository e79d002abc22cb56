import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  SetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam'
import { type OidcProvider, startOidcProvider } from './oidc-provider.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, LOCAL_REGION, type Service, startService } from './service.ts'

export const USER_ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/sdk-user`
export const GUEST_ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/sdk-guest`

/** A service and a login provider, driven by unmodified SDK clients. */
export interface SdkPool {
  service: Service
  provider: OidcProvider
  client: CognitoIdentityClient
  iam: IAMClient
  providerArn: string
  /** Lists the provider and has a role for guests and one for users. */
  pool: string
  createPool(settings?: object): Promise<string>
  /** A client without credentials of its own, as an app on a user's device has it. */
  appClient(): CognitoIdentityClient
  loginOf(user: string): Promise<Record<string, string>>
  stop(): Promise<unknown>
}

export async function startSdkPool(): Promise<SdkPool> {
  const [service, provider] = await Promise.all([startService(), startOidcProvider('storefront')])
  const client = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: service.url })
  const iam = new IAMClient({ ...LOCAL_CLIENT, endpoint: service.url })
  const createPool = async (settings: object = {}) => {
    const input = { IdentityPoolName: 'sdk', AllowUnauthenticatedIdentities: true, ...settings }
    return (await client.send(new CreateIdentityPoolCommand(input))).IdentityPoolId ?? ''
  }
  const issuer = { Url: provider.issuer, ClientIDList: [provider.clientId] }
  const created = await iam.send(new CreateOpenIDConnectProviderCommand(issuer))
  const providerArn = created.OpenIDConnectProviderArn ?? ''
  const pool = await createPool({ OpenIdConnectProviderARNs: [providerArn] })
  const Roles = { authenticated: USER_ROLE, unauthenticated: GUEST_ROLE }
  await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles }))
  return {
    service,
    provider,
    client,
    iam,
    providerArn,
    pool,
    createPool,
    appClient: () => new CognitoIdentityClient({ region: LOCAL_REGION, endpoint: service.url }),
    loginOf: async (user) => ({ [provider.name]: await provider.idToken(user) }),
    stop: () => Promise.all([service.stop(), provider.stop()]),
  }
}
