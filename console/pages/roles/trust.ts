import { type Condition, fits, hasAction, type Statement } from './policy.ts'

const ASSUME = 'sts:AssumeRoleWithWebIdentity'
const TAG = 'sts:TagSession'

/** What a statement of a trust policy says of identities of pools, or of others. */
export interface Trust {
  allows: boolean
  /** `pools`: identities of this service. `everyone` includes them. */
  of: 'pools' | 'everyone' | 'others'
  /** Names of the principals, without their types. */
  names: readonly string[]
  actions: readonly string[]
  /** Whether it is about taking the role, and about bringing session tags. */
  assumes: boolean
  tags: boolean
  /** Ids of pools that are wanted, or patterns; without them: every pool. */
  pools: readonly string[]
  /** Values that are wanted of `amr`; without them: guests and users. */
  amr: readonly string[]
  /** All other conditions. */
  rest: readonly Condition[]
  warnings: readonly string[]
}

const POOL_ID = /^[a-z]{2}(?:-[a-z]{1,16}){1,4}-\d{1,2}:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** AWS's own names for identity pools, which stand for the issuer of this service too. */
const ALIAS = /^cognito-identity(?:-us-gov)?\.(?:[a-z0-9-]{1,30}\.)?amazonaws\.com(?:\.cn)?$/

/** `issuer`: URL of this service. */
export function trustOf(statement: Statement, issuer: string): Trust {
  const name = issuer.replace(/^https?:\/\//, '')
  const isOurs = (one: string) => ALIAS.test(one) || one === name || one.endsWith(`:oidc-provider/${name}`)
  const names = statement.principals.map((one) => one.name)
  const claim = (key: string) => {
    const colon = key.lastIndexOf(':')
    return isOurs(key.slice(0, colon)) ? key.slice(colon + 1).toLowerCase() : undefined
  }
  const wanted = (of: string) => statement.conditions.filter((one) => claim(one.key) === of && isPositive(one))
  const valuesOf = (of: string) => wanted(of).flatMap(({ values }) => values)
  const trust = {
    allows: statement.allows,
    of: names.includes('*') ? ('everyone' as const) : names.some(isOurs) ? ('pools' as const) : ('others' as const),
    names,
    actions: statement.actions,
    assumes: hasAction(statement, ASSUME),
    tags: hasAction(statement, TAG),
    pools: valuesOf('aud'),
    amr: valuesOf('amr'),
    rest: statement.conditions.filter((one) => ![...wanted('aud'), ...wanted('amr')].includes(one)),
  }
  return { ...trust, warnings: warningsOf(trust, statement) }
}

/** Whether a condition names what a claim must be, and that it must be there. The service wants one of these for aud. */
const isPositive = ({ operator }: Condition) => /^(?:ForAnyValue:)?String(?:Equals(?:IgnoreCase)?|Like)$/.test(operator)

/** Mistakes that are made most. Those about pools are no matter where identities of pools are denied. */
function warningsOf(
  { allows, amr, assumes, of, pools, tags }: Omit<Trust, 'warnings'>,
  statement: Statement,
): string[] {
  const named = [...statement.principals.map(({ name }) => name), ...statement.conditions.map(({ key }) => key)]
  const about = of !== 'others' && allows && assumes
  const wide = pools.find((value) => /[*?]|\$\{/.test(value))
  const odd = pools.find((value) => !/[*?$]/.test(value) && !POOL_ID.test(value))
  return [
    ...(of === 'everyone' && allows
      ? ['Its principal is everybody: name the issuer of the pools, or cognito-identity.amazonaws.com.']
      : []),
    ...(about && pools.length === 0
      ? [
          'It has no condition on aud: identities of every pool, of any account, could have the role. The service refuses such a policy.',
        ]
      : []),
    ...(about && wide !== undefined ? [`The condition on aud is ${wide}: name each pool by its whole id.`] : []),
    ...(about && odd !== undefined ? [`${odd} is no id of a pool, so nobody fits.`] : []),
    ...(about && amr.length === 0
      ? [
          'It has no condition on amr: guests and users get the role alike, and whoever reads it cannot tell whom it is for.',
        ]
      : []),
    ...(allows && of === 'pools' && tags && !assumes
      ? [`It allows ${TAG}, which is of no use without ${ASSUME}.`]
      : []),
    ...(statement.isNegated
      ? ['It says whom or what it is not about. Everything else is meant, also what comes later.']
      : []),
    ...named
      .filter((name) => /^https?:\/\/|\/https?:\/\//.test(name))
      .map((name) => `${name}: policies name an issuer without its scheme, so nobody fits.`),
  ]
}

/** Whether a pool can give a role to users or to guests, by the aud and amr of its trust policy: `undefined`, or why not. */
export function whyNotFor(
  trusts: readonly Trust[],
  { isTagged, pool, to }: { pool: string; to: string; isTagged: boolean },
): string | undefined {
  const who = to === 'unauthenticated' ? 'guests' : 'users'
  const ours = trusts.filter((one) => one.allows && one.of !== 'others' && one.assumes)
  const ofKind = ours.filter(({ amr }) => amr.length === 0 || amr.some((value) => fits(value, to)))
  const ofPool = ofKind.filter(({ pools }) => pools.length === 0 || pools.some((value) => fits(value, pool)))
  if (ours.length === 0) return `no statement allows ${ASSUME} to identity pools`
  if (ofKind.length === 0) return `no statement has amr ${to}, as ${who} have it`
  if (ofPool.length === 0) return `no statement for ${who} has aud ${pool}`
  if (isTagged && !trusts.some((one) => one.allows && one.of !== 'others' && one.tags))
    return `their sessions have tags, and no statement allows ${TAG}`
  return undefined
}

/** A trust policy with the two conditions that are forgotten most. */
export function goodTrust({ isTagged, pool, to }: { pool: string; to: string; isTagged: boolean }): object {
  const issuer = 'cognito-identity.amazonaws.com'
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: issuer },
        Action: isTagged ? [ASSUME, TAG] : ASSUME,
        Condition: {
          StringEquals: { [`${issuer}:aud`]: pool },
          'ForAnyValue:StringLike': { [`${issuer}:amr`]: to },
        },
      },
    ],
  }
}
