import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
  SetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam'
import { issuerAddress } from '../../../package/server/issuer-config.mjs'
import { testIssuers } from '../../../package/server/issuers.ts'
import type { StsProfileName } from '../../../src/credentials/profiles.ts'
import {
  LOCAL_ACCOUNT,
  LOCAL_CLIENT,
  LOCAL_REGION,
  type Service,
  startService,
} from '../../conformance/support/service.ts'
import type { RoleName } from './store-target.ts'

/** The name of backend logins of the pool. */
export const DEVELOPER = 'login.store'

/** A service whose STS is a store, and a pool with guests, users of a test issuer, and users of a backend. */
export interface StorePool {
  service: Service
  pool: string
  poolArn: string
  /** Signs with the key of the operator. */
  operator: CognitoIdentityClient
  iam: IAMClient
  /** Without keys and without retries, as an app has it that wants to see each answer. */
  app: CognitoIdentityClient
  /** The `Logins` of a user. */
  loginOf(user: string): Promise<Record<string, string>>
  /** A pool like this one, of the same roles. */
  createPool(roles: Readonly<Record<RoleName, string>>): Promise<string>
  /** An OpenID token of an identity, for the basic flow. */
  tokenOf(Logins?: Record<string, string>): Promise<string>
  stop(): Promise<void>
}

interface Settings {
  stsEndpoint: string
  profile: StsProfileName
  roles: Readonly<Record<RoleName, string>>
  /** Further settings of the service. */
  vars?: Record<string, string>
}

export async function startStorePool({ stsEndpoint, profile, roles, vars = {} }: Settings): Promise<StorePool> {
  const issuerOf = (url: string) => ({ name: 'test', issuer: issuerAddress(url, 'test'), clients: ['app'] })
  const service = await startService({
    vars: { STS_ENDPOINT: stsEndpoint, STS_PROFILE: profile, ...vars },
    issuers: (url) => [{ ...issuerOf(url), kind: 'oidc', redirectUris: [], algorithm: 'RS256' }],
  })
  const config = { ...issuerOf(service.url), kind: 'oidc', redirectUris: [], algorithm: 'RS256' } as const
  const { test: issuer } = testIssuers(service.url, [config])
  const operator = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: service.url })
  const iam = new IAMClient({ ...LOCAL_CLIENT, endpoint: service.url })
  const app = new CognitoIdentityClient({ region: LOCAL_REGION, endpoint: service.url, maxAttempts: 1 })
  const provider = { Url: config.issuer, ClientIDList: [...config.clients] }
  const { OpenIDConnectProviderArn = '' } = await iam.send(new CreateOpenIDConnectProviderCommand(provider))
  const createPool: StorePool['createPool'] = async ({ Guests, Users }) => {
    const settings = {
      IdentityPoolName: 'store',
      AllowUnauthenticatedIdentities: true,
      AllowClassicFlow: true,
      DeveloperProviderName: DEVELOPER,
      OpenIdConnectProviderARNs: [OpenIDConnectProviderArn],
    }
    const { IdentityPoolId = '' } = await operator.send(new CreateIdentityPoolCommand(settings))
    const Roles = { authenticated: Users, unauthenticated: Guests }
    await operator.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles }))
    return IdentityPoolId
  }
  const pool = await createPool(roles)
  return {
    service,
    pool,
    poolArn: `arn:aws:cognito-identity:${LOCAL_REGION}:${LOCAL_ACCOUNT}:identitypool/${pool}`,
    operator,
    iam,
    app,
    loginOf: async (sub) => ({ [issuer?.provider ?? '']: (await issuer?.idToken({ sub })) ?? '' }),
    createPool,
    async tokenOf(Logins) {
      const login = Logins && { Logins }
      const { IdentityId } = await app.send(new GetIdCommand({ IdentityPoolId: pool, ...login }))
      return (await app.send(new GetOpenIdTokenCommand({ IdentityId, ...login }))).Token ?? ''
    },
    stop: () => service.stop(),
  }
}
