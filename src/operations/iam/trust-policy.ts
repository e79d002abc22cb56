import { parseArn } from '../../base/arn.ts'
import {
  knownKeysAlone,
  parseTrustPolicy,
  providersIn,
  trustsEveryPool,
  trustsEveryTenant,
} from '../../credentials/index.ts'
import { actionsFit, type PolicyDocument } from '../../policy/index.ts'
import { Fault } from '../../protocol/index.ts'

/**
 * A trust policy that will be evaluated is checked when it is set, so that what is stored is what is meant. What IAM checks
 * beyond the grammar is checked here and not where a policy is read: roles keep the policy that they have.
 */
export function checkTrustPolicy(document: string, issuer: string): void {
  const parsed = parseTrustPolicy(document, issuer)
  if (!parsed.ok) throw malformed(parsed.error.detail)
  const { statements } = parsed.value
  if (!statements.every(({ actions }) => actionsFit(actions, ACTIONS)))
    throw malformed('AssumeRole policy may only specify STS AssumeRole actions.')
  for (const [type, name] of principalsIn(document)) checkPrincipal(type, name)
  // IAM User Guide, "Identity-provider controls for shared OIDC providers".
  if (trustsEveryPool(parsed.value, issuer))
    throw malformed(
      'A trust policy for identity pools must have a condition on the pool: the key :aud with the id of each pool, without wildcards.',
    )
  checkFederated(parsed.value)
}

/** Refuses what tokens of OpenID providers could not be judged by, and what would trust everybody who gets tokens of a provider. */
function checkFederated(policy: PolicyDocument): void {
  for (const [provider, issuer] of providersIn(policy)) {
    const known = knownKeysAlone(policy, provider, issuer)
    if (!known.ok) throw malformed(known.error.detail)
  }
  const open = trustsEveryTenant(policy)
  if (open)
    throw malformed(
      `A trust policy for ${open.issuer} must have a condition on ${open.issuer}:${open.claim} that names whose tokens it is for, before any wildcard.`,
    )
}

/** What a trust policy can be about. Each is the action of an operation, or a part of one, by which a role is assumed. */
const ACTIONS = [
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:SetContext',
  'sts:SetSourceIdentity',
  'sts:TagSession',
]

const malformed = (detail: string) => new Fault('MalformedPolicyDocument', detail)

type Principal = string | Readonly<Record<string, string | readonly string[]>>

/** Type and name of every principal in a document that was read already. Those of everyone are left out. */
function principalsIn(document: string): readonly (readonly [type: string, name: string])[] {
  const { Statement } = JSON.parse(document) as { Statement: { Principal: Principal } | { Principal: Principal }[] }
  const named = [Statement].flat().map(({ Principal }) => (typeof Principal === 'string' ? {} : Principal))
  return named
    .flatMap((types) => Object.entries(types))
    .flatMap(([type, names]) => [names].flat().map((name) => [type, name] as const))
    .filter(([, name]) => name !== '*')
}

const DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i

/** Refuses a name that cannot be one of its type. Whether there is anybody of that name is not known here. */
function checkPrincipal(type: string, name: string): void {
  const arn = parseArn(name)
  switch (type) {
    case 'Federated':
      if (DOMAIN.test(name) || (arn?.service === 'iam' && /^(?:oidc|saml)-provider\/./.test(arn.resource))) return
      throw malformed('Federated principals must be valid domain names or SAML metadata ARNs')
    case 'Service':
      if (DOMAIN.test(name)) return
      throw malformed(`Invalid principal in policy: "SERVICE":"${name}"`)
    default:
      if (/^\d{12}$/.test(name) || isPrincipalArn(arn)) return
      throw malformed(`Invalid principal in policy: "AWS":"${name}"`)
  }
}

/** An account, a user or a role, or a session of one (IAM User Guide, "AWS JSON policy elements: Principal"). */
function isPrincipalArn(arn: ReturnType<typeof parseArn>): boolean {
  if (arn === undefined || !/^\d{12}$/.test(arn.account)) return false
  const resource = arn.service === 'iam' ? /^(?:root$|user\/.|role\/.)/ : /^(?:assumed-role|federated-user)\/./
  return (arn.service === 'iam' || arn.service === 'sts') && resource.test(arn.resource)
}
