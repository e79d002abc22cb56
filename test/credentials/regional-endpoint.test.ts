import { describe, expect, it } from 'vitest'
import { partitionOf } from '../../src/base/arn.ts'
import { at } from '../../src/base/position.ts'
import { regionalEndpoints } from '../../src/credentials/regional-endpoint.ts'

describe('the regional endpoint', () => {
  it.each([
    ['eu-west-1', 'https://sts.eu-west-1.amazonaws.com/'],
    ['us-east-1', 'https://sts.us-east-1.amazonaws.com/'],
    ['ap-southeast-7', 'https://sts.ap-southeast-7.amazonaws.com/'],
    ['cn-northwest-1', 'https://sts.cn-northwest-1.amazonaws.com.cn/'],
    ['us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com/'],
    ['eusc-de-east-1', 'https://sts.eusc-de-east-1.amazonaws.eu/'],
    ['us-iso-east-1', 'https://sts.us-iso-east-1.c2s.ic.gov/'],
    ['us-isob-east-1', 'https://sts.us-isob-east-1.sc2s.sgov.gov/'],
    ['eu-isoe-west-1', 'https://sts.eu-isoe-west-1.cloud.adc-e.uk/'],
    ['us-isof-south-1', 'https://sts.us-isof-south-1.csp.hci.ic.gov/'],
  ])('of a pool in %s is %s', (region, url) => {
    expect(regionalEndpoints({ region }).first).toBe(url)
  })

  it.each(['local', 'us-east-9', 'cn-east-1', '', 'us-east-1.evil.example'])(
    'of a pool in %j is the one of us-east-1, and the next one is in us-east-2',
    (region) => {
      expect(regionalEndpoints({ region })).toEqual({
        first: 'https://sts.us-east-1.amazonaws.com/',
        next: 'https://sts.us-east-2.amazonaws.com/',
      })
    },
  )
})

const NEXT =
  `us-east-1 us-east-2, us-east-2 us-east-1, us-west-1 us-west-2, us-west-2 us-west-1, ca-central-1 us-east-1,
  sa-east-1 us-east-1, eu-central-1 eu-west-3, eu-west-1 eu-west-2, eu-west-2 eu-west-3, eu-west-3 eu-west-2,
  eu-north-1 eu-central-1, ap-south-1 ap-southeast-1, ap-northeast-1 ap-northeast-3, ap-northeast-2 ap-northeast-3,
  ap-northeast-3 ap-northeast-1, ap-southeast-1 ap-south-1, ap-southeast-2 ap-southeast-1,
  af-south-1 sa-east-1, ca-west-1 us-west-2, il-central-1 eu-central-1, me-central-1 ap-south-1, me-south-1 ap-south-1,
  mx-central-1 us-east-2, eu-central-2 eu-central-1, eu-south-1 eu-central-1, eu-south-2 eu-west-3,
  ap-east-1 ap-northeast-2, ap-east-2 ap-northeast-2, ap-south-2 ap-south-1, ap-southeast-3 ap-southeast-1,
  ap-southeast-4 ap-southeast-2, ap-southeast-5 ap-southeast-1, ap-southeast-6 ap-southeast-2, ap-southeast-7 ap-southeast-1,
  cn-north-1 cn-northwest-1, cn-northwest-1 cn-north-1, us-gov-west-1 us-gov-east-1, us-gov-east-1 us-gov-west-1,
  us-iso-east-1 us-iso-west-1, us-isob-west-1 us-isob-east-1, us-isof-east-1 us-isof-south-1,
  eusc-de-east-1 eusc-de-east-1, eu-isoe-west-1 eu-isoe-west-1`
    .split(',')
    .map((pair) => pair.trim().split(' ') as [string, string])

/** Only regions that every account has, and only of the same partition; by great-circle distance, on a map. */
describe('the next endpoint', () => {
  it.each(NEXT)('of a pool in %s is in %s', (region, next) => {
    expect(regionOf(regionalEndpoints({ region }).next)).toBe(next)
  })
})

const TOKYO = at(35.7, 139.7)
const LAGOS = at(6.5, 3.4)
const LIST = ['us-east-1', 'eu-west-1', 'ap-southeast-1', 'ap-northeast-1']

/** The regions that are asked first and next. */
const asked = (...[request]: Parameters<typeof regionalEndpoints>) =>
  Object.values(regionalEndpoints(request)).map(regionOf)

describe('Of regions that the owner of a pool lists', () => {
  it.each([
    ['from Tokyo', 'us-east-1', LIST, TOKYO, ['ap-northeast-1', 'ap-southeast-1']],
    ['from Lagos', 'us-east-1', LIST, LAGOS, ['eu-west-1', 'us-east-1']],
    ['in another order, from Tokyo', 'us-east-1', [...LIST].reverse(), TOKYO, ['ap-northeast-1', 'ap-southeast-1']],
    ['without the region of the pool', 'sa-east-1', LIST, at(-23.5, -46.6), ['us-east-1', 'eu-west-1']],
    ['of China', 'cn-north-1', ['cn-north-1', 'cn-northwest-1'], at(30.7, 104.1), ['cn-northwest-1', 'cn-north-1']],
    ['of a pool whose region AWS has not', 'local', LIST, TOKYO, ['ap-northeast-1', 'ap-southeast-1']],
  ])('the nearest is asked first and the next nearest after it: %s', (_, region, stsRegions, position, regions) => {
    expect(asked({ region, stsRegions, position })).toEqual(regions)
  })

  it.each([
    ['that of the pool', 'eu-west-1', LIST, ['eu-west-1', 'us-east-1']],
    ['the first, where that of the pool is not listed', 'eu-west-3', LIST, ['us-east-1', 'eu-west-1']],
    ['that which stands in for the region of the pool', 'local', [...LIST].reverse(), ['us-east-1', 'eu-west-1']],
  ])('it is, where nobody knows the place of the client, %s', (_, region, stsRegions, regions) => {
    expect(asked({ region, stsRegions })).toEqual(regions)
  })

  it('no other one is asked, even if there is one alone', () => {
    const alone = { region: 'us-east-1', stsRegions: ['eu-west-1'] }
    for (const position of [TOKYO, undefined]) expect(asked({ ...alone, position })).toEqual(['eu-west-1', 'eu-west-1'])
  })

  it.each([
    ['no region', ['evil.example/', 'us-east-9', '', 'constructor'], ['us-east-1', 'us-east-2']],
    ['of another partition', ['cn-north-1', 'us-gov-west-1', 'eu-west-1'], ['eu-west-1', 'eu-west-1']],
  ])('those that are %s, which an older version may have kept, do not count', (_, stsRegions, regions) => {
    expect(asked({ region: 'us-east-1', stsRegions, position: TOKYO })).toEqual(regions)
  })

  it('each has a place of its own in its partition', () => {
    const all = NEXT.map(([region]) => region).concat('us-iso-west-1', 'us-isob-east-1', 'us-isof-south-1')
    for (const region of all) {
      const stsRegions = all.filter((other) => partitionOf(other) === partitionOf(region)).reverse()
      expect(asked({ region, stsRegions })[0]).toBe(region)
    }
  })
})

const regionOf = (url: string) => url.split('.')[1] ?? ''
