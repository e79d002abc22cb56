// Signing in at an OpenID Connect issuer: the authorization code flow with PKCE (RFC 7636). The issuer knows this page.

export const ISSUER = `${CONFIG.endpoint}/issuers/test`
const app = { client_id: 'my-app', redirect_uri: location.origin + location.pathname }

/** Leaves for the login page of the issuer, which sends the browser back here. */
export async function signIn() {
  const [verifier, state] = [base64url(crypto.getRandomValues(new Uint8Array(32))), crypto.randomUUID()]
  sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state }))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const question = { ...app, response_type: 'code', scope: 'openid', state, code_challenge_method: 'S256' }
  const { authorization_endpoint } = await discover()
  location.href = `${authorization_endpoint}?${new URLSearchParams({ ...question, code_challenge: base64url(digest) })}`
}

/** The ID token of the user, if one has signed in. */
export async function signedIn() {
  const answer = new URLSearchParams(location.search)
  const { state, verifier } = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}')
  if (answer.has('code') && answer.get('state') === state) {
    history.replaceState({}, '', location.pathname) // a code counts once
    sessionStorage.removeItem('sign-in')
    const proof = { ...app, grant_type: 'authorization_code', code: answer.get('code'), code_verifier: verifier }
    const { token_endpoint } = await discover()
    const tokens = await fetch(token_endpoint, { method: 'POST', body: new URLSearchParams(proof) })
    sessionStorage.setItem('id-token', (await tokens.json()).id_token)
  }
  return sessionStorage.getItem('id-token') ?? undefined
}

export function signOut() {
  sessionStorage.clear()
  location.assign(location.pathname)
}

async function discover() {
  return (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json()
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
