import type { TrustedProvider } from '../../../src/logins/index.ts'
import { amazonApi, facebookApi, twitterApi } from '../../support/social-providers.ts'
import { type Setting, testBed } from '../support.ts'

export const FACEBOOK = 'graph.facebook.com'
export const AMAZON = 'www.amazon.com'
export const TWITTER = 'api.twitter.com'

export const APP = '7346241598935555'
export const APP_SECRET = '0123456789abcdef0123456789abcdef'
export const AMAZON_CLIENT = 'amzn1.application-oa2-client.1234'
export const CONSUMER = { key: 'xvz1evFS4wEEPTGEFPHBog', secret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw' }

export const LISTED = {
  facebook: { kind: 'facebook', appId: APP },
  amazon: { kind: 'amazon', appId: AMAZON_CLIENT },
  twitter: { kind: 'twitter', consumerKey: CONSUMER.key, consumerSecret: CONSUMER.secret },
} satisfies Record<string, TrustedProvider>

/** A verifier whose network has the three APIs at their usual addresses, each with one app of the pool's. */
export function socialBed(setting: Setting = {}) {
  const bed = testBed(setting)
  const clock = { now: () => bed.clock.now }
  const facebook = facebookApi(clock)
  const amazon = amazonApi(clock)
  const twitter = twitterApi(clock)
  bed.network.host('https://graph.facebook.com', facebook.api)
  bed.network.host('https://api.amazon.com', amazon.api)
  bed.network.host('https://api.x.com', twitter.api)
  facebook.addApp({ id: APP, secret: APP_SECRET })
  const judge = (provider: string, token: string, trusted: readonly TrustedProvider[] = Object.values(LISTED)) =>
    bed.verifier.verify({ provider, token }, trusted)
  return { ...bed, facebook, amazon, twitter, judge }
}

/** Ways for an API to fail that say nothing about the token, with what the verifier makes of them. */
export const OUTAGES: [string, () => Response, object][] = [
  ['answers 500', () => new Response('oops', { status: 500 }), { detail: 'status' }],
  ['answers 503 with JSON', () => Response.json({}, { status: 503 }), { detail: 'status' }],
  ['is not found', () => new Response('', { status: 404 }), { detail: 'status' }],
  ['answers 400 without saying why', () => new Response('', { status: 400 }), { detail: 'status' }],
  ['answers HTML', () => new Response('<html>'), { detail: 'bad_answer' }],
  ['answers with a list', () => Response.json([]), { detail: 'bad_answer' }],
  ['answers with an empty object', () => Response.json({}), { detail: 'bad_answer' }],
  ['redirects', () => Response.redirect('https://elsewhere.example.com/', 302), { detail: 'redirect' }],
  ['answers at length', () => new Response(' '.repeat(64 * 1024 + 1)), { detail: 'too_large' }],
]
