import { err, ok, type Result } from '../../base/result.ts'
import { namesInTag } from '../../base/tag-text.ts'
import { checkTokenPolicy, type TokenPolicyDenied } from '../../credentials/index.ts'
import { TOKEN_CLAIMS, TOKEN_SUBJECTS, type TokenClaim, type TokenSubject } from '../../pools/index.ts'
import type { SessionFacts } from '../caller.ts'
import type { RequestContext, TagPairs } from '../operation.ts'

/** Tags by which a role says what tokens of its sessions tell: the subject, and the names of claims, separated by blanks. */
const TOKEN_SUBJECT_TAG = 'edge-identity:token-subject'
const TOKEN_CLAIMS_TAG = 'edge-identity:token-claims'

/** What a session asks for. */
export interface RoleTokenAsked {
  algorithm: string
  audiences: readonly string[]
  durationSeconds: number
  requestTags: TagPairs
  /** Region that the request was signed for. */
  region: string
}

/** The role of a session, and what it says of tokens. */
export interface TokenRole {
  arn: string
  subject: TokenSubject
  claims: readonly TokenClaim[]
}

export type RoleTokenDenied =
  | TokenPolicyDenied
  | {
      reason:
        | 'federation_disabled'
        | 'role_not_found'
        | 'session_too_old'
        | 'session_narrowed'
        | 'role_boundary'
        | 'role_tag_unknown'
    }

/** The role of a session, if it is still the one that was assumed, and its policies allow the token that is asked for. */
export async function roleForToken(
  session: Omit<SessionFacts, 'expiration'>,
  asked: RoleTokenAsked,
  context: RequestContext,
): Promise<Result<TokenRole, RoleTokenDenied>> {
  const { accounts, clientAddress, issuer, knownAccounts, position, world } = context
  const { account, arn, userId } = session
  if (!knownAccounts.has(account)) return err({ reason: 'federation_disabled' })
  const { enabled, role } = await accounts.outbound(account, arn.split('/')[1], position)
  if (!enabled) return err({ reason: 'federation_disabled' })
  if (!role || role.id !== userId.split(':')[0]) return err({ reason: 'role_not_found' })
  context.note({ decision: { role: role.arn } })
  if (session.issuedAt === undefined) return err({ reason: 'session_too_old' })
  // Session policies are not kept, and allow less than the role's. So does a boundary, whose document is not here.
  if (session.narrowed) return err({ reason: 'session_narrowed' })
  if (role.permissionsBoundary !== undefined) return err({ reason: 'role_boundary' })
  const question = { ...asked, session, roleArn: role.arn, issuer, clientAddress, now: world.now() }
  const allowed = checkTokenPolicy(role.documents, question)
  if (!allowed.ok) return allowed
  const form = formOf(role.tags)
  return form ? ok({ arn: role.arn, ...form }) : err({ reason: 'role_tag_unknown' })
}

/** What the tags of a role say of its tokens. One that is not understood might have said less than the default does. */
function formOf(tags: TagPairs): Omit<TokenRole, 'arn'> | undefined {
  const said = new Map(tags.map(([key, value]) => [key.toLowerCase(), value]))
  const subject = TOKEN_SUBJECTS.find((known) => known === (said.get(TOKEN_SUBJECT_TAG) ?? 'identity'))
  const named = said.has(TOKEN_CLAIMS_TAG) ? namesInTag(said.get(TOKEN_CLAIMS_TAG) ?? '') : TOKEN_CLAIMS
  const claims = TOKEN_CLAIMS.filter((known) => named.includes(known))
  return subject === undefined || claims.length < new Set(named).size ? undefined : { subject, claims }
}
