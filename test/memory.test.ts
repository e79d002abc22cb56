import { deserialize, getHeapStatistics, serialize, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Account } from '../src/account/account.ts'
import { Accounts } from '../src/account/accounts.ts'
import { CACHE_BYTES } from '../src/base/memory.ts'
import type { World } from '../src/base/world.ts'
import { trustPolicyOf } from '../src/credentials/trust-policy.ts'
import type { IdentityPool } from '../src/pools/identity-pool.ts'
import { Pools } from '../src/pools/pools.ts'
import type { MappingRule, PoolSettings } from '../src/pools/settings.ts'

/** What an isolate may take in all, on the platform. */
const ISOLATE_BYTES = 128 * 1024 * 1024

/** What the tests and the value in hand take besides. */
const NOISE = 4 * 1024 * 1024

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Bytes of the heap that are in use. It is what V8 counts, and no time. */
function heapBytes(): number {
  collectGarbage()
  collectGarbage()
  return getHeapStatistics().used_heap_size
}

let before: number
beforeEach(() => {
  before = heapBytes()
})

const grown = () => heapBytes() - before
const bare: PoolSettings = {
  name: 'pool',
  allowGuests: true,
  roles: new Map(),
  roleMappings: new Map(),
  principalTags: new Map(),
}

/** Settings of half a megabyte of JSON and more: of long texts, or of many short ones. */
const LARGE: [string, PoolSettings][] = [
  ['long texts', { ...bare, tags: new Map(numbers(900).map((i) => [`${i}`, `${i}`.padEnd(980)])) }],
  [
    'short texts',
    {
      ...bare,
      principalTags: new Map(
        numbers(300).map((i) => [
          `${i}`,
          { useDefaults: false, tags: new Map(numbers(50).map((j) => [`${i}k${j}`, `${i}c${j}`])) },
        ]),
      ),
    },
  ],
  [
    'rules',
    {
      ...bare,
      roleMappings: new Map(
        numbers(150).map((i) => [`p${i}`, { type: 'Rules', rules: numbers(25).map((j) => rule(`${i}-${j}`)) }]),
      ),
    },
  ],
  ['texts beyond Latin-1', { ...bare, tags: new Map(numbers(400).map((i) => [`${i}`, '✓'.repeat(800)])) }],
]

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

function rule(name: string): MappingRule {
  return { claim: `c${name}`, match: 'Equals', value: `v${name}`, roleArn: `arn:aws:iam::1:role/r${name}` }
}

describe('the memory of an isolate', () => {
  it('leaves most of what the platform gives to the requests', () => {
    const shares = Object.values(CACHE_BYTES).reduce((sum, share) => sum + share)
    expect(shares).toBeLessThan(0.4 * ISOLATE_BYTES)
  })

  it.each(LARGE)('holds the settings of 500 large pools within their share: %s', async (_, settings) => {
    const sent = serialize(settings)
    // As they come from an object: every text is a new one.
    const pool = (tag: string) => ({ id: `us-east-1:${tag}`, account: '0', version: 1, settings: deserialize(sent) })
    const getByName = (tag: string) => ({ readByRegion: async () => ({ kind: 'pool', pool: pool(tag) }) })
    const pools = new Pools({ getByName } as unknown as DurableObjectNamespace<IdentityPool>, {} as World)
    const look = (tag: string) =>
      pools.withSettings({ text: '', region: 'us-east-1', tag }, async ({ id }) => ({ kind: 'seen', id }))
    for (const n of numbers(500)) await look(`${n}`)
    expect(grown()).toBeLessThan(CACHE_BYTES.poolSettings + NOISE)
    expect(await look('499')).toEqual({ kind: 'seen', id: 'us-east-1:499' })
  })

  it.each([
    ['values', manyValues],
    ['condition keys', manyKeys],
  ])('holds 1,000 trust policies of many %s within their share, as text and as they are evaluated', async (_, make) => {
    const records = async ([{ name }]: [{ name: string }]) => [
      { arn: `arn:aws:iam::0:role/${name}`, name, trustPolicy: make(name) },
    ]
    const namespace = { getByName: () => ({ records }) } as unknown as DurableObjectNamespace<Account>
    const accounts = new Accounts(namespace, { now: () => 0 } as World)
    const look = async (n: number) => {
      const found = await accounts.role('0', `arn:aws:iam::0:role/r${n}`)
      return found && trustPolicyOf(found, 'https://id.example')
    }
    let parsed = 0
    for (const n of numbers(1_000)) if ((await look(n))?.ok) parsed++
    expect(parsed).toBe(1_000)
    expect(grown()).toBeLessThan(CACHE_BYTES.roles + CACHE_BYTES.trustPolicies + NOISE)
    expect(await look(999)).toBe(await look(999))
  })
})

/** Trust policies of nearly 4096 characters, which is AWS's longest. */
function manyValues(name: string): string {
  return trustPolicy({ 'cognito-identity.amazonaws.com:sub': numbers(140).map((i) => `${name}-${i}-user-*`) })
}

function manyKeys(name: string): string {
  return trustPolicy(Object.fromEntries(numbers(250).map((i) => [`a:${i}${name}`, '*'])))
}

function trustPolicy(like: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:pool' }, StringLike: like },
      },
    ],
  })
}
