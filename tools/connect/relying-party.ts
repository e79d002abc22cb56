/**
 * What another relying party needs so that it knows users of a pool, in one role, by tokens of this service: a pool of workload
 * identities at Google Cloud, a federated credential at Azure, a role of Vault or OpenBao, an authenticator of Kubernetes.
 */
import { stringify } from 'yaml'
import { parsePoolId } from '../../src/base/ids.ts'
import { outboundUrl } from '../../src/base/outbound-url.ts'
import { err, ok, type Result } from '../../src/base/result.ts'
import { mayBeAudience } from '../../src/credentials/token-audience.ts'

export const PARTIES = ['azure', 'gcp', 'kubernetes', 'vault'] as const
export type Party = (typeof PARTIES)[number]

/** What was asked for on the command line. */
export interface Wish {
  issuer: string
  pool: string
  /** The role that users have: its name, behind its path if it has one, such as `teams/user`. */
  role: string
  /** Account of pool and role. */
  account: string
  audience?: string | undefined
  /** What the thing is called there. */
  name: string
  /** Of Google Cloud: the number of the project. */
  project?: string | undefined
  /** Of Vault: policies that a login gives. */
  policies: readonly string[]
}

export interface Described extends Wish {
  audience: string
}

/** The audience that a relying party has where nobody chose another one; that of Google names its provider. */
function usualAudience(party: Party, { name, project }: Wish): string {
  switch (party) {
    case 'azure':
      return 'api://AzureADTokenExchange'
    case 'gcp':
      return `https://iam.googleapis.com/projects/${project}/locations/global/workloadIdentityPools/${name}/providers/${name}`
    case 'kubernetes':
      return 'kubernetes'
    case 'vault':
      return 'vault'
  }
}

/** Everything is put between quotes somewhere, so that what could end them is refused. */
export function readWish(party: Party, wish: Wish): Result<Described, string> {
  const { account, issuer, name, pool, project, role } = wish
  const url = outboundUrl(issuer, party === 'vault')
  if (!url || /[?#'"\\\s]|\/$/.test(issuer))
    return err(`The issuer ${issuer} must be an https URL without query, fragment or slash at its end.`)
  if (!parsePoolId(pool)) return err(`${pool} is not the id of an identity pool.`)
  if (!/^[\w+=,.@/-]{1,512}$/.test(role) || !/^[^/]{1,64}$/.test(nameOf(role)) || /^\/|\/\//.test(role))
    return err(`${role} is not the name of a role, such as user, or teams/user with its path.`)
  if (!/^\d{12}$/.test(account)) return err('--account must be twelve digits.')
  if (!/^[a-z][a-z\d-]{2,30}[a-z\d]$/.test(name))
    return err('--name must have 4 to 32 small letters, digits and hyphens, and begin with a letter.')
  if (party === 'gcp' && !/^\d{1,20}$/.test(project ?? '')) return err('--project must be the number of a project.')
  const odd = wish.policies.find((policy) => !/^[\w./-]{1,128}$/.test(policy))
  if (odd !== undefined) return err(`${odd} is not the name of a policy.`)
  const audience = wish.audience ?? usualAudience(party, wish)
  if (!/^[\x21-\x7e]{1,1000}$/.test(audience) || /['"\\]/.test(audience) || mayBeAudience(audience, issuer) === 'no')
    return err(`No token is for the audience ${audience}.`)
  return ok({ ...wish, audience })
}

/** The whole configuration of a relying party. */
export function configurationOf(party: Party, wish: Described): string {
  switch (party) {
    case 'azure':
      return JSON.stringify(federatedCredential(wish), null, 2)
    case 'gcp':
      return workloadIdentityCommands(wish)
    case 'kubernetes':
      return stringify(authenticationConfiguration(wish), { lineWidth: 0 }).trimEnd()
    case 'vault':
      return vaultCommands(wish)
  }
}

const claimsOf = ({ issuer }: Wish) => `${issuer}/claims`
const roleArn = ({ account, role }: Wish) => `arn:aws:iam::${account}:role/${role}`
const nameOf = (role: string) => role.slice(role.lastIndexOf('/') + 1)
const subjectOf = ({ pool, role }: Wish) => `pool:${pool}:role:${nameOf(role)}`

/** Azure compares issuer and subject as they are, so that all users of a role are one subject there. */
function federatedCredential(wish: Described): object {
  return {
    name: wish.name,
    issuer: wish.issuer,
    subject: subjectOf(wish),
    audiences: [wish.audience],
    description: `Users of the identity pool ${wish.pool} in the role ${wish.role}`,
  }
}

function workloadIdentityCommands(wish: Described): string {
  const { audience, issuer, name, pool, project } = wish
  const claims = `assertion['${claimsOf(wish)}']`
  const mapping = [
    'google.subject=assertion.sub',
    `attribute.pool=${claims}.pool`,
    `attribute.role=${claims}.role`,
  ].join(',')
  const condition = [
    "assertion['edge-identity:use'] == 'audience'",
    `${claims}.pool == '${pool}'`,
    `${claims}.role == '${roleArn(wish)}'`,
  ].join(' && ')
  return [
    `gcloud iam workload-identity-pools create ${name} --project=${project} --location=global`,
    `gcloud iam workload-identity-pools providers create-oidc ${name} --project=${project} --location=global \\`,
    `  --workload-identity-pool=${name} --issuer-uri='${issuer}' --allowed-audiences='${audience}' \\`,
    `  --attribute-mapping="${mapping}" \\`,
    `  --attribute-condition="${condition}"`,
  ].join('\n')
}

/** The member of an object at a JSON pointer (RFC 6901). */
const pointer = (...names: string[]) =>
  names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function vaultCommands(wish: Described): string {
  const { audience, issuer, name, policies, pool } = wish
  const claims = claimsOf(wish)
  const role = {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [audience],
    bound_claims: {
      'edge-identity:use': 'audience',
      [pointer(claims, 'pool')]: pool,
      [pointer(claims, 'role')]: roleArn(wish),
    },
    claim_mappings: { [pointer(claims, 'pool')]: 'identity_pool', [pointer(claims, 'role')]: 'aws_role' },
    token_policies: policies,
    token_ttl: '15m',
    token_max_ttl: '1h',
  }
  return [
    `vault auth enable -path=${name} jwt`,
    `vault write auth/${name}/config oidc_discovery_url='${issuer}' bound_issuer='${issuer}'`,
    `vault write auth/${name}/role/${name} - <<'END'`,
    JSON.stringify(role, null, 2),
    'END',
  ].join('\n')
}

/** Kubernetes, "Using Authentication Configuration" of its documentation; version v1 is that of 1.34 and newer. */
function authenticationConfiguration(wish: Described): object {
  const { audience, issuer, name, pool } = wish
  const claims = `claims['${claimsOf(wish)}']`
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt: [
      {
        issuer: { url: issuer, audiences: [audience] },
        claimValidationRules: [
          {
            expression: "claims[?'edge-identity:use'].orValue('') == 'audience'",
            message: 'the token must be one for relying parties',
          },
          { expression: `${claims}.pool == '${pool}'`, message: 'the token must be of a user of the pool' },
          { expression: `${claims}.role == '${roleArn(wish)}'`, message: 'the user must have the role' },
        ],
        claimMappings: {
          username: { expression: `'${name}:' + claims.sub` },
          groups: { expression: `['${name}:' + ${claims}.role]` },
        },
        userValidationRules: [
          {
            expression: "!user.username.startsWith('system:') && user.groups.all(group, !group.startsWith('system:'))",
            message: 'nobody may be called as parts of the system are',
          },
        ],
      },
    ],
  }
}

/** What to do with it, and here, in order. */
export function nextSteps(party: Party, wish: Described): string {
  const { audience, name, pool, project, role } = wish
  const there: Record<Party, string[]> = {
    azure: [
      'Store the document as credential.json, and give it to an application, which has at most 20:',
      '  az ad app federated-credential create --id <application id> --parameters credential.json',
    ],
    gcp: [
      'Run these commands. Then let the users of the role be a service account, or give them roles of their own:',
      `  principalSet://iam.googleapis.com/projects/${project}/locations/global/workloadIdentityPools/${name}/attribute.role/${roleArn(wish)}`,
    ],
    kubernetes: [
      'Start kube-apiserver with this file as --authentication-config. Then give the users of the role permissions:',
      `  kubectl create rolebinding ${name} --clusterrole=view --group='${name}:${roleArn(wish)}' --namespace=<namespace>`,
    ],
    vault: [
      'Run these commands with a token that may. With OpenBao, vault is called bao. Then users log in with:',
      `  vault write auth/${name}/login role=${name} jwt=<token>`,
    ],
  }
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:GetWebIdentityToken',
        Resource: '*',
        Condition: { 'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': audience } },
      },
    ],
  }
  const tag =
    party === 'azure'
      ? [`  aws iam tag-role --role-name ${nameOf(role)} --tags Key=edge-identity:token-subject,Value=pool-role`]
      : []
  return [
    ...there[party],
    'Here, with sessions of the embedded STS:',
    '  aws iam enable-outbound-web-identity-federation',
    `  aws iam put-role-policy --role-name ${nameOf(role)} --policy-name ${name} --policy-document '${JSON.stringify(policy)}'`,
    ...tag,
    `Or let the pool ${pool} list the audience ${audience} in identity.yaml${party === 'azure' ? ', with the subject pool-role' : ''}.`,
  ].join('\n')
}
