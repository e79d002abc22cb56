import {
  isOpenSubject,
  knownKeysAlone,
  providersIn,
  trustsEveryTenant,
} from '../../../src/credentials/federated-trust.ts'
import { ASSUME, parseTrustPolicy } from '../../../src/credentials/trust-policy.ts'
import { listsAction, type Statement } from '../../../src/policy/index.ts'

/** No service has this issuer: only policies about identity pools would name it. */
const NO_ISSUER = 'https://issuer.invalid'

export interface TrustFinding {
  severity: 'error' | 'warning'
  rule: string
  message: string
}

/**
 * What people get wrong in a trust policy for tokens of OpenID Connect providers, such as GitHub Actions. Errors are what CreateRole
 * refuses. None for a policy that cannot be read, or is about other principals.
 */
export function trustFindings(document: string): TrustFinding[] {
  const policy = parseTrustPolicy(document, NO_ISSUER)
  if (!policy.ok) return []
  const open = trustsEveryTenant(policy.value)
  return [
    ...[...providersIn(policy.value)].flatMap(([provider, issuer]) => {
      const known = knownKeysAlone(policy.value, provider, issuer)
      const statements = policy.value.statements.filter((statement) => isAllowing(statement, provider))
      return [
        ...(known.ok ? [] : [error('unknown-claim', known.error.detail)]),
        ...statements.flatMap((statement) => [
          ...(open?.issuer === issuer ? [] : subjectFindings(statement, issuer)),
          ...conditionFindings(statement, issuer),
        ]),
      ]
    }),
    ...(open
      ? [
          error(
            'trusts-everybody',
            `Everybody gets tokens of ${open.issuer}: limit ${open.issuer}:${open.claim}, with no wildcard before the name of the owner.`,
          ),
        ]
      : []),
  ]
}

const error = (rule: string, message: string): TrustFinding => ({ severity: 'error', rule, message })
const warning = (rule: string, message: string): TrustFinding => ({ severity: 'warning', rule, message })

function isAllowing(statement: Statement, provider: string): boolean {
  const { effect, principals } = statement
  const names = principals instanceof Map ? principals.get('Federated') : undefined
  return effect === 'allow' && listsAction(statement, ASSUME) && names?.includes(provider) === true
}

/** Whether a policy lets holders of tokens of a registered provider assume a role. */
export function namesProviders(document: string): boolean {
  const policy = parseTrustPolicy(document, NO_ISSUER)
  return policy.ok && providersIn(policy.value).size > 0
}

const about = ({ conditions }: Statement, issuer: string, claim: string) =>
  conditions.filter(({ key }) => key.toLowerCase() === `${issuer.toLowerCase()}:${claim}`)

/** Whose tokens a statement is for. */
function subjectFindings(statement: Statement, issuer: string): TrustFinding[] {
  const subjects = about(statement, issuer, 'sub')
  if (subjects.length === 0)
    return [
      warning(
        'trust-without-sub',
        `No condition on ${issuer}:sub: every token of ${issuer} for the audience gets the role.`,
      ),
    ]
  const open = subjects.find(({ operator, wanted }) => wanted.some((value) => isOpenSubject(value, operator)))
  return open
    ? [
        warning(
          'open-subject',
          `${open.key} is ${open.wanted.join(', ')}: the first wildcard comes before the owner is named, so that others fit as well.`,
        ),
      ]
    : []
}

function conditionFindings(statement: Statement, issuer: string): TrustFinding[] {
  const audiences = about(statement, issuer, 'aud')
  const literal = [...about(statement, issuer, 'sub'), ...audiences].find(
    ({ operator, wanted }) => /StringEquals/.test(operator) && wanted.some((value) => /[*?]/.test(value)),
  )
  const vacuous = statement.conditions.find(({ operator }) => /^ForAllValues:|IfExists$/.test(operator))
  return [
    ...(audiences.length > 0
      ? []
      : [
          warning(
            'trust-without-audience',
            `No condition on ${issuer}:aud: tokens for every client of the provider get the role.`,
          ),
        ]),
    ...(literal
      ? [
          warning(
            'literal-wildcard',
            `${literal.operator} takes the wildcard in ${literal.wanted.join(', ')} for a character: use StringLike.`,
          ),
        ]
      : []),
    ...(vacuous
      ? [
          warning(
            'met-when-absent',
            `${vacuous.operator} is met when ${vacuous.key} is not there, and so by a misspelt claim.`,
          ),
        ]
      : []),
  ]
}
