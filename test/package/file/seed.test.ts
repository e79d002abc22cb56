import { fileURLToPath } from 'node:url'
import {
  CognitoIdentityClient,
  DescribeIdentityCommand,
  DescribeIdentityPoolCommand,
  GetIdCommand,
  GetIdentityPoolRolesCommand,
  GetOpenIdTokenForDeveloperIdentityCommand,
  GetPrincipalTagAttributeMapCommand,
} from '@aws-sdk/client-cognito-identity'
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readIdentityFile, readIdentityText, type Seeded, seed } from '../../../package/file/index.ts'
import { LOCAL_CLIENT, type Service, startService } from '../../conformance/support/service.ts'

const ENV = { X_SECRET: 'a-consumer-secret' }
const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`

describe('a file that is seeded', () => {
  const document = readIdentityFile(fileURLToPath(new URL('identity.yaml', import.meta.url)))
  let services: Service[] = []
  let seeded: Seeded
  let client: CognitoIdentityClient

  const seedOf = (service: Service) =>
    seed(document, { endpoint: service.url, credentials: LOCAL_CLIENT.credentials, env: ENV })

  beforeAll(async () => {
    services = await Promise.all([startService(), startService()])
    seeded = await seedOf(services[0] as Service)
    client = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: services[0]?.url ?? '' })
  })
  afterAll(async () => void (await Promise.all(services.map((service) => service.stop()))))

  it('gives pools and identities by the names of the file', () => {
    const id = expect.stringMatching(/^us-east-1:[0-9a-f-]{36}$/)
    expect(seeded).toEqual({
      account: '000000000000',
      region: 'us-east-1',
      pools: {
        app: { id, region: 'us-east-1', identities: { ada: id, bob: id, 'guest-1': id } },
        internal: { id, region: 'us-east-1', identities: {} },
      },
    })
  })

  it('has the same ids on another service, and when it is seeded again', async () => {
    const again = await Promise.all(services.map(seedOf))
    expect(again).toEqual([seeded, seeded])
  })

  it('has everything of the file at the service', async () => {
    const IdentityPoolId = seeded.pools.app?.id
    const [pool, roles, claims] = await Promise.all([
      client.send(new DescribeIdentityPoolCommand({ IdentityPoolId })),
      client.send(new GetIdentityPoolRolesCommand({ IdentityPoolId })),
      client.send(
        new GetPrincipalTagAttributeMapCommand({
          IdentityPoolId,
          IdentityProviderName: 'arn:aws:iam::000000000000:oidc-provider/login.acme.com',
        }),
      ),
    ])
    expect(pool).toMatchObject({
      IdentityPoolName: 'Web shop',
      AllowUnauthenticatedIdentities: true,
      AllowClassicFlow: false,
      DeveloperProviderName: 'login.app',
      OpenIdConnectProviderARNs: ['arn:aws:iam::000000000000:oidc-provider/login.acme.com'],
      SamlProviderARNs: ['arn:aws:iam::000000000000:saml-provider/corp'],
      SupportedLoginProviders: { 'api.twitter.com': 'aConsumerKey;a-consumer-secret' },
      IdentityPoolTags: {
        team: 'shop',
        'edge-identity:session-seconds': '1800',
        'edge-identity:guest-policy': 'none',
        'edge-identity:sts-regions': 'us-east-1 us-west-2',
      },
    })
    expect(roles).toMatchObject({
      Roles: { authenticated: role('member'), unauthenticated: role('guest') },
      RoleMappings: {
        'cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123:4kabc': {
          Type: 'Token',
          AmbiguousRoleResolution: 'Deny',
        },
        'arn:aws:iam::000000000000:oidc-provider/login.acme.com': {
          Type: 'Rules',
          AmbiguousRoleResolution: 'AuthenticatedRole',
          RulesConfiguration: {
            Rules: [
              { Claim: 'groups', MatchType: 'Contains', Value: 'staff', RoleARN: role('app/staff') },
              // biome-ignore lint/suspicious/noTemplateCurlyInString: the variable of a grant.
              { RoleARN: 'arn:aws:r2::000000000000:grant/photos/object-read-write/users/${sub}/' },
              { Claim: 'plan', MatchType: 'NotEqual', Value: 'free', RoleARN: role('elsewhere') },
            ],
          },
        },
      },
    })
    expect(claims).toMatchObject({ UseDefaults: false, PrincipalTags: { tenant: 'org_id' } })
  })

  it('has roles that trust the pools that give them out, for users or for guests', async () => {
    const iam = new IAMClient({ ...LOCAL_CLIENT, endpoint: services[0]?.url ?? '' })
    const trustOf = async (RoleName: string) => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
      return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).Statement
    }
    const statement = (aud: unknown, amr: string, Action: unknown) => ({
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action,
      Condition: {
        StringEquals: { 'cognito-identity.amazonaws.com:aud': aud },
        'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': amr },
      },
    })
    const { app, internal } = seeded.pools
    const assume = 'sts:AssumeRoleWithWebIdentity'
    expect(await trustOf('guest')).toEqual([statement(app?.id, 'unauthenticated', assume)])
    expect(await trustOf('member')).toEqual([statement(app?.id, 'authenticated', [assume, 'sts:TagSession'])])
    expect(await trustOf('staff')).toEqual([
      statement(internal?.id, 'authenticated', assume),
      statement(app?.id, 'authenticated', [assume, 'sts:TagSession']),
    ])
  })

  it('has identities that are found by their logins', async () => {
    const { identities = {}, id: IdentityPoolId } = seeded.pools.app ?? {}
    const Logins = { 'login.app': 'bob' }
    const bob = await client.send(new GetOpenIdTokenForDeveloperIdentityCommand({ IdentityPoolId, Logins }))
    expect(bob.IdentityId).toBe(identities.bob)
    const ada = await client.send(new DescribeIdentityCommand({ IdentityId: identities.ada }))
    expect(ada.Logins?.toSorted()).toEqual(['accounts.google.com', 'login.acme.com'])
    const guest = await client.send(new GetIdCommand({ IdentityPoolId }))
    expect(Object.values(identities)).not.toContain(guest.IdentityId)
  })

  it('says which file an account does not fit', async () => {
    const other = readIdentityText('version: 1\naccount: "111111111111"')
    const options = { endpoint: services[0]?.url ?? '', credentials: LOCAL_CLIENT.credentials }
    await expect(seed(other, options)).rejects.toThrow('The file is for the account 111111111111')
  })
})
