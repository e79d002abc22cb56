import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { CognitoIdentityClient, GetCredentialsForIdentityCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issuersOf } from '../../package/double/seed-issuers.ts'
import { readIdentityFile, type Seeded, seed } from '../../package/file/index.ts'
import { issuerAddress, standIns } from '../../package/server/issuer-config.mjs'
import { type TestIssuer, testIssuers } from '../../package/server/issuers.ts'
import { LOCAL_CLIENT, type Service, startService } from '../conformance/support/service.ts'

const HOME = 'http://localhost:9000/'
const VERIFIER = 'a'.repeat(43)
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
const USER_POOL = 'us-east-1_AbCdEf123'

const document = readIdentityFile(fileURLToPath(new URL('issuers.yaml', import.meta.url)))
const configs = issuersOf(document, [HOME, 'my.app:/back?from=here'])

let service: Service
let seeded: Seeded
let issuers: Record<string, TestIssuer>
let client: CognitoIdentityClient

beforeAll(async () => {
  service = await startService({
    issuers: (url) => [
      ...configs,
      {
        name: 'own',
        issuer: issuerAddress(url, 'own'),
        kind: 'oidc',
        clients: ['a'],
        redirectUris: [],
        algorithm: 'ES256',
      },
    ],
  })
  seeded = await seed(document, { endpoint: service.url, credentials: LOCAL_CLIENT.credentials })
  issuers = testIssuers(service.url, configs)
  client = new CognitoIdentityClient({ region: 'us-east-1', endpoint: service.url, maxAttempts: 1 })
})
afterAll(() => service?.stop())

const issuer = (name: string) => issuers[name] ?? expect.unreachable(`There is no issuer ${name}.`)
const logIn = (Logins: Record<string, string>) =>
  client.send(new GetIdCommand({ IdentityPoolId: seeded.pools.app?.id, Logins }))

describe('the issuers of a file', () => {
  it('are those that sign tokens and are not on this machine already', () => {
    expect(configs.map(({ clients, issuer: iss, kind, name }) => [name, kind, iss, clients])).toEqual([
      [USER_POOL, 'user_pool', `https://cognito-idp.us-east-1.amazonaws.com/${USER_POOL}`, ['phone', 'tablet']],
      ['acme', 'oidc', 'https://login.acme.com', ['web', 'other']],
      ['google', 'google', 'https://accounts.google.com', ['123.apps.googleusercontent.com']],
      ['apple', 'apple', 'https://appleid.apple.com', ['com.example.app']],
    ])
  })

  it.each([USER_POOL, 'acme', 'google', 'apple'])('sign users in under the production name: %s', async (name) => {
    const { idToken, provider } = issuer(name)
    const first = await logIn({ [provider]: await idToken({ sub: 'ada' }) })
    const again = await logIn({ [provider]: await idToken({ sub: 'ada' }) })
    const other = await logIn({ [provider]: await idToken({ sub: 'bob' }) })
    expect(first.IdentityId).toMatch(/^us-east-1:/)
    expect([again.IdentityId, other.IdentityId === first.IdentityId]).toEqual([first.IdentityId, false])
  })

  it('sign for any client of the provider, and any claim decides as in production', async () => {
    const { idToken, provider } = issuer('acme')
    const roleOf = async (claims: object) => {
      const Logins = { [provider]: await idToken({ sub: 'eve', ...claims }) }
      const { IdentityId } = await logIn(Logins)
      const { Credentials } = await client.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }))
      const credentials = {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      }
      const sts = new STSClient({ region: 'us-east-1', endpoint: service.url, credentials })
      return (await sts.send(new GetCallerIdentityCommand({}))).Arn
    }
    expect(await roleOf({ groups: ['staff'] })).toContain(':assumed-role/staff/')
    expect(await roleOf({ groups: ['guests'], aud: 'other' })).toContain(':assumed-role/member/')
  })

  it.each([
    ['another audience', 'acme', { aud: 'stranger' }],
    ['a token that has expired', 'google', { exp: 1_000_000_000 }],
    ['a token to come', 'apple', { nbf: 4_000_000_000 }],
    ['an access token of a user pool', USER_POOL, { token_use: 'access' }],
  ])('are refused for %s', async (_, name, claims) => {
    const { idToken, provider } = issuer(name)
    const Logins = { [provider]: await idToken({ sub: 'ada', ...claims }) }
    await expect(logIn(Logins)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  })

  it('do not sign for one another', async () => {
    const [acme, google] = [issuer('acme'), issuer('google')]
    await expect(acme.idToken({ sub: 'ada', iss: google.issuer })).rejects.toThrow(
      'This issuer signs as https://login.acme.com alone.',
    )
    const Logins = { [google.provider]: await acme.idToken({ sub: 'ada' }) }
    await expect(logIn(Logins)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  })

  it.each([
    ['no user', {}, 'Claims have a "sub" of 1 to 255 characters: the user.'],
    ['an empty user', { sub: '' }, 'Claims have a "sub" of 1 to 255 characters: the user.'],
    ['a list', [], 'Claims are a JSON object.'],
  ])('sign no claims with %s', async (_, claims, message) => {
    await expect(issuer('acme').idToken(claims as { sub: string })).rejects.toThrow(message)
  })

  it('keep their keys with the state of the service', async () => {
    const keys = async () => (await fetch(`${issuer('acme').url}/keys`)).json()
    const before = await keys()
    await service.restart()
    expect(await keys()).toEqual(before)
    expect(
      (await logIn({ [issuer('acme').provider]: await issuer('acme').idToken({ sub: 'ada' }) })).IdentityId,
    ).toBeDefined()
  })
})

describe('the setting LOCAL_ISSUERS of a service', () => {
  const acme = configs.filter(({ name }) => name === 'acme')
  const own = { 'login.acme.com': 'http://localhost:1/issuers/acme' }
  it.each([
    ['has the issuers that stand for others', acme, undefined, own],
    [
      'has those of the user besides',
      acme,
      '{"a.example":"https://b.example"}',
      { ...own, 'a.example': 'https://b.example' },
    ],
    ['lets the user decide', acme, '{"login.acme.com":"https://b.example"}', { 'login.acme.com': 'https://b.example' }],
    [
      'is that of the user alone without any',
      [],
      '{"a.example":"https://b.example"}',
      { 'a.example': 'https://b.example' },
    ],
  ])('%s', (_, from, given, expected) => {
    expect(JSON.parse(standIns('http://localhost:1', from, given).LOCAL_ISSUERS ?? '')).toEqual(expected)
  })

  it('is not there without either, and is left to the service if it is no JSON', () => {
    expect(standIns('http://localhost:1', [])).toEqual({})
    expect(standIns('http://localhost:1', acme, '[')).toEqual({ LOCAL_ISSUERS: '[' })
  })
})

describe('an issuer', () => {
  it('is found by its discovery document, from pages of any origin', async () => {
    const { url } = issuer('acme')
    const answer = await fetch(`${url}/.well-known/openid-configuration`)
    const found = (await answer.json()) as Record<string, string>
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(found).toMatchObject({ issuer: 'https://login.acme.com', authorization_endpoint: `${url}/authorize` })
    const keys = createRemoteJWKSet(new URL(found.jwks_uri ?? ''))
    const token = await issuer('acme').idToken({ sub: 'ada' })
    const { payload } = await jwtVerify(token, keys, { issuer: 'https://login.acme.com', audience: 'web' })
    expect(payload).toMatchObject({ sub: 'ada', exp: (payload.iat ?? 0) + 3600 })
  })

  it('of its own address signs with the algorithm that it was given', async () => {
    const url = issuerAddress(service.url, 'own')
    const answer = await fetch(`${url}/id-token`, { method: 'POST', body: '{"sub":"ada"}' })
    const { id_token } = (await answer.json()) as { id_token: string }
    expect(decodeProtectedHeader(id_token)).toMatchObject({ alg: 'ES256', typ: 'JWT' })
    await jwtVerify(id_token, createRemoteJWKSet(new URL(`${url}/keys`)), { issuer: url, audience: 'a' })
  })

  it('answers nothing but the token to who asks for that, as shells do', async () => {
    const headers = { accept: 'application/jwt' }
    const answer = await fetch(`${issuer('acme').url}/id-token`, { method: 'POST', headers, body: '{"sub":"ada"}' })
    expect(decodeJwt(await answer.text())).toMatchObject({ sub: 'ada', iss: 'https://login.acme.com' })
  })

  it('is served on loopback hosts only, and only if it is there', async () => {
    const { url } = issuer('acme')
    expect((await fetch(`${url}x/keys`)).status).toBe(404)
    const { port } = new URL(url)
    const { request } = await import('node:http')
    const status = await new Promise((resolve) => {
      const options = { port, path: '/issuers/acme/keys', headers: { host: 'evil.example' } }
      request(options, ({ statusCode }) => resolve(statusCode)).end()
    })
    expect(status).toBe(403)
  })

  it('leaves the service as it is', async () => {
    expect((await fetch(`${service.url}/health`)).status).toBe(200)
    const answer = await fetch(`${service.url}/.well-known/openid-configuration`)
    expect(await answer.json()).toMatchObject({ issuer: service.url })
  })
})

const REQUEST = {
  client_id: 'web',
  redirect_uri: HOME,
  response_type: 'code',
  scope: 'openid',
  state: 'a state & more',
  nonce: 'once',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
}

const pageOf = (changes: object = {}) =>
  `${issuer('acme').url}/authorize?${new URLSearchParams({ ...REQUEST, ...changes })}`
const open = (changes?: object) => fetch(pageOf(changes), { redirect: 'manual' })
const submit = (form: Record<string, string>, changes?: object) =>
  fetch(pageOf(changes), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
const parametersOf = (answer: Response) =>
  Object.fromEntries(new URL(answer.headers.get('location') ?? 'none:').searchParams)

async function codeFor(form: Record<string, string> = { sub: 'ada' }): Promise<string> {
  return parametersOf(await submit(form)).code ?? ''
}

async function exchange(code: string, changes: Record<string, string> = {}) {
  const form = { grant_type: 'authorization_code', client_id: 'web', redirect_uri: HOME, code, code_verifier: VERIFIER }
  const body = new URLSearchParams({ ...form, ...changes })
  const answer = await fetch(`${issuer('acme').url}/token`, { method: 'POST', body })
  const tokens = (await answer.json()) as { access_token?: string; id_token?: string; error?: string }
  return { status: answer.status, ...tokens }
}

describe('the login page', () => {
  it('asks for a user without scripts, cookies or a password', async () => {
    const answer = await open({ login_hint: '"><script>' })
    const page = await answer.text()
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(answer.headers.get('content-security-policy')).toContain("form-action 'self' http://localhost:9000")
    expect(page).toContain('name="sub" value="&quot;&gt;&lt;script&gt;"')
    expect(page).not.toMatch(/<script|type="password"/)
  })

  it('sends the user back with a code that is worth an ID token', async () => {
    const answer = await submit({ sub: 'ada', claims: '{"groups":["staff"]}', answer: 'yes' })
    expect([answer.status, answer.headers.get('location')?.startsWith(`${HOME}?`)]).toEqual([303, true])
    const { code = '', ...rest } = parametersOf(answer)
    expect(rest).toEqual({ state: REQUEST.state, iss: 'https://login.acme.com' })
    const { access_token = '', id_token = '', ...others } = await exchange(code)
    expect(others).toEqual({ status: 200, token_type: 'Bearer', expires_in: 3600, scope: 'openid' })
    expect(decodeJwt(id_token)).toMatchObject({ sub: 'ada', aud: 'web', nonce: 'once', groups: ['staff'] })
    const { provider } = issuer('acme')
    expect((await logIn({ [provider]: id_token })).IdentityId).toBeDefined()
    await expect(logIn({ [provider]: access_token })).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  })

  it('keeps what a redirect URI has, which need not be of the web', async () => {
    const answer = await submit({ sub: 'ada' }, { redirect_uri: 'my.app:/back?from=here' })
    expect(answer.headers.get('location')).toMatch(/^my\.app:\/back\?from=here&code=/)
  })

  it('tells the client that the user did not want to', async () => {
    expect(parametersOf(await submit({ answer: 'no' }))).toMatchObject({ error: 'access_denied', state: REQUEST.state })
  })

  it.each([
    ['no user', { sub: '' }, 'Claims have a &quot;sub&quot;'],
    ['claims that are no JSON', { sub: 'ada', claims: '{' }, 'Further claims are a JSON object'],
    ['claims that are no object', { sub: 'ada', claims: '[1]' }, 'Further claims are a JSON object'],
    ['a claim of the protocol', { sub: 'ada', claims: '{"aud":"x"}' }, 'The claim &quot;aud&quot; is not to be chosen'],
  ])('asks again after %s', async (_, form, problem) => {
    const answer = await submit(form)
    expect([answer.status, (await answer.text()).includes(problem)]).toEqual([400, true])
  })

  it.each([
    ['a client that nobody knows', { client_id: 'stranger' }, 'There is no client'],
    ['another redirect URI', { redirect_uri: `${HOME}x` }, 'is no redirect URI'],
    ['a redirect URI without its slash', { redirect_uri: HOME.slice(0, -1) }, 'is no redirect URI'],
  ])('sends nobody anywhere for %s', async (_, changes, problem) => {
    for (const answer of [await open(changes), await submit({ sub: 'ada' }, changes)]) {
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
      expect(await answer.text()).toContain(problem)
    }
  })

  it.each([
    ['another flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['no PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is none', { code_challenge: 'short' }, 'invalid_request'],
    ['no OpenID', { scope: 'email' }, 'invalid_scope'],
    ['a fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['a request object', { request: 'ey' }, 'request_not_supported'],
    ['a user that may not be asked', { prompt: 'none' }, 'login_required'],
  ])('refuses %s', async (_, changes, error) => {
    for (const answer of [await open(changes), await submit({ sub: 'ada' }, changes)])
      expect(parametersOf(answer)).toMatchObject({ error, state: REQUEST.state, iss: 'https://login.acme.com' })
  })

  it('refuses a parameter that is there twice', async () => {
    const answer = await fetch(`${pageOf()}&nonce=again`, { redirect: 'manual' })
    expect(parametersOf(answer)).toMatchObject({ error: 'invalid_request' })
  })
})

describe('a code', () => {
  it('counts once', async () => {
    const code = await codeFor()
    expect(await exchange(code)).toMatchObject({ status: 200 })
    expect(await exchange(code)).toMatchObject({ status: 400, error: 'invalid_grant' })
  })

  it.each([
    ['another verifier', { code_verifier: 'b'.repeat(43) }, 'invalid_grant'],
    ['the challenge in place of the verifier', { code_verifier: CHALLENGE }, 'invalid_grant'],
    ['another client', { client_id: 'other' }, 'invalid_grant'],
    ['another redirect URI', { redirect_uri: 'my.app:/back?from=here' }, 'invalid_grant'],
    ['a client that nobody knows', { client_id: 'stranger' }, 'invalid_client'],
    ['another grant', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
  ])('is worth nothing with %s', async (_, changes, error) => {
    expect(await exchange(await codeFor(), changes)).toMatchObject({ status: 400, error })
  })

  it('of one issuer is worth nothing at another', async () => {
    const body = {
      grant_type: 'authorization_code',
      code: await codeFor(),
      code_verifier: VERIFIER,
      redirect_uri: HOME,
    }
    const form = new URLSearchParams({ ...body, client_id: 'com.example.app' })
    const answer = await fetch(`${issuer('apple').url}/token`, { method: 'POST', body: form })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  })
})
