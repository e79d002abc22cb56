import { VENDS_TAG } from '../../../src/credentials/r2/vended.ts'
import {
  canonical,
  type FederationState,
  type OidcState,
  type RoleState,
  type SamlState,
  type Texts,
} from '../state/state.ts'
import { trustedIn } from '../state/trust.ts'
import { type Detail, differences, type Effect, withEntry } from './detail.ts'

/** What changes in a role. */
export function roleDetails(before: RoleState, after: RoleState): Detail<RoleState>[] {
  return [
    ...policyDetail('trust', 'trust', before.trust, after.trust, (role) => ({ ...role, trust: after.trust })),
    ...inlineDetails(before, after),
    ...attachedDetails(before, after),
    ...boundaryDetails(before, after),
    ...sessionDetails(before, after),
    ...plainDetails(before, after),
  ]
}

type RoleDetail = Detail<RoleState>

function inlineDetails(before: RoleState, after: RoleState): RoleDetail[] {
  const { added, changed, removed } = differences(before.policies, after.policies)
  return [...removed, ...added, ...changed].flatMap((name) =>
    policyDetail(`policies.${name}`, `the policy ${name}`, before.policies[name], after.policies[name], (role) =>
      withEntry(role, 'policies', name, after.policies[name]),
    ),
  )
}

/** A policy by its statements: each is a permission, or a refusal, by itself. */
function policyDetail(
  path: string,
  what: string,
  before: string | undefined,
  after: string | undefined,
  set: (role: RoleState) => RoleState,
): RoleDetail[] {
  if (before === after) return []
  const [old, now] = [before, after].map(statementsOf)
  const added = (now ?? []).filter((one) => !old?.some((other) => other.text === one.text))
  const removed = (old ?? []).filter((one) => !now?.some((other) => other.text === one.text))
  const more = added.some(({ allows }) => allows) || removed.some(({ allows }) => !allows)
  const less = removed.some(({ allows }) => allows) || added.some(({ allows }) => !allows)
  const effect: Effect = more && less ? 'either' : more ? 'opens' : less ? 'narrows' : 'other'
  const words = [...added.map(({ words }) => `now ${words}`), ...removed.map(({ words }) => `no longer ${words}`)]
  const message = `${what}: ${words.length > 0 ? words.join('; ') : 'other words for the same'}`
  return [{ effect, path, message, set }]
}

function statementsOf(document: string | undefined) {
  const { Statement = [] } = document === undefined ? {} : (JSON.parse(document) as { Statement?: unknown })
  return ([Statement].flat() as Readonly<Record<string, unknown>>[]).map((statement) => ({
    text: canonical({ ...statement, Sid: undefined }),
    allows: statement.Effect === 'Allow',
    words: trustInWords(statement) ?? statementInWords(statement),
  }))
}

/** A statement that trusts pools, by whom it trusts: `for users of …`. */
function trustInWords(statement: Readonly<Record<string, unknown>>): string | undefined {
  const trusted = trustedIn(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }))
  return trusted
    ?.map(({ kind, poolId, tagged }) => {
      const who = kind === 'authenticated' ? 'users' : kind === 'unauthenticated' ? 'guests' : `identities of ${kind}`
      return `for ${who} of the pool ${poolId}${tagged ? ', whose sessions may have tags' : ''}`
    })
    .join('; ')
}

function statementInWords(statement: Readonly<Record<string, unknown>>): string {
  const { Action, Condition, Effect: effect, NotAction, NotResource, Principal, Resource } = statement
  const parts = [
    String(effect ?? '').toLowerCase(),
    NotAction === undefined ? short(Action) : `all but ${short(NotAction)}`,
    ...(Resource === undefined && NotResource === undefined ? [] : ['on', short(Resource ?? NotResource)]),
    ...(Principal === undefined ? [] : ['for', short(Principal)]),
    ...(Condition === undefined ? [] : ['where', short(Condition)]),
  ]
  return parts.join(' ')
}

const MAX_WORDS = 160

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)}…` : text
}

function attachedDetails(before: RoleState, after: RoleState): RoleDetail[] {
  const gone = before.attached.filter((arn) => !after.attached.includes(arn))
  const fresh = after.attached.filter((arn) => !before.attached.includes(arn))
  return [
    ...gone.map(
      (arn): RoleDetail => ({
        effect: 'narrows',
        path: 'attach',
        message: `${arn} is no longer attached`,
        set: (role) => ({ ...role, attached: role.attached.filter((one) => one !== arn) }),
      }),
    ),
    ...fresh.map(
      (arn): RoleDetail => ({
        effect: 'opens',
        path: 'attach',
        message: `${arn} is attached`,
        set: (role) => ({ ...role, attached: [...role.attached, arn].sort() }),
      }),
    ),
  ]
}

function boundaryDetails({ boundary: old }: RoleState, { boundary }: RoleState): RoleDetail[] {
  if (old === boundary) return []
  const effect = old === undefined ? 'narrows' : boundary === undefined ? 'opens' : 'either'
  const message = boundary === undefined ? `the boundary ${old} is gone` : `the boundary is ${boundary}`
  return [{ effect, path: 'boundary', message, set: (role) => ({ ...role, boundary }) }]
}

function sessionDetails(before: RoleState, { maxSessionSeconds }: RoleState): RoleDetail[] {
  const old = before.maxSessionSeconds
  if (old === maxSessionSeconds) return []
  const effect = maxSessionSeconds > old ? 'opens' : 'narrows'
  const message = `sessions may last ${maxSessionSeconds} s, not ${old} s`
  return [{ effect, path: 'maxSessionSeconds', message, set: (role) => ({ ...role, maxSessionSeconds }) }]
}

function plainDetails(before: RoleState, after: RoleState): RoleDetail[] {
  const { description } = after
  const message = description === '' ? 'it has no description any more' : `its description is "${description}"`
  const described: RoleDetail = {
    effect: 'other',
    path: 'description',
    message,
    set: (role) => ({ ...role, description }),
  }
  return [...(before.description === description ? [] : [described]), ...tagDetails(before, after)]
}

function tagDetails<T extends { tags: Texts }>(before: T, after: T): Detail<T>[] {
  const { added, changed, removed } = differences(before.tags, after.tags)
  return [...removed, ...added, ...changed].map((key) => {
    const value = after.tags[key]
    const message = value === undefined ? `the tag ${key} goes` : `the tag ${key} is "${value}"`
    // It says what whoever assumes a role gets.
    const effect: Effect = key.toLowerCase() === VENDS_TAG ? 'either' : 'other'
    return { effect, path: `tags.${key}`, message, set: (state) => withEntry(state, 'tags', key, value) }
  })
}

/** What changes in an OpenID Connect provider. */
export function issuerDetails(before: OidcState, after: OidcState): Detail<OidcState>[] {
  const gone = before.clients.filter((client) => !after.clients.includes(client))
  const fresh = after.clients.filter((client) => !before.clients.includes(client))
  return [
    ...gone.map(
      (client): Detail<OidcState> => ({
        effect: 'narrows',
        path: 'clients',
        message: `tokens for the client ${client} no longer count`,
        set: (issuer) => ({ ...issuer, clients: issuer.clients.filter((one) => one !== client) }),
      }),
    ),
    ...fresh.map(
      (client): Detail<OidcState> => ({
        effect: 'opens',
        path: 'clients',
        message: `tokens for the client ${client} count`,
        set: (issuer) => ({ ...issuer, clients: [...issuer.clients, client].sort() }),
      }),
    ),
    ...tagDetails(before, after),
  ]
}

/** What changes in a SAML provider. */
export function samlDetails(before: SamlState, after: SamlState): Detail<SamlState>[] {
  const { metadata } = after
  const isOther = before.metadata.trim() !== metadata.trim()
  const message = 'its metadata are others: assertions that other keys have signed count'
  const changed: Detail<SamlState> = {
    effect: 'either',
    path: 'metadata',
    message,
    set: (one) => ({ ...one, metadata }),
  }
  return [...(isOther ? [changed] : []), ...tagDetails(before, after)]
}

/** What changes in the federation of an account. */
export function federationDetails(before: FederationState, { enabled }: FederationState): Detail<FederationState>[] {
  if (before.enabled === enabled) return []
  const message = enabled
    ? 'users may have tokens for other relying parties, as far as pools and roles allow it'
    : 'nobody has tokens for other relying parties any more'
  const effect = enabled ? 'opens' : 'narrows'
  return [{ effect, path: 'outboundFederation', message, set: (state) => ({ ...state, enabled }) }]
}
