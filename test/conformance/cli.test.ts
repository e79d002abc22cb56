import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOf } from './support/answers.ts'
import { awsCli, type Cli } from './support/cli.ts'
import { isOnPath } from './support/is-on-path.ts'
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, LOCAL_REGION, type Service, startService } from './support/service.ts'

const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/cli-user`

describe.skipIf(!isOnPath('aws'))('The AWS CLI, with only its endpoint set', () => {
  let service: Service
  let provider: OidcProvider
  let cli: Cli
  let pool: string
  beforeAll(async () => {
    ;[service, provider] = await Promise.all([startService(), startOidcProvider()])
    cli = await awsCli(service.url, LOCAL_REGION, LOCAL_CLIENT.credentials)
  })
  afterAll(() => Promise.all([service?.stop(), provider?.stop(), cli?.remove()]))

  const identity = (...args: string[]) => cli.aws('cognito-identity', ...args)

  it('learns who it is', async () => {
    expect(await cli.aws('sts', 'get-caller-identity')).toEqual({
      UserId: expect.stringMatching(/^AIDA/),
      Account: LOCAL_ACCOUNT,
      Arn: `arn:aws:iam::${LOCAL_ACCOUNT}:user/test`,
    })
  })

  it('is told in the words of S3 that this is not served here, and which variable to set', async () => {
    const error = (await faultOf(cli.aws('s3api', 'list-buckets'))) as Error
    expect(error.message).toMatch(
      /^An error occurred \(NotImplemented\) when calling the ListBuckets operation: .* set AWS_ENDPOINT_URL_COGNITO_IDENTITY,/,
    )
  })

  it('registers a provider and a role, and creates a pool that uses them', async () => {
    const issuer = ['--url', provider.issuer, '--client-id-list', provider.clientId]
    const { OpenIDConnectProviderArn } = await cli.aws('iam', 'create-open-id-connect-provider', ...issuer)
    expect(OpenIDConnectProviderArn).toBe(`arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${provider.name}`)

    const named = ['--identity-pool-name', 'cli pool', '--allow-unauthenticated-identities']
    const lists = ['--open-id-connect-provider-arns', OpenIDConnectProviderArn]
    const created = await identity('create-identity-pool', ...named, ...lists)
    pool = created.IdentityPoolId
    expect(created).toEqual({
      IdentityPoolId: expect.stringMatching(/^us-east-1:/),
      IdentityPoolName: 'cli pool',
      AllowUnauthenticatedIdentities: true,
      OpenIdConnectProviderARNs: [OpenIDConnectProviderArn],
    })
    expect(await identity('describe-identity-pool', '--identity-pool-id', pool)).toEqual(created)

    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: 'cognito-identity.amazonaws.com' },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': pool } },
        },
      ],
    }
    const document = ['--assume-role-policy-document', JSON.stringify(policy)]
    const { Role } = await cli.aws('iam', 'create-role', '--role-name', 'cli-user', ...document)
    expect(Role).toMatchObject({ Arn: ROLE, AssumeRolePolicyDocument: policy })
    const roles = ['--roles', `authenticated=${ROLE}`]
    expect(await identity('set-identity-pool-roles', '--identity-pool-id', pool, ...roles)).toBeUndefined()
    expect(await identity('get-identity-pool-roles', '--identity-pool-id', pool)).toEqual({
      IdentityPoolId: pool,
      Roles: { authenticated: ROLE },
    })
  })

  it("gives a user of the provider credentials that tell the user's session", async () => {
    const logins = ['--logins', `${provider.name}=${await provider.idToken('ada')}`]
    const { IdentityId } = await identity('get-id', '--identity-pool-id', pool, ...logins)
    const described = await identity('describe-identity', '--identity-id', IdentityId)
    expect(described).toMatchObject({ IdentityId, Logins: [provider.name] })

    const vended = await identity('get-credentials-for-identity', '--identity-id', IdentityId, ...logins)
    expect(vended.IdentityId).toBe(IdentityId)
    const { AccessKeyId, SecretKey, SessionToken } = vended.Credentials
    const session = cli.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken })
    const Arn = `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/cli-user/CognitoIdentityCredentials`
    expect(await session.aws('sts', 'get-caller-identity')).toMatchObject({ Arn })

    const profile = ['--profile', 'vended']
    const settings = {
      aws_access_key_id: AccessKeyId,
      aws_secret_access_key: SecretKey,
      aws_session_token: SessionToken,
    }
    for (const [name, value] of Object.entries(settings)) await cli.aws('configure', 'set', name, value, ...profile)
    expect(await cli.aws('sts', 'get-caller-identity', ...profile)).toMatchObject({ Arn })

    const { Token } = await identity('get-open-id-token', '--identity-id', IdentityId, ...logins)
    const request = ['--role-arn', ROLE, '--role-session-name', 'cli', '--web-identity-token', Token]
    const assumed = await cli.aws('sts', 'assume-role-with-web-identity', ...request)
    expect(assumed).toMatchObject({ SubjectFromWebIdentityToken: IdentityId, Audience: pool })
  })

  it('lists pools page by page', async () => {
    for (const name of ['a', 'b', 'c'])
      await identity('create-identity-pool', '--identity-pool-name', name, '--no-allow-unauthenticated-identities')
    const list = (...args: string[]) => identity('list-identity-pools', '--max-results', '3', ...args)
    const first = await list()
    expect(first.IdentityPools).toHaveLength(3)
    const rest = await list('--next-token', first.NextToken)
    expect(rest).not.toHaveProperty('NextToken')
    const listed = [...first.IdentityPools, ...rest.IdentityPools]
    const names = listed.map(({ IdentityPoolName }: { IdentityPoolName: string }) => IdentityPoolName)
    expect(names.sort()).toEqual(['a', 'b', 'c', 'cli pool'])
  })

  it('reports our refusals in its own form', async () => {
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    const error = await faultOf(identity('describe-identity-pool', '--identity-pool-id', unknown))
    expect(error).toMatchObject({
      exitCode: expect.toSatisfy((code) => code === 254 || code === 255),
      message: `An error occurred (ResourceNotFoundException) when calling the DescribeIdentityPool operation: IdentityPool '${unknown}' not found.`,
    })
    const noRole = await faultOf(cli.aws('iam', 'get-role', '--role-name', 'none'))
    expect(noRole).toMatchObject({
      message:
        'An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name none cannot be found.',
    })
  })

  it('deletes what it made', async () => {
    expect(await identity('delete-identity-pool', '--identity-pool-id', pool)).toBeUndefined()
    expect(await cli.aws('iam', 'delete-role', '--role-name', 'cli-user')).toBeUndefined()
    const gone = await faultOf(identity('get-id', '--identity-pool-id', pool))
    expect(gone).toMatchObject({ message: expect.stringContaining(`IdentityPool '${pool}' not found.`) })
  })
})
