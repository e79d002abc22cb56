import { isJsonObject } from '../base/json.ts'

/**
 * What tokens of registered OpenID providers say, as condition keys of trust policies: behind the name of the issuer and a colon.
 * AWS has five for every issuer, and more for those that it knows (IAM User Guide, "IAM and AWS STS condition context keys";
 * Service Authorization Reference, AWS STS). `azp` is ours.
 */
const OF_EVERY_ISSUER = ['amr', 'aud', 'azp', 'email', 'oaud', 'sub']

interface KnownIssuer {
  /** Whether a provider by this name is one of them. */
  names: RegExp
  keys: readonly string[]
  /** Those of the keys that the issuer gives out itself, each to one owner for ever. */
  ids: readonly string[]
  /** What subjects of workloads look like where the issuer signs people in as well. */
  workloads?: RegExp
}

const KNOWN_ISSUERS: readonly KnownIssuer[] = [
  {
    names:
      /^(?:token\.actions\.(?:githubusercontent\.com(?:\/[\w.-]+)?|[\w-]+\.ghe\.com)|github\.com\/enterprises\/[\w.-]+)$/,
    keys: [
      'actor',
      'actor_id',
      'enterprise_id',
      'environment',
      'job_workflow_ref',
      'ref',
      'repository',
      'repository_id',
      'repository_owner_id',
      'workflow',
    ],
    ids: ['actor_id', 'enterprise_id', 'repository_id', 'repository_owner_id'],
  },
  {
    names: /^gitlab\.com$/,
    keys: [
      'namespace_id',
      'pipeline_source',
      'project_id',
      'ref_protected',
      'runner_environment',
      'user_access_level',
      'user_email',
      'user_id',
      'user_login',
    ],
    ids: ['namespace_id', 'project_id', 'user_id'],
    workloads: /^project_path:/,
  },
  {
    names: /^agent\.(?:buildkite\.com|[\w-]+\.buildkite\.(?:dev|site))$/,
    keys: [
      'build_branch',
      'cluster_id',
      'cluster_name',
      'organization_id',
      'organization_slug',
      'pipeline_id',
      'pipeline_slug',
    ],
    ids: ['cluster_id', 'organization_id', 'pipeline_id'],
  },
  {
    names: /^oidc\.circleci\.com\/org\/[\w-]+$/,
    keys: ['oidc.circleci.com/project-id'],
    ids: ['oidc.circleci.com/project-id'],
  },
  { names: /^accounts\.google\.com$/, keys: ['google/organization_number'], ids: [] },
  { names: /^idcs-[\w-]+\.identity\.oraclecloud\.com$/, keys: ['rpst_id'], ids: ['rpst_id'], workloads: /^ocid1\./ },
]

/**
 * Issuers that everybody gets tokens of, with the claim that tells whose a token is. A statement that says nothing of it trusts
 * the whole world (IAM User Guide, "Identity-provider controls for shared OIDC providers").
 */
const SHARED: ReadonlyMap<string, 'sub' | 'aud'> = new Map([
  ['agent.buildkite.com', 'sub'],
  ['api.pulumi.com/oidc', 'aud'],
  ['app.terraform.io', 'sub'],
  ['gitlab.com', 'sub'],
  ['oidc-configuration.audit-log.githubusercontent.com', 'sub'],
  ['oidc.codefresh.io', 'sub'],
  ['oidc.vercel.com', 'aud'],
  ['proidc.upbound.io', 'sub'],
  ['sandboxes.cloud', 'aud'],
  ['scalr.io', 'sub'],
  ['studio.datachain.ai/api', 'sub'],
  ['token.actions.githubusercontent.com', 'sub'],
  ['tokens.cloud.shisho.dev', 'sub'],
  ['vstoken.actions.githubusercontent.com', 'sub'],
])

/** A provider that is registered with a closing slash is that of the same issuer. */
const bare = (issuer: string) => (issuer.endsWith('/') ? issuer.slice(0, -1) : issuer)

const knownIssuer = (issuer: string) => KNOWN_ISSUERS.find(({ names }) => names.test(bare(issuer)))

/** The condition keys that tokens of an issuer can have, in lower case and without its name. */
export function claimKeysOf(issuer: string): readonly string[] {
  return [...OF_EVERY_ISSUER, ...(knownIssuer(issuer)?.keys ?? [])]
}

/**
 * Claims that an issuer gives to one owner for ever, by the last part of their names: no two owners have the same, and nobody chooses
 * it. The values are condition keys.
 */
export const ID_CLAIMS: ReadonlyMap<string, string> = new Map(
  KNOWN_ISSUERS.flatMap(({ ids }) => ids).map((key) => [key.slice(key.lastIndexOf('/') + 1), key]),
)

/** The claim that a statement about a shared issuer has to limit. */
export function tenantClaimOf(issuer: string): 'sub' | 'aud' | undefined {
  return SHARED.get(bare(issuer))
}

/**
 * Whether the subjects of an issuer are known to name workloads and no people: then a record may have them. Those of service
 * accounts of Kubernetes are told by their own form, whatever the cluster.
 */
export function isWorkload(issuer: string, subject: string): boolean {
  if (/^system:serviceaccount:[a-z0-9-]{1,63}:[a-z0-9.-]{1,253}$/.test(subject)) return true
  const { ids = [], workloads } = knownIssuer(issuer) ?? {}
  return workloads ? workloads.test(subject) : ids.length > 0 || SHARED.has(bare(issuer))
}

/**
 * The condition keys of a verified token, with their values. `audience`: the client that it is for. An address that the issuer has not
 * verified is nobody's; AWS takes it.
 */
export function claimsByKey(
  issuer: string,
  audience: string,
  claims: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, readonly string[]> {
  const values = (key: string) => {
    switch (key) {
      case 'aud':
        return [audience]
      case 'oaud':
        return listOf(claims.aud)
      case 'amr':
        return listOf(claims.amr)
      case 'email':
        return ['undefined', 'true'].includes(String(claims.email_verified)) ? textOf(claims.email) : []
      case 'google/organization_number':
        return textOf(
          isJsonObject(claims.google) ? claims.google.organization_number : claims['google:organization_number'],
        )
      default:
        return textOf(claims[key])
    }
  }
  const found = claimKeysOf(issuer).map((key) => [key, values(key)] as const)
  return new Map(found.filter(([, texts]) => texts.length > 0))
}

/** A claim as a text; of a number or a truth value, what JSON writes. Anything else says nothing. */
function textOf(claim: unknown): readonly string[] {
  return ['string', 'number', 'boolean'].includes(typeof claim) ? [String(claim)] : []
}

function listOf(claim: unknown): readonly string[] {
  return [claim].flat().flatMap(textOf)
}
