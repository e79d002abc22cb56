import { reasonOf } from '../../parts/index.ts'

/** What a request said of one login. Beside these it has the details of its reason. */
export interface JudgedLogin {
  provider: string
  accepted: boolean
  reason?: string
  [detail: string]: unknown
}

/** The decision behind a request (docs/audit.md). All of it may be missing: it has what became known. */
export interface Decision {
  pool?: string
  identity?: string
  guest?: boolean
  logins?: readonly JudgedLogin[]
  role?: string
  roleChosen?: { by: 'default' | 'rule' | 'token' | 'custom'; [detail: string]: unknown }
  tagKeys?: readonly string[]
  broker?: string
  upstream?: { endpoint?: string; requestId?: string; code?: string; status?: number }
  reason?: string
  [detail: string]: unknown
}

/** The audit record of a request, as far as the page reads it. */
export interface AuditRecord {
  requestID: string
  eventName: string
  eventSource: string
  eventTime: string
  awsRegion?: string
  sourceIPAddress?: string
  userAgent?: string
  userIdentity?: { type: string; arn?: string; accessKeyId?: string; userName?: string }
  requestParameters?: Readonly<Record<string, unknown>>
  responseElements?: Readonly<Record<string, unknown>>
  errorCode?: string
  errorMessage?: string
  additionalEventData?: Decision
  /** Missing where nobody knows whose pool it was to be. */
  recipientAccountId?: string
}

/** The places that a request comes by. */
export type Stage = 'pool' | 'logins' | 'identity' | 'role' | 'sts'

const IDENTITY: readonly Stage[] = ['pool', 'logins', 'identity']

/** Which places a call of an app comes by, in this order. Calls of administrators decide by permission alone. */
const STAGES: Readonly<Record<string, readonly Stage[]>> = {
  GetId: IDENTITY,
  GetOpenIdToken: IDENTITY,
  GetOpenIdTokenForDeveloperIdentity: IDENTITY,
  UnlinkIdentity: IDENTITY,
  GetCredentialsForIdentity: [...IDENTITY, 'role', 'sts'],
  GetTokenForAudience: [...IDENTITY, 'role'],
  GetWebIdentityToken: ['pool', 'identity', 'role'],
  AssumeRoleWithWebIdentity: ['pool', 'identity', 'role', 'sts'],
}

export const stagesOf = ({ additionalEventData, eventName }: AuditRecord): readonly Stage[] =>
  (Object.hasOwn(STAGES, eventName) ? STAGES[eventName] : undefined) ??
  (['pool', 'identity'] as const).filter((stage) => additionalEventData?.[stage] !== undefined)

const AT_ROLE = [
  'no_role',
  'ambiguous',
  'custom_role',
  'foreign_role',
  'r2_grant_in_token',
  'role_boundary',
  'role_tag_unknown',
  'no_token_subject',
  'token_denied',
  'session_narrowed',
  'session_too_old',
]
const AT_STS = [
  ...['trust_denied', 'tag_session_denied', 'role_not_found', 'invalid_role_arn', 'duration_exceeds_role'],
  ...['invalid_tags', 'tags_too_large', 'session_policy_unusable', 'guest_policy_missing'],
  ...['malformed_policy', 'session_policies_too_large', 'r2_not_configured', 'r2_grant_invalid', 'r2_path_unsafe'],
  ...['sts_refused', 'sts_throttled', 'sts_unreachable', 'sts_bad_answer'],
]
const OF_TOKENS = ['malformed', 'not_ours', 'expired', 'unknown_key', 'revoked_key', 'signature', 'other_use']

/** Where a request ended; nothing if it went well, or if the record does not say. */
export function endOf(record: AuditRecord): Stage | undefined {
  const { logins, reason } = record.additionalEventData ?? {}
  const stages = stagesOf(record)
  const at = (stage: Stage) => (stages.includes(stage) ? stage : undefined)
  if (record.errorCode === undefined) return undefined
  if (logins?.some(({ accepted }) => !accepted)) return at('logins')
  if (reason === undefined) return isUnknownPool(record) ? at('pool') : undefined
  if (AT_ROLE.includes(reason) || (reason === 'role_not_found' && !stages.includes('sts'))) return at('role')
  if (AT_STS.includes(reason)) return at('sts')
  if (OF_TOKENS.includes(reason)) return at('identity')
  return reasonOf(reason, 'request') && at('identity')
}

const isUnknownPool = ({ additionalEventData, errorCode }: AuditRecord) =>
  errorCode === 'ResourceNotFoundException' && additionalEventData?.pool === undefined

const NOT_DETAILS = new Set([
  ...[
    'pool',
    'identity',
    'guest',
    'logins',
    'role',
    'roleChosen',
    'tagKeys',
    'broker',
    'upstream',
    'reason',
    'tokenId',
  ],
  ...['provider', 'accepted', 'subjects', 'subjectSha256', 'warning'],
])

/** What a reason comes with: names and texts. */
export function detailsOf(entry: Readonly<Record<string, unknown>>): (readonly [string, string])[] {
  return Object.entries(entry)
    .filter(([name]) => !NOT_DETAILS.has(name))
    .map(([name, value]) => [name, textOf(name, value)])
}

/** Times are seconds since the epoch, of SAML milliseconds. */
function textOf(name: string, value: unknown): string {
  const number = /^\d{10,13}$/.test(String(value)) ? Number(value) : undefined
  if (number !== undefined && /^(?:exp|from|now)$/.test(name))
    return new Date(number < 1e11 ? number * 1000 : number).toISOString().replace('.000Z', 'Z')
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join('\n') : JSON.stringify(value)
}
