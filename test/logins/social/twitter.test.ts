import { describe, expect, it } from 'vitest'
import { err, ok } from '../../../src/base/result.ts'
import type { TrustedProvider } from '../../../src/logins/index.ts'
import { oauthHeader } from '../../../src/logins/social/oauth.ts'
import { CONSUMER, LISTED, OUTAGES, socialBed, TWITTER } from './support.ts'

const VERIFY = 'https://api.x.com/1.1/account/verify_credentials.json?include_entities=false&skip_status=true'
const PAIR = {
  key: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
  secret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
}
const TOKEN = `${PAIR.key};${PAIR.secret}`
const USER = '1491234567890123456'

const login = {
  provider: TWITTER,
  subject: USER,
  clientId: CONSUMER.key,
  kind: 'twitter',
  claims: { iss: TWITTER, aud: CONSUMER.key, sub: USER },
}
const refused = { reason: 'token_refused', provider: TWITTER }
const impossible = { reason: 'impossible_token', provider: TWITTER }
const unreachable = (detail: string) => ({ reason: 'provider_unreachable', provider: TWITTER, detail })
const misconfigured = (detail: string) => ({ reason: 'provider_misconfigured', provider: TWITTER, detail })

function bedWith(user: object = {}) {
  const bed = socialBed()
  bed.twitter.addUser({ consumer: CONSUMER, token: PAIR, id: USER, ...user })
  return bed
}

describe('a request to X', () => {
  // X's documentation, "Creating a signature". Parameters of a body and of a query are signed alike.
  const status = 'Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21'
  const request = {
    method: 'POST',
    url: `https://api.twitter.com/1/statuses/update.json?include_entities=true&status=${status}`,
    consumer: CONSUMER,
    token: PAIR,
    nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
    timestamp: 1318622958,
  }

  it('is signed as X’s own example is', async () => {
    expect(await oauthHeader(request)).toBe(
      'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", oauth_signature="tnnArxj06cWHq44gCs1OSKk%2FjLY%3D", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318622958", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", oauth_version="1.0"',
    )
  })

  it.each([
    ['method', { method: 'GET' }],
    ['query', { url: request.url.replace('true', 'false') }],
    ['consumer secret', { consumer: { ...CONSUMER, secret: 'other' } }],
    ['token secret', { token: { ...PAIR, secret: 'other' } }],
    ['nonce', { nonce: 'other' }],
    ['time', { timestamp: 1318622959 }],
  ])('has another signature for another %s', async (_, change) => {
    expect(await oauthHeader({ ...request, ...change })).not.toContain('tnnArxj06cWHq44gCs1OSKk')
  })
})

describe('a Twitter login', () => {
  it('is accepted if X believes the pool’s app and the user’s token together', async () => {
    const { judge, network } = bedWith()
    expect(await judge(TWITTER, TOKEN)).toEqual(ok(login))
    expect(network.asked).toEqual([VERIFY])
  })

  it('is split at its first semicolon', async () => {
    const secret = 'a;b;c'
    const { judge } = bedWith({ token: { key: 'k', secret } })
    expect(await judge(TWITTER, `k;${secret}`)).toEqual(ok(login))
  })

  it('is signed rightly whatever characters the secrets have', async () => {
    const secret = "!*'()~+/=&%20"
    const consumer = { key: 'key-_.~', secret }
    const { judge } = bedWith({ consumer, token: { key: 'a+b=c', secret } })
    const pool: TrustedProvider[] = [{ kind: 'twitter', consumerKey: consumer.key, consumerSecret: secret }]
    expect(await judge(TWITTER, `a+b=c;${secret}`, pool)).toMatchObject({ ok: true, value: { subject: USER } })
  })

  it('is asked about each time with a nonce of its own', async () => {
    const { clock, judge } = bedWith()
    expect(await judge(TWITTER, TOKEN)).toEqual(ok(login))
    clock.now += 61
    expect(await judge(TWITTER, TOKEN)).toEqual(ok(login))
  })

  it.each(['no-semicolon', ';secret', 'token;', ';', 'a b;c', 'a;ü', 'a.b.c'])(
    'like %j is impossible, and X is not asked',
    async (token) => {
      const { judge, network } = bedWith()
      expect(await judge(TWITTER, token)).toEqual(err(impossible))
      expect(network.asked).toEqual([])
    },
  )

  it.each([
    ['a token of another app', { consumer: { key: 'another-app', secret: 'its-secret' } }],
    ['a wrong token secret', { token: { ...PAIR, secret: 'another' } }],
    ['an unknown token', { token: { key: 'another', secret: PAIR.secret } }],
    ['a wrong consumer secret in the pool', { consumer: { ...CONSUMER, secret: 'another' } }],
  ])('with %s is refused', async (_, user) => {
    expect(await bedWith(user).judge(TWITTER, TOKEN)).toEqual(err(refused))
  })

  it.each([
    ['no secret', { consumerKey: CONSUMER.key, consumerSecret: '' }],
    ['no key', { consumerKey: '', consumerSecret: CONSUMER.secret }],
  ])('in a pool with %s of the app is refused, and X is not asked', async (_, value) => {
    const { judge, network } = bedWith()
    expect(await judge(TWITTER, TOKEN, [{ kind: 'twitter', ...value }])).toEqual(
      err(misconfigured('consumer_secret_missing')),
    )
    expect(network.asked).toEqual([])
  })

  it.each([
    [401, 32, refused],
    [401, 89, refused],
    [400, 215, refused],
    [403, 64, refused],
    [403, 326, refused],
    [403, 453, misconfigured('access_level')],
    [429, 88, { reason: 'provider_rate_limited', provider: TWITTER }],
    [401, 135, unreachable('status')],
    [404, 34, unreachable('status')],
    [503, 130, unreachable('status')],
    [500, 131, unreachable('status')],
  ])('about which X answers %i with code %i is refused for what that means', async (status, code, reason) => {
    const { judge, twitter } = bedWith()
    twitter.fail(() => twitter.failure(status, code, 'An error'))
    expect(await judge(TWITTER, TOKEN)).toEqual(err(reason))
  })

  it('of an app outside any plan of X is refused as misconfigured', async () => {
    const { judge, twitter } = bedWith()
    const problem = { client_id: '1', reason: 'client-not-enrolled', title: 'Client Forbidden' }
    twitter.fail(() => Response.json(problem, { status: 403 }))
    expect(await judge(TWITTER, TOKEN)).toEqual(err(misconfigured('access_level')))
  })

  it.each([
    ['no id', {}],
    ['only a number, which is not exact', { id: 149123456789 }],
    ['an empty id', { id_str: '' }],
    ['an id that is a list', { id_str: [USER] }],
  ])('is refused if X answers with %s', async (_, answer) => {
    const { judge, twitter } = bedWith()
    twitter.fail(() => Response.json(answer))
    expect(await judge(TWITTER, TOKEN)).toEqual(err(unreachable('bad_answer')))
  })

  it.each(OUTAGES)('lets nobody in when X %s', async (_, outage, { detail }: { detail?: string }) => {
    const { judge, twitter } = bedWith()
    twitter.fail(outage)
    expect(await judge(TWITTER, TOKEN)).toEqual(err(unreachable(detail ?? '')))
    twitter.fail()
    expect(await judge(TWITTER, TOKEN)).toEqual(ok(login))
  })

  it('shows the consumer secret in no answer, good or bad, and in no log', async () => {
    for (const outage of [undefined, ...OUTAGES.map(([, outage]) => outage)]) {
      const { judge, logged, twitter } = bedWith()
      twitter.fail(outage)
      const answer = await judge(TWITTER, TOKEN, [LISTED.twitter])
      expect(JSON.stringify([answer, logged])).not.toContain(CONSUMER.secret)
    }
  })
})
