import { isPoolService } from '../../../src/credentials/pool-issuer.ts'
import type { FilePool, IdentityFile } from '../declare/index.ts'
import { canonical, canonicalPolicy } from './state.ts'

/** The issuer of identity pools, as trust policies name it at AWS and here. */
const ISSUER = 'cognito-identity.amazonaws.com'

/** Whom a pool gives a role to, in the words of the claim `amr`. */
type Kind = 'authenticated' | 'unauthenticated'

/** Where the file gives a role out. */
export interface Use {
  pool: string
  kind: Kind
  /** Whether its sessions bring tags. */
  tagged: boolean
}

/** Every place of the file that gives this role out. */
export function usesOf(role: string, { pools = {} }: IdentityFile): Use[] {
  return Object.entries(pools).flatMap(([pool, settings]) => {
    const kinds: Kind[] = []
    if (forUsers(settings).includes(role)) kinds.push('authenticated')
    if (settings.guests?.role === role) kinds.push('unauthenticated')
    const tagged = Object.keys(settings.tagsFromClaims ?? {}).length > 0
    return kinds.map((kind) => ({ pool, kind, tagged: tagged && kind === 'authenticated' }))
  })
}

function forUsers({ mappings = {}, role }: FilePool): string[] {
  const ofRules = Object.values(mappings).flatMap((mapping) =>
    'rules' in mapping ? mapping.rules.map((rule) => rule.role) : [],
  )
  return [...(role === undefined ? [] : [role]), ...ofRules]
}

/** Identities of one kind, of one pool, that a trust policy allows to have a role. */
export interface Trusted {
  poolId: string
  kind: string
  /** Whether their sessions may bring tags. */
  tagged: boolean
}

/** The trust policy of `trust: pool`. `idOf` gives the id of a pool by its name in the file. */
export function trustOfPools(uses: readonly Use[], idOf: (pool: string) => string): string {
  return trustOf(uses.map(({ kind, pool, tagged }) => ({ poolId: idOf(pool), kind, tagged })))
}

/** A policy in the one form in which this file writes it, if it is for pools and has aud and amr; others only in order. */
export function canonicalTrust(text: string): string {
  const trusted = trustedIn(text)
  return trusted ? trustOf(trusted) : canonicalPolicy(text)
}

/** One statement for each pool and kind of identity, in order. */
function trustOf(trusted: readonly Trusted[]): string {
  const statements = new Set(trusted.map((one) => canonical(statement(one))))
  return canonical({ Version: '2012-10-17', Statement: [...statements].sort().map((one) => JSON.parse(one)) })
}

function statement({ kind, poolId, tagged }: Trusted) {
  return {
    Effect: 'Allow',
    Principal: { Federated: ISSUER },
    Action: tagged ? [ASSUME, TAG] : ASSUME,
    Condition: {
      StringEquals: { [`${ISSUER}:aud`]: poolId },
      'ForAnyValue:StringLike': { [`${ISSUER}:amr`]: kind },
    },
  }
}

const ASSUME = 'sts:AssumeRoleWithWebIdentity'
const TAG = 'sts:TagSession'

/** Whom a policy of this form trusts; `undefined` for one that has anything else in it. */
export function trustedIn(text: string): Trusted[] | undefined {
  try {
    const { Statement, Version, ...others } = JSON.parse(text) as Record<string, unknown>
    const statements = [Statement].flat() as Record<string, unknown>[]
    if (Version !== '2012-10-17' || Object.keys(others).length > 0 || statements.length === 0) return undefined
    const trusted = statements.map(trustedInStatement)
    return trusted.includes(undefined) ? undefined : trusted.flatMap((list) => list ?? [])
  } catch {
    return undefined
  }
}

function trustedInStatement({ Action, Condition, Effect, Principal, Sid, ...others }: Record<string, unknown>) {
  const { Federated, ...otherPrincipals } = Object(Principal)
  const actions = [Action].flat()
  const isPlain = Effect === 'Allow' && [others, otherPrincipals].every((rest) => Object.keys(rest).length === 0)
  const isAssuming = actions.includes(ASSUME) && actions.every((action) => action === ASSUME || action === TAG)
  if (!isPlain || !isAssuming || typeof Federated !== 'string' || !isPoolService(Federated)) return undefined
  const { StringEquals, 'ForAnyValue:StringLike': like, 'ForAnyValue:StringEquals': equal, ...more } = Object(Condition)
  const [aud, amr] = [onlyValues(StringEquals, `${Federated}:aud`), onlyValues(like ?? equal, `${Federated}:amr`)]
  if (!aud || !amr || Object.keys(more).length > 0 || (like && equal)) return undefined
  const tagged = actions.includes(TAG)
  return aud.flatMap((poolId) => amr.map((kind): Trusted => ({ poolId, kind, tagged })))
}

/** The values of a condition on this key alone, none of which has a wildcard. */
function onlyValues(block: unknown, key: string): string[] | undefined {
  const { [key]: value, ...others } = Object(block)
  const values: unknown[] = [value].flat()
  const arePlain = values.length > 0 && values.every((one) => typeof one === 'string' && !/[*?$]/.test(one))
  return arePlain && Object.keys(others).length === 0 ? (values as string[]) : undefined
}
