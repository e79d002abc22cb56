import { callPublic } from '../calls/index.ts'
import { open } from './session.ts'

/** Where operators sign in: an OpenID provider at which the console is a public client. */
interface Provider {
  issuer: string
  clientId: string
}

/** What one sign-in needs when it comes back: good for one code, and taken away with it. */
interface Attempt {
  state: string
  nonce: string
  verifier: string
  tokenEndpoint: string
  /** Where the operator was going. */
  hash: string
}

const KEPT = 'edge-identity:sign-in'
const utf8 = new TextEncoder()

/** Leaves for the login page of the provider: Authorization Code with PKCE (RFC 7636). Throws where there is none. */
export async function leaveFor({ clientId, issuer }: Provider): Promise<never> {
  const { authorization_endpoint, token_endpoint } = await discovered(issuer)
  const [state, nonce, verifier] = [randomText(), randomText(), randomText()]
  const attempt: Attempt = { state, nonce, verifier, tokenEndpoint: token_endpoint, hash: location.hash }
  sessionStorage.setItem(KEPT, JSON.stringify(attempt))
  const url = new URL(authorization_endpoint)
  const asked = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope: 'openid email profile',
    state,
    nonce,
    code_challenge: base64url(await crypto.subtle.digest('SHA-256', utf8.encode(verifier))),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
  location.assign(url)
  return new Promise(() => {})
}

/** Whether the page was opened by a provider that an operator comes back from. */
export const isBack = () => /[?&](?:code|error)=/.test(location.search) && sessionStorage.getItem(KEPT) !== null

/** Opens a session with the code that the provider gave. Throws for a sign-in that was not of this tab, or failed. */
export async function comeBack({ clientId, issuer }: Provider): Promise<void> {
  const answer = new URLSearchParams(location.search)
  const attempt: Attempt = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}')
  sessionStorage.removeItem(KEPT)
  history.replaceState(null, '', '/console')
  location.hash = attempt.hash ?? ''
  const [code, error] = [answer.get('code'), answer.get('error')]
  if (answer.get('state') !== attempt.state) throw new Error('This sign-in was not begun in this tab. Sign in again.')
  if (answer.has('iss') && answer.get('iss') !== issuer) throw new Error('The answer is of another provider.')
  if (code === null) throw new Error(`The provider did not sign you in: ${answer.get('error_description') ?? error}`)
  const { id_token: IdToken } = await tokens(attempt, { clientId, code })
  await openWith({ IdToken, Nonce: attempt.nonce })
}

/** Opens a session for whoever has come through Cloudflare Access. */
export const openByAccess = () => openWith({})

async function openWith(input: { IdToken?: string; Nonce?: string }): Promise<void> {
  const given = await callPublic<{ Credentials: Credentials }>('edge-identity', 'GetOperatorSession', input)
  const { AccessKeyId, Expiration, SecretKey, SessionToken } = given.Credentials
  await open({ accessKeyId: AccessKeyId, secret: SecretKey, sessionToken: SessionToken }, Expiration * 1000)
}

interface Credentials {
  AccessKeyId: string
  SecretKey: string
  SessionToken: string
  /** Seconds since the epoch. */
  Expiration: number
}

const redirectUri = () => `${location.origin}/console`

async function discovered(issuer: string): Promise<{ authorization_endpoint: string; token_endpoint: string }> {
  const document = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    .then((answer) => answer.json())
    .catch(() => {
      throw new Error(`The discovery document of ${issuer} cannot be read from this page.`)
    })
  if (document?.issuer !== issuer) throw new Error(`The document of ${issuer} is of another issuer.`)
  const allowed = ['https:', new URL(issuer).protocol]
  const endpoints = [document.authorization_endpoint, document.token_endpoint]
  if (!endpoints.every((url) => allowed.includes(URL.parse(url)?.protocol ?? '')))
    throw new Error(`The endpoints of ${issuer} are no https addresses.`)
  return document
}

async function tokens({ tokenEndpoint, verifier }: Attempt, { clientId, code }: { clientId: string; code: string }) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri(),
  })
  const answer = await fetch(tokenEndpoint, { method: 'POST', body }).catch(() => {
    throw new Error('The provider gives no tokens to this page. It must allow its origin, and be a public client.')
  })
  const given: { id_token?: string; error?: string; error_description?: string } = await answer.json().catch(() => ({}))
  if (given?.id_token === undefined)
    throw new Error(
      `The provider gave no ID token: ${given?.error_description ?? given?.error ?? `status ${answer.status}`}`,
    )
  return { id_token: given.id_token }
}

function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)).buffer)
}

function base64url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
