import { describe, expect, it } from 'vitest'
import {
  type ConditionKeys,
  globalKeys,
  policyKeys,
  poolKeys,
  recordKeys,
  requestKeys,
} from '../../../src/operations/permission/condition-keys.ts'
import { isKnownKey } from '../../../src/policy/access-key-policy.ts'

type Arguments = Parameters<typeof globalKeys>

const caller = {
  kind: 'user',
  arn: 'arn:aws:iam::1:user/ann',
  account: '1',
  userId: 'AIDA',
  region: 'us-east-1',
} as Arguments[0]
const context = { clientAddress: '192.0.2.1', issuer: 'https://a.example', world: { now: () => 0 } } as Arguments[1]
const tags = [['Team', 'blue']] as const
const pool = {
  id: 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9',
  account: '1',
  settings: { tags: new Map(tags) },
} as unknown as Parameters<typeof poolKeys>[0]

describe('Every condition key of a request may stand in the policy of an access key', () => {
  it.each<[string, ConditionKeys, number]>([
    ['of every request of a user', globalKeys(caller, context), 12],
    [
      'of every request of an operator in a role',
      globalKeys({ ...caller, kind: 'operator' } as typeof caller, context),
      11,
    ],
    ['of a pool', poolKeys(pool), 2],
    ['of a role or provider', recordKeys(tags), 2],
    ['of policies', policyKeys({ boundary: 'a', policy: 'b' }), 2],
    ['of tags in the request', requestKeys({ kind: 'add', tags }), 2],
    ['of keys of tags in the request', requestKeys({ kind: 'remove', keys: ['Team'] }), 1],
  ])('%s', (_, keys, count) => {
    expect(keys.map(([key]) => [key, isKnownKey(key)])).toEqual(keys.map(([key]) => [key.toLowerCase(), true]))
    expect(new Set(keys.map(([key]) => key)).size).toBe(count)
  })
})
