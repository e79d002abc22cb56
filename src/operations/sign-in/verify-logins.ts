import { parseArn, partitionOf } from '../../base/arn.ts'
import { regionOf } from '../../base/ids.ts'
import type { Result } from '../../base/result.ts'
import type { LoginRejected, TrustedProvider, VerifiedLogin } from '../../logins/index.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault } from '../../protocol/index.ts'
import { loginFault, noProviders } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { MAX_RECORDED_CLIENTS } from './limits.ts'
import { type AcceptedLogin, publicLogin } from './login.ts'

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
  logins: ReadonlyMap<string, string>,
  pool: Pool,
  context: RequestContext,
): Promise<JudgedLogin[]> {
  if (logins.size === 0) return []
  const { developerProvider } = pool.settings
  const trusted = await trustedProviders(pool, context)
  if (trusted.length === 0 && developerProvider === undefined) throw noProviders(pool.id)
  if (developerProvider !== undefined && logins.has(developerProvider))
    throw new Fault('InvalidParameterException', 'Please provide a valid public provider.')
  return Promise.all(
    [...logins].map(async ([provider, token]) => ({
      provider,
      verdict: await context.logins.verify({ provider, token }, trusted),
      expected: audiencesOf(provider, trusted),
    })),
  )
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
    provider,
    accepted: false,
    reason,
    ...printable(found),
    ...(reason === 'audience' && { expected: expected.slice(0, MAX_RECORDED_CLIENTS) }),
  }
}

function audiencesOf(name: string, trusted: readonly TrustedProvider[]): string[] {
  return trusted.flatMap((provider) => {
    switch (provider.kind) {
      case 'user_pool':
      case 'oidc':
        return provider.name === name ? provider.clientIds : []
      case 'google':
        return name === 'accounts.google.com' ? provider.clientIds : []
      case 'apple':
        return name === 'appleid.apple.com' ? provider.clientIds : []
      case 'facebook':
        return name === 'graph.facebook.com' ? [provider.appId] : []
      case 'amazon':
        return name === 'www.amazon.com' ? [provider.appId] : []
      default:
        return []
    }
  })
}

async function trustedProviders(
  { account, id, settings }: Pool,
  { accounts }: RequestContext,
): Promise<TrustedProvider[]> {
  const own = (arns: readonly string[] = []) => arns.filter((arn) => parseArn(arn)?.account === account)
  const [oidcProviders, samlProviders] = await Promise.all([
    accounts.oidcProviders(account, own(settings.oidcProviderArns)),
    accounts.samlProviders(account, own(settings.samlProviderArns)),
  ])
  const partition = partitionOf(regionOf(id))
  return [
    ...(settings.userPools ?? []).map(
      ({ provider, clientId, serverSideTokenCheck }): TrustedProvider => ({
        kind: 'user_pool',
        name: provider,
        clientIds: clientId === undefined ? [] : [clientId],
        serverSideTokenCheck: serverSideTokenCheck ?? false,
      }),
    ),
    ...[...(settings.socialProviders ?? [])].map(([name, value]) => social(name, value)),
    ...oidcProviders.map(
      ({ arn, clientIds, url }): TrustedProvider => ({
        kind: 'oidc',
        arn,
        name: url.replace(/^https?:\/\//, ''),
        clientIds,
      }),
    ),
    ...samlProviders.map(({ arn, metadata }): TrustedProvider => ({ kind: 'saml', arn, metadata, partition })),
    ...unregistered(settings, [...oidcProviders, ...samlProviders]),
  ]
}

/** Providers that the pool lists and IAM does not know (any more), or that are another account's. */
function unregistered(
  { oidcProviderArns = [], samlProviderArns = [] }: Pool['settings'],
  known: readonly { arn: string }[],
): TrustedProvider[] {
  const unknown = (arns: readonly string[]) => arns.filter((arn) => !known.some((provider) => provider.arn === arn))
  const issuers = unknown(oidcProviderArns).map((arn) => arn.replace(/^[^/]*\//, ''))
  return [...issuers, ...unknown(samlProviderArns)].map((name) => ({ kind: 'unsupported', name }))
}

function social(name: string, value: string): TrustedProvider {
  switch (name) {
    case 'accounts.google.com':
      return { kind: 'google', clientIds: [value] }
    case 'appleid.apple.com':
      return { kind: 'apple', clientIds: [value] }
    case 'graph.facebook.com':
      return { kind: 'facebook', appId: value }
    case 'www.amazon.com':
      return { kind: 'amazon', appId: value }
    case 'api.twitter.com':
      return twitter(value)
    case 'www.digits.com':
      return { kind: 'digits' }
    default:
      return { kind: 'unsupported', name }
  }
}

/** Pools have `<consumer key>;<consumer secret>` here. */
function twitter(value: string): TrustedProvider {
  const [, consumerKey = value, consumerSecret = ''] = /^([^;]*);(.*)$/.exec(value) ?? []
  return { kind: 'twitter', consumerKey, consumerSecret }
}

/** The rest of a reason, for the record: short texts, numbers and lists of texts, as `logins` promises. */
export function printable(found: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, String(value).slice(0, 256)]))
}
