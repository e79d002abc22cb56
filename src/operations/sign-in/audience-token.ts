import { parseArn } from '../../base/arn.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { seconds } from '../../base/world.ts'
import { mayBeAudience } from '../../credentials/index.ts'
import { TOKEN_CLAIMS, type TokenClaim, type TokenSubject } from '../../pools/index.ts'
import { Fault } from '../../protocol/index.ts'
import { type AudienceAlgorithm, mintAudienceToken } from '../../tokens/index.ts'
import type { RequestContext } from '../operation.ts'
import { keysIn, tokenId } from './signing.ts'

/** For whom a token is. Everything here has been verified. */
export interface TokenHolder {
  account: string
  /** Pool id. */
  pool: string
  identityId: string
  /** ARN, if there is a role. */
  role: string | undefined
  amr: readonly string[]
  tags: Readonly<Record<string, string>>
}

export interface TokenForm {
  audiences: readonly string[]
  algorithm: AudienceAlgorithm
  lifetimeSeconds: number
  subject: TokenSubject
  claims: readonly TokenClaim[]
  /** When the token has to have ended, in epoch seconds: the end of the session that asks for it. */
  endsBy?: number
  /** What the client wants to have said. */
  requestTags?: Readonly<Record<string, string>>
}

/** Refuses audiences that no token of this kind is for, whatever the policies. */
export function checkAudiences(
  audiences: readonly string[],
  { issuer, note }: Pick<RequestContext, 'issuer' | 'note'>,
): void {
  const forbidden = audiences.find((audience) => mayBeAudience(audience, issuer) === 'no')
  if (forbidden === undefined) return
  note({ decision: { reason: 'audience_reserved', audience: forbidden } })
  throw new Fault('ValidationException', 'The audience is reserved for the tokens of identities.')
}

/** The subject, or why there is none: a role of another account, or none at all, names nothing of this account. */
function subjectOf(
  subject: TokenSubject,
  { account, identityId, pool, role = '' }: Omit<TokenHolder, 'amr' | 'tags'>,
): Result<string, { reason: 'no_token_subject' }> {
  if (subject === 'identity') return ok(identityId)
  const arn = parseArn(role)
  if (arn?.service !== 'iam' || arn.account !== account || !arn.resource.startsWith('role/'))
    return err({ reason: 'no_token_subject' })
  return ok(subject === 'role' ? role : `pool:${pool}:role:${role.slice(role.lastIndexOf('/') + 1)}`)
}

/** `outlives_session`: it would end after its `endsBy`. */
export type TokenRefused = { reason: 'no_token_subject' | 'payload_too_large' | 'outlives_session' }

/** Signs a token for other relying parties, and leaves in the record what it is. */
export async function signAudienceToken(
  holder: TokenHolder,
  form: TokenForm,
  context: RequestContext,
): Promise<Result<{ token: string; exp: number }, TokenRefused>> {
  const { audienceKeys, issuer, note, world } = context
  const { algorithm, audiences, endsBy, lifetimeSeconds } = form
  const sub = subjectOf(form.subject, holder)
  if (!sub.ok) return sub
  const keys = audienceKeys.get(algorithm)
  if (!keys) throw new Error(`no ring signs with ${algorithm}`)
  const view = keysIn(await keys.current(), context)
  const claims = { sub: sub.value, audiences, more: moreOf(holder, form) }
  const now = world.now()
  // Whatever was asked before this has taken its time.
  if (endsBy !== undefined && seconds(now) + lifetimeSeconds > endsBy) return err({ reason: 'outlives_session' })
  const options = { view, issuer, now, lifetimeSeconds, jti: world.uuid() }
  const minted = await mintAudienceToken(claims, options)
  if (minted.ok) {
    const expiration = new Date(minted.value.exp * 1000).toISOString()
    note({ response: { expiration }, decision: { tokenId: await tokenId(minted.value.token), jti: options.jti } })
  }
  return minted
}

function moreOf({ account, amr, pool, role, tags }: TokenHolder, { claims, requestTags = {} }: TokenForm) {
  const all: Record<TokenClaim, unknown> = { account, pool, role, amr, principal_tags: orNothing(tags) }
  const told = Object.fromEntries(TOKEN_CLAIMS.filter((name) => claims.includes(name)).map((name) => [name, all[name]]))
  return { ...told, request_tags: orNothing(requestTags) }
}

const orNothing = (tags: Readonly<Record<string, string>>) => (Object.keys(tags).length > 0 ? tags : undefined)
