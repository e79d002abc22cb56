import { parseArn, partitionOf } from '../../base/arn.ts'
import type { TrustedProvider } from '../../logins/index.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault } from '../../protocol/index.ts'
import { loginFault, noProviders } from '../faults.ts'
import type { RequestContext } from '../operation.ts'
import { type AcceptedLogin, publicLogin } from './login.ts'

/** Verifies every login of a request against the providers that the pool lists. One bad login fails them all. */
export async function verifyLogins(
  logins: ReadonlyMap<string, string>,
  pool: Pool,
  context: RequestContext,
): Promise<AcceptedLogin[]> {
  if (logins.size === 0) return []
  const { settings } = pool
  const trusted = await trustedProviders(pool, context)
  if (trusted.length === 0 && settings.developerProvider === undefined) throw noProviders(pool.id)
  if (settings.developerProvider !== undefined && logins.has(settings.developerProvider))
    throw new Fault('InvalidParameterException', 'Please provide a valid public provider.')
  const verified = await Promise.all(
    [...logins].map(([provider, token]) => context.logins.verify({ provider, token }, trusted)),
  )
  return verified.map((login, index) => {
    if (login.ok) return publicLogin(login.value)
    const { reason, ...found } = login.error
    const provider = [...logins.keys()][index] ?? ''
    context.world.log.warn('login_refused', {
      requestId: context.requestId,
      pool: pool.id,
      provider,
      reason,
      ...printable(found),
      ...(reason === 'audience' && { expected: audiencesOf(provider, trusted) }),
    })
    throw loginFault(login.error)
  })
}

/** The client ids that the pool accepts of a provider, for the log: the commonest mistake is another one in the token. */
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
  const partition = partitionOf(id.slice(0, id.indexOf(':')))
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

/** The rest of a reason, for the log: short texts, numbers and lists of texts, as `logins` promises. */
function printable(found: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, String(value).slice(0, 256)]))
}
