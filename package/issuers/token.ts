import { base64url } from 'jose'
import type { Grant } from './issuer-object.ts'

/** Errors of RFC 6749, section 5.2. */
export interface TokenError {
  error: 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type'
  error_description: string
}

/** What is wrong with a request before its code is looked at; `undefined` for nothing. */
export function requestError(form: URLSearchParams, clients: readonly string[]): TokenError | undefined {
  if (form.get('grant_type') !== 'authorization_code')
    return { error: 'unsupported_grant_type', error_description: 'grant_type must be authorization_code' }
  for (const name of ['client_id', 'code', 'code_verifier', 'redirect_uri'])
    if (form.getAll(name).length !== 1)
      return { error: 'invalid_request', error_description: `${name} must be there once` }
  if (!clients.includes(form.get('client_id') ?? ''))
    return { error: 'invalid_client', error_description: 'there is no such client' }
  return undefined
}

/**
 * The grant behind a request, if the code was given to this client, at this redirect URI, for this verifier (RFC 7636,
 * section 4.6).
 */
export async function granted(form: URLSearchParams, grant: Grant | undefined): Promise<Grant | TokenError> {
  const invalid = (error_description: string): TokenError => ({ error: 'invalid_grant', error_description })
  if (!grant) return invalid('the code is unknown, used, or too old')
  if (grant.clientId !== form.get('client_id')) return invalid('the code was given to another client')
  if (grant.redirectUri !== form.get('redirect_uri')) return invalid('redirect_uri is not that of the code')
  const verifier = new TextEncoder().encode(form.get('code_verifier') ?? '')
  const challenge = base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', verifier)))
  return challenge === grant.challenge ? grant : invalid('code_verifier does not fit')
}
