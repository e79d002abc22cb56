import { expect, it } from 'vitest'
import { locationHint } from '../../src/pools/location.ts'

it.each([
  ['us-east-1', 'enam'],
  ['us-west-2', 'wnam'],
  ['us-gov-west-1', 'wnam'],
  ['us-gov-east-1', 'enam'],
  ['ca-central-1', 'enam'],
  ['ca-west-1', 'wnam'],
  ['mx-central-1', 'wnam'],
  ['sa-east-1', 'sam'],
  ['eu-west-1', 'weur'],
  ['eu-south-2', 'weur'],
  ['eu-south-1', 'eeur'],
  ['eu-central-1', 'eeur'],
  ['eu-north-1', 'eeur'],
  ['ap-northeast-1', 'apac'],
  ['ap-southeast-1', 'apac'],
  ['ap-southeast-2', 'oc'],
  ['cn-north-1', 'apac'],
  ['af-south-1', 'afr'],
  ['me-central-1', 'me'],
  ['il-central-1', 'me'],
  ['nowhere-1', undefined],
])('a pool of %s is opened near it: %s', (region, hint) => {
  expect(locationHint(region)).toBe(hint)
})
