import { canonicalName, isSocialListing, isUserPoolListing } from './catalogue.ts'

/**
 * Names that records may hold, told by the text alone. Whoever mixes up a provider and its token sends the token as a name, so
 * a name is only what no token, secret or user name looks like.
 */

/** Whether it is a name that the catalogue knows, with or without a client id behind it, or the ARN of a provider. */
export function isCatalogued(text: string): boolean {
  const [name = '', clientId, more] = text.split(':', 3)
  if (more === undefined && (clientId === undefined || /^\w{1,128}$/.test(clientId)))
    if (isSocialListing(name) || isUserPoolListing(canonicalName(name))) return true
  return /^arn:[a-z-]{3,20}:iam::\d{12}:(?:oidc|saml)-provider\/[\w.:/~+=,@-]{1,128}$/.test(text)
}

/**
 * Whether it is such a name or that of an issuer: a host name in lower case with a path. Tokens have capitals or no dots. The
 * name of a user may look like this, so where a backend names its users, only the catalogue counts.
 */
export function isProviderName(text: string): boolean {
  return isCatalogued(text) || ISSUER.test(text)
}

const ISSUER =
  /^(?:localhost|(?:\d{1,3}\.){3}\d{1,3}|(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?::\d{1,5})?(?:\/[\w.~-]{0,40}){0,6}$/
