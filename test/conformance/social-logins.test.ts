import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  DescribeIdentityCommand,
  ExternalServiceException,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
  NotAuthorizedException,
  SetIdentityPoolRolesCommand,
  SetPrincipalTagAttributeMapCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-cognito-identity'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../tools/lib/client.ts'
import { LOCAL_KEY } from '../../tools/lib/local-service.ts'
import { eventually } from '../support/eventually.ts'
import { faultOf } from './support/answers.ts'
import { type FakeProviders, startFakeProviders } from './support/fake-providers.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, type Service, startService } from './support/service.ts'

const FACEBOOK = 'graph.facebook.com'
const AMAZON = 'www.amazon.com'
const TWITTER = 'api.twitter.com'

/** One Facebook app whose secret the service has, and one whose it has not. */
const APP = '7346241598935555'
const PLAIN_APP = '1234567890123456'
const APP_SECRET = '0123456789abcdef0123456789abcdef'
const AMAZON_CLIENT = 'amzn1.application-oa2-client.1234'
const CONSUMER = { key: 'consumer-key', secret: 'consumer-secret-consumer-secret' }
const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/social-user`
const NOT_SUPPORTED = 'Token is not from a supported provider of this identity pool.'

let service: Service
let providers: FakeProviders
let client: CognitoIdentityClient
let pool: string
let plainPool: string
beforeAll(async () => {
  providers = await startFakeProviders()
  service = await startService({ vars: { ...providers.vars, [`FACEBOOK_APP_SECRET_${APP}`]: APP_SECRET } })
  client = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: service.url, maxAttempts: 1 })
  pool = await createPool(APP)
  plainPool = await createPool(PLAIN_APP)
  const { amazon, facebook, twitter } = providers
  facebook.addApp({ id: APP, secret: APP_SECRET, requiresProof: true })
  facebook.addApp({ id: PLAIN_APP, secret: 'f'.repeat(32) })
  const expiresAt = Math.floor(Date.now() / 1000) + 3600
  facebook.addToken('EAAada', { app: APP, user: '1001', expiresAt })
  facebook.addToken('EAAplain', { app: PLAIN_APP, user: '2001', expiresAt })
  amazon.addToken('Atza|ada', { aud: AMAZON_CLIENT, user: 'amzn1.account.ADA', expiresAt })
  amazon.addToken('Atza|evil', { aud: 'amzn1.application-oa2-client.evil', user: 'amzn1.account.ADA', expiresAt })
  twitter.addUser({ consumer: CONSUMER, token: { key: 'ada', secret: 'ada-secret' }, id: '3001' })
})
afterAll(() => Promise.all([service?.stop(), providers?.stop()]))
beforeEach(() => {
  for (const api of [providers.facebook, providers.amazon, providers.twitter]) api.fail()
})

async function createPool(facebookApp: string): Promise<string> {
  const SupportedLoginProviders = {
    [FACEBOOK]: facebookApp,
    [AMAZON]: AMAZON_CLIENT,
    [TWITTER]: `${CONSUMER.key};${CONSUMER.secret}`,
    'appleid.apple.com': 'com.example.app',
    'accounts.google.com': 'google-client',
    'www.digits.com': 'key;secret',
  }
  const settings = { IdentityPoolName: 'social', AllowUnauthenticatedIdentities: false, AllowClassicFlow: true }
  const { IdentityPoolId = '' } = await client.send(
    new CreateIdentityPoolCommand({ ...settings, SupportedLoginProviders }),
  )
  await client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId, Roles: { authenticated: ROLE } }))
  return IdentityPoolId
}

async function identityOf(provider: string, token: string, IdentityPoolId = pool): Promise<string> {
  const { IdentityId = '' } = await client.send(new GetIdCommand({ IdentityPoolId, Logins: { [provider]: token } }))
  return IdentityId
}

const refusalOf = (provider: string, token: string, IdentityPoolId = pool) =>
  faultOf(identityOf(provider, token, IdentityPoolId))

describe.each([
  [FACEBOOK, 'EAAada', APP, '1001'],
  [AMAZON, 'Atza|ada', AMAZON_CLIENT, 'amzn1.account.ADA'],
  [TWITTER, 'ada;ada-secret', CONSUMER.key, '3001'],
])('a login of %s', (provider, token, app, user) => {
  it('finds the identity of its user, with credentials and an OpenID token that names both', async () => {
    const IdentityId = await identityOf(provider, token)
    const Logins = { [provider]: token }

    expect(await identityOf(provider, token)).toBe(IdentityId)
    expect(await client.send(new DescribeIdentityCommand({ IdentityId }))).toMatchObject({ Logins: [provider] })
    const { Credentials } = await client.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }))
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA/)
    const { Token = '' } = await client.send(new GetOpenIdTokenCommand({ IdentityId, Logins }))
    expect(decodeJwt(Token).amr).toEqual(['authenticated', provider, `${provider}:${app}:${user}`])
  })

  it('gives the default tags: the app, without any secret, and the user', async () => {
    const map = { IdentityPoolId: pool, IdentityProviderName: provider, UseDefaults: true }
    await client.send(new SetPrincipalTagAttributeMapCommand(map))
    const Logins = { [provider]: token }
    const IdentityId = await identityOf(provider, token)
    const { Token = '' } = await client.send(new GetOpenIdTokenCommand({ IdentityId, Logins }))
    expect(decodeJwt(Token)['https://aws.amazon.com/tags']).toMatchObject({
      principal_tags: { client: [app], username: [user] },
    })
  })
})

describe('Facebook', () => {
  it('gives a user one identity, by access token and by Limited Login', async () => {
    const limited = await providers.idToken('https://www.facebook.com', APP, '1001')
    expect(await identityOf(FACEBOOK, limited)).toBe(await identityOf(FACEBOOK, 'EAAada'))
  })

  it('is asked without a secret for an app that has none here', async () => {
    expect(await identityOf(FACEBOOK, 'EAAplain', plainPool)).toMatch(/^us-east-1:/)
    expect(providers.asked).toEqual(expect.arrayContaining(['/graph/v25.0/app?fields=id', '/graph/v25.0/me?fields=id']))
  })
})

it.each([
  ['accounts.google.com', 'https://accounts.google.com', 'google-client'],
  ['appleid.apple.com', 'https://appleid.apple.com', 'com.example.app'],
])('%s has its keys where the settings say', async (provider, issuer, client) => {
  expect(await identityOf(provider, await providers.idToken(issuer, client, 'ada'))).toMatch(/^us-east-1:/)
})

describe('what is refused', () => {
  it.each([
    ['a Facebook token of another app, inspected', FACEBOOK, 'EAAplain', NOT_SUPPORTED],
    ['an Amazon token of another app', AMAZON, 'Atza|evil', NOT_SUPPORTED],
    ['a Digits login', 'www.digits.com', 'token;secret', NOT_SUPPORTED],
    ['an unknown Facebook token', FACEBOOK, 'EAAunknown', 'Invalid login token. The provider refused the token.'],
    ['an unknown Amazon token', AMAZON, 'Atza|unknown', 'Invalid login token. The provider refused the token.'],
    ['a wrong token secret', TWITTER, 'ada;wrong', 'Invalid login token. The provider refused the token.'],
    ['a Twitter login without a secret', TWITTER, 'ada', 'Invalid login token. Not a token of this provider.'],
  ])('%s', async (_, provider, token, message) => {
    const refusal = await refusalOf(provider, token)
    expect(refusal).toBeInstanceOf(NotAuthorizedException)
    expect(refusal).toMatchObject({ message })
  })

  it('a Facebook token of another app, tried out', async () => {
    const app = { id: '5555', secret: 'e'.repeat(32) }
    providers.facebook.addApp(app)
    providers.facebook.addToken('EAAother', { app: app.id, user: '2001' })
    expect(await refusalOf(FACEBOOK, 'EAAother', plainPool)).toMatchObject({ message: NOT_SUPPORTED })
  })

  it('any token of a provider that the pool does not list, and the provider is not asked', async () => {
    const settings = { IdentityPoolName: 'bare', AllowUnauthenticatedIdentities: false }
    const SupportedLoginProviders = { 'accounts.google.com': 'google-client' }
    const { IdentityPoolId } = await client.send(
      new CreateIdentityPoolCommand({ ...settings, SupportedLoginProviders }),
    )
    const before = providers.asked.length
    for (const [provider, token] of [
      [FACEBOOK, 'EAAada'],
      [AMAZON, 'Atza|ada'],
      [TWITTER, 'ada;ada-secret'],
      ['www.digits.com', 'ada;ada-secret'],
    ] as const)
      expect(await refusalOf(provider, token, IdentityPoolId)).toMatchObject({ message: NOT_SUPPORTED })
    expect(providers.asked).toHaveLength(before)
  })
})

describe('while a provider fails', () => {
  it.each([
    ['is down', () => new Response('', { status: 503 }), ExternalServiceException],
    ['is rate limited', () => new Response('', { status: 429 }), TooManyRequestsException],
  ])('and %s, its logins are told so', async (_, outage, fault) => {
    for (const api of [providers.facebook, providers.amazon, providers.twitter]) api.fail(outage)
    expect(await refusalOf(FACEBOOK, 'EAAfail')).toBeInstanceOf(fault)
    expect(await refusalOf(AMAZON, 'Atza|fail')).toBeInstanceOf(fault)
    expect(await refusalOf(TWITTER, 'fail;fail')).toBeInstanceOf(fault)
  })
})

it('logs no token and no secret, and sends none in a URL but to be inspected', () => {
  const log = service.log.join('\n')
  for (const text of [APP_SECRET, CONSUMER.secret, 'EAA', 'Atza|', 'ada-secret', 'ada;'])
    expect(log.includes(text), text).toBe(false)
  expect(log).toContain('unregistered_role_assumed')
  const urls = providers.asked.filter((url) => !url.includes('/debug_token?input_token='))
  expect(urls.length).toBeGreaterThan(0)
  for (const url of urls) expect(url).not.toMatch(/EAA|Atza|secret/)
  for (const url of providers.asked) expect(url).not.toContain(APP_SECRET)
})

it('tells the operator, and nobody else, why a login was refused', async () => {
  const operator = connect(service.url, LOCAL_KEY)
  const { $metadata } = (await refusalOf(FACEBOOK, 'EAAunknown')) as NotAuthorizedException
  const explained = await eventually(() => operator.own('ExplainRequest', { RequestId: $metadata.requestId }))
  expect(explained.Record).toMatchObject({
    eventName: 'GetId',
    errorCode: 'NotAuthorizedException',
    additionalEventData: {
      pool,
      logins: [{ provider: FACEBOOK, accepted: false, reason: 'token_refused' }],
    },
  })
  expect(JSON.stringify(explained)).not.toContain('EAAunknown')
})
