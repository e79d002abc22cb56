/**
 * Stand-ins for the APIs of social providers: what they check, and how they answer, errors included. They run in workerd
 * and in Node, and share no code with the service.
 */

type Api = (request: Request) => Promise<Response>

const hmacOf = async (hash: string, key: string, text: string) => {
  const encode = (value: string) => new TextEncoder().encode(value)
  const macKey = await crypto.subtle.importKey('raw', encode(key), { name: 'HMAC', hash }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', macKey, encode(text)))
}

const hexOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** An answer that a stand-in gives instead of its own, until taken back. */
export type Outage = () => Response

export interface FacebookApp {
  id: string
  secret: string
  /** "Require App Secret": each call of a server must prove that it knows the secret. */
  requiresProof?: boolean
}

export interface FacebookToken {
  app: string
  user: string
  type?: string
  /** Unix seconds; 0 for never. */
  expiresAt?: number
  isValid?: boolean
}

/** The Graph API of Facebook: `/app`, `/me` and `/debug_token`, for tokens in the `Authorization` header. */
export function facebookApi({ now = () => Date.now() / 1000 } = {}) {
  const apps = new Map<string, FacebookApp>()
  const tokens = new Map<string, FacebookToken>()
  const state: { outage?: Outage | undefined } = {}

  const failure = (code: number, message: string, more: object = {}) =>
    Response.json(
      { error: { message, type: 'OAuthException', code, fbtrace_id: 'A1b2C3d4', ...more } },
      { status: code === 1 || code === 2 ? 500 : 400 },
    )
  const badProof = (message: string) => failure(100, message, { type: 'GraphMethodException' })
  const unknown = () => failure(190, 'Invalid OAuth access token - Cannot parse access token')

  async function proofProblem(app: FacebookApp | undefined, bearer: string, url: URL) {
    const proof = url.searchParams.get('appsecret_proof')
    if (proof === null)
      return app?.requiresProof ? badProof('API calls from the server require an appsecret_proof argument') : undefined
    const expected = app && hexOf(await hmacOf('SHA-256', app.secret, bearer))
    return proof === expected ? undefined : badProof('Invalid appsecret_proof provided in the API argument')
  }

  async function inspect(bearer: string, url: URL) {
    const [id = '', secret] = bearer.split('|')
    const app = apps.get(id)
    if (!app || app.secret !== secret) return failure(190, 'Invalid OAuth access token signature.')
    const problem = await proofProblem(app, bearer, url)
    if (problem) return problem
    const token = tokens.get(url.searchParams.get('input_token') ?? '')
    if (!token) {
      const error = { code: 190, message: 'The access token could not be decrypted' }
      return Response.json({ data: { error, is_valid: false, scopes: [] } })
    }
    if (token.app !== id) return failure(100, '(#100) The App_id in the input_token did not match the Viewing App')
    const { expiresAt = 0, isValid = true, type = 'USER', user } = token
    return Response.json({
      data: {
        app_id: token.app,
        type,
        application: 'Example',
        data_access_expires_at: 0,
        expires_at: expiresAt,
        is_valid: isValid,
        scopes: ['public_profile'],
        user_id: user,
      },
    })
  }

  const api: Api = async (request) => {
    if (state.outage) return state.outage()
    const url = new URL(request.url)
    const bearer = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    const path = url.pathname.replace(/^.*\/v\d+\.\d+/, '')
    if (path === '/debug_token') return inspect(bearer, url)
    const token = tokens.get(bearer)
    if (!token || token.isValid === false) return unknown()
    if (token.expiresAt && token.expiresAt <= now())
      return failure(190, 'Error validating access token: Session has expired', { error_subcode: 463 })
    const problem = await proofProblem(apps.get(token.app), bearer, url)
    if (problem) return problem
    if (path === '/app') return Response.json({ id: token.app })
    if (path === '/me') return Response.json({ id: token.user })
    return failure(2500, `Unknown path components: ${path}`)
  }

  return {
    api,
    failure,
    addApp: (app: FacebookApp) => void apps.set(app.id, app),
    addToken: (text: string, token: FacebookToken) => void tokens.set(text, token),
    fail(outage?: Outage) {
      state.outage = outage
    },
  }
}

export interface AmazonToken {
  aud: string
  appId?: string
  user: string
  /** Unix seconds. */
  expiresAt: number
}

/** `/auth/o2/tokeninfo` of Login with Amazon. */
export function amazonApi({ now = () => Date.now() / 1000 } = {}) {
  const tokens = new Map<string, AmazonToken>()
  const state: { outage?: Outage | undefined } = {}

  const api: Api = async (request) => {
    if (state.outage) return state.outage()
    const url = new URL(request.url)
    const text = request.headers.get('x-amz-access-token') ?? url.searchParams.get('access_token') ?? ''
    const token = url.pathname.endsWith('/auth/o2/tokeninfo') ? tokens.get(text) : undefined
    if (!token || token.expiresAt <= now()) {
      const error = { error: 'invalid_token', error_description: 'The access token is invalid or has expired' }
      return Response.json({ ...error, request_id: 'a-request' }, { status: 400 })
    }
    return Response.json({
      aud: token.aud,
      user_id: token.user,
      iss: 'https://www.amazon.com',
      exp: Math.floor(token.expiresAt - now()),
      app_id: token.appId ?? 'amzn1.application.0000',
      iat: Math.floor(now()) - 60,
    })
  }

  return {
    api,
    addToken: (text: string, token: AmazonToken) => void tokens.set(text, token),
    fail(outage?: Outage) {
      state.outage = outage
    },
  }
}

export interface TwitterUser {
  consumer: { key: string; secret: string }
  token: { key: string; secret: string }
  id: string
}

/** `account/verify_credentials` of X, which believes a request only by its OAuth 1.0a signature, once, and in time. */
export function twitterApi({ now = () => Date.now() / 1000 } = {}) {
  const users: TwitterUser[] = []
  const nonces = new Set<string>()
  const state: { outage?: Outage | undefined } = {}

  const failure = (status: number, code: number, message: string) =>
    Response.json({ errors: [{ code, message }] }, { status })

  const api: Api = async (request) => {
    if (state.outage) return state.outage()
    if (!new URL(request.url).pathname.endsWith('/1.1/account/verify_credentials.json'))
      return failure(404, 34, 'Sorry, that page does not exist.')
    const oauth = headerParameters(request.headers.get('authorization') ?? '')
    const user = users.find(
      ({ consumer, token }) =>
        oauth.get('oauth_consumer_key') === consumer.key && oauth.get('oauth_token') === token.key,
    )
    const once = `${oauth.get('oauth_timestamp')} ${oauth.get('oauth_nonce')}`
    if (!user) return failure(401, 89, 'Invalid or expired token.')
    if (oauth.get('oauth_signature') !== (await signatureOf(request, oauth, user)) || nonces.has(once))
      return failure(401, 32, 'Could not authenticate you.')
    if (Math.abs(Number(oauth.get('oauth_timestamp')) - now()) > 300)
      return failure(401, 135, 'Timestamp out of bounds.')
    nonces.add(once)
    return Response.json({ id: Number(user.id), id_str: user.id, name: 'A name', screen_name: 'name' })
  }

  return {
    api,
    failure,
    addUser: (user: TwitterUser) => void users.push(user),
    fail(outage?: Outage) {
      state.outage = outage
    },
  }
}

function headerParameters(header: string): Map<string, string> {
  const pairs = [...header.replace(/^OAuth /, '').matchAll(/([^=, ]+)="([^"]*)"/g)]
  return new Map(pairs.map(([, name = '', value = '']) => [decodeURIComponent(name), decodeURIComponent(value)]))
}

/** RFC 5849, section 3.4, written out once more. */
async function signatureOf(request: Request, oauth: Map<string, string>, user: TwitterUser): Promise<string> {
  const enc = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const url = new URL(request.url)
  const parameters = [...url.searchParams, ...oauth].filter(([name]) => name !== 'oauth_signature')
  const normalised = parameters
    .map(([name, value]) => `${enc(name)}=${enc(value)}`)
    .sort()
    .join('&')
  const base = [request.method, enc(`${url.origin}${url.pathname}`), enc(normalised)].join('&')
  const key = `${enc(user.consumer.secret)}&${enc(user.token.secret)}`
  return btoa(String.fromCharCode(...(await hmacOf('SHA-1', key, base))))
}
