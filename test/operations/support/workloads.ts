import { query, type SigningKey, type XmlAnswer } from '../../support/client.ts'
import { iam, resultOf } from './callers.ts'
import { OIDC, type Providers, registerOidcProvider } from './providers.ts'

const ACCOUNT = '000000000000'
export const AUDIENCE = 'sts.amazonaws.com'
export const GITHUB = 'token.actions.githubusercontent.com'
export const GITLAB = 'gitlab.com'
export const KUBERNETES = 'oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE'
export const GOOGLE = 'accounts.google.com'

/** Tokens as these issuers make them for workloads, but for the times and what nothing here looks at. */
const SHAPES: Readonly<Record<string, Record<string, unknown>>> = {
  [GITHUB]: {
    aud: AUDIENCE,
    sub: 'repo:octo-org/octo-repo:ref:refs/heads/main',
    repository: 'octo-org/octo-repo',
    repository_id: '74',
    repository_owner: 'octo-org',
    repository_owner_id: '65',
    actor: 'octocat',
    actor_id: '12',
    ref: 'refs/heads/main',
    ref_protected: 'true',
    workflow: 'release',
    job_workflow_ref: 'octo-org/automation/.github/workflows/release.yml@refs/heads/main',
    runner_environment: 'github-hosted',
    jti: '6f8c2f9e-7d7b-4f0a-8e9f-3c1f0f9a1b2c',
  },
  [GITLAB]: {
    aud: AUDIENCE,
    sub: 'project_path:group/project:ref_type:branch:ref:main',
    namespace_id: '72',
    namespace_path: 'group',
    project_id: '22',
    project_path: 'group/project',
    user_id: '42',
    user_login: 'ada',
    user_email: 'ada@example.com',
    user_access_level: 'developer',
    pipeline_source: 'push',
    ref_protected: 'true',
    runner_environment: 'gitlab-hosted',
  },
  [KUBERNETES]: {
    aud: [AUDIENCE],
    sub: 'system:serviceaccount:build:runner',
    'kubernetes.io': { namespace: 'build', serviceaccount: { name: 'runner', uid: 'd5a3…' } },
  },
  [GOOGLE]: {
    aud: AUDIENCE,
    azp: '110000000000000000001',
    sub: '110000000000000000001',
    email: 'runner@project.iam.gserviceaccount.com',
    email_verified: true,
    google: { organization_number: 123456 },
  },
}

/** The client ids that a provider is registered with: Google's service accounts are in `azp`. */
const clientsOf = (issuer: string) => (issuer === GOOGLE ? ['110000000000000000001'] : [AUDIENCE])

/** Puts these issuers in place of the network as well, and registers each. */
export async function startWorkloads(idp: Providers, issuers = Object.keys(SHAPES)): Promise<void> {
  for (const issuer of issuers) {
    const jwks_uri = `https://${issuer}/keys`
    idp.network.serve(`https://${issuer}/.well-known/openid-configuration`, { issuer: `https://${issuer}`, jwks_uri })
    idp.network.serve(jwks_uri, idp.keys)
    await registerOidcProvider(issuer, clientsOf(issuer))
  }
}

export const tokenOf = (idp: Providers, issuer: string, claims: Record<string, unknown> = {}) =>
  idp.token(OIDC, 'nobody', { iss: `https://${issuer}`, ...SHAPES[issuer], ...claims })

export const providerArn = (issuer: string, account = ACCOUNT) => `arn:aws:iam::${account}:oidc-provider/${issuer}`

/** A trust policy with one statement for tokens of an issuer. `conditions`: with keys as they are behind its name. */
export function trustIn(
  issuer: string,
  conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  change: object = {},
): string {
  const named = Object.entries(conditions).map(([operator, keys]) => [
    operator,
    Object.fromEntries(
      Object.entries(keys).map(([key, value]) => [/^(?:aws|sts):/.test(key) ? key : `${issuer}:${key}`, value]),
    ),
  ])
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: providerArn(issuer) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: Object.fromEntries(named),
    ...change,
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

let roles = 0

/** A new role with this trust policy; its ARN. */
export async function roleTrusting(policy: string, params: Record<string, string> = {}): Promise<string> {
  roles++
  const { Role } = await iam('CreateRole', {
    RoleName: `workload-${roles}`,
    AssumeRolePolicyDocument: policy,
    ...params,
  })
  return Role.Arn
}

export const assume = (RoleArn: string, WebIdentityToken: string, params: Record<string, string> = {}, options = {}) =>
  query(
    'sts',
    { Action: 'AssumeRoleWithWebIdentity', RoleArn, RoleSessionName: 'job-7', WebIdentityToken, ...params },
    { signed: false, ...options },
  )

export function assumedIn(answer: XmlAnswer) {
  if (answer.status !== 200) throw new Error(answer.xml)
  return resultOf(answer, 'AssumeRoleWithWebIdentity')
}

export function keyIn(answer: XmlAnswer): SigningKey {
  const { AccessKeyId, SecretAccessKey, SessionToken } = assumedIn(answer).Credentials
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}
