import type { FilePool, IdentityFile } from '../declare/index.ts'
import { groupedBy } from './state.ts'

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

/**
 * The trust policy of `trust: pool`: the pools that give the role out, by their ids, for the kind of identity that they
 * give it to. `idOf` gives the id of a pool by its name in the file.
 */
export function trustOfPools(uses: readonly Use[], idOf: (pool: string) => string): object {
  const groups = groupedBy(uses, ({ kind, tagged }) => `${kind} ${tagged}`)
  const Statement = [...groups.keys()].sort().map((key) => statement(groups.get(key) ?? [], idOf))
  return { Version: '2012-10-17', Statement }
}

function statement(uses: readonly Use[], idOf: (pool: string) => string) {
  const ids = [...new Set(uses.map(({ pool }) => idOf(pool)))].sort()
  const assume = 'sts:AssumeRoleWithWebIdentity'
  return {
    Effect: 'Allow',
    Principal: { Federated: ISSUER },
    Action: uses[0]?.tagged ? [assume, 'sts:TagSession'] : assume,
    Condition: {
      StringEquals: { [`${ISSUER}:aud`]: ids.length === 1 ? ids[0] : ids },
      'ForAnyValue:StringLike': { [`${ISSUER}:amr`]: uses[0]?.kind },
    },
  }
}
