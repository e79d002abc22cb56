import { type IssuerConfig, providerName } from '../../package/server/issuer-config.mjs'
import { testIssuers } from '../../package/server/issuers.ts'
import { LOCAL_ACCOUNT, LOCAL_KEY } from '../../package/server/local-mode.mjs'
import { type AccessKey, type Client, connect, Refused } from './client.ts'

/** The pool that everything is shown with. */
export interface SamplePool {
  poolId: string
  /** Whether it was made now. */
  isNewPool: boolean
}

/** What a guest and a user got on their way. */
export interface Tour extends SamplePool {
  guest: Visitor
  user: Visitor & { name: string; provider: string }
}

interface Visitor {
  identityId: string
  token: { header: object; claims: object }
  credentials: Required<AccessKey> & { expires: Date }
  /** `undefined` where another STS made the credentials. */
  callerArn: string | undefined
}

const SAMPLE_POOL = 'sample'
/** The sample pool's roles, and whom each is for, in the words of a token's `amr` claim. */
const SAMPLE_ROLES = {
  unauthenticated: { name: 'sample-guest', amr: 'unauthenticated' },
  authenticated: { name: 'sample-user', amr: 'authenticated' },
}

/** Who signs in at the test issuer. */
const SAMPLE_USER = 'ada'

/** The sample pool of a running local service, with its roles, which trusts the issuer. It is made the first time only. */
export async function samplePool(url: string, issuer: IssuerConfig): Promise<SamplePool> {
  const admin = connect(url, LOCAL_KEY)
  const known = await findSamplePool(admin)
  const poolId = known ?? (await createSamplePool(admin))
  await trust(admin, poolId, issuer)
  return { poolId, isNewPool: known === undefined }
}

/**
 * Walks the whole way of a guest, and that of a user of the test issuer, through a running local service, over HTTP as any
 * client would: the sample pool, an identity, its OpenID token, its credentials, and who they say they are. Throws with the
 * service's own words when a step is refused.
 */
export async function tour(url: string, issuer: IssuerConfig, sample?: SamplePool): Promise<Tour> {
  const { poolId, isNewPool } = sample ?? (await samplePool(url, issuer))
  const provider = providerName(issuer.issuer)
  const idToken = await testIssuers(url, [issuer])[issuer.name]?.idToken({ sub: SAMPLE_USER })
  // Credentials of another STS are unknown here, and a question about them would be a refusal in the terminal.
  const { StsTargets } = await connect(url, LOCAL_KEY).own('DescribeService', {})
  const asksForCaller = StsTargets[0].Kind === 'Embedded'
  const user = await visit(url, poolId, { [provider]: idToken ?? '' }, asksForCaller)
  const guest = await visit(url, poolId, undefined, asksForCaller)
  return { poolId, isNewPool, guest, user: { ...user, name: SAMPLE_USER, provider } }
}

async function visit(
  url: string,
  poolId: string,
  Logins: Record<string, string> | undefined,
  asksForCaller: boolean,
): Promise<Visitor> {
  const app = connect(url, LOCAL_KEY)
  const { IdentityId } = await app.publicly('GetId', { IdentityPoolId: poolId, Logins })
  const { Token } = await app.publicly('GetOpenIdToken', { IdentityId, Logins })
  const { Credentials } = await app.publicly('GetCredentialsForIdentity', { IdentityId, Logins })
  const credentials = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretKey,
    sessionToken: Credentials.SessionToken,
    expires: new Date(Credentials.Expiration * 1000),
  }
  const callerArn = asksForCaller ? await callerOf(connect(url, credentials)) : undefined
  return { identityId: IdentityId, token: decode(Token), credentials, callerArn }
}

/**
 * Registers the test issuer and lists it on the sample pool, whose other settings stay. What is there is not made again: that
 * would be a refusal in the terminal.
 */
async function trust(admin: Client, IdentityPoolId: string, { clients, issuer }: IssuerConfig): Promise<void> {
  const arn = `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${providerName(issuer)}`
  const [client = ''] = clients
  if (!(await admin.query('iam', 'ListOpenIDConnectProviders')).includes(`<Arn>${arn}</Arn>`))
    await admin.query('iam', 'CreateOpenIDConnectProvider', { Url: issuer, 'ClientIDList.member.1': client })
  const pool = await admin.signed('DescribeIdentityPool', { IdentityPoolId })
  const listed: string[] = pool.OpenIdConnectProviderARNs ?? []
  if (!listed.includes(arn))
    await admin.signed('UpdateIdentityPool', { ...pool, OpenIdConnectProviderARNs: [...listed, arn] })
}

/** Who the holder of credentials is; `undefined` for those of another STS, which this service does not know. */
async function callerOf(client: Client): Promise<string | undefined> {
  try {
    const caller = await client.query('sts', 'GetCallerIdentity')
    return /<Arn>([^<]+)<\/Arn>/.exec(caller)?.[1]
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

async function findSamplePool(admin: Client): Promise<string | undefined> {
  let page: PoolPage = { IdentityPools: [] }
  do {
    page = await admin.signed('ListIdentityPools', { MaxResults: 60, NextToken: page.NextToken })
    const found = page.IdentityPools.find((pool) => pool.IdentityPoolName === SAMPLE_POOL)
    if (found) return found.IdentityPoolId
  } while (page.NextToken)
  return undefined
}

interface PoolPage {
  IdentityPools: { IdentityPoolId: string; IdentityPoolName: string }[]
  NextToken?: string
}

async function createSamplePool(admin: Client): Promise<string> {
  const settings = { AllowUnauthenticatedIdentities: true, AllowClassicFlow: true }
  const { IdentityPoolId } = await admin.signed('CreateIdentityPool', { IdentityPoolName: SAMPLE_POOL, ...settings })
  const Roles: Record<string, string> = {}
  for (const [kind, { name, amr }] of Object.entries(SAMPLE_ROLES)) {
    await putRole(admin, name, trustPolicy(IdentityPoolId, amr))
    Roles[kind] = `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`
  }
  await admin.signed('SetIdentityPoolRoles', { IdentityPoolId, Roles })
  return IdentityPoolId
}

/** The trust policy that the Amazon Cognito console writes for a pool's roles. */
function trustPolicy(poolId: string, amr: string): string {
  const Condition = {
    StringEquals: { 'cognito-identity.amazonaws.com:aud': poolId },
    'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': amr },
  }
  const Principal = { Federated: 'cognito-identity.amazonaws.com' }
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition }]
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

/** A role of an earlier sample pool may still be there; then only its trust policy changes. */
async function putRole(admin: Client, RoleName: string, trust: string): Promise<void> {
  try {
    await admin.query('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trust })
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'EntityAlreadyExists')) throw error
    await admin.query('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust })
  }
}

function decode(token: string): Visitor['token'] {
  const [header = '', claims = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header), claims: JSON.parse(claims) }
}
