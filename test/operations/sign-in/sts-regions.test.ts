import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AWS, errorAnswer } from '../../credentials/answers.ts'
import { call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { GUEST, poolWith, USER, type VendedAnswer } from '../support/credentials.ts'
import { getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, type Providers, startProviders } from '../support/providers.ts'
import { RemoteSts, STORE, xml } from '../support/remote-sts.ts'

const TAG = 'edge-identity:sts-regions'
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-1', 'ap-northeast-1']
const LIST = REGIONS.join(' ')
const TOKYO = { latitude: '35.68950', longitude: '139.69171', continent: 'AS' }

const stsIn = (region: string) => `https://sts.${region}.amazonaws.com/`
const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`

let idp: Providers
let sts: RemoteSts
let log: CapturedLog
let aws: Serve
let store: Serve
beforeAll(async () => {
  idp = await startProviders()
  sts = new RemoteSts(idp.network)
  ;[aws, store] = await Promise.all([deploy({ STS_ENDPOINT: 'aws' }), deploy({ STS_ENDPOINT: STORE })])
})
beforeEach(() => {
  sts.reset()
  for (const region of REGIONS) sts.answer(() => xml(AWS), stsIn(region))
  idp.network.asked.length = 0
  log = captureLog()
})
afterEach(() => log.restore())

/** A guest of a new pool with these tags, which are of us-east-1. */
async function guestOf(IdentityPoolTags: object) {
  const settings = { ...ALL_PROVIDERS, IdentityPoolTags }
  const pool = await poolWith({ Roles: { authenticated: USER, unauthenticated: GUEST } }, settings)
  return { pool, id: await getId(pool) }
}

const credentials = (IdentityId: string, from: Record<string, string> | undefined, serve = aws) =>
  call<VendedAnswer>('GetCredentialsForIdentity', { IdentityId }, { serve, ...(from && { from }) })

const lastDecision = () => log.records().at(-1)?.additionalEventData

describe('AWS STS, for a pool that lists its regions,', () => {
  it.each([
    ['by the coordinates of the client', TOKYO, 'ap-northeast-1'],
    ['by its coordinates, whatever the continent', { ...TOKYO, latitude: '1.3', longitude: '103.8' }, 'ap-southeast-1'],
    ['by its continent alone', { continent: 'EU' }, 'eu-west-1'],
    ['by its continent, where the coordinates are none', { ...TOKYO, latitude: 'north', continent: 'NA' }, 'us-east-1'],
    ['as that of the pool, where nothing is known', undefined, 'us-east-1'],
    ['as that of the pool, where what is known says nothing', { continent: 'T1', country: 'T1' }, 'us-east-1'],
  ])('is asked in the nearest: %s', async (_, from, region) => {
    const { id } = await guestOf({ [TAG]: LIST })
    expect(succeeded(await credentials(id, from)).Credentials.AccessKeyId).toBe('ASIAUPSTREAMUPSTREAM')
    expect(idp.network.asked).toEqual([stsIn(region)])
    expect(lastDecision()).toMatchObject({ broker: 'aws', upstream: { endpoint: stsIn(region) } })
  })

  it('is asked in the next nearest, where the nearest fails, and the log says both', async () => {
    const { id } = await guestOf({ [TAG]: LIST })
    sts.answer(() => xml(errorAnswer('ServiceUnavailable'), 503), stsIn('ap-northeast-1'))
    succeeded(await credentials(id, TOKYO))
    const [first, next] = [stsIn('ap-northeast-1'), stsIn('ap-southeast-1')]
    expect(idp.network.asked).toEqual([first, next])
    expect(lastDecision()).toMatchObject({ upstream: { endpoint: next } })
    expect(
      log
        .lines()
        .filter((line) => line.includes('sts_asked_again'))
        .join(),
    ).toContain(`"endpoint":"${first}","requestId":"r-1","code":"ServiceUnavailable","next":"${next}"`)
  })

  it('is asked nowhere else, where it fails in a list of one', async () => {
    const { id } = await guestOf({ [TAG]: 'eu-west-1' })
    sts.answer(() => xml(errorAnswer('ServiceUnavailable'), 503), stsIn('eu-west-1'))
    const message = 'The security token service did not answer as expected.'
    expectFault(await credentials(id, TOKYO), 'ExternalServiceException', message)
    expect(idp.network.asked).toEqual([stsIn('eu-west-1'), stsIn('eu-west-1')])
  })

  it('is asked by the list as it is at each call', async () => {
    const { id, pool } = await guestOf({})
    succeeded(await credentials(id, TOKYO))
    succeeded(await call('TagResource', { ResourceArn: arnOf(pool), Tags: { [TAG]: LIST } }))
    succeeded(await credentials(id, TOKYO))
    succeeded(await call('UntagResource', { ResourceArn: arnOf(pool), TagKeys: [TAG] }))
    succeeded(await credentials(id, TOKYO))
    expect(idp.network.asked).toEqual(['us-east-1', 'ap-northeast-1', 'us-east-1'].map(stsIn))
  })

  it('costs a look at where the client is, and no other pool does', async () => {
    let looks = 0
    const counting: Serve = (request) =>
      aws(Object.defineProperty(request, 'cf', { get: () => ({ ...TOKYO, looks: ++looks }) }))
    for (const [tags, count] of [
      [{}, 0],
      [{ [TAG]: LIST }, 1],
    ] as const) {
      const { id } = await guestOf(tags)
      succeeded(await credentials(id, undefined, counting))
      expect(looks).toBe(count)
    }
    expect(idp.network.asked).toEqual(['us-east-1', 'ap-northeast-1'].map(stsIn))
  })

  it('gets the token, the role and the policies that it gets without a list', async () => {
    const forms = []
    for (const tags of [{}, { [TAG]: LIST }]) {
      const { id } = await guestOf(tags)
      succeeded(await credentials(id, TOKYO))
      forms.push(Object.fromEntries(sts.sent.at(-1) ?? []))
    }
    const WebIdentityToken = expect.any(String)
    expect(forms[1]).toEqual({ ...forms[0], WebIdentityToken })
  })
})

describe('A list of regions of AWS STS', () => {
  it('changes nothing where the STS is that of a store', async () => {
    const { id } = await guestOf({ [TAG]: LIST })
    succeeded(await credentials(id, TOKYO, store))
    expect(idp.network.asked).toEqual([STORE])
  })

  it('changes nothing of what SimulateLogin and GetOpenIdToken answer, and nobody is asked', async () => {
    const answers = []
    for (const tags of [{}, { [TAG]: LIST }]) {
      const { id, pool } = await guestOf(tags)
      const options = { service: 'edge-identity', serve: aws, from: TOKYO } as const
      const simulated = succeeded(await call('SimulateLogin', { IdentityPoolId: pool, IdentityId: id }, options))
      const token = await call('GetOpenIdToken', { IdentityId: id }, { serve: aws, from: TOKYO })
      expect(succeeded(token)).toEqual({ IdentityId: id, Token: expect.any(String) })
      answers.push(JSON.parse(JSON.stringify(simulated).replaceAll(id, 'ID').replaceAll(pool, 'POOL')))
    }
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ Answer: { Code: 'DecidedByRemoteSts' } })
    expect(idp.network.asked).toEqual([])
  })
})
