import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  type CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
  InvalidIdentityPoolConfigurationException,
  NotAuthorizedException,
  SetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  type IAMClient,
  NoSuchEntityException,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  InvalidIdentityTokenException,
  STSClient,
} from '@aws-sdk/client-sts'
import { fromCognitoIdentity, fromCognitoIdentityPool, fromWebToken } from '@aws-sdk/credential-providers'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOf, output, REQUEST_ID } from './support/answers.ts'
import type { OidcProvider } from './support/oidc-provider.ts'
import { GUEST_ROLE, type SdkPool, startSdkPool, USER_ROLE } from './support/sdk-pool.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, LOCAL_REGION, type Service } from './support/service.ts'

const sessionOf = (role: string, name = 'CognitoIdentityCredentials') =>
  `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${name}`

/** What a program of this repository prints. */
const run = async (...args: string[]) => (await promisify(execFile)(process.execPath, args)).stdout

let bed: SdkPool
let service: Service
let provider: OidcProvider
let client: CognitoIdentityClient
let iam: IAMClient
let providerArn: string
let pool: string
beforeAll(async () => {
  bed = await startSdkPool()
  ;({ client, iam, pool, provider, providerArn, service } = bed)
})
afterAll(() => bed?.stop())

const createPool = (settings?: object) => bed.createPool(settings)
const appClient = () => bed.appClient()
const loginOf = (user: string) => bed.loginOf(user)

describe('The SDK credential providers', () => {
  const clientConfig = () => ({ region: LOCAL_REGION, endpoint: service.url })
  const callerWith = async (credentials: NonNullable<ConstructorParameters<typeof STSClient>[0]>['credentials']) => {
    const sts = new STSClient({ region: LOCAL_REGION, endpoint: service.url, ...(credentials && { credentials }) })
    return output(await sts.send(new GetCallerIdentityCommand({}))).Arn
  }

  it('fromCognitoIdentityPool signs a guest in', async () => {
    const credentials = fromCognitoIdentityPool({ clientConfig: clientConfig(), identityPoolId: pool })
    expect(await callerWith(credentials)).toBe(sessionOf(GUEST_ROLE))
    expect(await credentials()).toMatchObject({ identityId: expect.stringMatching(/^us-east-1:/) })
  })

  it('fromCognitoIdentityPool signs a user in, again as the same identity', async () => {
    const signIn = async () => {
      const logins = await loginOf('grace')
      return fromCognitoIdentityPool({ clientConfig: clientConfig(), identityPoolId: pool, logins })
    }
    const [first, again] = [await signIn(), await signIn()]
    expect(await callerWith(first)).toBe(sessionOf(USER_ROLE))
    expect((await again()).identityId).toBe((await first()).identityId)
  })

  it('fromCognitoIdentityPool brings a pass for a guest, among its logins or in its endpoint, and renews without', async () => {
    const tags = { 'edge-identity:guest-proof': 'work', 'edge-identity:guest-work': '1' }
    const proving = await createPool({ IdentityPoolTags: tags })
    const Roles = { unauthenticated: GUEST_ROLE }
    await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: proving, Roles }))
    const without = fromCognitoIdentityPool({ clientConfig: clientConfig(), identityPoolId: proving })
    const refused = await faultOf(without())
    expect(refused).toBeInstanceOf(NotAuthorizedException)
    expect(refused).toMatchObject({ message: 'A pass is needed before a guest is made.' })
    const ours = async (operation: string, input: object) => {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `EdgeIdentity.${operation}` }
      const body = JSON.stringify({ IdentityPoolId: proving, ...input })
      return (await fetch(service.url, { method: 'POST', headers, body })).json() as Promise<Record<string, string>>
    }
    const challenge = JSON.parse((await ours('GetGuestChallenge', {})).Challenge ?? '')
    const solution = await solveChallenge({ challenge, deriveKey })
    const { Pass = '' } = await ours('GetGuestPass', { Work: btoa(JSON.stringify({ challenge, solution })) })

    const logins = { 'edge-identity:guest-pass': Pass }
    const byLogins = fromCognitoIdentityPool({ clientConfig: clientConfig(), identityPoolId: proving, logins })
    expect(await callerWith(byLogins)).toBe(sessionOf(GUEST_ROLE))
    const endpoint = `${service.url}/pass/${Pass}/`
    const byPath = fromCognitoIdentityPool({
      clientConfig: { region: LOCAL_REGION, endpoint },
      identityPoolId: proving,
    })
    expect(await callerWith(byPath)).toBe(sessionOf(GUEST_ROLE))
    const { identityId } = await byPath()
    expect((await byPath()).identityId).toBe(identityId)
    const known = fromCognitoIdentity({ clientConfig: clientConfig(), identityId })
    expect(await callerWith(known)).toBe(sessionOf(GUEST_ROLE))
  })

  it('fromCognitoIdentity signs in an identity that is known already', async () => {
    const logins = await loginOf('edsger')
    const { IdentityId: identityId = '' } = await appClient().send(
      new GetIdCommand({ IdentityPoolId: pool, Logins: logins }),
    )
    const credentials = fromCognitoIdentity({ clientConfig: clientConfig(), identityId, logins })
    expect(await callerWith(credentials)).toBe(sessionOf(USER_ROLE))
  })

  it('fromCognitoIdentityPool of an erased user fails once, and then finds a new identity; jose verifies the receipt', async () => {
    const kept = new Map<string, string>()
    const cache = {
      getItem: (key: string) => kept.get(key) ?? null,
      removeItem: (key: string) => void kept.delete(key),
      setItem: (key: string, value: string) => void kept.set(key, value),
    }
    const start = async () => {
      const logins = await loginOf('margaret')
      const user = { logins, userIdentifier: 'margaret', cache }
      return fromCognitoIdentityPool({ clientConfig: clientConfig(), identityPoolId: pool, ...user })()
    }
    const { identityId } = await start()
    const file = join(await mkdtemp(join(tmpdir(), 'edge-identity-')), 'receipt.jwt')
    const endpoint = ['--endpoint-url', service.url]
    const user = ['--provider', provider.name, '--subject', 'margaret']
    await run('tools/commands/identity.mjs', 'erase', '--pool', pool, ...user, '--receipt', file, ...endpoint)
    expect(await faultOf(start())).toMatchObject({ name: 'ResourceNotFoundException' })
    const again = await start()
    expect(again.identityId).toMatch(/^us-east-1:/)
    expect(again.identityId).not.toBe(identityId)
    expect(JSON.parse(await run('docs/examples/verify-receipt.mjs', service.url, file))).toMatchObject({
      iss: service.url,
      pool,
      ids: [identityId],
      counts: { identities: 1, logins: 1 },
    })
  })

  it('fromCognitoIdentity follows a guest that became a user', async () => {
    const { IdentityId: identityId = '' } = await appClient().send(new GetIdCommand({ IdentityPoolId: pool }))
    const logins = await loginOf('barbara')
    expect(await callerWith(fromCognitoIdentity({ clientConfig: clientConfig(), identityId, logins }))).toBe(
      sessionOf(USER_ROLE),
    )
    const error = await faultOf(fromCognitoIdentity({ clientConfig: clientConfig(), identityId })())
    expect(error).toBeInstanceOf(NotAuthorizedException)
    expect(error).toMatchObject({ message: `Access to Identity '${identityId}' is forbidden.` })
  })

  it('fromWebToken trades our token at our STS', async () => {
    const app = appClient()
    const Logins = await loginOf('ada')
    const { IdentityId } = await app.send(new GetIdCommand({ IdentityPoolId: pool, Logins }))
    const { Token: webIdentityToken = '' } = await app.send(new GetOpenIdTokenCommand({ IdentityId, Logins }))
    const credentials = fromWebToken({
      clientConfig: clientConfig(),
      roleArn: USER_ROLE,
      roleSessionName: 'web',
      webIdentityToken,
    })
    expect(await callerWith(credentials)).toBe(sessionOf(USER_ROLE, 'web'))
  })
})

describe('The SDK client of STS', () => {
  const sts = () => new STSClient({ region: LOCAL_REGION, endpoint: service.url })

  it('assumes a role with our token: the basic flow', async () => {
    const app = appClient()
    const { IdentityId } = await app.send(new GetIdCommand({ IdentityPoolId: pool }))
    const { Token: WebIdentityToken } = await app.send(new GetOpenIdTokenCommand({ IdentityId }))
    const request = { RoleArn: GUEST_ROLE, RoleSessionName: 'basic-flow', WebIdentityToken, DurationSeconds: 900 }
    const assumed = output(await sts().send(new AssumeRoleWithWebIdentityCommand(request)))
    expect(assumed).toEqual({
      SubjectFromWebIdentityToken: IdentityId,
      Audience: pool,
      Provider: 'cognito-identity.amazonaws.com',
      AssumedRoleUser: {
        Arn: sessionOf(GUEST_ROLE, 'basic-flow'),
        AssumedRoleId: expect.stringMatching(/^AROA\w{17}:basic-flow$/),
      },
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA\w{16}$/),
        SecretAccessKey: expect.any(String),
        SessionToken: expect.any(String),
        Expiration: expect.any(Date),
      },
      SessionTokenSize: assumed.Credentials?.SessionToken?.length,
      SessionTokenUtilization: expect.any(Number),
    })
  })

  it("knows the refusal of a provider's own token, for a role that does not trust the provider", async () => {
    const request = { RoleArn: GUEST_ROLE, RoleSessionName: 'web', WebIdentityToken: await provider.idToken('ada') }
    const error = await faultOf(sts().send(new AssumeRoleWithWebIdentityCommand(request)))
    expect(error).toMatchObject({
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    })
  })

  it('knows the refusal of a token whose signature does not hold', async () => {
    const [header, payload] = (await provider.idToken('ada')).split('.')
    const WebIdentityToken = `${header}.${payload}.${'A'.repeat(342)}`
    const request = { RoleArn: GUEST_ROLE, RoleSessionName: 'web', WebIdentityToken }
    const error = await faultOf(sts().send(new AssumeRoleWithWebIdentityCommand(request)))
    expect(error).toBeInstanceOf(InvalidIdentityTokenException)
  })

  it('tells who holds a key', async () => {
    const operator = new STSClient({ ...LOCAL_CLIENT, endpoint: service.url })
    expect(output(await operator.send(new GetCallerIdentityCommand({})))).toEqual({
      Account: LOCAL_ACCOUNT,
      Arn: `arn:aws:iam::${LOCAL_ACCOUNT}:user/test`,
      UserId: expect.stringMatching(/^AIDA\w{17}$/),
    })
  })
})

describe('The SDK client of IAM', () => {
  it('reads back a provider', async () => {
    const OpenIDConnectProviderArn = providerArn
    const read = output(await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })))
    expect(read).toEqual({
      Url: provider.name,
      ClientIDList: ['storefront'],
      ThumbprintList: [],
      CreateDate: expect.any(Date),
    })
  })

  it('creates a role whose trust policy the STS holds to', async () => {
    const trust = (amr: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Federated: 'cognito-identity.amazonaws.com' },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: { 'cognito-identity.amazonaws.com:aud': pool },
            'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': amr },
          },
        },
      })
    const RoleName = 'sdk-trusting'
    const AssumeRolePolicyDocument = trust('authenticated')
    const { Role } = output(await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })))
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(AssumeRolePolicyDocument)
    const kept = { ...Role, MaxSessionDuration: 3600, RoleLastUsed: {} }
    expect(output(await iam.send(new GetRoleCommand({ RoleName }))).Role).toEqual(kept)

    const own = await createPool({ OpenIdConnectProviderARNs: [providerArn] })
    const Roles = { authenticated: Role?.Arn ?? '', unauthenticated: Role?.Arn ?? '' }
    await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: own, Roles }))
    const { IdentityId } = await appClient().send(new GetIdCommand({ IdentityPoolId: own }))
    const refused = await faultOf(appClient().send(new GetCredentialsForIdentityCommand({ IdentityId })))
    expect(refused).toBeInstanceOf(InvalidIdentityPoolConfigurationException)

    expect(output(await iam.send(new DeleteRoleCommand({ RoleName })))).toEqual({})
    const gone = await faultOf(iam.send(new GetRoleCommand({ RoleName })))
    expect(gone).toBeInstanceOf(NoSuchEntityException)
    expect(gone).toMatchObject({ $metadata: { httpStatusCode: 404, requestId: expect.stringMatching(REQUEST_ID) } })
  })
})
