import { isIpAddress } from '../base/ip.ts'
import { issuerName } from '../base/issuer-name.ts'
import { err, ok, type Result } from '../base/result.ts'
import { seconds } from '../base/world.ts'
import {
  type Explanation,
  evaluate,
  explain,
  type PolicyDocument,
  type PolicyRequest,
  parsePolicy,
  type StatementOutcome,
  type Unmet,
} from '../policy/index.ts'
import { MAX_FAILED_CHARS, MAX_FAILED_STATEMENTS, MAX_KEPT_TRUST_POLICY_CHARS } from './limits.ts'
import type { RoleArn } from './role-arn.ts'
import type { AssumeRejected, RoleRecord, WebIdentity } from './types.ts'

/**
 * AWS's own name for identity pools. A trust policy may write it, as principal and as prefix of condition keys, wherever
 * our issuer is meant, so that policies written for AWS work unchanged.
 */
const ISSUER_ALIAS = 'cognito-identity.amazonaws.com'

const ASSUME = 'sts:AssumeRoleWithWebIdentity'
const TAG = 'sts:TagSession'

export interface TrustQuestion {
  identity: WebIdentity
  role: Pick<RoleArn, 'partition' | 'account'>
  sessionName: string
  /** URL of our issuer. */
  issuer: string
  /** IP address of the client. Left out, or anything else: the policy sees a request without address. */
  clientAddress?: string | undefined
  /** Milliseconds since the epoch. */
  now: number
}

/** Trust policies by their roles' records: one of usual length is parsed once for as long as its record is kept. */
const parsed = new WeakMap<RoleRecord, ReturnType<typeof parsePolicy>>()

/** A role's trust policy, ready to be evaluated, or what is wrong with it. */
export function trustPolicyOf(record: RoleRecord): ReturnType<typeof parsePolicy> {
  const policy = parsed.get(record) ?? parsePolicy(record.trustPolicy, 'trust')
  if (record.trustPolicy.length <= MAX_KEPT_TRUST_POLICY_CHARS) parsed.set(record, policy)
  return policy
}

export type TrustDenied = Extract<AssumeRejected, { reason: 'trust_denied' | 'tag_session_denied' }>

/**
 * Whether a role's trust policy lets this identity assume it, and bring its session tags if it has any: these need
 * `sts:TagSession` besides (IAM User Guide, "Passing session tags in AWS STS"). A refusal says what was not met, without
 * the values: those hold users' ids at their providers.
 */
export function checkTrust(policy: PolicyDocument, question: TrustQuestion): Result<void, TrustDenied> {
  const request = requestOf(question)
  const action = firstRefused(policy, request, question)
  if (action === undefined) return ok(undefined)
  const reason = action === TAG ? 'tag_session_denied' : 'trust_denied'
  return err({ reason, failed: failuresOf(explain(policy, { action, ...request })) })
}

/**
 * `action`: the one that was refused, of the two that an identity with tags needs; else `sts:AssumeRoleWithWebIdentity`.
 * The rest explains that action.
 */
export type TrustExplanation = Explanation & { action: typeof ASSUME | typeof TAG }

/** What `checkTrust` comes to, statement by statement and with the values: for the eyes of a signed-in operator. */
export function explainTrust(policy: PolicyDocument, question: TrustQuestion): TrustExplanation {
  const request = requestOf(question)
  const action = firstRefused(policy, request, question) ?? ASSUME
  return { action, ...explain(policy, { action, ...request }) }
}

/** What a role without a readable trust policy answers. */
export function unreadableTrust(detail: string): TrustDenied {
  return { reason: 'trust_denied', failed: [shortened(`the trust policy cannot be read: ${detail}`)] }
}

type TrustRequest = Omit<PolicyRequest, 'action'>

function firstRefused(policy: PolicyDocument, request: TrustRequest, { identity }: TrustQuestion) {
  const needed = hasTags(identity) ? ([ASSUME, TAG] as const) : ([ASSUME] as const)
  return needed.find((action) => evaluate(policy, { action, ...request }) !== 'allow')
}

function requestOf(question: TrustQuestion): TrustRequest {
  return { principal: principalOf(question), context: contextOf(question) }
}

function principalOf({ role, issuer }: TrustQuestion): NonNullable<PolicyRequest['principal']> {
  const provider = `arn:${role.partition}:iam::${role.account}:oidc-provider/${issuerName(issuer)}`
  return { type: 'Federated', anyOf: [provider, ISSUER_ALIAS] }
}

/**
 * The condition keys of the question, worked out when a policy asks for one. No tag of ours is transitive and none of our
 * tokens names a source identity, so these two keys are never there.
 */
function contextOf(question: TrustQuestion): PolicyRequest['context'] {
  return { get: (key) => claimNamed(key, question) ?? requestKey(key, question) }
}

/** The keys under our issuer and under AWS's name for it. */
function claimNamed(key: string, { identity, issuer }: TrustQuestion): readonly string[] | undefined {
  const colon = key.lastIndexOf(':')
  const prefix = key.slice(0, colon)
  if (prefix !== ISSUER_ALIAS && prefix !== issuerName(issuer).toLowerCase()) return undefined
  switch (key.slice(colon + 1)) {
    case 'sub':
      return [identity.subject]
    case 'aud':
    case 'oaud':
      return [identity.audience]
    case 'amr':
      return identity.amr
  }
  return undefined
}

function requestKey(key: string, question: TrustQuestion): readonly string[] | undefined {
  const { clientAddress, identity, issuer, now, sessionName } = question
  const tags = Object.entries(identity.principalTags ?? {})
  switch (key) {
    case 'sts:rolesessionname':
      return [sessionName]
    case 'aws:currenttime':
      return [new Date(now).toISOString()]
    case 'aws:epochtime':
      return [String(seconds(now))]
    case 'aws:securetransport':
      return [String(issuer.startsWith('https:'))]
    case 'aws:sourceip':
      return clientAddress !== undefined && isIpAddress(clientAddress) ? [clientAddress] : undefined
    case 'aws:tagkeys':
      return tags.map(([name]) => name)
  }
  return tags.filter(([name]) => key === `aws:requesttag/${name.toLowerCase()}`).map(([, value]) => value)
}

function hasTags({ principalTags = {} }: WebIdentity): boolean {
  return Object.keys(principalTags).length > 0
}

/** What stands in the way: each Deny that matched or, where there is none, each Allow that did not. */
function failuresOf({ decision, statements }: Explanation): readonly string[] {
  const failures = statements.flatMap((statement, index) => {
    const failure = decision === 'explicit_deny' ? denialOf(statement) : shortfallOf(statement)
    return failure === undefined ? [] : [shortened(`${nameOf(statement, index)}: ${failure}`)]
  })
  if (failures.length === 0) return ['no statement allows anything']
  const more = failures.length - MAX_FAILED_STATEMENTS
  return more > 0 ? [...failures.slice(0, MAX_FAILED_STATEMENTS), `and ${more} more`] : failures
}

function denialOf({ effect, unmet }: StatementOutcome): string | undefined {
  return effect === 'deny' && unmet.length === 0 ? 'explicit deny' : undefined
}

function shortfallOf({ effect, unmet }: StatementOutcome): string | undefined {
  return effect === 'allow' ? unmet.map(withoutValues).join(', ') : undefined
}

function nameOf({ sid }: StatementOutcome, index: number): string {
  return sid === '' ? `statement ${index + 1}` : `statement ${index + 1} (${sid})`
}

function withoutValues(unmet: Unmet): string {
  return unmet.element === 'condition' ? `${unmet.operator} ${unmet.key}` : unmet.element
}

function shortened(text: string): string {
  return text.length > MAX_FAILED_CHARS ? `${text.slice(0, MAX_FAILED_CHARS)}…` : text
}
