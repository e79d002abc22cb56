import { describe, expect, it } from 'vitest'
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
    expect(regionalEndpoints(region).first).toBe(url)
  })

  it.each(['local', 'us-east-9', 'cn-east-1', '', 'us-east-1.evil.example'])(
    'of a pool in %j is the one of us-east-1, and the next one is in us-east-2',
    (region) => {
      expect(regionalEndpoints(region)).toEqual({
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
    expect(regionOf(regionalEndpoints(region).next)).toBe(next)
  })
})

const regionOf = (url: string) => url.split('.')[1] ?? ''
