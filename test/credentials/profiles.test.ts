import { expect, it } from 'vitest'
import { STS_PROFILES } from '../../src/credentials/index.ts'

it.each(['aws', 'minio', 'seaweedfs', 'ceph', 'localstack', 'compatible'] as const)('%s is a profile', (name) => {
  expect(STS_PROFILES[name].name).toBe(name)
})
