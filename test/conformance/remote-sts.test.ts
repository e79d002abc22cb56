import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  ExternalServiceException,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
  GetOpenIdTokenForDeveloperIdentityCommand,
  InvalidIdentityPoolConfigurationException,
  SetIdentityPoolRolesCommand,
  TooManyRequestsException,
  UpdateIdentityPoolCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { faultOf, output } from './support/answers.ts'
import { type FakeSts, startFakeSts } from './support/fake-sts.ts'
import { isOnPath } from './support/is-on-path.ts'
import { type Moto, startMoto } from './support/moto.ts'
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, LOCAL_REGION, type Service, startService } from './support/service.ts'

const USER_ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/remote-user`
const GUEST_ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/remote-guest`

/** A pool at `service` whose guests and users have a role, and that lists the provider if one is given. */
async function createPool(service: Service, provider?: OidcProvider): Promise<string> {
  const operator = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: service.url })
  const arns = []
  if (provider) {
    const iam = new IAMClient({ ...LOCAL_CLIENT, endpoint: service.url })
    const issuer = { Url: provider.issuer, ClientIDList: [provider.clientId] }
    arns.push((await iam.send(new CreateOpenIDConnectProviderCommand(issuer))).OpenIDConnectProviderArn ?? '')
  }
  const settings = { IdentityPoolName: 'remote', AllowUnauthenticatedIdentities: true }
  const input = { ...settings, OpenIdConnectProviderARNs: arns }
  const { IdentityPoolId = '' } = await operator.send(new CreateIdentityPoolCommand(input))
  const Roles = { authenticated: USER_ROLE, unauthenticated: GUEST_ROLE }
  await operator.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles }))
  return IdentityPoolId
}

describe('With an STS of its own choice', () => {
  let service: Service
  let provider: OidcProvider
  let sts: FakeSts
  let pool: string
  let app: CognitoIdentityClient
  beforeAll(async () => {
    ;[sts, provider] = await Promise.all([startFakeSts(), startOidcProvider()])
    service = await startService({ vars: { STS_ENDPOINT: sts.url } })
    sts.trust(service.url)
    pool = await createPool(service, provider)
    app = new CognitoIdentityClient({ region: LOCAL_REGION, endpoint: service.url, maxAttempts: 1 })
  })
  afterAll(() => Promise.all([service?.stop(), provider?.stop(), sts?.stop()]))
  beforeEach(() => {
    sts.behave('as_asked')
  })

  const guestId = async () => (await app.send(new GetIdCommand({ IdentityPoolId: pool }))).IdentityId ?? ''
  const credentialsFor = (IdentityId: string, Logins?: Record<string, string>) =>
    app.send(new GetCredentialsForIdentityCommand({ IdentityId, ...(Logins && { Logins }) }))

  it('vends what that STS gives for a token of ours, which it verifies against our published keys', async () => {
    const Logins = { [provider.name]: await provider.idToken('ada') }
    const { IdentityId = '' } = await app.send(new GetIdCommand({ IdentityPoolId: pool, Logins }))
    const vended = output(await credentialsFor(IdentityId, Logins))
    const { credentials, headers, parameters, claims } = sts.lastCall()
    expect(vended).toEqual({
      IdentityId,
      Credentials: {
        AccessKeyId: credentials.AccessKeyId,
        SecretKey: credentials.SecretAccessKey,
        SessionToken: credentials.SessionToken,
        Expiration: new Date(credentials.Expiration),
      },
    })
    expect(parameters).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: USER_ROLE,
      RoleSessionName: 'CognitoIdentityCredentials',
      DurationSeconds: '3600',
      WebIdentityToken: expect.any(String),
    })
    const providerArn = `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${provider.name}`
    expect(claims).toEqual({
      sub: IdentityId,
      aud: pool,
      amr: ['authenticated', provider.name, `${providerArn}:OIDC:ada`],
      iss: service.url,
      'https://cognito-identity.amazonaws.com/identity-pool-arn': `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`,
      'edge-identity:use': 'sts',
      exp: Number(claims.iat) + 600,
      iat: expect.any(Number),
    })
    expect(headers).not.toHaveProperty('authorization')
    expect(headers).not.toHaveProperty('x-amz-security-token')
  })

  it('serves guests through the SDK, narrowed to S3', async () => {
    const clientConfig = { region: LOCAL_REGION, endpoint: service.url }
    const credentials = await fromCognitoIdentityPool({ clientConfig, identityPoolId: pool })()
    expect(credentials.accessKeyId).toBe(sts.lastCall().credentials.AccessKeyId)
    expect(sts.lastCall().parameters.RoleArn).toBe(GUEST_ROLE)
    expect(JSON.parse(sts.lastCall().parameters.Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] }],
    })
    expect(sts.lastCall().claims.amr).toEqual(['unauthenticated'])
  })

  const MISCONFIGURED = 'Invalid identity pool configuration. Check assigned IAM roles for this pool.'
  const UNEXPECTED = 'The security token service did not answer as expected.'
  it.each([
    ['refuses', 'refuses', 1, InvalidIdentityPoolConfigurationException, MISCONFIGURED],
    ['refuses with a web page', 'refuses_in_html', 1, InvalidIdentityPoolConfigurationException, MISCONFIGURED],
    ['throttles', 'throttles', 1, TooManyRequestsException, 'Rate exceeded'],
    ['fails', 'fails', 2, ExternalServiceException, UNEXPECTED],
    ['redirects', 'redirects', 1, ExternalServiceException, UNEXPECTED],
    ['talks nonsense', 'talks_nonsense', 1, ExternalServiceException, UNEXPECTED],
    ['gives no credentials', 'gives_nothing', 1, ExternalServiceException, UNEXPECTED],
    ['gives expired credentials', 'gives_expired', 1, ExternalServiceException, UNEXPECTED],
    ['sends ten megabytes', 'never_ends', 1, ExternalServiceException, UNEXPECTED],
    ['hangs up', 'hangs_up', 2, ExternalServiceException, UNEXPECTED],
  ] as const)(
    'maps an STS that %s to a fault that clients know, and works again afterwards',
    async (_what, behaviour, calls, type, message) => {
      const guest = await guestId()
      sts.behave(behaviour)
      const error = await faultOf(credentialsFor(guest))
      expect(error).toBeInstanceOf(type)
      expect(error).toMatchObject({ message })
      expect(JSON.stringify(error)).not.toContain('upstream secret')
      expect(sts.calls()).toBe(calls)
      sts.behave('as_asked')
      expect(output(await credentialsFor(guest)).IdentityId).toBe(guest)
    },
  )

  it.each([
    ['fails', ['fails', 'as_asked'], 2],
    ['hangs up', ['hangs_up', 'as_asked'], 2],
    ['is slow', ['as_asked_but_late'], 1],
  ] as const)('serves users of an STS that %s for a moment', async (_what, behaviours, calls) => {
    const guest = await guestId()
    sts.behave(...behaviours)
    const { Credentials } = output(await credentialsFor(guest))
    expect(Credentials?.AccessKeyId).toBe(sts.lastCall().credentials.AccessKeyId)
    expect(sts.calls()).toBe(calls)
  })

  it('gives up on an STS that never answers, or never finishes, within five seconds, and serves all else meanwhile', async () => {
    const guests = [await guestId(), await guestId()]
    sts.behave('never_answers', 'never_finishes')
    const ended: string[] = []
    const waiting = guests.map((guest) => faultOf(credentialsFor(guest)).finally(() => ended.push('credentials')))
    expect(guests).not.toContain(await guestId())
    ended.push('another guest')
    for (const fault of await Promise.all(waiting)) expect(fault).toBeInstanceOf(ExternalServiceException)
    expect(ended).toEqual(['another guest', 'credentials', 'credentials'])
    expect(sts.calls()).toBe(2)
  })

  it('does not serve STS itself then', async () => {
    const { Token: WebIdentityToken } = await app.send(new GetOpenIdTokenCommand({ IdentityId: await guestId() }))
    const own = new STSClient({ region: LOCAL_REGION, endpoint: service.url })
    const request = { RoleArn: GUEST_ROLE, RoleSessionName: 'web', WebIdentityToken }
    expect(await faultOf(own.send(new AssumeRoleWithWebIdentityCommand(request)))).toMatchObject({
      name: 'AccessDenied',
      message: 'This deployment does not serve STS. Call the STS that it is configured with.',
    })
  })
})

describe("With SeaweedFS's STS", () => {
  let service: Service
  let sts: FakeSts
  beforeAll(async () => {
    sts = await startFakeSts()
    service = await startService({ vars: { STS_ENDPOINT: sts.url, STS_PROFILE: 'seaweedfs' } })
    sts.trust(service.url)
  })
  afterAll(() => Promise.all([service?.stop(), sts?.stop()]))

  it('signs tokens that live as long as the session, with tags where it reads them', async () => {
    const operator = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: service.url })
    const IdentityPoolId = await createPool(service)
    await operator.send(
      new UpdateIdentityPoolCommand({
        IdentityPoolId,
        IdentityPoolName: 'remote',
        AllowUnauthenticatedIdentities: true,
        DeveloperProviderName: 'login.weed',
      }),
    )
    const { IdentityId = '', Token = '' } = await operator.send(
      new GetOpenIdTokenForDeveloperIdentityCommand({
        IdentityPoolId,
        Logins: { 'login.weed': 'ada' },
        PrincipalTags: { team: 'red' },
      }),
    )
    const app = new CognitoIdentityClient({ region: LOCAL_REGION, endpoint: service.url, maxAttempts: 1 })
    const Logins = { 'cognito-identity.amazonaws.com': Token }
    await app.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }))
    const { claims } = sts.lastCall()
    expect(claims).toEqual({
      sub: IdentityId,
      aud: IdentityPoolId,
      amr: expect.arrayContaining(['authenticated']),
      iss: service.url,
      'https://cognito-identity.amazonaws.com/identity-pool-arn': expect.any(String),
      'edge-identity:use': 'sts',
      'https://aws.amazon.com/tags/principal_tags': { team: 'red' },
      exp: Number(claims.iat) + 3600,
      iat: expect.any(Number),
    })
  })
})

describe.skipIf(!isOnPath('moto_server'))("With moto's STS", () => {
  let service: Service
  let moto: Moto
  beforeAll(async () => {
    moto = await startMoto()
    service = await startService({ vars: { STS_ENDPOINT: moto.url, STS_PROFILE: 'localstack' } })
  })
  afterAll(() => Promise.all([service?.stop(), moto?.stop()]))

  it('vends credentials that moto knows as a session of the role', async () => {
    const clientConfig = { region: LOCAL_REGION, endpoint: service.url }
    const identityPoolId = await createPool(service)
    const credentials = fromCognitoIdentityPool({ clientConfig, identityPoolId })
    const sts = new STSClient({ region: LOCAL_REGION, endpoint: moto.url, credentials })
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}))
    expect(Arn).toBe(`arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/remote-guest/CognitoIdentityCredentials`)
  })
})
