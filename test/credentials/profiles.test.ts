import { expect, it } from 'vitest'
import { STS_PROFILES, stsProfile } from '../../src/credentials/index.ts'

it.each(['aws', 'minio', 'seaweedfs', 'ceph', 'localstack', 'compatible'] as const)('%s is a profile', (name) => {
  expect(stsProfile(name)).toEqual({ ...STS_PROFILES[name], name })
})

it.each(['', 'AWS', 'rustfs', 'constructor', '__proto__'])('%j is no profile', (name) => {
  expect(stsProfile(name)).toBeUndefined()
})
