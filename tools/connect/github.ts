/**
 * What a role needs so that workflows of one repository at GitHub can assume it: a trust policy that names the repository and what of
 * it, and the commands around it.
 */
import { trustFindings } from '../../package/file/lint/web-identity.ts'
import { issuerName } from '../../src/base/issuer-name.ts'
import { outboundUrl } from '../../src/base/outbound-url.ts'
import { err, ok, type Result } from '../../src/base/result.ts'
import { parseVends, VENDS_TAG } from '../../src/credentials/r2/vended.ts'

/** What was asked for on the command line. */
export interface Wish {
  account?: string | undefined
  repository?: string | undefined
  branch?: string | undefined
  tag?: string | undefined
  environment?: string | undefined
  subject?: string | undefined
  'repository-id'?: string | undefined
  'owner-id'?: string | undefined
  issuer: string
  audience: string
  role?: string | undefined
  endpoint: string
  bucket?: string | undefined
  access: string
  prefix: string
}

/** A checked wish. */
export interface GithubRole {
  account: string
  issuer: string
  audience: string
  role: string
  endpoint: string
  /** What tokens of these workflows have as `sub`, in each form that GitHub has for it. */
  subjects: readonly string[]
  ids: { repository_id: string; repository_owner_id: string } | undefined
  repository: string
  /** Value of the tag by which the role vends. */
  vends: string | undefined
}

/** Checks a wish. The error is one sentence on the first thing that is wrong. */
export function readGithubWish(wish: Wish): Result<GithubRole, string> {
  const { account = '', audience, endpoint, issuer, repository = '' } = wish
  const [, owner = '', name = ''] = /^([\w.-]{1,100})\/([\w.-]{1,100})$/.exec(repository) ?? []
  const role = wish.role ?? `github-${name}`.slice(0, 64)
  const ids = idsOf(wish)
  const vends = vendsOf(wish, account)
  const problem =
    (/^\d{12}$/.test(account) ? undefined : 'Name the account, twelve digits, with --account.') ??
    (owner === '' ? 'Name the repository with --repository <owner>/<name>.' : undefined) ??
    (/^[\w+=,.@-]{1,64}$/.test(role) ? undefined : `The role ${role} is not a name of IAM.`) ??
    (isIssuer(issuer) ? undefined : `The issuer ${issuer} is not an https URL without query and slash at its end.`) ??
    (/^https?:\/\/[\w.:-]+$/.test(endpoint) ? undefined : `The endpoint ${endpoint} is not a URL without path.`) ??
    (/^[\w.:/-]{1,255}$/.test(audience)
      ? undefined
      : `The audience ${audience} has other characters than A-Z a-z 0-9 _ . : / -`) ??
    (ids.ok ? undefined : ids.error) ??
    (vends.ok ? undefined : vends.error)
  const whose = whichOf(wish)
  if (problem !== undefined) return err(problem)
  if (!whose.ok || !ids.ok || !vends.ok) return err(whose.ok ? '' : whose.error)
  const own = wish.subject === undefined ? [`repo:${repository}:${whose.value}`] : [wish.subject]
  const immutable =
    ids.value && wish.subject === undefined
      ? [`repo:${owner}@${ids.value.repository_owner_id}/${name}@${ids.value.repository_id}:${whose.value}`]
      : []
  const subjects = [...own, ...immutable]
  return ok({ account, issuer, audience, role, endpoint, subjects, ids: ids.value, repository, vends: vends.value })
}

function isIssuer(text: string): boolean {
  return outboundUrl(text, false) !== undefined && /^https:\/\/[\w.:/-]*[\w-]$/.test(text)
}

/** What of the repository: the end of the subject. */
function whichOf({ branch, environment, subject, tag }: Wish): Result<string, string> {
  const given = [branch, environment, subject, tag].filter((one) => one !== undefined)
  if (given.length !== 1)
    return err('Say which workflows of the repository, by one of --branch, --tag, --environment and --subject.')
  const [text = ''] = given
  if (!/^[\w.*/@+=,: -]{1,200}$/.test(text)) return err(`${text} has characters that are not taken here.`)
  if (branch !== undefined) return ok(`ref:refs/heads/${branch}`)
  if (tag !== undefined) return ok(`ref:refs/tags/${tag}`)
  return ok(`environment:${environment ?? ''}`)
}

function idsOf({ 'owner-id': owner, 'repository-id': repository }: Wish): Result<GithubRole['ids'], string> {
  if (owner === undefined && repository === undefined) return ok(undefined)
  const isId = (text: string | undefined): text is string => text !== undefined && /^[1-9]\d{0,18}$/.test(text)
  return isId(owner) && isId(repository)
    ? ok({ repository_id: repository, repository_owner_id: owner })
    : err('--repository-id and --owner-id are numbers, and go together.')
}

function vendsOf({ access, bucket, prefix }: Wish, account: string): Result<string | undefined, string> {
  if (bucket === undefined) return ok(undefined)
  const value = `r2/${bucket}/${access}/${prefix}`
  const parsed = parseVends(value, account)
  if (!parsed.ok) return err(`The grant of R2 is not usable: ${parsed.error.why}.`)
  return /^[\w./+@=:-]{1,256}$/.test(value) ? ok(value) : err('The grant of R2 does not fit into a tag of a role.')
}

/** The trust policy. A pattern needs another operator, which takes the same subjects. */
export function trustPolicyOf({ account, audience, ids, issuer, subjects }: GithubRole): object {
  const name = issuerName(issuer)
  const keys = Object.fromEntries(Object.entries(ids ?? {}).map(([claim, id]) => [`${name}:${claim}`, id]))
  const subject = { [`${name}:sub`]: subjects.length === 1 ? subjects[0] : subjects }
  const isPattern = subjects.some((text) => text.includes('*'))
  const equals = { [`${name}:aud`]: audience, ...keys, ...(!isPattern && subject) }
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${name}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: equals, ...(isPattern && { StringLike: subject }) },
  }
  return { Version: '2012-10-17', Statement: [statement] }
}

/** R2 has one region, which clients of S3 call so. */
const R2_REGION = 'auto'

/** What to do with the policy, in order, and what is weak about it. */
export function nextGithubSteps(wish: GithubRole): string {
  const { account, audience, endpoint, ids, issuer, repository, role, vends } = wish
  const tags = vends === undefined ? '' : ` --tags Key=${VENDS_TAG},Value=${vends}`
  const findings = trustFindings(JSON.stringify(trustPolicyOf(wish)))
  return [
    `Register the issuer, once an account. AWS_ENDPOINT_URL_IAM is ${endpoint}:`,
    `  aws iam create-open-id-connect-provider --url ${issuer} --client-id-list ${audience}`,
    'Make the role, with the policy in trust.json:',
    `  aws iam create-role --role-name ${role} --assume-role-policy-document file://trust.json${tags}`,
    'In the workflow, of which the job needs the permission id-token: write:',
    '  - uses: aws-actions/configure-aws-credentials@v6',
    '    with:',
    `      role-to-assume: arn:aws:iam::${account}:role/${role}`,
    `      aws-region: ${vends === undefined ? 'us-east-1' : R2_REGION}`,
    `      sts-endpoint: ${endpoint}`,
    ...(audience === 'sts.amazonaws.com' ? [] : [`      audience: ${audience}`]),
    ...findings.map(({ message, rule, severity }) => `${severity}: ${message} [${rule}]`),
    ...(ids
      ? []
      : [
          `warning: The name ${repository} can be somebody else's one day. Add --repository-id and --owner-id, which "gh api repos/${repository} --jq '.id, .owner.id'" tells; a repository that is new since July 2026 needs them.`,
        ]),
  ].join('\n')
}
