import {
  CognitoIdentityClient,
  CognitoIdentityServiceException,
  CreateIdentityPoolCommand,
  DeleteIdentityPoolCommand,
  DescribeIdentityCommand,
  DescribeIdentityPoolCommand,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetIdentityPoolRolesCommand,
  GetOpenIdTokenCommand,
  InvalidIdentityPoolConfigurationException,
  InvalidParameterException,
  ListIdentitiesCommand,
  NotAuthorizedException,
  paginateListIdentityPools,
  ResourceNotFoundException,
  SetIdentityPoolRolesCommand,
  UpdateIdentityPoolCommand,
} from '@aws-sdk/client-cognito-identity'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOf, output, REQUEST_ID } from './support/answers.ts'
import { GUEST_ROLE, type SdkPool, startSdkPool, USER_ROLE } from './support/sdk-pool.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, LOCAL_REGION, type Service } from './support/service.ts'

let bed: SdkPool
let service: Service
let client: CognitoIdentityClient
let providerArn: string
let pool: string
beforeAll(async () => {
  bed = await startSdkPool()
  ;({ client, pool, providerArn, service } = bed)
})
afterAll(() => bed?.stop())

const createPool = (settings?: object) => bed.createPool(settings)
const appClient = () => bed.appClient()
const loginOf = (user: string) => bed.loginOf(user)

describe('The SDK client of pools', () => {
  const settings = {
    IdentityPoolName: 'all settings',
    AllowUnauthenticatedIdentities: true,
    AllowClassicFlow: true,
    SupportedLoginProviders: { 'accounts.google.com': '1234.apps.googleusercontent.com' },
    DeveloperProviderName: 'login.example.app',
    OpenIdConnectProviderARNs: ['arn:aws:iam::123456789012:oidc-provider/idp.example.com'],
    CognitoIdentityProviders: [
      { ProviderName: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_A', ClientId: 'c1', ServerSideTokenCheck: false },
    ],
    SamlProviderARNs: [`arn:aws:iam::${LOCAL_ACCOUNT}:saml-provider/corp`],
    IdentityPoolTags: { team: 'blue' },
  }

  it('creates, describes, updates and deletes a pool', async () => {
    const created = output(await client.send(new CreateIdentityPoolCommand(settings)))
    const IdentityPoolId = created.IdentityPoolId ?? ''
    expect(created).toEqual({ IdentityPoolId: expect.stringMatching(/^us-east-1:[0-9a-f-]{36}$/), ...settings })
    expect(output(await client.send(new DescribeIdentityPoolCommand({ IdentityPoolId })))).toEqual(created)

    const bare = { IdentityPoolId, IdentityPoolName: 'renamed', AllowUnauthenticatedIdentities: false }
    const updated = output(await client.send(new UpdateIdentityPoolCommand(bare)))
    const { DeveloperProviderName, IdentityPoolTags } = settings
    expect(updated).toEqual({ ...bare, DeveloperProviderName, IdentityPoolTags })

    expect(output(await client.send(new DeleteIdentityPoolCommand({ IdentityPoolId })))).toEqual({})
    const gone = await faultOf(client.send(new DescribeIdentityPoolCommand({ IdentityPoolId })))
    expect(gone).toBeInstanceOf(ResourceNotFoundException)
  })

  it('sets and gets roles with mappings', async () => {
    const IdentityPoolId = await createPool({ OpenIdConnectProviderARNs: [providerArn] })
    const roles = {
      Roles: { authenticated: USER_ROLE },
      RoleMappings: {
        [providerArn]: {
          Type: 'Rules',
          AmbiguousRoleResolution: 'Deny',
          RulesConfiguration: {
            Rules: [{ Claim: 'group', MatchType: 'Contains', Value: 'staff', RoleARN: GUEST_ROLE }],
          },
        },
      },
    } as const
    const input = { IdentityPoolId, ...roles }
    expect(output(await client.send(new SetIdentityPoolRolesCommand(structuredClone(input) as never)))).toEqual({})
    expect(output(await client.send(new GetIdentityPoolRolesCommand({ IdentityPoolId })))).toEqual(input)
  })

  it('lists pools page by page with its paginator', async () => {
    const region = 'eu-west-1'
    const there = new CognitoIdentityClient({ ...LOCAL_CLIENT, region, endpoint: service.url })
    const made: string[] = []
    for (let n = 1; n <= 5; n++) {
      const input = { IdentityPoolName: `page ${n}`, AllowUnauthenticatedIdentities: false }
      made.push((await there.send(new CreateIdentityPoolCommand(input))).IdentityPoolId ?? '')
    }
    const pages: string[][] = []
    for await (const page of paginateListIdentityPools({ client: there, pageSize: 2 }, { MaxResults: 2 }))
      pages.push((page.IdentityPools ?? []).map(({ IdentityPoolId = '' }) => IdentityPoolId))
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1])
    expect(pages.flat()).toEqual(made.sort())
  })
})

describe('The SDK client of identities', () => {
  it('reads dates as dates, in descriptions and lists', async () => {
    const IdentityPoolId = await createPool()
    const { IdentityId = '' } = output(await appClient().send(new GetIdCommand({ IdentityPoolId })))
    const described = output(await client.send(new DescribeIdentityCommand({ IdentityId })))
    expect(described).toEqual({ IdentityId, CreationDate: expect.any(Date), LastModifiedDate: expect.any(Date) })
    expect(Math.abs(Date.now() - Number(described.CreationDate))).toBeLessThan(60_000)
    const listed = output(await client.send(new ListIdentitiesCommand({ IdentityPoolId, MaxResults: 10 })))
    expect(listed).toEqual({ IdentityPoolId, Identities: [described] })
  })

  it('gets an identity, a token and credentials for a user of the OIDC provider, without a key of its own', async () => {
    const app = appClient()
    const Logins = await loginOf('ada')
    const { IdentityId } = output(await app.send(new GetIdCommand({ IdentityPoolId: pool, Logins })))
    expect(output(await app.send(new GetOpenIdTokenCommand({ IdentityId, Logins })))).toEqual({
      IdentityId,
      Token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    })
    const vended = output(await app.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins })))
    expect(vended).toEqual({
      IdentityId,
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA\w{16}$/),
        SecretKey: expect.stringMatching(/^.{40}$/),
        SessionToken: expect.any(String),
        Expiration: expect.any(Date),
      },
    })
    const left = Number(vended.Credentials?.Expiration) - Date.now()
    expect(left).toBeGreaterThan(3_500_000)
    expect(left).toBeLessThanOrEqual(3_600_000)
  })

  it('knows our refusals as its own classes, with their words and a request id', async () => {
    const app = appClient()
    const closed = await createPool({ AllowUnauthenticatedIdentities: false })
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    const open = await createPool()
    const { IdentityId: guest } = await app.send(new GetIdCommand({ IdentityPoolId: open }))
    const bare = new SetIdentityPoolRolesCommand({
      IdentityPoolId: pool,
      Roles: {},
      RoleMappings: { none: { Type: 'Token' } },
    })
    const refusals = [
      [
        new GetIdCommand({ IdentityPoolId: closed }),
        NotAuthorizedException,
        'Unauthenticated access is not supported for this identity pool.',
      ],
      [
        new GetIdCommand({ IdentityPoolId: unknown }),
        ResourceNotFoundException,
        `IdentityPool '${unknown}' not found.`,
      ],
      [
        new GetCredentialsForIdentityCommand({ IdentityId: guest }),
        InvalidIdentityPoolConfigurationException,
        'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
      ],
      [bare, InvalidParameterException, 'AmbiguousRoleResolution is required for the role mapping of none.'],
      [
        new GetIdCommand({ IdentityPoolId: 'x' }),
        CognitoIdentityServiceException,
        "1 validation error detected: Value 'x' at 'identityPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+",
      ],
    ] as const
    for (const [command, type, message] of refusals) {
      const error = await faultOf(client.send(command as never))
      expect(error).toBeInstanceOf(type)
      const $metadata = { httpStatusCode: 400, requestId: expect.stringMatching(REQUEST_ID), attempts: 1 }
      expect(error).toMatchObject({ message, $fault: 'client', $metadata })
    }
  })

  it('cannot reach pools with a key that is not ours', async () => {
    const credentials = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    }
    const stranger = new CognitoIdentityClient({ region: LOCAL_REGION, endpoint: service.url, credentials })
    const error = await faultOf(stranger.send(new DescribeIdentityPoolCommand({ IdentityPoolId: pool })))
    const message = 'The security token included in the request is invalid.'
    expect(error).toMatchObject({ name: 'UnrecognizedClientException', message })
  })
})
