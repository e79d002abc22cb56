import { AwsClient } from 'aws4fetch'
import { connect, jsonCall, Refused } from '../lib/client.ts'
import { LOCAL_ACCOUNT, LOCAL_KEY, LOCAL_REGION } from '../lib/local-service.ts'
import { CLIENT_ID, type Issuer } from './issuer.ts'
import type { Call } from './load.ts'
import { subjectOf } from './subjects.ts'

const R2_ROLE = `arn:aws:r2::${LOCAL_ACCOUNT}:grant/photos/object-read-write/users/\${sub}/`

/** A running service with a pool, on which calls are prepared. */
export interface Target {
  url: string
  issuer: Issuer
  poolId: string
}

export interface Operation {
  id: string
  name: string
  /** Path of the floor's Worker that does the same primitive work. */
  floor: string
  /** Path of the fair floor's Worker that does it with everything that nobody can leave out. */
  fair: string
  /** Of tokens. */
  algorithm: string
  /** Where credentials come from, unless it is the embedded STS. */
  sts?: 'remote'
  /** Prepares what the operation needs, and resolves to the calls, which are sent in turn. */
  calls(target: Target): Promise<Call[]>
}

/** The operations that are measured. `algorithm`: of those that sign nothing, and of the remote STS's token. */
export function operations(algorithm: string): Operation[] {
  return [
    { id: 'discovery', name: 'discovery document', floor: '/fixed', fair: '/answer', algorithm, calls: discovery },
    { id: 'guest', name: 'GetId, new guest', floor: '/insert', fair: '/guest', algorithm, calls: newGuest },
    { id: 'known', name: 'GetId, known login', floor: '/read', fair: '/login', algorithm, calls: knownLogin },
    ...tokenAlgorithms(algorithm).map((each) => ({
      id: `token-${each}`,
      name: `GetOpenIdToken, ${each}`,
      floor: '/sign',
      fair: '/token',
      algorithm: each,
      calls: token,
    })),
    {
      id: 'credentials',
      name: 'GetCredentialsForIdentity, embedded',
      floor: '/read',
      fair: '/session',
      algorithm,
      calls: credentials,
    },
    {
      id: 'credentials-r2',
      name: 'GetCredentialsForIdentity, R2',
      floor: '/read',
      fair: '/r2',
      algorithm,
      calls: r2Credentials,
    },
    {
      id: 'credentials-remote',
      name: 'GetCredentialsForIdentity, remote',
      floor: '/exchange',
      fair: '/exchange',
      algorithm,
      sts: 'remote',
      calls: credentials,
    },
    {
      id: 'describe',
      name: 'DescribeIdentityPool, signed',
      floor: '/read',
      fair: '/signed',
      algorithm,
      calls: describePool,
    },
  ]
}

function tokenAlgorithms(algorithm: string): string[] {
  return [...new Set(['RS256', 'ES256', algorithm])]
}

export function publicCall(url: string, operation: string, input: object): Call {
  return { url: `${url}/`, ...jsonCall(operation, input) }
}

/** One signed request serves a whole run: its date stays good for minutes, and checking it costs the same each time. */
export async function signedCall(url: string, operation: string, input: object, isOurs = false): Promise<Call> {
  const service = isOurs ? 'edge-identity' : 'cognito-identity'
  const aws = new AwsClient({ ...LOCAL_KEY, region: LOCAL_REGION, service })
  const call = jsonCall(operation, input, isOurs ? 'EdgeIdentity' : undefined)
  const { headers } = await aws.sign(`${url}/`, call)
  return { ...call, url: `${url}/`, headers: Object.fromEntries(headers) }
}

export interface PoolOptions {
  /** Of users and guests; one of the pool's own if left out. */
  role?: string
  tags?: Readonly<Record<string, string>>
}

/** A pool whose users come as guests or from the issuer. */
export async function createPool(
  url: string,
  issuer: Issuer,
  { role: given, tags }: PoolOptions = {},
): Promise<string> {
  const admin = connect(url, LOCAL_KEY)
  await onceThere(
    admin.query('iam', 'CreateOpenIDConnectProvider', { Url: issuer.url, 'ClientIDList.member.1': CLIENT_ID }),
  )
  const { IdentityPoolId } = await admin.signed('CreateIdentityPool', {
    IdentityPoolName: 'bench',
    AllowUnauthenticatedIdentities: true,
    AllowClassicFlow: true,
    IdentityPoolTags: tags,
    OpenIdConnectProviderARNs: [`arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${issuer.name}`],
  })
  const RoleName = `bench-${IdentityPoolId.replace(/^.*:/, '')}`
  const role = given ?? `arn:aws:iam::${LOCAL_ACCOUNT}:role/${RoleName}`
  if (!given) await admin.query('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trust(IdentityPoolId) })
  await admin.signed('SetIdentityPoolRoles', { IdentityPoolId, Roles: { unauthenticated: role, authenticated: role } })
  return IdentityPoolId
}

/** As in the developer guide, for users and guests. */
const trust = (pool: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { 'cognito-identity.amazonaws.com:aud': pool },
          'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': ['unauthenticated', 'authenticated'] },
        },
      },
    ],
  })

async function onceThere(creating: Promise<unknown>): Promise<void> {
  try {
    await creating
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'EntityAlreadyExists')) throw error
  }
}

async function discovery({ url }: Target): Promise<Call[]> {
  return [{ url: `${url}/.well-known/openid-configuration` }]
}

async function newGuest({ url, poolId }: Target): Promise<Call[]> {
  return [publicCall(url, 'GetId', { IdentityPoolId: poolId })]
}

async function knownLogin({ url, issuer, poolId }: Target): Promise<Call[]> {
  return [
    publicCall(url, 'GetId', { IdentityPoolId: poolId, Logins: { [issuer.name]: await issuer.token(subjectOf(0)) } }),
  ]
}

async function token({ url, poolId }: Target): Promise<Call[]> {
  return [publicCall(url, 'GetOpenIdToken', { IdentityId: await aGuest(url, poolId) })]
}

async function credentials({ url, poolId }: Pick<Target, 'url' | 'poolId'>): Promise<Call[]> {
  return [publicCall(url, 'GetCredentialsForIdentity', { IdentityId: await aGuest(url, poolId) })]
}

async function r2Credentials({ url, issuer }: Target): Promise<Call[]> {
  return credentials({ url, poolId: await createPool(url, issuer, { role: R2_ROLE }) })
}

async function describePool({ url, poolId }: Target): Promise<Call[]> {
  return [await signedCall(url, 'DescribeIdentityPool', { IdentityPoolId: poolId })]
}

async function aGuest(url: string, poolId: string): Promise<string> {
  const { IdentityId } = await connect(url, LOCAL_KEY).publicly('GetId', { IdentityPoolId: poolId })
  return IdentityId
}
