import { parseArn } from '../base/arn.ts'
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
  type StatementOutcome,
  type Unmet,
} from '../policy/index.ts'
import { MAX_FAILED_CHARS, MAX_FAILED_STATEMENTS } from './limits.ts'
import { claimIn, ISSUER_ALIAS, isPoolService } from './pool-issuer.ts'
import type { RoleArn } from './role-arn.ts'
import { ASSUME, TAG } from './trust-policy.ts'
import type { AssumeRejected, RoleRecord, WebIdentity } from './types.ts'

export interface TrustQuestion {
  identity: WebIdentity
  role: Pick<RoleArn, 'partition' | 'account'> & Pick<RoleRecord, 'tags'>
  sessionName: string
  /** URL of our issuer. */
  issuer: string
  /** IP address of the client. Left out, or anything else: the policy sees a request without address. */
  clientAddress?: string | undefined
  /** Milliseconds since the epoch. */
  now: number
}

export type TrustDenied = Extract<AssumeRejected, { reason: 'trust_denied' | 'tag_session_denied' }>

/**
 * Whether a role's trust policy lets this identity assume it, and bring its session tags if it has any: these need
 * `sts:TagSession` besides (IAM User Guide, "Passing session tags in AWS STS"). A refusal says what was not met, without
 * the values: those hold users' ids at their providers.
 */
export function checkTrust(policy: PolicyDocument, question: TrustQuestion): Result<void, TrustDenied> {
  const request = requestOf(policy, question)
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
  const request = requestOf(policy, question)
  const action = firstRefused(policy, request, question) ?? ASSUME
  return { action, ...explain(policy, { action, ...request }) }
}

/** The condition keys that trust policies have of this identity itself, each with its values. Of our own pools, by AWS's first name for them. */
export function conditionKeysOf({ amr, audience, federated, subject }: WebIdentity): Map<string, readonly string[]> {
  if (federated) return new Map([...federated.claims].map(([key, values]) => [`${federated.issuer}:${key}`, values]))
  return new Map([
    [`${ISSUER_ALIAS}:aud`, [audience]],
    [`${ISSUER_ALIAS}:sub`, [subject]],
    [`${ISSUER_ALIAS}:amr`, amr],
  ])
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

function requestOf(policy: PolicyDocument, question: TrustQuestion): TrustRequest {
  const { federated } = question.identity
  const principal = federated
    ? ({ type: 'Federated', anyOf: [federated.provider] } as const)
    : rememberedPrincipal(policy, question)
  return { principal, context: contextOf(question) }
}

type Principal = NonNullable<PolicyRequest['principal']>

/** What a policy was asked about last, which is nearly always what it is asked about next: a role of one account. */
const principals = new WeakMap<PolicyDocument, { partition: string; account: string; issuer: string; is: Principal }>()

function rememberedPrincipal(policy: PolicyDocument, question: TrustQuestion): Principal {
  const { issuer, role } = question
  const last = principals.get(policy)
  if (last && last.account === role.account && last.partition === role.partition && last.issuer === issuer)
    return last.is
  const is = principalOf(policy, question)
  principals.set(policy, { partition: role.partition, account: role.account, issuer, is })
  return is
}

/**
 * Our issuer, by the provider in the account of the role and by AWS's names for it, as far as the policy has them. The
 * provider may be of another partition than the role: the regions for which their creation was signed decide.
 */
function principalOf({ statements }: PolicyDocument, { role, issuer }: TrustQuestion): Principal {
  const resource = `oidc-provider/${issuerName(issuer)}`
  const isOwn = (name: string) => {
    const arn = parseArn(name)
    return arn?.service === 'iam' && arn.account === role.account && arn.resource === resource
  }
  const named = statements.flatMap(({ principals }) => (principals instanceof Map && principals.get('Federated')) || [])
  const anyOf = [`arn:${role.partition}:iam::${role.account}:${resource}`, ISSUER_ALIAS]
  return { type: 'Federated', anyOf: [...new Set([...anyOf, ...named.filter((n) => isPoolService(n) || isOwn(n))])] }
}

/**
 * The condition keys of the question, worked out when a policy asks for one. No tag of ours is transitive and none of our
 * tokens names a source identity, so these two keys are never there.
 */
function contextOf(question: TrustQuestion): PolicyRequest['context'] {
  return { get: (key) => claimNamed(key, question) ?? requestKey(key, question) }
}

/** The keys under the issuer that the identity is of: for those of our pools, under AWS's names for it as well. */
function claimNamed(key: string, { identity, issuer }: TrustQuestion): readonly string[] | undefined {
  if (identity.federated) {
    const prefix = `${identity.federated.issuer.toLowerCase()}:`
    return key.startsWith(prefix) ? identity.federated.claims.get(key.slice(prefix.length)) : undefined
  }
  switch (claimIn(key, issuer)) {
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
  const { clientAddress, identity, issuer, now, role, sessionName } = question
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
    case 'aws:viaawsservice':
      return ['false']
  }
  const [, of, name = ''] = /^(aws:request|(?:aws|iam):resource)tag\/(.*)$/s.exec(key) ?? []
  if (of === undefined) return undefined
  return valuesNamed(name, of === 'aws:request' ? tags : role.tags)
}

/** The values of tags whose keys differ in case alone, which are one condition key. `name` in lower case. */
function valuesNamed(name: string, tags: RoleRecord['tags']): readonly string[] {
  return tags.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
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
