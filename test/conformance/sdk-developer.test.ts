import {
  CognitoIdentityClient,
  CognitoIdentityServiceException,
  CreateIdentityPoolCommand,
  DeleteIdentitiesCommand,
  DescribeIdentityCommand,
  DeveloperUserAlreadyRegisteredException,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenForDeveloperIdentityCommand,
  GetPrincipalTagAttributeMapCommand,
  InvalidIdentityPoolConfigurationException,
  InvalidParameterException,
  ListTagsForResourceCommand,
  LookupDeveloperIdentityCommand,
  MergeDeveloperIdentitiesCommand,
  NotAuthorizedException,
  ResourceConflictException,
  ResourceNotFoundException,
  SetIdentityPoolRolesCommand,
  SetPrincipalTagAttributeMapCommand,
  TagResourceCommand,
  UnlinkDeveloperIdentityCommand,
  UnlinkIdentityCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fromCognitoIdentity } from '@aws-sdk/credential-providers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, LOCAL_REGION, type Service, startService } from './support/service.ts'

const DEVELOPER = 'login.example.app'
const HAND_BACK = 'cognito-identity.amazonaws.com'
const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/sdk-user`
const TAG_ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/sdk-tagged`

let service: Service
let provider: OidcProvider
let client: CognitoIdentityClient
let providerArn: string
let pool: string
let poolArn: string
beforeAll(async () => {
  ;[service, provider] = await Promise.all([startService(), startOidcProvider()])
  const config = { ...LOCAL_CLIENT, endpoint: service.url }
  client = new CognitoIdentityClient(config)
  const iam = new IAMClient(config)
  const issuer = { Url: provider.issuer, ClientIDList: [provider.clientId] }
  providerArn = (await iam.send(new CreateOpenIDConnectProviderCommand(issuer))).OpenIDConnectProviderArn ?? ''
  const settings = {
    IdentityPoolName: 'developers',
    AllowUnauthenticatedIdentities: true,
    DeveloperProviderName: DEVELOPER,
    OpenIdConnectProviderARNs: [providerArn],
    IdentityPoolTags: { team: 'blue' },
  }
  pool = (await client.send(new CreateIdentityPoolCommand(settings))).IdentityPoolId ?? ''
  poolArn = `arn:aws:cognito-identity:${LOCAL_REGION}:${LOCAL_ACCOUNT}:identitypool/${pool}`
  await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles: { authenticated: ROLE } }))
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: HAND_BACK },
    Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
    Condition: { StringEquals: { [`${HAND_BACK}:aud`]: pool, 'aws:RequestTag/department': 'sales' } },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
  await iam.send(new CreateRoleCommand({ RoleName: 'sdk-tagged', AssumeRolePolicyDocument }))
})
afterAll(() => Promise.all([service?.stop(), provider?.stop()]))

/** What the SDK says of a success; its bookkeeping aside. */
const output = ({ $metadata, ...members }: { $metadata: { httpStatusCode?: number | undefined } }) => {
  expect($metadata.httpStatusCode).toBe(200)
  return members
}

const signIn = async (user: string, more: object = {}) => {
  const input = { IdentityPoolId: pool, Logins: { [DEVELOPER]: user }, ...more }
  const { IdentityId = '', Token = '' } = await client.send(new GetOpenIdTokenForDeveloperIdentityCommand(input))
  return { IdentityId, Token }
}
const publicLogin = async (subject: string) => ({ [provider.name]: await provider.idToken(subject) })
const lookup = async (input: object) =>
  output(await client.send(new LookupDeveloperIdentityCommand({ IdentityPoolId: pool, ...input })))
const users = (source: string, destination: string) => ({
  IdentityPoolId: pool,
  DeveloperProviderName: DEVELOPER,
  SourceUserIdentifier: source,
  DestinationUserIdentifier: destination,
})

describe('The SDK for JavaScript', () => {
  it('trades a developer token for credentials, and knows with them who it is', async () => {
    const { IdentityId, Token } = await signIn('ann')
    const logins = { [HAND_BACK]: Token }
    const credentials = fromCognitoIdentity({
      clientConfig: { region: LOCAL_REGION, endpoint: service.url },
      identityId: IdentityId,
      logins,
    })
    const sts = new STSClient({ region: LOCAL_REGION, endpoint: service.url, credentials })
    const caller = output(await sts.send(new GetCallerIdentityCommand({})))
    expect(caller).toMatchObject({
      Account: LOCAL_ACCOUNT,
      Arn: `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/sdk-user/CognitoIdentityCredentials`,
    })
  })

  it('sends the tags of a developer user along to a role that asks for them', async () => {
    const Roles = { authenticated: TAG_ROLE }
    const { IdentityPoolId } = await client.send(
      new CreateIdentityPoolCommand({
        IdentityPoolName: 'tags',
        AllowUnauthenticatedIdentities: false,
        DeveloperProviderName: DEVELOPER,
      }),
    )
    await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles }))
    const untrusted = await signIn('ann', { IdentityPoolId, PrincipalTags: { department: 'sales' } })
    const trade = ({ IdentityId, Token }: { IdentityId: string; Token: string }) =>
      client.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins: { [HAND_BACK]: Token } }))
    // The role trusts the other pool alone.
    await expect(trade(untrusted)).rejects.toThrow(InvalidIdentityPoolConfigurationException)

    await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles }))
    try {
      const sales = await signIn('tagged', { PrincipalTags: { department: 'sales' } })
      expect(output(await trade(sales))).toMatchObject({ Credentials: { Expiration: expect.any(Date) } })
      const finance = await signIn('tagged', { PrincipalTags: { department: 'finance' } })
      await expect(trade(finance)).rejects.toThrow(InvalidIdentityPoolConfigurationException)
    } finally {
      const back = { IdentityPoolId: pool, Roles: { authenticated: ROLE } }
      await client.send(new SetIdentityPoolRolesCommand(back))
    }
  })

  it('looks developer users up, page by page', async () => {
    const login = await publicLogin('bob')
    const { IdentityId } = await signIn('bob 1', { Logins: { [DEVELOPER]: 'bob 1', ...login } })
    for (const user of ['bob 2', 'bob 3']) await signIn(user, { IdentityId, Logins: { [DEVELOPER]: user, ...login } })
    expect(await lookup({ DeveloperUserIdentifier: 'bob 2' })).toEqual({
      IdentityId,
      DeveloperUserIdentifierList: ['bob 1', 'bob 2', 'bob 3'],
    })
    const first = await client.send(
      new LookupDeveloperIdentityCommand({ IdentityPoolId: pool, IdentityId, MaxResults: 2 }),
    )
    expect(first.DeveloperUserIdentifierList).toEqual(['bob 1', 'bob 2'])
    const rest = await lookup({ IdentityId, MaxResults: 2, NextToken: first.NextToken })
    expect(rest).toEqual({ IdentityId, DeveloperUserIdentifierList: ['bob 3'] })
  })

  it('merges two developer users', async () => {
    const source = await signIn('cat')
    const { IdentityId } = await signIn('dan')
    expect(output(await client.send(new MergeDeveloperIdentitiesCommand(users('cat', 'dan'))))).toEqual({ IdentityId })
    expect((await signIn('cat')).IdentityId).toBe(IdentityId)
    const disabled = output(await client.send(new DescribeIdentityCommand({ IdentityId: source.IdentityId })))
    expect(disabled).not.toHaveProperty('Logins')
  })

  it('unlinks a developer user, and a public login', async () => {
    const login = await publicLogin('eve')
    const { IdentityId } = await signIn('eve', { Logins: { [DEVELOPER]: 'eve', ...login } })
    const unlinked = {
      IdentityPoolId: pool,
      IdentityId,
      DeveloperProviderName: DEVELOPER,
      DeveloperUserIdentifier: 'eve',
    }
    expect(output(await client.send(new UnlinkDeveloperIdentityCommand(unlinked)))).toEqual({})
    expect((await signIn('eve')).IdentityId).not.toBe(IdentityId)
    const removed = { IdentityId, Logins: login, LoginsToRemove: [provider.name] }
    expect(output(await client.send(new UnlinkIdentityCommand(removed)))).toEqual({})
    const again = await client.send(new GetIdCommand({ IdentityPoolId: pool, Logins: login }))
    expect(again.IdentityId).not.toBe(IdentityId)
  })

  it('deletes identities, and is told of those it may not delete', async () => {
    const { IdentityId } = await signIn('fay')
    const foreign = 'eu-west-1:00000000-0000-8000-8000-000000000000'
    const IdentityIdsToDelete = [IdentityId, foreign]
    expect(output(await client.send(new DeleteIdentitiesCommand({ IdentityIdsToDelete })))).toEqual({
      UnprocessedIdentityIds: [{ IdentityId: foreign, ErrorCode: 'AccessDenied' }],
    })
    expect(
      output(
        await client.send(new DeleteIdentitiesCommand({ IdentityIdsToDelete: [(await signIn('fay')).IdentityId] })),
      ),
    ).toEqual({ UnprocessedIdentityIds: [] })
  })

  it('tags a pool, lists its tags and takes them off', async () => {
    const ResourceArn = poolArn
    expect(
      output(await client.send(new TagResourceCommand({ ResourceArn, Tags: { stage: 'test', 'a b': '' } }))),
    ).toEqual({})
    expect(output(await client.send(new ListTagsForResourceCommand({ ResourceArn })))).toEqual({
      Tags: { team: 'blue', stage: 'test', 'a b': '' },
    })
    expect(output(await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['stage', 'a b'] })))).toEqual({})
    expect(output(await client.send(new ListTagsForResourceCommand({ ResourceArn })))).toEqual({
      Tags: { team: 'blue' },
    })
  })

  it('maps attributes to tags, and reads the map back', async () => {
    const map = { IdentityPoolId: pool, IdentityProviderName: providerArn }
    const expected = { ...map, UseDefaults: false, PrincipalTags: { user: 'sub' } }
    const set = { ...map, PrincipalTags: { user: 'sub' } }
    expect(output(await client.send(new SetPrincipalTagAttributeMapCommand(set)))).toEqual(expected)
    expect(output(await client.send(new GetPrincipalTagAttributeMapCommand(map)))).toEqual(expected)
    const defaults = { ...map, UseDefaults: true }
    expect(output(await client.send(new SetPrincipalTagAttributeMapCommand(defaults)))).toEqual(defaults)
    await client.send(new SetPrincipalTagAttributeMapCommand({ ...map, UseDefaults: false, PrincipalTags: {} }))
  })
})

describe('What the SDK for JavaScript throws', () => {
  type Thrown = [what: string, call: () => Promise<unknown>, type: new (...args: never[]) => Error, message: string]

  it.each<Thrown>([
    [
      'a developer user of another identity',
      async () => {
        await signIn('taken')
        return signIn('taken', { IdentityId: (await signIn('another')).IdentityId })
      },
      DeveloperUserAlreadyRegisteredException,
      'The developer user identifier is already registered with another identity.',
    ],
    [
      'a lookup of a user and an identity that do not belong together',
      async () => lookup({ IdentityId: (await signIn('another')).IdentityId, DeveloperUserIdentifier: 'taken' }),
      ResourceConflictException,
      'The developer user identifier belongs to another identity.',
    ],
    [
      'unlinking a developer user of another identity',
      async () =>
        client.send(
          new UnlinkDeveloperIdentityCommand({
            IdentityPoolId: pool,
            IdentityId: (await signIn('another')).IdentityId,
            DeveloperProviderName: DEVELOPER,
            DeveloperUserIdentifier: 'taken',
          }),
        ),
      ResourceConflictException,
      'The developer user identifier belongs to another identity.',
    ],
    [
      'a merge of a user that there is not',
      () => client.send(new MergeDeveloperIdentitiesCommand(users('nobody', 'taken'))),
      ResourceNotFoundException,
      "Developer user 'nobody' not found.",
    ],
    [
      'another developer provider',
      () => signIn('x', { Logins: { 'login.other.app': 'x' } }),
      InvalidParameterException,
      'This identity pool does not support the specified developer provider',
    ],
    [
      'unlinking without a login of the identity',
      async () =>
        client.send(
          new UnlinkIdentityCommand({
            IdentityId: (await signIn('another')).IdentityId,
            Logins: await publicLogin('stranger'),
            LoginsToRemove: [provider.name],
          }),
        ),
      NotAuthorizedException,
      "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    ],
    [
      'a developer token in GetId',
      async () =>
        client.send(new GetIdCommand({ IdentityPoolId: pool, Logins: { [HAND_BACK]: (await signIn('taken')).Token } })),
      NotAuthorizedException,
      "Invalid login token. Can't pass in a Cognito token.",
    ],
    [
      'tags of an ARN that is no pool',
      () => client.send(new ListTagsForResourceCommand({ ResourceArn: 'arn:aws:sqs:us-east-1:000000000000:queue' })),
      InvalidParameterException,
      'arn:aws:sqs:us-east-1:000000000000:queue is not the ARN of an identity pool.',
    ],
    [
      'a map for a provider that the pool does not list',
      () =>
        client.send(
          new GetPrincipalTagAttributeMapCommand({ IdentityPoolId: pool, IdentityProviderName: 'www.amazon.com' }),
        ),
      ResourceNotFoundException,
      "Identity provider 'www.amazon.com' not found in this identity pool.",
    ],
    [
      'an empty list of ids to delete',
      () => client.send(new DeleteIdentitiesCommand({ IdentityIdsToDelete: [] })),
      CognitoIdentityServiceException,
      "1 validation error detected: Value '[]' at 'identityIdsToDelete' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 1',
    ],
  ])('for %s is the exception of its model', async (_what, send, type, message) => {
    const thrown = await send().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(thrown).toBeInstanceOf(type)
    expect(thrown).toMatchObject({
      message,
      $fault: 'client',
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), attempts: 1 },
    })
  })
})
