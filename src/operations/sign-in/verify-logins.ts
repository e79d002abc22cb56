import type { Result } from '../../base/result.ts'
import {
  canonicalName,
  clientIdsOf,
  isProviderName,
  isSameProvider,
  type LoginRejected,
  nameOf,
  type VerifiedLogin,
} from '../../logins/index.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault, HIDDEN } from '../../protocol/index.ts'
import { invalidParameter, loginFault, noProviders } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { withoutGuestPass } from './guest.ts'
import { MAX_RECORDED_CLIENTS } from './limits.ts'
import { type AcceptedLogin, publicLogin } from './login.ts'
import { trustedProviders } from './trusted-providers.ts'

/** Verifies every login of a request against the providers that the pool lists. One bad login fails them all. */
export async function verifyLogins(
  logins: ReadonlyMap<string, string>,
  pool: Pool,
  context: RequestContext,
): Promise<AcceptedLogin[]> {
  const judged = await judgeLogins(logins, pool, context)
  context.note({ decision: { logins: judged.map(recorded) } })
  return acceptedLogins(judged)
}

/** A login with what was found of it. */
export interface JudgedLogin {
  provider: string
  verdict: Result<VerifiedLogin, LoginRejected>
  /** The client ids that the pool accepts of the provider. */
  expected: readonly string[]
}

/** Judges each login by itself, or throws the fault for logins that this pool takes none of. */
export async function judgeLogins(
  given: ReadonlyMap<string, string>,
  pool: Pool,
  context: RequestContext,
): Promise<JudgedLogin[]> {
  const logins = withoutGuestPass(given)
  if (logins.size === 0) return []
  const { developerProvider } = pool.settings
  const trusted = await trustedProviders(pool, context)
  if (trusted.length === 0 && developerProvider === undefined) throw noProviders(pool.id)
  if (developerProvider !== undefined && logins.has(developerProvider))
    throw new Fault('InvalidParameterException', 'Please provide a valid public provider.')
  if (new Set([...logins.keys()].map(canonicalName)).size < logins.size)
    throw invalidParameter('Please provide one login for each provider.')
  return Promise.all(
    [...logins].map(async ([provider, token]) => ({
      provider,
      verdict: notOfOperators(await context.logins.verify({ provider, token }, trusted), context),
      expected: trusted.filter((one) => isSameProvider(nameOf(one), provider)).flatMap(clientIdsOf),
    })),
  )
}

/** A token for the client at which operators sign in is no login of a pool, even if the pool lists that client. */
export function notOfOperators(
  verdict: Result<VerifiedLogin, LoginRejected>,
  { operators: { provider } }: Pick<RequestContext, 'operators'>,
): Result<VerifiedLogin, LoginRejected> {
  if (!verdict.ok || !provider || !isSameProvider(verdict.value.provider, provider.name)) return verdict
  const { claims, kind } = verdict.value
  const audiences = [claims.aud, claims.azp].flat()
  return audiences.includes(provider.clientId)
    ? { ok: false, error: { reason: 'audience', found: [provider.clientId], kind } }
    : verdict
}

/** The logins, if all are good; else the fault for the first that is not. */
export function acceptedLogins(judged: readonly JudgedLogin[]): AcceptedLogin[] {
  return judged.map(({ verdict }) => {
    if (verdict.ok) return publicLogin(verdict.value)
    throw loginFault(verdict.error)
  })
}

/** What the record has of a login: the reason for a refusal with its details, and nothing of who the user is. */
function recorded({ expected, provider, verdict }: JudgedLogin) {
  if (verdict.ok) return { provider, accepted: true }
  const { reason, ...found } = verdict.error
  // The commonest mistake is a token for another client.
  return {
    provider: isProviderName(provider) ? provider : HIDDEN,
    accepted: false,
    reason,
    ...printable(found),
    ...(reason === 'audience' && { expected: expected.slice(0, MAX_RECORDED_CLIENTS) }),
  }
}

/** The rest of a reason, for the record: short texts, numbers and lists of texts, as `logins` promises. */
export function printable(found: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, String(value).slice(0, 256)]))
}
