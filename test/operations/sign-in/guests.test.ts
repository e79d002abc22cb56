import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { workFor } from '../../guests/support.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT, LOCAL_KEY, LOCAL_URL, post } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createPool, identitiesOf, succeeded } from '../support/pools.ts'
import { simulate, simulated } from '../support/simulations.ts'

const HERE = { headers: { 'cf-connecting-ip': '192.0.2.1' } }
const THERE = { headers: { 'cf-connecting-ip': '198.51.100.1' } }
const OURS = { service: 'edge-identity' } as const
const NO_GUESTS = 'Unauthenticated access is not supported for this identity pool.'
const NEEDED = 'A pass is needed before a guest is made.'
const PROOF = 'x-edge-identity-proof'

let log: CapturedLog
beforeEach(() => {
  log = captureLog()
})
afterEach(() => {
  log.restore()
})

const poolWith = (tags: Readonly<Record<string, string>>) =>
  createPool({
    IdentityPoolTags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [`edge-identity:${name}`, value])),
  })
/** A pool whose guests must work, as little as can be. */
const workingPool = (tags: object = {}) => poolWith({ 'guest-proof': 'work', 'guest-work': '1', ...tags })
const getId = (IdentityPoolId: string, options: CallOptions = {}, input: object = {}) =>
  call<{ IdentityId: string }>('GetId', { IdentityPoolId, ...input }, options)
const decision = () => log.records().at(-1)?.additionalEventData
const challenge = (IdentityPoolId: string, options: CallOptions = HERE) =>
  call<{ Proofs: string[]; Challenge?: string; Expiration?: number }>(
    'GetGuestChallenge',
    { IdentityPoolId },
    { ...options, ...OURS },
  )
const handIn = (IdentityPoolId: string, input: object, options: CallOptions = HERE) =>
  call<{ Pass: string; Uses: number; Expiration: number }>(
    'GetGuestPass',
    { IdentityPoolId, ...input },
    { ...options, ...OURS },
  )

async function workOf(pool: string, options: CallOptions = HERE): Promise<string> {
  return workFor(succeeded(await challenge(pool, options)).Challenge ?? '')
}

async function passOf(pool: string, options: CallOptions = HERE): Promise<string> {
  return succeeded(await handIn(pool, { Work: await workOf(pool, options) }, options)).Pass
}

const withPass = (pass: string, options: CallOptions = HERE): CallOptions => ({
  ...options,
  headers: { ...options.headers, 'x-edge-identity-pass': pass },
})

describe('a pool that makes no new guests', () => {
  it('refuses them as a pool without guests does, and the record says why', async () => {
    const pool = await poolWith({ 'new-guests': 'off', 'guest-proof': 'work' })
    expectFault(await getId(pool), 'NotAuthorizedException', NO_GUESTS)
    expect(decision()).toMatchObject({ reason: 'new_guests_off' })
    expect((await simulated(pool)).Guest).toEqual({ WouldBeMade: false, RefusedBy: 'new_guests_off' })
    expect(await identitiesOf(pool)).toEqual([])
  })
})

describe('budgets of new guests', () => {
  it('of a day: the answer is none that SDKs repeat', async () => {
    const pool = await poolWith({ 'guests-per-day': '1' })
    const known = succeeded(await getId(pool))
    expectFault(await getId(pool), 'NotAuthorizedException', 'No more guests are made for this identity pool today.')
    expect(decision()).toMatchObject({ reason: 'guest_budget', which: 'day' })
    succeeded(await call('GetOpenIdToken', known))
    expect(await simulated(pool)).toMatchObject({
      Guest: { WouldBeMade: false, RefusedBy: 'guest_budget', Which: 'day' },
      Answer: { Code: 'NotAuthorizedException' },
    })
  })

  it('of an address: neighbours count together, others do not', async () => {
    const pool = await poolWith({ 'guests-per-address-hour': '1' })
    const from = (address: string) => getId(pool, { headers: { 'cf-connecting-ip': address } })
    succeeded(await from('203.0.113.1'))
    expectFault(await from('203.0.113.250'), 'TooManyRequestsException', 'Rate exceeded')
    expect(decision()).toMatchObject({ reason: 'guest_budget', which: 'address' })
    expect((await simulated(pool, { ClientAddress: '203.0.113.9' })).Guest).toEqual({
      WouldBeMade: false,
      RefusedBy: 'guest_budget',
      Which: 'address',
    })
    expect((await simulated(pool, { ClientAddress: '203.0.114.9' })).Guest).toEqual({ WouldBeMade: true })
    const mistyped = await simulate(pool, { ClientAddress: '203.0.113' })
    expectFault(
      mistyped,
      'InvalidParameterException',
      'ClientAddress must be an address of IPv4 or IPv6, such as 192.0.2.1.',
    )
    succeeded(await from('203.0.114.1'))
    succeeded(await from('2001:db8:1::1'))
    expectFault(await from('2001:db8:1:2::1'), 'TooManyRequestsException', 'Rate exceeded')
  })

  it('of a network, as the platform tells it', async () => {
    const pool = await poolWith({ 'guests-per-network-hour': '1' })
    succeeded(await getId(pool, { from: { asn: 64500 } }))
    expectFault(await getId(pool, { from: { asn: 64500 } }), 'TooManyRequestsException', 'Rate exceeded')
    expect(decision()).toMatchObject({ reason: 'guest_budget', which: 'network' })
    expect((await simulated(pool, { ClientAddress: '::1', ClientNetwork: 64500 })).Guest).toMatchObject({
      Which: 'network',
    })
    succeeded(await getId(pool, { from: { asn: 64501 } }))
    succeeded(await getId(pool, { from: { asn: 'AS64500' } }))
    succeeded(await getId(pool))
  })

  it('say nothing of whose address it is, in what is kept', async () => {
    const pool = await poolWith({ 'guests-per-address-hour': '1', 'guests-per-day': '9' })
    succeeded(await getId(pool, HERE))
    expect(JSON.stringify(log.records().at(-1))).not.toContain('guest_budget')
  })
})

describe('a pool that asks guests for work', () => {
  it('tells the client what it takes, in a header that scripts may read', async () => {
    const pool = await workingPool()
    const answer = await getId(pool)
    expectFault(answer, 'NotAuthorizedException', NEEDED)
    expect(answer.headers.get(PROOF)).toBe('work')
    expect(answer.headers.get('access-control-expose-headers')).toBe(
      `x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date,${PROOF}`,
    )
    expect(decision()).toMatchObject({ reason: 'guest_proof', which: 'missing' })
  })

  it('makes as many guests as a pass is good for, however it comes', async () => {
    const pool = await workingPool()
    const pass = await passOf(pool)
    succeeded(await getId(pool, withPass(pass)))
    succeeded(await getId(pool, HERE, { Logins: { 'edge-identity:guest-pass': pass } }))
    succeeded(await getId(pool, { ...HERE, url: `${LOCAL_URL}pass/${pass}/` }))
    const answer = await getId(pool, { ...HERE, url: `${LOCAL_URL}pass/${pass}` })
    expectFault(answer, 'NotAuthorizedException', 'The pass for a guest has been used up.')
    expect(answer.headers.get(PROOF)).toBe('work')
    expect(decision()).toMatchObject({ reason: 'guest_proof', which: 'used' })
    expect(await identitiesOf(pool)).toEqual(
      Array.from({ length: 3 }, () => expect.not.objectContaining({ Logins: expect.anything() })),
    )
  })

  it('takes one piece of work for one pass, however often it is handed in', async () => {
    const pool = await workingPool()
    const Work = await workOf(pool)
    const passes = await Promise.all(
      Array.from({ length: 5 }, async () => succeeded(await handIn(pool, { Work })).Pass),
    )
    const answers = await Promise.all([...passes, ...passes].map((pass) => getId(pool, withPass(pass))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
  })

  it('takes a pass for its own guests, from the network that it was made in', async () => {
    const [pool, other] = [await workingPool(), await workingPool()]
    const pass = await passOf(pool)
    const INVALID = 'The pass for a guest is not valid here.'
    for (const [answer, which] of [
      [await getId(other, withPass(pass)), 'other_pool'],
      [await getId(pool, withPass(pass, THERE)), 'other_network'],
      [await getId(pool, withPass('nonsense')), 'malformed'],
    ] as const) {
      expectFault(answer, 'NotAuthorizedException', INVALID)
      expect(log.records().some((record) => record.additionalEventData?.which === which)).toBe(true)
    }
    succeeded(await getId(pool, withPass(pass, { headers: { 'cf-connecting-ip': '192.0.2.77' } })))
  })

  it('asks nothing of known guests, whose clients may go on sending the entry that is no login', async () => {
    const pool = await workingPool()
    const pass = await passOf(pool)
    const Logins = { 'edge-identity:guest-pass': pass }
    const { IdentityId } = succeeded(await getId(pool, HERE, { Logins }))
    for (const logins of [Logins, { 'edge-identity:guest-pass': 'long over' }, undefined])
      succeeded(await call('GetOpenIdToken', { IdentityId, Logins: logins }, THERE))
    expect(await identitiesOf(pool)).toEqual([expect.objectContaining({ IdentityId })])
    expect(JSON.stringify(log.lines())).not.toContain(pass)
  })

  it('does not take the entry for a login in pools that ask for nothing', async () => {
    const pool = await createPool()
    succeeded(await getId(pool, HERE, { Logins: { 'edge-identity:guest-pass': 'any' } }))
  })

  it('simulates with a pass, and uses it up for nobody', async () => {
    const pool = await workingPool()
    const GuestPass = await passOf(pool)
    const input = { GuestPass, ClientAddress: '192.0.2.1' }
    for (let n = 0; n < 4; n++) expect((await simulated(pool, input)).Guest).toEqual({ WouldBeMade: true })
    expect((await simulated(pool, { ...input, ClientAddress: '198.51.100.1' })).Guest).toEqual({
      WouldBeMade: false,
      RefusedBy: 'guest_proof',
      Which: 'other_network',
    })
    expect((await simulated(pool)).Guest).toEqual({ WouldBeMade: false, RefusedBy: 'guest_proof', Which: 'missing' })
    for (let n = 0; n < 3; n++) succeeded(await getId(pool, withPass(GuestPass)))
    expect((await simulated(pool, input)).Guest).toMatchObject({ Which: 'used' })
  })

  it('works where it is spread over several objects', async () => {
    const pool = await workingPool({ shards: '4' })
    const pass = await passOf(pool)
    const answers = await Promise.all(Array.from({ length: 8 }, () => getId(pool, withPass(pass))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
  })
})

describe('GetGuestChallenge and GetGuestPass', () => {
  it('tell what a proof is and how long it holds, and record no part of it', async () => {
    const pool = await workingPool()
    const asked = succeeded(await challenge(pool))
    expect(asked).toEqual({ Proofs: ['work'], Challenge: expect.any(String), Expiration: expect.any(Number) })
    const Work = await workFor(asked.Challenge ?? '')
    const got = succeeded(await handIn(pool, { Work }))
    expect(got).toEqual({ Pass: expect.any(String), Uses: 3, Expiration: (asked.Expiration ?? 0) + 600 })
    const [record] = log.records().slice(-1)
    expect(record).toMatchObject({ eventName: 'GetGuestPass', additionalEventData: { pool, proof: 'work' } })
    for (const secret of [Work, got.Pass]) expect(JSON.stringify(log.lines())).not.toContain(secret)
  })

  it('refuse a pool that asks for no proof, another proof, two at once, and work that is none', async () => {
    const [none, work, turnstile] = [
      await createPool(),
      await workingPool(),
      await poolWith({ 'guest-proof': 'turnstile' }),
    ]
    const bad = 'InvalidParameterException'
    expectFault(await challenge(none), bad, 'This identity pool asks guests for no proof.')
    expectFault(await handIn(none, { Work: 'x' }), bad, 'This identity pool asks guests for no proof.')
    expectFault(await handIn(work, { Turnstile: 'x' }), bad, 'This identity pool takes work alone.')
    expectFault(await handIn(turnstile, { Work: 'x' }), bad, 'This identity pool takes turnstile alone.')
    expectFault(await handIn(work, {}), bad, 'Give either Work or Turnstile.')
    expectFault(await handIn(work, { Work: 'x', Turnstile: 'x' }), bad, 'Give either Work or Turnstile.')
    expectFault(await handIn(work, { Work: 'x' }), 'NotAuthorizedException', 'The work is not what was asked for.')
    expect(decision()).toMatchObject({ reason: 'guest_proof', which: 'malformed', proof: 'work' })
    expect(succeeded(await challenge(turnstile))).toEqual({ Proofs: ['turnstile'] })
    const missing = 'us-east-1:00000000-0000-4000-8000-000000000000'
    expectFault(await challenge(missing), 'ResourceNotFoundException', `IdentityPool '${missing}' not found.`)
  })

  it('take no work of another network', async () => {
    const pool = await workingPool()
    const Work = await workOf(pool, THERE)
    expectFault(await handIn(pool, { Work }), 'NotAuthorizedException', 'The work is not what was asked for.')
    expect(decision()).toMatchObject({ which: 'other_network' })
  })
})

describe('Turnstile', () => {
  const SECRET = {
    [`TURNSTILE_SECRET_${LOCAL_ACCOUNT}`]: JSON.stringify({ secret: '1x0000000000000000000000000000000AA' }),
  }
  const answering = (answer: () => Response | Promise<Response>) =>
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer())
  afterEach(() => {
    vi.restoreAllMocks()
  })
  const here = async (settings: object = SECRET): Promise<CallOptions> => ({
    ...HERE,
    serve: await deploy({ ...settings }),
  })
  const give = (pool: string, options: CallOptions, Turnstile = 'token') => handIn(pool, { Turnstile }, options)

  it('makes a pass, whose guests are counted by the token', async () => {
    const [pool, options] = [await poolWith({ 'guest-proof': 'either' }), await here()]
    const fetch = answering(() => Response.json({ success: true }))
    const passes = [succeeded(await give(pool, options)).Pass, succeeded(await give(pool, options)).Pass]
    expect(fetch).toHaveBeenCalledTimes(2)
    const answers = await Promise.all([...passes, ...passes].map((pass) => getId(pool, withPass(pass))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
    expect((await getId(pool)).headers.get(PROOF)).toBe('turnstile, work')
  })

  it('refuses what Cloudflare refuses, whatever becomes of failures', async () => {
    const [pool, options] = [
      await poolWith({ 'guest-proof': 'turnstile', 'guest-proof-failure': 'allow' }),
      await here(),
    ]
    answering(() => Response.json({ success: false, 'error-codes': ['timeout-or-duplicate'] }))
    expectFault(await give(pool, options), 'NotAuthorizedException', 'Turnstile does not take this token.')
    expect(decision()).toMatchObject({ reason: 'guest_proof', which: 'turnstile', codes: 'timeout-or-duplicate' })
  })

  it.each<[string, object, () => Response, string]>([
    ['does not answer', SECRET, () => new Response('', { status: 503 }), 'turnstile_unreachable'],
    [
      'does not take our secret',
      SECRET,
      () => Response.json({ success: false, 'error-codes': ['invalid-input-secret'] }),
      'turnstile_misconfigured',
    ],
    ['is not set up', {}, () => Response.json({ success: true }), 'turnstile_misconfigured'],
  ])('gives no pass where it %s', async (_, settings, answer, which) => {
    const [pool, options] = [await poolWith({ 'guest-proof': 'turnstile' }), await here(settings)]
    answering(answer)
    expectFault(await give(pool, options), 'ExternalServiceException', 'Turnstile could not be asked.')
    expect(decision()).toMatchObject({ reason: 'guest_proof', which })
  })

  it('is missed when a pool is told to ask for it: the record warns', async () => {
    const tagged = async (tags: Readonly<Record<string, string>>, settings: object) => {
      const serve = await deploy({ ...settings })
      await createPool({ IdentityPoolTags: tags }, { serve })
      return decision()?.warning
    }
    const either = { 'edge-identity:guest-proof': 'either' }
    expect(await tagged(either, {})).toBe('turnstile_not_set_up')
    expect(await tagged(either, SECRET)).toBeUndefined()
    expect(await tagged({ 'edge-identity:guest-proof': 'work' }, {})).toBeUndefined()
  })

  it('gives one unasked where the pool would rather have guests than none, unless it is set up wrongly', async () => {
    const pool = await poolWith({ 'guest-proof': 'turnstile', 'guest-proof-failure': 'allow' })
    const down = answering(() => new Response('', { status: 503 }))
    const { Pass } = succeeded(await give(pool, await here()))
    expect(decision()).toMatchObject({ unproven: true, which: 'turnstile_unreachable' })
    succeeded(await getId(pool, withPass(Pass)))
    down.mockRestore()
    expectFault(await give(pool, await here({})), 'ExternalServiceException', 'Turnstile could not be asked.')
  })
})

describe('a path with a pass', () => {
  it('serves unsigned operations alone', async () => {
    const pool = await createPool()
    const url = `${LOCAL_URL}pass/x/`
    const { IdentityId } = succeeded(await getId(pool, { url }))
    succeeded(await call('GetOpenIdToken', { IdentityId }, { url }))
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityService.DescribeIdentityPool',
    }
    const describePool = (options: CallOptions) =>
      post(JSON.stringify({ IdentityPoolId: pool }), headers, 'cognito-identity', { signed: LOCAL_KEY, ...options })
    const there = await describePool({ url })
    expect([there.status, await there.text()]).toEqual([404, '<UnknownOperationException/>\n'])
    expect((await describePool({})).status).toBe(200)
  })
})
