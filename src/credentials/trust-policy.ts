import { IsolateCache } from '../base/memory.ts'
import {
  isTagKey,
  listsAction,
  type PolicyDocument,
  parsePolicy,
  refuseUnknownKeys,
  type Statement,
} from '../policy/index.ts'
import { PARSED_BYTES_A_CHARACTER } from './limits.ts'
import { claimIn, isAboutPools } from './pool-issuer.ts'
import type { RoleRecord } from './types.ts'

export const ASSUME = 'sts:AssumeRoleWithWebIdentity'
export const TAG = 'sts:TagSession'

/** A trust policy, ready to be evaluated, or what is wrong with it. */
export type TrustPolicy = ReturnType<typeof parsePolicy>

/** A policy as it was read by this issuer, and what it takes in memory. */
interface Known {
  issuer: string
  policy: TrustPolicy
  bytes: number
}

/** Trust policies by their text, which says all about them: one is parsed once, however often its record is read. */
const parsed = new IsolateCache<string, Known>('trustPolicies', ({ bytes }) => bytes)

/** A role's trust policy. `issuer`: URL of ours. */
export function trustPolicyOf({ trustPolicy }: RoleRecord, issuer: string): TrustPolicy {
  const known = parsed.get(trustPolicy)
  if (known?.issuer === issuer) return known.policy
  const policy = parseTrustPolicy(trustPolicy, issuer)
  parsed.set(trustPolicy, { issuer, policy, bytes: PARSED_BYTES_A_CHARACTER * trustPolicy.length })
  return policy
}

/** Reads a trust policy, whose statements about our identities may ask only about condition keys that these have. */
export function parseTrustPolicy(document: string, issuer: string): TrustPolicy {
  const policy = parsePolicy(document, 'trust')
  if (!policy.ok) return policy
  const concerns = (statement: Statement) => isAboutPools(statement, issuer) && isAboutAssuming(statement)
  return refuseUnknownKeys(policy.value, { knows: (key) => isKnown(key, issuer), concerns })
}

export const isAboutAssuming = (statement: Statement) => [ASSUME, TAG].some((action) => listsAction(statement, action))

/** Claims that are condition keys under the name of our issuer. */
const CLAIMS = ['sub', 'aud', 'oaud', 'amr']

/** Keys that every request of AssumeRoleWithWebIdentity has, but for the claims of its token. */
const KEYS: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:securetransport',
  'aws:sourceip',
  'aws:tagkeys',
  'aws:viaawsservice',
  'sts:rolesessionname',
])

/**
 * Keys that no request of AssumeRoleWithWebIdentity has, at AWS neither: it is not signed, so that there is no principal
 * yet; it comes from no service and no network of AWS; and none of our tokens names a source identity or transitive tags.
 */
const ABSENT = new RegExp(
  `^(?:${[
    'aws:calledvia(?:first|last)?',
    'aws:multifactorauth(?:age|present)',
    'aws:principal(?:account|arn|isawsservice|orgid|orgpaths|type|tag/.+)',
    'aws:source(?:account|arn|orgid|orgpaths|vpc|vpce)',
    'aws:(?:tokenissuetime|userid|username|vpcsourceip)',
    'sts:(?:durationseconds|externalid|sourceidentity|transitivetagkeys)',
  ].join('|')})$`,
)

/** The keys of other issuers are those of other principals: our identities have none of them. */
function isKnown(key: string, issuer: string): boolean {
  const claim = claimIn(key, issuer)
  if (claim !== undefined) return CLAIMS.includes(claim)
  return isRequestKey(key) || isOfIssuer(key)
}

/** Whether a key is about the request, and not about what its token says. */
export function isRequestKey(key: string): boolean {
  return KEYS.has(key) || isTagKey(key) || ABSENT.test(key)
}

/** Whether a key begins with what may be the name of an issuer. */
export function isOfIssuer(key: string): boolean {
  return !/^(?:aws|iam|sts):/.test(key)
}

/** Whether a policy lets identities assume the role whatever their pool. All pools have one issuer: only the audience tells. */
export function trustsEveryPool({ statements }: PolicyDocument, issuer: string): boolean {
  return statements.some(
    (statement) =>
      statement.effect === 'allow' &&
      listsAction(statement, ASSUME) &&
      isAboutPools(statement, issuer) &&
      !namesPool(statement, issuer),
  )
}

/** Under these a key must be there and be one of the values. */
export const NAMING = /^(?:ForAnyValue:)?String(?:Equals(?:IgnoreCase)?|Like)$/

/** Whether a statement is for the pools that it names, each by its whole id: no wildcard, and no variable. */
function namesPool({ conditions }: Statement, issuer: string): boolean {
  return conditions.some(
    ({ key, operator, wanted }) =>
      claimIn(key.toLowerCase(), issuer) === 'aud' &&
      NAMING.test(operator) &&
      wanted.every((value) => !/[*?]|\$\{/.test(value)),
  )
}
