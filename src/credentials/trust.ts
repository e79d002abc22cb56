import { err, ok, type Result } from '../base/result.ts'
import { evaluate, type PolicyDocument, type PolicyRequest } from '../policy/index.ts'
import type { RoleArn } from './role-arn.ts'
import type { AssumeRejected, WebIdentity } from './types.ts'

/**
 * AWS's own name for identity pools. A trust policy may write it, as principal and as prefix of condition keys, wherever
 * our issuer is meant, so that policies written for AWS work unchanged.
 */
const ISSUER_ALIAS = 'cognito-identity.amazonaws.com'

export interface TrustQuestion {
  identity: WebIdentity
  role: RoleArn
  sessionName: string
  /** URL of our issuer. */
  issuer: string
  /** Milliseconds since the epoch. */
  now: number
}

/**
 * Whether a role's trust policy lets this identity assume it, and bring its session tags if it has any: these need
 * `sts:TagSession` besides (IAM User Guide, "Passing session tags in AWS STS").
 */
export function checkTrust(policy: PolicyDocument, question: TrustQuestion): Result<void, AssumeRejected> {
  const request = { principal: principalOf(question), context: contextOf(question) }
  const allows = (action: string) => evaluate(policy, { action, ...request }) === 'allow'
  if (!allows('sts:AssumeRoleWithWebIdentity')) return err({ reason: 'trust_denied' })
  if (hasTags(question.identity) && !allows('sts:TagSession')) return err({ reason: 'tag_session_denied' })
  return ok(undefined)
}

function principalOf({ role, issuer }: TrustQuestion): NonNullable<PolicyRequest['principal']> {
  const provider = `arn:${role.partition}:iam::${role.account}:oidc-provider/${withoutScheme(issuer)}`
  return { type: 'Federated', anyOf: [provider, ISSUER_ALIAS] }
}

function contextOf({ identity, sessionName, issuer, now }: TrustQuestion): PolicyRequest['context'] {
  const context = new Map<string, readonly string[]>([
    ['sts:rolesessionname', [sessionName]],
    ['aws:currenttime', [new Date(now).toISOString()]],
  ])
  for (const prefix of [withoutScheme(issuer).toLowerCase(), ISSUER_ALIAS]) {
    context.set(`${prefix}:sub`, [identity.subject])
    context.set(`${prefix}:aud`, [identity.audience])
    context.set(`${prefix}:oaud`, [identity.audience])
    context.set(`${prefix}:amr`, identity.amr)
  }
  const tags = identity.principalTags ?? {}
  for (const [key, value] of Object.entries(tags)) context.set(`aws:requesttag/${key.toLowerCase()}`, [value])
  context.set('aws:tagkeys', Object.keys(tags))
  return context
}

function hasTags({ principalTags = {} }: WebIdentity): boolean {
  return Object.keys(principalTags).length > 0
}

function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//, '')
}
