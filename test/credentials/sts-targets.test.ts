import { expect, it } from 'vitest'
import { type StsTarget, StsTargets } from '../../src/credentials/index.ts'

const named = (endpoint: string): StsTarget => ({ kind: 'remote', endpoint, profile: 'compatible' })
const targets = new StsTargets({ kind: 'embedded' }, [
  { roles: ['arn:aws:iam::111122223333:role/*', 'arn:minio:*'], target: named('wide') },
  { roles: ['arn:aws:iam::111122223333:role/store/*'], target: named('narrow') },
  { roles: ['arn:aws:iam::111122223333:role/store/one'], target: named('one') },
])

it.each([
  ['arn:aws:iam::111122223333:role/app', 'wide'],
  ['arn:minio:iam:::role/x', 'wide'],
  ['arn:aws:iam::111122223333:role/store/two', 'narrow'],
  ['arn:aws:iam::111122223333:role/store/one', 'one'],
  ['arn:aws:iam::111122223333:role/store/one-more', 'narrow'],
  ['arn:aws:iam::444455556666:role/app', undefined],
])('the STS of %s is that of the role itself, or of the longest beginning', (arn, endpoint) => {
  expect(targets.forRole(arn)).toEqual(endpoint === undefined ? { kind: 'embedded' } : named(endpoint))
})
