import type { IssuerConfig } from '../server/issuer-config.mjs'

/** A request for a code that can be granted, if the user wants it. */
export interface AuthorizationRequest {
  clientId: string
  redirectUri: string
  challenge: string
  state: string | undefined
  nonce: string | undefined
  /** The user that the client expects. */
  hint: string
}

/**
 * What becomes of a request: it is `asked` of the user; it goes `back` to the client with an error; or it is `shown` to the
 * user what is wrong, since it is not known where back would be.
 */
export type Outcome =
  | { kind: 'asked'; request: AuthorizationRequest }
  | { kind: 'back'; location: string }
  | { kind: 'shown'; problem: string }

/** Judges a request for the authorization code flow with PKCE. There is no other flow here. */
export function judge(query: URLSearchParams, config: IssuerConfig): Outcome {
  const clientId = query.get('client_id') ?? ''
  const redirectUri = query.get('redirect_uri') ?? ''
  if (!config.clients.includes(clientId))
    return { kind: 'shown', problem: `There is no client "${clientId}" here. Known: ${config.clients.join(', ')}.` }
  if (!config.redirectUris.includes(redirectUri))
    return { kind: 'shown', problem: `"${redirectUri}" is no redirect URI of this issuer. ${known(config)}` }
  const state = query.get('state') ?? undefined
  const error = errorIn(query)
  if (error) return { kind: 'back', location: backTo(redirectUri, { ...error, state, iss: config.issuer }) }
  const challenge = query.get('code_challenge') ?? ''
  const nonce = query.get('nonce') ?? undefined
  const hint = query.get('login_hint') ?? ''
  return { kind: 'asked', request: { clientId, redirectUri, challenge, state, nonce, hint } }
}

function known({ redirectUris }: IssuerConfig): string {
  return redirectUris.length === 0 ? 'It has none.' : `Known: ${redirectUris.join(', ')}.`
}

/** Errors of RFC 6749, section 4.1.2.1, and of OpenID Connect Core, section 3.1.2.6. */
function errorIn(query: URLSearchParams): { error: string; error_description: string } | undefined {
  const twice = [...query.keys()].find((name) => query.getAll(name).length > 1)
  if (twice !== undefined) return refusal('invalid_request', `${twice} is there twice`)
  if (query.get('response_type') !== 'code') return refusal('unsupported_response_type', 'response_type must be code')
  if (query.has('request') || query.has('request_uri')) return refusal('request_not_supported', 'no request objects')
  if ((query.get('response_mode') ?? 'query') !== 'query') return refusal('invalid_request', 'response_mode is query')
  if (!(query.get('scope') ?? '').split(' ').includes('openid')) return refusal('invalid_scope', 'scope has openid')
  if (query.get('code_challenge_method') !== 'S256')
    return refusal('invalid_request', 'code_challenge_method must be S256')
  if (!/^[\w-]{43}$/.test(query.get('code_challenge') ?? ''))
    return refusal('invalid_request', 'code_challenge must have 43 characters of base64url')
  // There are no sessions: a user is always asked.
  if (query.get('prompt') === 'none') return refusal('login_required', 'the user must be asked')
  return undefined
}

const refusal = (error: string, error_description: string) => ({ error, error_description })

/** The redirect URI with parameters, beside those that it has. `iss`: RFC 9207. */
export function backTo(redirectUri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.append(name, value)
  return url.href
}
