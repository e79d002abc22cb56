import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import Provider, { type Context } from 'oidc-provider'

const REDIRECT_URI = 'https://app.example.com/callback'
const ID_TOKEN_SECONDS = 3600

export interface OidcProvider {
  /** Issuer URL, http on a loopback address. */
  issuer: string
  /** The issuer as a key of `Logins`: without its scheme. */
  name: string
  clientId: string
  /** Signs a user in by the authorization code flow with PKCE, and returns the ID token. */
  idToken(subject: string): Promise<string>
  /** Signs with a new key from now on; the key set no longer has the old one. */
  rotateKeys(): Promise<void>
  stop(): Promise<void>
}

/** Starts a certified OpenID provider, which believes whoever signs in and asks for no consent. */
export async function startOidcProvider(clientId = 'app'): Promise<OidcProvider> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `http://${name}`
  let provider = await createProvider(issuer, clientId)

  async function answer(request: IncomingMessage, response: ServerResponse) {
    if (!request.url?.startsWith('/interaction/')) return provider.callback()(request, response)
    const { params } = await provider.interactionDetails(request, response)
    return provider.interactionFinished(request, response, { login: { accountId: params.login_hint } })
  }

  return {
    issuer,
    name,
    clientId,
    idToken: (subject) => signIn(issuer, clientId, subject),
    async rotateKeys() {
      provider = await createProvider(issuer, clientId)
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function createProvider(issuer: string, clientId: string): Promise<Provider> {
  const provider: Provider = new Provider(issuer, {
    adapter: inMemory(),
    jwks: { keys: [await newSigningKey()] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    clients: [{ client_id: clientId, token_endpoint_auth_method: 'none', redirect_uris: [REDIRECT_URI] }],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: Context, { uid }: { uid: string }) => `/interaction/${uid}` },
    ttl: { AccessToken: 60, Grant: 60, IdToken: ID_TOKEN_SECONDS, Interaction: 60, Session: 60 },
    findAccount: (_context: Context, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    async loadExistingGrant({ oidc: { client, session } }: Context) {
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    },
  })
  return provider
}

async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') }
}

/** The provider's storage: a Map per kind of record. */
function inMemory() {
  type Payload = Record<string, unknown>
  return class {
    readonly records = new Map<string, Payload>()
    upsert = async (id: string, payload: Payload) => void this.records.set(id, payload)
    find = async (id: string) => this.records.get(id)
    findByUid = async (uid: string) => [...this.records.values()].find((payload) => payload.uid === uid)
    destroy = async (id: string) => void this.records.delete(id)
    consume = async (id: string) => void Object.assign(this.records.get(id) ?? {}, { consumed: true })
    revokeByGrantId = async () => {}
  }
}

/** Does what a browser and an app do: follows redirects with their cookies, then trades the code for tokens. */
async function signIn(issuer: string, clientId: string, subject: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const question = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: REDIRECT_URI,
    login_hint: subject,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const cookies = new Map<string, string>()
  let url = new URL(`/auth?${question}`, issuer)
  while (url.origin === issuer) url = await redirectOf(url, cookies)

  const code = url.searchParams.get('code')
  if (!code) throw new Error(`The provider refused the sign-in: ${url.search}`)
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  })
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body })
  const tokens = (await answer.json()) as { id_token?: string }
  if (!tokens.id_token) throw new Error(`The provider gave no ID token: ${JSON.stringify(tokens)}`)
  return tokens.id_token
}

async function redirectOf(url: URL, cookies: Map<string, string>): Promise<URL> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
  for (const line of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value) cookies.set(name, value)
    else cookies.delete(name)
  }
  const location = answer.headers.get('location')
  if (!location) throw new Error(`${url.pathname} answered ${answer.status} and no redirect: ${await answer.text()}`)
  return new URL(location, url)
}
