import { issuerName } from '../base/issuer-name.ts'
import { CATALOGUE, canonicalName, isSamlKey, isSocialListing, userPoolOf, withoutClosingSlash } from './catalogue.ts'
import { subjectOf } from './claims.ts'
import { parseToken } from './token.ts'

/**
 * Whose login a token says it is, by its issuer and subject. Nothing of it is verified, so this is only good for finding what a
 * caller may see anyway. `undefined` for any text but a JSON web token with both.
 */
export function unverifiedLogin(token: string): { issuer: string; provider: string; subject: string } | undefined {
  const claims = parseToken(token)?.claims
  const subject = claims && subjectOf(claims)
  if (typeof claims?.iss !== 'string' || claims.iss === '' || subject === undefined) return undefined
  return { issuer: claims.iss, provider: KEYS.get(claims.iss) ?? canonicalName(issuerName(claims.iss)), subject }
}

/** The issuer that a token says it is of, which nobody has verified. `undefined` for any text but a JSON web token with one. */
export function unverifiedIssuer(token: string): string | undefined {
  const iss = parseToken(token)?.claims.iss
  return typeof iss === 'string' ? iss : undefined
}

/** Keys of those providers whose tokens do not have them in `iss`. */
const KEYS: ReadonlyMap<string, string> = new Map(
  Object.values(CATALOGUE).flatMap((row) =>
    'key' in row && 'issuers' in row ? [...row.issuers.keys()].map((issuer) => [issuer, row.key] as const) : [],
  ),
)

/**
 * The names under which a pool may have the logins of a provider, the given one first. An issuer is kept as IAM has it, with
 * or without a closing slash; any other provider has one name.
 */
export function keptNames(provider: string): readonly string[] {
  const name = canonicalName(provider)
  if (isSamlKey(provider) || isSocialListing(name) || userPoolOf(name)) return [isSamlKey(provider) ? provider : name]
  const bare = withoutClosingSlash(provider)
  return [...new Set([provider, bare, `${bare}/`])]
}
