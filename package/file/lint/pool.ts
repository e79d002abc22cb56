import { MAX_TAGS_BYTES } from '../../../src/roles/limits.ts'
import type { FileClaims, FileMapping, FilePool } from '../declare/index.ts'
import type { IdentityDocument } from '../read/document.ts'
import type { Path } from '../read/problem.ts'
import type { Find } from './lint.ts'

const DEFAULT_SESSION_SECONDS = 3600

/** The size of a value that a claim usually has at least: a UUID. */
const USUAL_VALUE_BYTES = 36

export function lintPool(key: string, pool: FilePool, document: IdentityDocument, find: Find): void {
  const at: Path = ['pools', key]
  const { guests, mappings = {}, providers = [], role } = pool
  if (guests?.allowed && guests.role === undefined)
    find([...at, 'guests'], 'guests-without-role', 'Guests are allowed and have no role: they get no credentials.')
  if (providers.length > 0 && role === undefined && Object.keys(mappings).length === 0)
    find(at, 'users-without-role', 'Users have no role: they get no credentials.', { what: 'key' })
  for (const [name, mapping] of Object.entries(mappings)) lintMapping(mapping, role, [...at, 'mappings', name], find)
  for (const [name, claims] of Object.entries(pool.tagsFromClaims ?? {}))
    lintClaims(claims, [...at, 'tagsFromClaims', name], find)
  lintSession(pool, at, document, find)
  if (Object.keys(pool.tokenAudiences ?? {}).length > 0 && document.file.outboundFederation === false)
    find([...at, 'tokenAudiences'], 'federation-off', 'Nobody gets these tokens: outboundFederation is false.', {
      what: 'key',
    })
  for (const [index, entry] of providers.entries()) {
    const name = 'oidc' in entry ? entry.oidc : undefined
    if (name !== undefined && /oidc-provider\/https?:/.test(name))
      find([...at, 'providers', index, 'oidc'], 'scheme', 'The ARN of a provider has its issuer without https://.')
  }
}

function lintMapping(mapping: FileMapping, role: string | undefined, at: Path, find: Find): void {
  if (mapping.otherwise === undefined)
    find(at, 'mapping-without-default', 'It is not said what happens otherwise: users are refused.', { what: 'key' })
  if (mapping.otherwise === 'role' && role === undefined)
    find([...at, 'otherwise'], 'mapping-without-role', 'The pool has no role that users could get otherwise.')
  const rules = 'rules' in mapping ? mapping.rules : []
  for (const [index, rule] of rules.entries()) {
    const wider = rules.slice(0, index).findIndex((earlier) => covers(earlier, rule))
    if (wider >= 0)
      find(
        [...at, 'rules', index],
        'rule-never-matches',
        `Rule ${index + 1} never decides: rule ${wider + 1} fits whenever it does.`,
      )
  }
}

type Rule = Extract<FileMapping, { rules: unknown }>['rules'][number]

/** Whether a rule fits every user whom another one fits. Claims may be lists, of which one element is enough. */
function covers(wide: Rule, narrow: Rule): boolean {
  if (wide.claim !== narrow.claim) return false
  if (wide.equals !== undefined) return narrow.equals === wide.equals
  if (wide.notEquals !== undefined) return narrow.notEquals === wide.notEquals
  const { contains, startsWith = '' } = wide
  if (contains === undefined) return [narrow.equals, narrow.startsWith].some((value) => value?.startsWith(startsWith))
  return [narrow.equals, narrow.startsWith, narrow.contains].some((value) => value?.includes(contains))
}

function lintClaims(claims: FileClaims, at: Path, find: Find): void {
  if (claims === 'defaults') return
  const tags = Object.keys(claims)
  const bytes = tags.reduce((sum, tag) => sum + Buffer.byteLength(tag), 0)
  const usual = bytes + tags.length * USUAL_VALUE_BYTES
  if (usual > MAX_TAGS_BYTES)
    find(
      at,
      'tags-too-large',
      `Tags of a user may have ${MAX_TAGS_BYTES} bytes together: these ${tags.length} have ${usual} with values of ${USUAL_VALUE_BYTES} bytes. Whose tags are larger gets no credentials.`,
      { what: 'key' },
    )
}

function lintSession(pool: FilePool, at: Path, { file }: IdentityDocument, find: Find): void {
  const { guests, mappings = {}, role, sessionSeconds = DEFAULT_SESSION_SECONDS } = pool
  const ofRules = Object.values(mappings).flatMap((mapping) =>
    'rules' in mapping ? mapping.rules.map((rule) => rule.role) : [],
  )
  for (const name of new Set([guests?.role, role, ...ofRules])) {
    const named = name === undefined ? undefined : file.roles?.[name]
    const longest = named && 'trust' in named ? (named.maxSessionSeconds ?? DEFAULT_SESSION_SECONDS) : sessionSeconds
    if (sessionSeconds > longest)
      find(
        [...at, 'sessionSeconds'],
        'session-longer-than-role',
        `Sessions last ${sessionSeconds} s, and those of the role ${name} at most ${longest} s: STS refuses.`,
      )
  }
}
