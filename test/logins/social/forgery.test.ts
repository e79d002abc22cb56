import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyCache, HOUR, START } from '../support.ts'
import { AMAZON_CLIENT, APP, APP_SECRET, CONSUMER, LISTED, socialBed } from './support.ts'

const GENUINE: Readonly<Record<string, string>> = {
  'graph.facebook.com': 'EAAGm0PX4ZCpsBAKZCeXample',
  'www.amazon.com': `Atza|${'IQEBLjAsAhRmHjNgHpi0U'.repeat(5)}`,
  'api.twitter.com': 'token-1;secret-1',
  'www.digits.com': 'token-1;secret-1',
}
const key = fc.constantFrom(...Object.keys(GENUINE))
const withSecret = fc.boolean()

/** Beds without and with the app's secret, whose APIs know the genuine tokens. */
function beds() {
  const settings = [{}, { facebookAppSecrets: new Map([[APP, APP_SECRET]]) }]
  return settings.map((setting) => {
    const bed = socialBed(setting)
    bed.facebook.addToken(GENUINE['graph.facebook.com'] ?? '', { app: APP, user: '1' })
    bed.amazon.addToken(GENUINE['www.amazon.com'] ?? '', { aud: AMAZON_CLIENT, user: '1', expiresAt: START + HOUR })
    bed.twitter.addUser({ consumer: CONSUMER, token: { key: 'token-1', secret: 'secret-1' }, id: '1' })
    const trusted = [...Object.values(LISTED), { kind: 'digits' } as const]
    const reasonOf = async (provider: string, token: string) => {
      const answer = await bed.judge(provider, token, trusted)
      return answer.ok ? 'accepted' : answer.error.reason
    }
    return { ...bed, reasonOf }
  })
}

/** Ways to make another token of a genuine one, or of nothing. */
const mutation: fc.Arbitrary<(token: string) => string> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 6 })).map(([at, bit]) => (token: string) => {
    const i = at % token.length
    return token.slice(0, i) + String.fromCharCode(token.charCodeAt(i) ^ (1 << bit)) + token.slice(i + 1)
  }),
  fc.nat().map((at) => (token: string) => token.slice(0, at % token.length)),
  fc.tuple(fc.nat(), fc.string({ minLength: 1, maxLength: 5 })).map(([at, text]) => (token: string) => {
    const i = at % (token.length + 1)
    return token.slice(0, i) + text + token.slice(i)
  }),
  fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[\w.;|-]{0,60}$/)).map((text) => () => text),
)

it('no token made by changing a genuine one is accepted, and none makes the verifier throw', async () => {
  await emptyCache()
  const [plain, secret] = beds()
  if (!plain || !secret) throw new Error('two beds')
  const reasons = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(key, mutation, withSecret, async (provider, mutate, inspects) => {
      const genuine = GENUINE[provider] ?? ''
      const forged = mutate(genuine)
      fc.pre(forged !== genuine)
      const reason = await (inspects ? secret : plain).reasonOf(provider, forged)
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      return reason !== 'accepted'
    }),
    { numRuns: 8_000 },
  )
  // The mutations reach every line of defence, and the genuine tokens still pass.
  expect([...reasons.keys()].sort()).toEqual(['impossible_token', 'not_a_jwt', 'provider_shut_down', 'token_refused'])
  for (const bed of [plain, secret])
    expect(
      await Promise.all(Object.entries(GENUINE).map(([provider, token]) => bed.reasonOf(provider, token))),
    ).toEqual(['accepted', 'accepted', 'accepted', 'provider_shut_down'])
})

/** Members as the APIs write them, but never the pool's app: so no answer made of them is a yes. */
const odd = fc.oneof(fc.constantFrom('1', '', 0, 1, -1, true, `${APP}0`), fc.jsonValue())
const members = fc.record(
  {
    id: odd,
    error: fc.oneof(odd, fc.record({ code: fc.oneof(fc.constantFrom(1, 4, 100, 104, 190), odd), type: odd })),
    errors: fc.oneof(odd, fc.array(fc.record({ code: fc.oneof(fc.constantFrom(32, 88, 453), odd) }))),
    aud: odd,
    app_id: odd,
    iss: fc.oneof(fc.constant('https://www.amazon.com'), odd),
    exp: odd,
    user_id: odd,
    is_valid: odd,
    type: fc.oneof(fc.constant('USER'), odd),
    expires_at: odd,
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  odd,
  members,
  members.map((data) => ({ data })),
  odd.map((id) => ({ id })),
)

it('no odd answer of a provider lets anybody in or makes the verifier throw', async () => {
  const reasons = new Map<string, number>()
  const all = beds()
  await fc.assert(
    fc.asyncProperty(
      key,
      withSecret,
      fc.constantFrom(200, 200, 200, 201, 400, 401, 403, 404, 429, 500),
      body,
      async (provider, inspects, status, json) => {
        const bed = all[inspects ? 1 : 0]
        const outage = () => Response.json(json ?? null, { status })
        bed?.facebook.fail(outage)
        bed?.amazon.fail(outage)
        bed?.twitter.fail(outage)
        const reason = (await bed?.reasonOf(provider, GENUINE[provider] ?? '')) ?? 'accepted'
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
        return reason !== 'accepted'
      },
    ),
    { numRuns: 4_000 },
  )
  expect([...reasons.keys()]).toEqual(
    expect.arrayContaining([
      'audience',
      'provider_misconfigured',
      'provider_rate_limited',
      'provider_unreachable',
      'token_refused',
    ]),
  )
})
