import { parseArn } from '../../base/arn.ts'
import { isSocialListing, isUserPoolListing } from '../../logins/index.ts'
import type { Pool, PoolSettings, UserPool } from '../../pools/index.ts'
import { Fault, type StructureShape, type Value } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'
import { invalidParameter } from '../faults.ts'
import { MAX_USER_POOLS } from './limits.ts'
import type { poolMembers } from './shapes.ts'
import { checkTags } from './tags.ts'

type PoolInput = Value<StructureShape & { members: typeof poolMembers }>

/** The settings that a create or update request asks for, or the fault for what the service refuses to keep. */
export function settingsFrom(
  input: PoolInput,
  { account, region }: Caller,
): Omit<PoolSettings, 'roles' | 'roleMappings' | 'principalTags'> {
  for (const provider of input.SupportedLoginProviders?.keys() ?? []) checkSocialProvider(provider)
  for (const arn of input.OpenIdConnectProviderARNs ?? []) checkProviderArn(arn, 'oidc-provider', account)
  for (const arn of input.SamlProviderARNs ?? []) checkProviderArn(arn, 'saml-provider', account)
  if (input.IdentityPoolTags) checkTags(input.IdentityPoolTags, region)
  return {
    name: input.IdentityPoolName,
    allowGuests: input.AllowUnauthenticatedIdentities ?? false,
    allowClassicFlow: input.AllowClassicFlow,
    socialProviders: input.SupportedLoginProviders,
    developerProvider: input.DeveloperProviderName,
    oidcProviderArns: input.OpenIdConnectProviderARNs,
    userPools: input.CognitoIdentityProviders && userPoolsFrom(input.CognitoIdentityProviders),
    samlProviderArns: input.SamlProviderARNs,
    tags: input.IdentityPoolTags,
  }
}

/** A pool as the API describes it: its id and whatever was supplied, nothing else. */
export function describePool({ id, settings }: Pool) {
  return {
    IdentityPoolId: id,
    IdentityPoolName: settings.name,
    AllowUnauthenticatedIdentities: settings.allowGuests,
    AllowClassicFlow: settings.allowClassicFlow,
    SupportedLoginProviders: settings.socialProviders,
    DeveloperProviderName: settings.developerProvider,
    OpenIdConnectProviderARNs: settings.oidcProviderArns,
    CognitoIdentityProviders: settings.userPools?.map((userPool) => ({
      ProviderName: userPool.provider,
      ClientId: userPool.clientId,
      ServerSideTokenCheck: userPool.serverSideTokenCheck,
    })),
    SamlProviderARNs: settings.samlProviderArns,
    IdentityPoolTags: settings.tags,
  }
}

function checkSocialProvider(provider: string): void {
  if (isSocialListing(provider)) return
  // What stands here may be a secret that was mixed up with the name.
  const [told, recorded] = [provider, 'This'].map((name) => `${name} is not a supported login provider.`)
  throw new Fault('InvalidParameterException', told, recorded)
}

/** An OIDC provider may belong to an account that we do not know, as at AWS; a SAML provider may not. */
function checkProviderArn(text: string, type: 'oidc-provider' | 'saml-provider', account: string): void {
  const arn = parseArn(text)
  const wellFormed =
    arn?.service === 'iam' && arn.resource.startsWith(`${type}/`) && arn.resource.length > type.length + 1
  if (!wellFormed || (type === 'saml-provider' && arn.account !== account))
    throw new Fault('NotAuthorizedException', `Identity provider ${text} is not valid for account ${account}`)
}

function userPoolsFrom(given: NonNullable<PoolInput['CognitoIdentityProviders']>): UserPool[] {
  if (given.length > MAX_USER_POOLS)
    throw new Fault(
      'LimitExceededException',
      `An identity pool may have at most ${MAX_USER_POOLS} user pool providers.`,
    )
  return given.map(({ ProviderName: provider, ClientId: clientId, ServerSideTokenCheck: serverSideTokenCheck }) => {
    if (provider === undefined || !isUserPoolListing(provider))
      throw invalidParameter('Invalid Cognito Identity Provider')
    return { provider, clientId, serverSideTokenCheck }
  })
}
