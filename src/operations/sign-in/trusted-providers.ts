import { parseArn, partitionOf } from '../../base/arn.ts'
import { regionOf } from '../../base/ids.ts'
import { issuerName } from '../../base/issuer-name.ts'
import { socialProvider, type TrustedProvider } from '../../logins/index.ts'
import type { Pool } from '../../pools/index.ts'
import type { RequestContext } from '../operation.ts'

/** The providers that a pool lists, with the account's records of those that are registered in IAM. */
export async function trustedProviders(
  { account, id, settings }: Pool,
  { accounts, position }: Pick<RequestContext, 'accounts' | 'position'>,
): Promise<TrustedProvider[]> {
  const own = (arns: readonly string[] = []) => arns.filter((arn) => parseArn(arn)?.account === account)
  const arns = { oidc: own(settings.oidcProviderArns), saml: own(settings.samlProviderArns) }
  const { oidc: oidcProviders, saml: samlProviders } = await accounts.providers(account, arns, position)
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
    ...[...(settings.socialProviders ?? [])].map(([key, value]) => socialProvider(key, value)),
    ...oidcProviders.map(
      ({ arn, clientIds, url }): TrustedProvider => ({ kind: 'oidc', arn, name: issuerName(url), clientIds }),
    ),
    ...samlProviders.map(({ arn, id, metadata }): TrustedProvider => ({ kind: 'saml', arn, id, metadata, partition })),
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
