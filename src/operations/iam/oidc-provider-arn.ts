import type { OidcProvider } from '../../account/index.ts'
import { issuerName } from '../../base/issuer-name.ts'
import { outboundUrl } from '../../base/outbound-url.ts'
import { Fault } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'
import type { SignedContext, TagPairs } from '../operation.ts'
import type { Services } from '../services.ts'
import { noSuchProvider } from './faults.ts'
import { accountOf, newRecordArn } from './record-arn.ts'

/** `arn:<partition>:iam::<account>:oidc-provider/<issuer without its scheme>`, character for character. */
export function oidcProviderArn(url: string, caller: Caller): string {
  return newRecordArn(caller, `oidc-provider/${issuerName(url)}`)
}

/** An issuer as OpenID Connect has it: https, no query, no fragment. In local mode, http on a loopback host as well. */
export function checkIssuerUrl(text: string, localMode: boolean): void {
  const url = outboundUrl(text, localMode)
  if (!url || !/^https?:\/\//.test(text) || /[?#\s]/.test(text))
    throw new Fault('ValidationError', 'Invalid Open ID Connect Provider URL')
}

/** The caller's own provider ARN, or the fault for one that cannot exist in the caller's account. */
export function ownProviderArn(text: string, caller: Caller): string {
  if (accountOf(text, 'oidc-provider/', 'an OpenID Connect provider') !== caller.account) throw noSuchProvider(text)
  return text
}

/** The record of the caller's own provider, or the fault for there being none. */
export async function ownProvider(text: string, { accounts, caller }: SignedContext): Promise<OidcProvider> {
  const arn = ownProviderArn(text, caller)
  const providers = await accounts.read(caller.account, (account) => account.oidcProviders())
  const provider = providers.find((candidate) => candidate.arn === arn)
  if (!provider) throw noSuchProvider(arn)
  return provider
}

type ProviderNamed = { OpenIDConnectProviderArn: string }

/** For operations on one provider: the resource that the caller's policy is asked about, and its tags. */
export const onProvider = {
  resource: (input: ProviderNamed) => input.OpenIDConnectProviderArn,
  async record(input: ProviderNamed, { account }: Caller, { accounts }: Services): Promise<TagPairs> {
    const providers = await accounts.read(account, (object) => object.oidcProviders())
    return providers.find(({ arn }) => arn === input.OpenIDConnectProviderArn)?.tags ?? []
  },
}
