import { route } from '../../parts/index.ts'
import { OidcPage } from './oidc-page.tsx'
import { ProviderList } from './provider-list.tsx'
import { SamlPage } from './saml-page.tsx'

/** OpenID Connect and SAML providers of the account, or one of them by its ARN. */
export function Providers() {
  const [, arn] = route.value.path
  if (arn === undefined) return <ProviderList />
  return arn.includes(':saml-provider/') ? <SamlPage key={arn} arn={arn} /> : <OidcPage key={arn} arn={arn} />
}
