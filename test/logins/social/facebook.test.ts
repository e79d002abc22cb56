import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { err, ok } from '../../../src/base/result.ts'
import type { TrustedProvider } from '../../../src/logins/index.ts'
import { type IssuerKey, issuerKey, json } from '../fake-issuer.ts'
import { claimsOf, emptyCache, HOUR, START, tokenBy } from '../support.ts'
import { APP, APP_SECRET, FACEBOOK, LISTED, OUTAGES, socialBed } from './support.ts'

const GRAPH = 'https://graph.facebook.com/v25.0'
const TOKEN = 'EAAGm0PX4ZCpsBAKZCeXample'
const USER = '10158312345678901'
const OTHER_APP = '1111222233334444'

const login = {
  provider: FACEBOOK,
  subject: USER,
  clientId: APP,
  kind: 'facebook',
  claims: { iss: FACEBOOK, aud: APP, sub: USER },
}
const refused = { reason: 'token_refused', provider: FACEBOOK }
const otherApp = (...found: string[]) => ({ reason: 'audience', found, kind: 'facebook' })
const misconfigured = (detail: string) => ({ reason: 'provider_misconfigured', provider: FACEBOOK, detail })
const unreachable = (detail: string) => ({ reason: 'provider_unreachable', provider: FACEBOOK, detail })

/** A bed in which Facebook knows `TOKEN`. With the app's secret set, the service inspects tokens. */
function bedWith(token: object = {}, { secret }: { secret?: string } = {}) {
  const bed = socialBed(secret === undefined ? {} : { facebookAppSecrets: new Map([[APP, secret]]) })
  bed.facebook.addToken(TOKEN, { app: APP, user: USER, ...token })
  return bed
}

describe('a Facebook access token, without the app’s secret', () => {
  it('is accepted if it can name the pool’s app and its user, and never travels in a URL', async () => {
    const { judge, network } = bedWith()
    expect(await judge(FACEBOOK, TOKEN)).toEqual(ok(login))
    expect(network.asked.sort()).toEqual([`${GRAPH}/app?fields=id`, `${GRAPH}/me?fields=id`])
  })

  it('of another app is refused', async () => {
    const { judge } = bedWith({ app: OTHER_APP })
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err(otherApp(OTHER_APP)))
  })

  it.each([
    ['unknown', { isValid: false }],
    ['expired', { expiresAt: START }],
  ])('that is %s is refused', async (_, token) => {
    expect(await bedWith(token).judge(FACEBOOK, TOKEN)).toEqual(err(refused))
  })

  it('of an app that demands proof of its secret is refused, and the reason names what is missing', async () => {
    const { facebook, judge } = bedWith()
    facebook.addApp({ id: APP, secret: APP_SECRET, requiresProof: true })
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err(misconfigured('app_secret_required')))
  })

  it.each([
    [190, refused],
    [102, refused],
    [2500, refused],
    [100, refused],
    [4, { reason: 'provider_rate_limited', provider: FACEBOOK }],
    [17, { reason: 'provider_rate_limited', provider: FACEBOOK }],
    [32, { reason: 'provider_rate_limited', provider: FACEBOOK }],
    [613, { reason: 'provider_rate_limited', provider: FACEBOOK }],
    [104, misconfigured('app_secret_required')],
    [1, unreachable('temporary')],
    [2, unreachable('temporary')],
  ])('about which Facebook answers error %i is refused for what that means', async (code, reason) => {
    const { facebook, judge } = bedWith()
    facebook.fail(() => facebook.failure(code, 'An error'))
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err(reason))
  })

  it('is refused if only one of the two questions has an answer', async () => {
    for (const path of ['/app', '/me']) {
      const { judge, network } = bedWith()
      network.answer(`${GRAPH}${path}?fields=id`, () => new Response('', { status: 502 }))
      expect(await judge(FACEBOOK, TOKEN)).toEqual(err(unreachable('status')))
    }
  })

  it.each([
    ['a user without an id', '/me', {}],
    ['an empty id', '/me', { id: '' }],
    ['an id that is a list', '/me', { id: [USER] }],
    ['an id too large to be exact', '/me', { id: 2 ** 60 }],
    ['an id with a line break', '/me', { id: '1\n2' }],
    ['an app that is null', '/app', { id: null }],
    ['an error beside the id', '/me', { id: USER, error: 'odd' }],
  ])('is refused if Facebook answers with %s', async (_, path, answer) => {
    const { judge, network } = bedWith()
    network.serve(`${GRAPH}${path}?fields=id`, answer)
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err(unreachable('bad_answer')))
  })
})

describe('a Facebook access token, with the app’s secret', () => {
  const secret = { secret: APP_SECRET }

  it('is accepted by inspection, with a proof of the secret and the secret in no URL', async () => {
    const { facebook, judge, network } = bedWith({ expiresAt: START + HOUR }, secret)
    facebook.addApp({ id: APP, secret: APP_SECRET, requiresProof: true })
    expect(await judge(FACEBOOK, TOKEN)).toEqual(ok(login))
    expect(network.asked).toEqual([
      expect.stringMatching(
        /^https:\/\/graph\.facebook\.com\/v25\.0\/debug_token\?input_token=\w+&appsecret_proof=[0-9a-f]{64}$/,
      ),
    ])
    expect(network.asked[0]).not.toContain(APP_SECRET)
  })

  it('is accepted if it never expires, and if Facebook writes ids as numbers', async () => {
    const { facebook, judge } = bedWith({ expiresAt: 0 }, secret)
    expect(await judge(FACEBOOK, TOKEN)).toEqual(ok(login))
    const data = { app_id: Number(APP), user_id: 1207059, type: 'USER', is_valid: true, expires_at: 0 }
    facebook.fail(() => Response.json({ data }))
    expect(await judge(FACEBOOK, 'EAAother')).toMatchObject({ ok: true, value: { subject: '1207059', clientId: APP } })
  })

  it.each([
    ['of another app', { app: OTHER_APP }, otherApp()],
    ['of a page', { type: 'PAGE' }, refused],
    ['of an app', { type: 'APP' }, refused],
    ['that was withdrawn', { isValid: false }, refused],
    ['that has expired', { expiresAt: START }, { reason: 'expired', now: START, exp: START }],
  ])('%s is refused', async (_, token, reason) => {
    expect(await bedWith(token, secret).judge(FACEBOOK, TOKEN)).toEqual(err(reason))
  })

  it('that Facebook does not know is refused', async () => {
    expect(await bedWith({}, secret).judge(FACEBOOK, 'EAAunknown')).toEqual(err(refused))
  })

  it('cannot be inspected with a wrong secret, and the reason says so and not which', async () => {
    const { judge } = bedWith({}, { secret: 'f'.repeat(32) })
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err(misconfigured('app_secret_refused')))
  })

  it.each([
    [4, { reason: 'provider_rate_limited', provider: FACEBOOK }],
    [2, unreachable('temporary')],
    [104, misconfigured('app_secret_refused')],
  ])('about which Facebook answers error %i is refused for what that means', async (code, reason) => {
    const { facebook, judge } = bedWith({}, secret)
    facebook.fail(() => facebook.failure(code, 'An error'))
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err(reason))
  })

  const data = { app_id: APP, user_id: USER, type: 'USER', is_valid: true, expires_at: 0 }
  it.each([
    ['app_id', undefined, unreachable('bad_answer')],
    ['app_id', OTHER_APP, otherApp(OTHER_APP)],
    ['user_id', undefined, unreachable('bad_answer')],
    ['user_id', '', unreachable('bad_answer')],
    ['type', undefined, refused],
    ['is_valid', undefined, unreachable('bad_answer')],
    ['is_valid', 'true', unreachable('bad_answer')],
    ['expires_at', undefined, unreachable('bad_answer')],
    ['expires_at', '0', unreachable('bad_answer')],
    ['expires_at', -1, { reason: 'expired', now: START, exp: -1 }],
  ])('is refused if the answer has as %s %j', async (field, value, reason) => {
    const { facebook, judge } = bedWith({}, secret)
    facebook.fail(() => Response.json({ data: { ...data, [field]: value } }))
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err(reason))
  })

  it('is inspected with the secret of the pool’s app only', async () => {
    const bed = socialBed({ facebookAppSecrets: new Map([[OTHER_APP, APP_SECRET]]) })
    bed.facebook.addToken(TOKEN, { app: APP, user: USER })
    expect(await bed.judge(FACEBOOK, TOKEN)).toEqual(ok(login))
    expect(bed.network.asked.join()).not.toContain('debug_token')
  })
})

describe.each([
  ['without', undefined],
  ['with', APP_SECRET],
])('when Facebook fails, %s the app’s secret', (_, secret) => {
  it.each(OUTAGES)('and %s, nobody is let in', async (_, outage, { detail }: { detail?: string }) => {
    const { facebook, judge } = bedWith({}, secret === undefined ? {} : { secret })
    facebook.fail(outage)
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err(unreachable(detail ?? '')))
    facebook.fail()
    expect(await judge(FACEBOOK, TOKEN)).toEqual(ok(login))
  })

  it('with status 429, the reason is the rate limit', async () => {
    const { facebook, judge } = bedWith({}, secret === undefined ? {} : { secret })
    facebook.fail(() => new Response('', { status: 429 }))
    expect(await judge(FACEBOOK, TOKEN)).toEqual(err({ reason: 'provider_rate_limited', provider: FACEBOOK }))
  })
})

describe('a Limited Login token of Facebook', () => {
  const KEYS = 'https://limited.facebook.com/.well-known/oauth/openid/jwks/'
  let key: IssuerKey
  let ecKey: IssuerKey
  beforeAll(async () => {
    key = await issuerKey('fb-1')
    ecKey = await issuerKey('fb-ec', 'ES256')
  })
  beforeEach(emptyCache)

  const claims = (changes: object = {}) =>
    claimsOf('https://www.facebook.com', { aud: APP, sub: USER, email: 'ada@example.com', nonce: 'n', ...changes })
  const limitedBed = () => {
    const bed = bedWith()
    bed.network.serve(KEYS, { keys: [key.jwk, ecKey.jwk] })
    return bed
  }

  it.each(['https://www.facebook.com', 'https://facebook.com', 'https://limited.facebook.com'])(
    'with issuer %s is the same login as an access token, and shows rules no other claims',
    async (iss) => {
      const { judge, network } = limitedBed()
      expect(await judge(FACEBOOK, await tokenBy(key, claims({ iss })))).toEqual(ok(login))
      expect(network.asked).toEqual([KEYS])
      expect(await judge(FACEBOOK, TOKEN)).toEqual(ok(login))
    },
  )

  it('is verified with keys that are fetched once', async () => {
    const { judge, network } = limitedBed()
    await judge(FACEBOOK, await tokenBy(key, claims()))
    await judge(FACEBOOK, await tokenBy(key, claims({ sub: 'another' })))
    expect(network.asked).toEqual([KEYS])
  })

  it.each([
    ['another app', { aud: OTHER_APP }, otherApp(OTHER_APP)],
    ['a user without a name', { sub: '' }, { reason: 'subject' }],
  ])('for %s is refused', async (_, changes, reason) => {
    const { judge } = limitedBed()
    expect(await judge(FACEBOOK, await tokenBy(key, claims(changes)))).toEqual(err(reason))
  })

  it('with a forged signature is refused', async () => {
    const { judge } = limitedBed()
    const forged = await tokenBy(await issuerKey('fb-1'), claims())
    expect(await judge(FACEBOOK, forged)).toEqual(err({ reason: 'signature' }))
  })

  it.each([
    ['another issuer', { iss: 'https://accounts.google.com' }, { reason: 'issuer_mismatch' }],
    ['an issuer like its key', { iss: `https://${FACEBOOK}` }, { reason: 'issuer_mismatch' }],
    ['an issuer without TLS', { iss: 'http://www.facebook.com' }, { reason: 'issuer_mismatch' }],
    ['this service as issuer', { iss: 'https://identity.example.com' }, { reason: 'own_token' }],
    ['Cognito as issuer', { iss: 'https://cognito-identity.amazonaws.com' }, { reason: 'own_token' }],
    ['a time that has passed', { exp: START - HOUR }, { reason: 'expired' }],
  ])('with %s is refused before any call', async (_, changes, reason) => {
    const { judge, network } = limitedBed()
    expect(await judge(FACEBOOK, await tokenBy(key, claims(changes)))).toMatchObject({ ok: false, error: reason })
    expect(network.asked).toEqual([])
  })

  it('signed with ES256 is refused before any call', async () => {
    const { judge, network } = limitedBed()
    expect(await judge(FACEBOOK, await tokenBy(ecKey, claims()))).toEqual(err({ reason: 'algorithm', alg: 'ES256' }))
    expect(network.asked).toEqual([])
  })

  it.each([
    ['three parts of nothing', '..'],
    ['a header that is no JSON', `EAAB.${json({})}.c2ln`],
    ['no claims', `${json({ alg: 'RS256', kid: 'fb-1' })}.x.c2ln`],
  ])('made of %s is refused as no JWT, before any call', async (_, token) => {
    const { judge, network } = limitedBed()
    expect(await judge(FACEBOOK, token)).toEqual(err({ reason: 'not_a_jwt' }))
    expect(network.asked).toEqual([])
  })

  it('says that the keys are unavailable while they are', async () => {
    const { judge } = bedWith()
    expect(await judge(FACEBOOK, await tokenBy(key, claims()))).toEqual(
      err({ reason: 'keys_unavailable', issuer: 'https://www.facebook.com', detail: 'network' }),
    )
  })
})

describe('pools with different apps', () => {
  const others: TrustedProvider[] = [{ kind: 'facebook', appId: OTHER_APP }]

  it('do not share what Facebook said about a token', async () => {
    const { judge } = bedWith()
    expect(await judge(FACEBOOK, TOKEN)).toEqual(ok(login))
    expect(await judge(FACEBOOK, TOKEN, others)).toEqual(err(otherApp(APP)))
    expect(await judge(FACEBOOK, TOKEN, [LISTED.facebook])).toEqual(ok(login))
  })
})
