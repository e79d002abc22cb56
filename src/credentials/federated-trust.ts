import { parseArn } from '../base/arn.ts'
import { issuerName } from '../base/issuer-name.ts'
import { ok } from '../base/result.ts'
import { listsAction, type PolicyDocument, refuseUnknownKeys, type Statement } from '../policy/index.ts'
import { claimKeysOf, tenantClaimOf } from './issuer-claims.ts'
import { isPoolService } from './pool-issuer.ts'
import { ASSUME, isAboutAssuming, isOfIssuer, isRequestKey, NAMING, type TrustPolicy } from './trust-policy.ts'
import type { Federated } from './types.ts'

type Condition = Statement['conditions'][number]

/** The federated principals that a statement names. */
function federatedIn({ principals }: Statement): readonly string[] {
  return (principals instanceof Map && principals.get('Federated')) || []
}

/** The name of the issuer in the ARN of an OpenID provider; `undefined` for any other principal. */
function issuerInArn(principal: string): string | undefined {
  const arn = parseArn(principal)
  return arn?.service === 'iam' ? /^oidc-provider\/(.+)$/s.exec(arn.resource)?.[1] : undefined
}

/** The condition key of a claim, in lower case. */
const keyOf = (issuer: string, claim: string) => `${issuer.toLowerCase()}:${claim}`

/**
 * A trust policy as tokens of a registered provider are judged by it. It is stricter than for our own identities, because those who
 * wrote it may have meant nobody else: an Allow counts only if it names the provider by its ARN, and, for a provider that everybody
 * gets tokens of, only if it also says whose. A policy whose decision hangs on a claim that such tokens never have is refused as a
 * whole.
 */
export function policyForFederated(
  policy: PolicyDocument,
  { issuer, provider }: Pick<Federated, 'issuer' | 'provider'>,
): TrustPolicy {
  const known = knownKeysAlone(policy, provider, issuer)
  if (!known.ok) return known
  const statements = policy.statements.map((statement) =>
    statement.effect === 'allow' ? narrowed(statement, provider, issuer) : statement,
  )
  return ok({ statements })
}

/** Refuses a policy that asks about what no token of the issuer says, where it hangs on that. */
export function knownKeysAlone(policy: PolicyDocument, provider: string, issuer: string): TrustPolicy {
  const prefix = keyOf(issuer, '')
  const claims = claimKeysOf(issuer)
  const isClaim = (key: string) => key.startsWith(prefix) && claims.includes(key.slice(prefix.length))
  const names = (statement: Statement) => isAboutAssuming(statement) && federatedIn(statement).includes(provider)
  // Keys of other issuers are typing errors where there is no other issuer.
  const alone = refuseUnknownKeys(policy, {
    knows: (key) => isRequestKey(key) || isClaim(key),
    concerns: (statement) => names(statement) && federatedIn(statement).length === 1,
  })
  if (!alone.ok) return alone
  return refuseUnknownKeys(policy, {
    knows: (key) => isRequestKey(key) || isClaim(key) || (isOfIssuer(key) && !key.startsWith(prefix)),
    concerns: (statement) => names(statement) || deniesEverybody(statement),
  })
}

/** Whether a statement denies by what it says of tokens of whatever issuer: these are then of its concern as well. */
function deniesEverybody(statement: Statement): boolean {
  if (statement.effect === 'allow' || !isAboutAssuming(statement)) return false
  return !(statement.principals instanceof Map) || federatedIn(statement).includes('*')
}

function narrowed(statement: Statement, provider: string, issuer: string): Statement {
  if (!federatedIn(statement).includes(provider)) return { ...statement, principals: new Map() }
  const missing = missingTenant(statement, issuer)
  return missing === undefined ? statement : { ...statement, conditions: [...statement.conditions, missing] }
}

/** The condition that a statement about a shared issuer lacks: it is met by nobody. */
function missingTenant(statement: Statement, issuer: string): Condition | undefined {
  const claim = tenantClaimOf(issuer)
  if (claim === undefined || isLimited(statement, issuer, claim)) return undefined
  return { operator: 'StringEquals', key: `${issuer}:${claim}`, wanted: [], asks: [], holds: () => false }
}

/** Whether a statement says whose tokens of a shared issuer it is about: each value begins with the name of somebody. */
function isLimited({ conditions }: Statement, issuer: string, claim: 'sub' | 'aud'): boolean {
  return conditions.some(
    ({ key, operator, wanted }) =>
      key.toLowerCase() === keyOf(issuer, claim) &&
      NAMING.test(operator) &&
      wanted.every((value) => (claim === 'aud' ? !OPEN.test(value) : !isOpenSubject(value, operator))),
  )
}

const OPEN = /[*?]|\$\{/

/**
 * Whether a value for a subject fits those of several owners: its first wildcard, or variable, comes before the owner has been named
 * in full. Subjects begin with the kind of what they name, as in `repo:octo-org/octo-repo:ref:refs/heads/main`.
 */
export function isOpenSubject(value: string, operator: string): boolean {
  const at = value.search(operator.includes('Like') ? OPEN : /\$\{/)
  if (at < 0) return false
  return !/[/:@]/.test(value.slice(0, at).replace(/^[\w-]+:/, ''))
}

/** Registered providers that a policy names, and for which it lets a role be assumed. */
export function providersIn({ statements }: PolicyDocument): ReadonlyMap<string, string> {
  const about = statements.filter(isAboutAssuming).flatMap(federatedIn)
  return new Map(
    about.flatMap((provider) => {
      const issuer = issuerInArn(provider)
      return issuer === undefined ? [] : [[provider, issuer] as const]
    }),
  )
}

/** The first statement that would trust everybody who gets tokens of a shared issuer, by the claim that it has to limit. */
export function trustsEveryTenant(policy: PolicyDocument): { issuer: string; claim: 'sub' | 'aud' } | undefined {
  for (const [provider, issuer] of providersIn(policy)) {
    const claim = tenantClaimOf(issuer)
    const open = policy.statements.some(
      (statement) =>
        statement.effect === 'allow' &&
        listsAction(statement, ASSUME) &&
        federatedIn(statement).includes(provider) &&
        missingTenant(statement, issuer) !== undefined,
    )
    if (claim !== undefined && open) return { issuer, claim }
  }
  return undefined
}

/**
 * Whether all whom a policy lets assume a role come from one provider, so that no two of them have one name. All pools of this
 * service are one: their identities have ids.
 */
export function trustsOneProvider({ statements }: PolicyDocument, ownIssuer: string): boolean {
  const own = `:oidc-provider/${issuerName(ownIssuer)}`
  const allowing = statements.filter((statement) => statement.effect === 'allow' && listsAction(statement, ASSUME))
  if (allowing.some(({ principals }) => !(principals instanceof Map))) return false
  const names = allowing
    .flatMap(federatedIn)
    .map((name) => (isPoolService(name) || name.endsWith(own) ? 'pools' : name))
  return !names.includes('*') && new Set(names).size <= 1
}
