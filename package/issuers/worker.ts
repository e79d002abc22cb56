/**
 * Issuers for tests: real OpenID Connect, with a login page at which any name will do. The Worker stands in front of the
 * service and hands on whatever is not for an issuer. It exists in local mode alone.
 */
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import type { JWTPayload } from 'jose'
import { isLoopbackHost } from '../../src/base/outbound-url.ts'
import { ISSUERS_PATH, type IssuerConfig, issuerAddress } from '../server/issuer-config.mjs'
import { backTo, judge } from './authorize.ts'
import { BadClaims, chosenClaims, idTokenClaims, typedClaims } from './claims.ts'
import { Issuer } from './issuer-object.ts'
import { MAX_CLAIMS_CHARS, TOKEN_SECONDS } from './limits.ts'
import { contentPolicy, loginPage, problemPage } from './login-page.ts'
import { granted, requestError } from './token.ts'

export { Issuer }

interface Env {
  /** Configurations as JSON. */
  ISSUERS: string
  /** Host names besides loopback, as in the setting `LOCAL_HOSTS`. */
  LOCAL_HOSTS: string
  ISSUER_OBJECT: DurableObjectNamespace<Issuer>
  SERVICE: Fetcher
}

interface Variables {
  config: IssuerConfig
  /** Where the issuer is, under the name that the caller has for this machine. */
  address: string
  object: DurableObjectStub<Issuer>
}

type At = Context<{ Bindings: Env; Variables: Variables }>

const app = new Hono<{ Bindings: Env; Variables: Variables }>().basePath(`${ISSUERS_PATH}:name`)

app.use(async (c, next) => {
  const { hostname, origin } = new URL(c.req.url)
  if (!isLoopbackHost(hostname) && !c.env.LOCAL_HOSTS.split(',').includes(hostname))
    return c.text('Test issuers serve loopback hosts only.', 403)
  const name = c.req.param('name') ?? ''
  const config = (JSON.parse(c.env.ISSUERS) as IssuerConfig[]).find((issuer) => issuer.name === name)
  if (!config) return c.text(`There is no issuer ${name} here.`, 404)
  c.set('config', config)
  c.set('address', issuerAddress(origin, name))
  c.set('object', c.env.ISSUER_OBJECT.getByName(name))
  c.header('cache-control', 'no-store')
  return next()
})

// Pages of any origin sign users in; there are no cookies that they could use.
for (const path of ['/.well-known/*', '/keys', '/token', '/id-token']) app.use(path, cors())

app.get('/.well-known/openid-configuration', (c) => {
  const { address, config } = c.var
  return c.json({
    issuer: config.issuer,
    authorization_endpoint: `${address}/authorize`,
    token_endpoint: `${address}/token`,
    jwks_uri: `${address}/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code'],
    subject_types_supported: ['public'],
    scopes_supported: ['openid'],
    id_token_signing_alg_values_supported: [config.algorithm],
    token_endpoint_auth_methods_supported: ['none'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    request_uri_parameter_supported: false,
  })
})

app.get('/keys', async (c) => c.json({ keys: [await c.var.object.publicKey(c.var.config.algorithm)] }))

app.get('/authorize', (c) => {
  const outcome = judge(new URL(c.req.url).searchParams, c.var.config)
  if (outcome.kind === 'back') return c.redirect(outcome.location, 303)
  if (outcome.kind === 'shown') return shown(c, outcome.problem)
  c.header('content-security-policy', contentPolicy(outcome.request.redirectUri))
  return c.html(loginPage(c.var.config, outcome.request))
})

app.post('/authorize', async (c) => {
  const { config, object } = c.var
  const outcome = judge(new URL(c.req.url).searchParams, config)
  if (outcome.kind === 'back') return c.redirect(outcome.location, 303)
  if (outcome.kind === 'shown') return shown(c, outcome.problem)
  const { clientId: aud, nonce, state, ...request } = outcome.request
  const answer = (parameters: object) =>
    c.redirect(backTo(request.redirectUri, { ...parameters, state, iss: config.issuer }), 303)
  const form = await formOf(c)
  if (form.get('answer') === 'no') return answer({ error: 'access_denied' })
  const [sub, claims] = [form.get('sub') ?? '', form.get('claims') ?? '']
  try {
    const agreed = { ...typedClaims(sub, claims, config), aud, ...(nonce !== undefined && { nonce }) }
    const { challenge, redirectUri } = request
    return answer({ code: await object.keep({ clientId: aud, redirectUri, challenge, claims: agreed }) })
  } catch (error) {
    if (!(error instanceof BadClaims)) throw error
    c.header('content-security-policy', contentPolicy(request.redirectUri))
    return c.html(loginPage(config, outcome.request, { sub, claims, problem: error.message }), 400)
  }
})

app.post('/token', async (c) => {
  const { config, object } = c.var
  const form = await formOf(c)
  const refused = requestError(form, config.clients)
  if (refused) return c.json(refused, 400)
  const grant = await granted(form, await object.take(form.get('code') ?? ''))
  if ('error' in grant) return c.json(grant, 400)
  const id_token = await idToken(c, grant.claims)
  const { sub } = grant.claims
  const client_id = grant.clientId
  const iat = now()
  const access = { iss: config.issuer, aud: config.issuer, sub, client_id, iat, exp: iat + TOKEN_SECONDS }
  const access_token = await object.sign(config.algorithm, 'at+jwt', { ...access, scope: 'openid' })
  return c.json({ id_token, access_token, token_type: 'Bearer', expires_in: TOKEN_SECONDS, scope: 'openid' })
})

/** Not of the protocol: an ID token for whatever claims a test wants. */
app.post('/id-token', async (c) => {
  try {
    const text = await c.req.text()
    if (text.length > MAX_CLAIMS_CHARS) throw new BadClaims(`Claims have at most ${MAX_CLAIMS_CHARS} characters.`)
    const token = await idToken(c, chosenClaims(jsonIn(text), c.var.config))
    if (c.req.header('accept') === 'application/jwt') return c.body(token, 200, { 'content-type': 'application/jwt' })
    return c.json({ id_token: token })
  } catch (error) {
    if (error instanceof BadClaims) return c.json({ error: 'invalid_request', error_description: error.message }, 400)
    throw error
  }
})

function idToken({ var: { config, object } }: At, claims: JWTPayload & { sub: string }): Promise<string> {
  return object.sign(config.algorithm, 'JWT', idTokenClaims(config, claims, now()))
}

function shown(c: At, problem: string) {
  c.header('content-security-policy', contentPolicy())
  return c.html(problemPage(problem), 400)
}

async function formOf(c: At): Promise<URLSearchParams> {
  return new URLSearchParams(await c.req.text())
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadClaims('Claims are a JSON object.')
  }
}

const now = () => Math.floor(Date.now() / 1000)

export default {
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname.startsWith(ISSUERS_PATH) ? app.fetch(request, env, ctx) : env.SERVICE.fetch(request),
} satisfies ExportedHandler<Env>
