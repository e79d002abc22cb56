/**
 * What an AWS account needs so that pools of this service can hand out its roles: an IAM OIDC provider for the issuer, and
 * two roles a pool that trust it. As a CloudFormation template and as Terraform, from one description.
 */
import { partitionOf } from '../../src/base/arn.ts'
import { parsePoolId } from '../../src/base/ids.ts'
import { outboundUrl } from '../../src/base/outbound-url.ts'
import { err, ok, type Result } from '../../src/base/result.ts'
import { issuerFrom } from '../../src/config/issuer.ts'
import { SettingError } from '../../src/config/setting.ts'

/** What was asked for on the command line. */
export interface Wish {
  issuer: string
  /** Pool ids. */
  pools: readonly string[]
  /** Twelve digits. */
  account?: string | undefined
  namePrefix: string
  /** Whether signed-in users may bring session tags. */
  tags: boolean
  /** Whether the account's OIDC provider for the issuer is managed elsewhere. */
  existingProvider: boolean
  /** Seconds, 3600 to 43 200; IAM's default is 3600. */
  maxSessionDuration?: number | undefined
}

/** A checked wish, with everything that the documents name. */
export interface Connection {
  issuer: string
  /** The issuer without its scheme: what IAM calls the provider. */
  name: string
  /** URL of the API. */
  endpoint: string
  partition: string
  account: string | undefined
  tags: boolean
  existingProvider: boolean
  maxSessionDuration: number | undefined
  pools: readonly ConnectedPool[]
}

export interface ConnectedPool {
  id: string
  region: string
  tag: string
  roles: readonly ConnectedRole[]
}

export interface ConnectedRole {
  /** Its name in SetIdentityPoolRoles and in the token's `amr`. */
  kind: 'authenticated' | 'unauthenticated'
  name: string
  description: string
  logicalId: string
  terraformName: string
  notes: readonly string[]
}

/** A CloudFormation template. */
export interface Template {
  AWSTemplateFormatVersion: string
  Description: string
  Resources: Record<string, Resource>
  Outputs: Record<string, Output>
}

interface Resource {
  Type: string
  Metadata?: Record<string, unknown>
  Properties: Record<string, unknown>
}

interface Output {
  Description: string
  Value: unknown
}

/** CloudFormation takes 200 outputs a stack and every pool has three. IAM's 100 client ids a provider are more. */
export const MAX_POOLS = 60
/** IAM allows 64 characters; behind the prefix come the pool's first eight digits and `authenticated`, with hyphens. */
const MAX_PREFIX_CHARS = 64 - '-9f3c2a71-authenticated'.length
/** Names that lead nowhere on the internet, though they look like public ones (RFC 6761, RFC 6762, RFC 8375, ICANN). */
const LOCAL_SUFFIX = /\.(local|test|invalid|internal|home\.arpa)$/

/** The two roles of a pool. */
const ROLE_KINDS = [
  { kind: 'authenticated', label: 'authenticated', logicalId: 'AuthenticatedRole', users: 'Signed-in users' },
  { kind: 'unauthenticated', label: 'guest', logicalId: 'GuestRole', users: 'Guests' },
] as const

const PROVIDER_LOGICAL_ID = 'IdentityProvider'
const TERRAFORM_PROVIDER = { type: 'aws_iam_openid_connect_provider', name: 'edge_identity' }

const NO_PERMISSIONS = 'The role may do nothing yet.'
const ABOUT_GUESTS =
  'Allow only what anybody on the internet may do. Credentials from GetCredentialsForIdentity are narrowed further by ' +
  'session policies; a guest that takes its token to STS itself (classic flow) has all that the role allows.'

const WITH_TAGS = 'sts:TagSession lets users bring their attributes for access control, as aws:PrincipalTag.'
const WITHOUT_TAGS =
  'A pool with attributes for access control needs sts:TagSession besides, which the option --tags adds: without it STS ' +
  'refuses every user that has an attribute.'

/** Checks a wish by the rules of the service and of IAM. The error is one sentence on the first thing that is wrong. */
export function readConnection(wish: Wish): Result<Connection, string> {
  const { account, existingProvider, issuer, maxSessionDuration, namePrefix, pools, tags } = wish
  const problem =
    issuerProblem(issuer) ??
    poolsProblem(pools) ??
    accountProblem(account) ??
    prefixProblem(namePrefix) ??
    durationProblem(maxSessionDuration)
  if (problem) return err(problem)
  const connected = pools.flatMap((text) => poolFrom(text, namePrefix, tags) ?? [])
  return ok({
    issuer,
    name: issuer.slice('https://'.length),
    endpoint: new URL(issuer).origin,
    partition: partitionOf(connected[0]?.region ?? ''),
    account,
    tags,
    existingProvider,
    maxSessionDuration,
    pools: connected,
  })
}

/** The CloudFormation template, as the object that its JSON stands for. It needs CAPABILITY_NAMED_IAM. */
export function cloudFormationTemplate(connection: Connection): Template {
  const { existingProvider, issuer, pools } = connection
  const roles = pools.flatMap((pool) => pool.roles.map((role) => ({ pool, role })))
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Lets the identity pools of ${issuer} hand out roles of this account.`,
    Resources: {
      ...(existingProvider ? {} : { [PROVIDER_LOGICAL_ID]: providerResource(connection) }),
      ...Object.fromEntries(roles.map(({ pool, role }) => [role.logicalId, roleResource(connection, pool, role)])),
    },
    Outputs: Object.fromEntries(pools.flatMap((pool) => outputs(connection, pool))),
  }
}

/** The same for Terraform and the AWS provider 5.100 or newer, as the object that its JSON configuration stands for. */
export function terraformConfig(connection: Connection): object {
  const { existingProvider, issuer, pools } = connection
  const { name, type } = TERRAFORM_PROVIDER
  const provider = existingProvider ? { url: issuer } : { url: issuer, client_id_list: pools.map(({ id }) => id) }
  const roles = pools.flatMap((pool) =>
    pool.roles.map((role) => [role.terraformName, terraformRole(connection, pool, role)]),
  )
  return {
    '//': [
      `Lets the identity pools of ${issuer} hand out roles of this AWS account. Needs hashicorp/aws 5.100 or newer.`,
      'Attach permissions in a file of your own, with aws_iam_role_policy or aws_iam_role_policy_attachment.',
    ],
    ...(existingProvider && { data: { [type]: { [name]: provider } } }),
    resource: {
      ...(!existingProvider && { [type]: { [name]: provider } }),
      aws_iam_role: Object.fromEntries(roles),
    },
    output: Object.fromEntries(pools.flatMap((pool) => terraformOutputs(connection, pool))),
  }
}

/** The command that gives a pool its roles. It replaces whatever roles and role mappings the pool has. */
export function setRolesCommand(
  { endpoint }: Connection,
  pool: ConnectedPool,
  arnOf: (role: ConnectedRole) => string,
): string {
  const roles = pool.roles.map((role) => `${role.kind}=${arnOf(role)}`).join(',')
  return `aws cognito-identity set-identity-pool-roles --endpoint-url ${endpoint} --region ${pool.region} --identity-pool-id ${pool.id} --roles ${roles}`
}

/** The command that lets an existing provider accept the tokens of a pool. */
export function addClientIdCommand({ account, name, partition }: Connection, pool: ConnectedPool): string {
  const arn = `arn:${partition}:iam::${account ?? 'ACCOUNT'}:oidc-provider/${name}`
  return `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${shellWord(arn)} --client-id ${pool.id}`
}

function issuerProblem(issuer: string): string | undefined {
  try {
    issuerFrom(issuer, { name: 'ISSUER', localMode: false })
  } catch (error) {
    if (error instanceof SettingError) return `The issuer ${issuer} ${error.problem}.`
    throw error
  }
  if (/[?#]/.test(issuer)) return `The issuer ${issuer} must not have a query or a fragment.`
  const url = outboundUrl(issuer, false)
  if (url && !LOCAL_SUFFIX.test(url.hostname)) return undefined
  return `The issuer ${issuer} is not on a public host name, and AWS must reach it from the internet.`
}

function poolsProblem(pools: readonly string[]): string | undefined {
  const wrong = pools.find((text) => !parsePoolId(text))
  if (wrong !== undefined) return `${wrong} is not a pool id: <region>:<UUID>, in lower case.`
  if (pools.length > MAX_POOLS) return `${pools.length} pools are too many for one run: at most ${MAX_POOLS}.`
  const ids = pools.flatMap((text) => parsePoolId(text) ?? [])
  const tags = ids.map(({ tag }) => tag)
  const again = tags.find((tag, index) => tags.indexOf(tag) < index)
  if (again) return `Two of the pool ids begin with ${again}, and no two pools of a service do.`
  const partitions = new Set(ids.map(({ region }) => partitionOf(region)))
  if (partitions.size > 1)
    return `These pools need a run each, for accounts in ${[...partitions].join(' and ')}: an account belongs to one partition.`
  return undefined
}

function accountProblem(account: string | undefined): string | undefined {
  return account === undefined || /^\d{12}$/.test(account) ? undefined : `The account ${account} is not twelve digits.`
}

function prefixProblem(prefix: string): string | undefined {
  if (new RegExp(`^[\\w.-]{1,${MAX_PREFIX_CHARS}}$`).test(prefix)) return undefined
  return `The name prefix ${prefix} is not 1 to ${MAX_PREFIX_CHARS} letters, digits, hyphens, dots and underscores.`
}

function durationProblem(seconds: number | undefined): string | undefined {
  if (seconds === undefined || (Number.isInteger(seconds) && seconds >= 3600 && seconds <= 43_200)) return undefined
  return `The maximum session duration ${seconds} is not a number of seconds from 3600 to 43200.`
}

function poolFrom(text: string, namePrefix: string, tags: boolean): ConnectedPool | undefined {
  const id = parsePoolId(text)
  if (!id) return undefined
  const { region, tag } = id
  const roles = ROLE_KINDS.map(({ kind, label, logicalId, users }) => ({
    kind,
    name: `${namePrefix}-${tag}-${label}`,
    description: `${users} of the identity pool ${text}`,
    logicalId: `${logicalId}${tag}`,
    terraformName: `${label}_${tag}`,
    notes: [NO_PERMISSIONS, kind === 'unauthenticated' ? ABOUT_GUESTS : tags ? WITH_TAGS : WITHOUT_TAGS],
  }))
  return { id: text, region, tag, roles }
}

/** Who may assume a role: identities of one pool and one kind, by tokens of the provider `federated`. */
function trustPolicy(
  { name, tags }: Connection,
  pool: ConnectedPool,
  { kind }: ConnectedRole,
  federated: unknown,
): object {
  const assume = 'sts:AssumeRoleWithWebIdentity'
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: federated },
    Action: tags && kind === 'authenticated' ? [assume, 'sts:TagSession'] : assume,
    Condition: {
      StringEquals: { [`${name}:aud`]: pool.id },
      'ForAnyValue:StringLike': { [`${name}:amr`]: kind },
    },
  }
  return { Version: '2012-10-17', Statement: [statement] }
}

function providerResource({ issuer, pools }: Connection): Resource {
  return { Type: 'AWS::IAM::OIDCProvider', Properties: { Url: issuer, ClientIdList: pools.map(({ id }) => id) } }
}

function roleResource(connection: Connection, pool: ConnectedPool, role: ConnectedRole): Resource {
  const { existingProvider, maxSessionDuration, name } = connection
  const federated = existingProvider
    ? { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/${name}` }
    : { Ref: PROVIDER_LOGICAL_ID }
  return {
    Type: 'AWS::IAM::Role',
    Metadata: {
      Permissions: [...role.notes, 'Attach permissions in a template of your own, with AWS::IAM::RolePolicy.'].join(
        ' ',
      ),
    },
    Properties: {
      RoleName: role.name,
      Description: role.description,
      ...(maxSessionDuration && { MaxSessionDuration: maxSessionDuration }),
      AssumeRolePolicyDocument: trustPolicy(connection, pool, role, federated),
    },
  }
}

function outputs(connection: Connection, pool: ConnectedPool): [string, Output][] {
  const arns = pool.roles.map((role): [string, Output] => [
    `${role.logicalId}Arn`,
    { Description: role.description, Value: { 'Fn::GetAtt': [role.logicalId, 'Arn'] } },
  ])
  const command = setRolesCommand(connection, pool, (role) => `\${${role.logicalId}.Arn}`)
  const Description = 'To be run with an access key of the identity service'
  return [...arns, [`SetIdentityPoolRoles${pool.tag}`, { Description, Value: { 'Fn::Sub': command } }]]
}

/** Terraform reads `${…}` in a text as an expression; nothing else here has the form of one. */
function terraformRole(connection: Connection, pool: ConnectedPool, role: ConnectedRole): object {
  const { existingProvider, maxSessionDuration } = connection
  const { name, type } = TERRAFORM_PROVIDER
  const federated = `\${${existingProvider ? 'data.' : ''}${type}.${name}.arn}`
  return {
    '//': role.notes,
    name: role.name,
    description: role.description,
    ...(maxSessionDuration !== undefined && { max_session_duration: maxSessionDuration }),
    assume_role_policy: JSON.stringify(trustPolicy(connection, pool, role, federated)),
  }
}

function terraformOutputs(connection: Connection, pool: ConnectedPool): [string, object][] {
  const arnOf = (role: ConnectedRole) => `\${aws_iam_role.${role.terraformName}.arn}`
  const command = {
    description: 'To be run with an access key of the identity service',
    value: setRolesCommand(connection, pool, arnOf),
  }
  return [
    ...pool.roles.map((role): [string, object] => [`${role.terraformName}_role_arn`, { value: arnOf(role) }]),
    [`set_identity_pool_roles_${pool.tag}`, command],
  ]
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
