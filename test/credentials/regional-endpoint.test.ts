import { expect, it } from 'vitest'
import { regionalEndpoint } from '../../src/credentials/regional-endpoint.ts'

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
])('a pool in %s uses %s', (region, url) => {
  expect(regionalEndpoint(region)).toBe(url)
})

it.each(['local', 'us-east-9', 'cn-east-1', '', 'us-east-1.evil.example'])('a pool in %j uses us-east-1', (region) => {
  expect(regionalEndpoint(region)).toBe('https://sts.us-east-1.amazonaws.com/')
})
