import { describe, expect, it } from 'vitest'
import { err, ok } from '../../../src/base/result.ts'
import type { TrustedProvider } from '../../../src/logins/index.ts'
import { issuerKey } from '../fake-issuer.ts'
import { claimsOf, HOUR, START, tokenBy } from '../support.ts'
import { AMAZON, AMAZON_CLIENT, OUTAGES, socialBed } from './support.ts'

const TOKENINFO = 'https://api.amazon.com/auth/o2/tokeninfo'
const TOKEN = `Atza|${'IQEBLjAsAhRmHjNgHpi0U-Dme37rR6CuUpSR'.repeat(10)}`
const USER = 'amzn1.account.K2LI23KL2LK2'
const APP_ID = 'amzn1.application.5678'

const login = {
  provider: AMAZON,
  subject: USER,
  clientId: AMAZON_CLIENT,
  kind: 'amazon',
  claims: { iss: AMAZON, aud: AMAZON_CLIENT, sub: USER },
}
const refused = { reason: 'token_refused', provider: AMAZON }
const unreachable = (detail: string) => ({ reason: 'provider_unreachable', provider: AMAZON, detail })
const otherApp = (...found: string[]) => ({ reason: 'audience', found, kind: 'amazon' })

function bedWith(token: object = {}) {
  const bed = socialBed()
  const good = { aud: AMAZON_CLIENT, appId: APP_ID, user: USER, expiresAt: START + HOUR }
  bed.amazon.addToken(TOKEN, { ...good, ...token })
  return bed
}

describe('a Login with Amazon access token', () => {
  it('is accepted for the pool’s client id, and never travels in a URL', async () => {
    const { judge, network } = bedWith()
    expect(await judge(AMAZON, TOKEN)).toEqual(ok(login))
    expect(network.asked).toEqual([TOKENINFO])
  })

  it('is accepted for the app id that older pools have', async () => {
    const { judge } = bedWith()
    expect(await judge(AMAZON, TOKEN, [{ kind: 'amazon', appId: APP_ID }])).toEqual(
      ok({ ...login, clientId: APP_ID, claims: { ...login.claims, aud: APP_ID } }),
    )
  })

  it('of another app is refused', async () => {
    const { judge } = bedWith({ aud: 'amzn1.application-oa2-client.evil', appId: 'amzn1.application.evil' })
    expect(await judge(AMAZON, TOKEN)).toEqual(
      err(otherApp('amzn1.application-oa2-client.evil', 'amzn1.application.evil')),
    )
  })

  it.each([
    ['unknown', 'Atza|unknown', {}],
    ['expired', TOKEN, { expiresAt: START }],
  ])('that is %s is refused', async (_, text, token) => {
    expect(await bedWith(token).judge(AMAZON, text)).toEqual(err(refused))
  })

  it('that is the signed token of some issuer is refused before any call', async () => {
    const { judge, network } = bedWith()
    const jwt = await tokenBy(await issuerKey('key'), claimsOf('https://www.amazon.com', { aud: AMAZON_CLIENT }))
    expect(await judge(AMAZON, jwt)).toEqual(err({ reason: 'impossible_token', provider: AMAZON }))
    expect(network.asked).toEqual([])
  })

  it.each([
    [400, { error: 'invalid_token', error_description: 'expired' }, refused],
    [400, { error: 'invalid_request' }, refused],
    [401, { error: 'insufficient_scope' }, refused],
    [403, { error: 'insufficient_scope' }, refused],
    [404, { error: 'not_found' }, unreachable('status')],
    [500, { error: 'ServerError' }, unreachable('status')],
    [400, { message: 'odd' }, unreachable('status')],
    [429, { error: 'throttled' }, { reason: 'provider_rate_limited', provider: AMAZON }],
  ])('about which Amazon answers %i %j is refused for what that means', async (status, body, reason) => {
    const { amazon, judge } = bedWith()
    amazon.fail(() => Response.json(body, { status }))
    expect(await judge(AMAZON, TOKEN)).toEqual(err(reason))
  })

  const info = {
    aud: AMAZON_CLIENT,
    user_id: USER,
    iss: 'https://www.amazon.com',
    exp: 818,
    app_id: APP_ID,
    iat: START,
  }
  const pool: TrustedProvider[] = [{ kind: 'amazon', appId: AMAZON_CLIENT }]
  it.each([
    ['iss', 'www.amazon.com', ok(login)],
    ['iss', 'https://www.amazon.com.evil.example', err(unreachable('bad_answer'))],
    ['iss', undefined, err(unreachable('bad_answer'))],
    ['exp', 1, ok(login)],
    ['exp', 0, err({ reason: 'expired', now: START, exp: START })],
    ['exp', -7, err({ reason: 'expired', now: START, exp: START - 7 })],
    ['exp', '818', err(unreachable('bad_answer'))],
    ['exp', undefined, err(unreachable('bad_answer'))],
    ['aud', undefined, err(otherApp(APP_ID))],
    ['aud', [AMAZON_CLIENT], err(otherApp(APP_ID))],
    ['user_id', undefined, err(unreachable('bad_answer'))],
    ['user_id', '', err(unreachable('bad_answer'))],
    ['user_id', 7, err(unreachable('bad_answer'))],
    ['user_id', 'x'.repeat(256), err(unreachable('bad_answer'))],
  ])('is judged by what it is told about it: %s as %j', async (field, value, verdict) => {
    const { amazon, judge } = bedWith()
    amazon.fail(() => Response.json({ ...info, [field]: value }))
    expect(await judge(AMAZON, TOKEN, pool)).toEqual(verdict)
  })

  it.each(OUTAGES)('lets nobody in when Amazon %s', async (_, outage, { detail }: { detail?: string }) => {
    const { amazon, judge } = bedWith()
    amazon.fail(outage)
    expect(await judge(AMAZON, TOKEN)).toEqual(err(unreachable(detail ?? '')))
    amazon.fail()
    expect(await judge(AMAZON, TOKEN)).toEqual(ok(login))
  })
})
