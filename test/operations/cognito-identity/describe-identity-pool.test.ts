import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { createPool, succeeded } from '../support/pools.ts'

const SETTINGS = {
  IdentityPoolName: 'described',
  AllowUnauthenticatedIdentities: true,
  AllowClassicFlow: false,
  DeveloperProviderName: 'login.example.app',
  IdentityPoolTags: { team: 'identity' },
}

const describePool = (IdentityPoolId: unknown, options = {}) =>
  call('DescribeIdentityPool', { IdentityPoolId }, options)

describe('DescribeIdentityPool', () => {
  let pool: string
  beforeAll(async () => {
    pool = await createPool(SETTINGS)
  })

  it('answers the whole pool as it was created', async () => {
    expect(succeeded(await describePool(pool))).toEqual({ IdentityPoolId: pool, ...SETTINGS })
  })

  it('does not find a pool that there is not', async () => {
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    expectFault(await describePool(unknown), 'ResourceNotFoundException', `IdentityPool '${unknown}' not found.`)
  })

  it('does not find a pool by another id that begins as its own', async () => {
    const similar = pool.slice(0, -1) + (pool.endsWith('0') ? '1' : '0')
    expectFault(await describePool(similar), 'ResourceNotFoundException', `IdentityPool '${similar}' not found.`)
  })

  it('does not find the pool of another account', async () => {
    const answer = await describePool(pool, { signed: OTHER_ACCOUNT_KEY })
    expectFault(answer, 'ResourceNotFoundException', `IdentityPool '${pool}' not found.`)
  })

  it('does not find a pool from another region, nor under the name of another region', async () => {
    const elsewhere = pool.replace('us-east-1', 'eu-west-1')
    const fromElsewhere = await describePool(pool, { region: 'eu-west-1' })
    expectFault(fromElsewhere, 'ResourceNotFoundException', `IdentityPool '${pool}' not found.`)
    const named = await describePool(elsewhere, { region: 'eu-west-1' })
    expectFault(named, 'ResourceNotFoundException', `IdentityPool '${elsewhere}' not found.`)
  })

  it('does not find what is an id by its characters and not by its form', async () => {
    expectFault(await describePool('us-east-1:0'), 'ResourceNotFoundException', "IdentityPool 'us-east-1:0' not found.")
  })

  const pattern = 'Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+'
  it.each([
    [
      'no id',
      undefined,
      "1 validation error detected: Value null at 'identityPoolId' failed to satisfy constraint: Member must not be null",
    ],
    [
      'the id of a user pool',
      'us-east-1_xxxx',
      `1 validation error detected: Value 'us-east-1_xxxx' at 'identityPoolId' failed to satisfy constraint: ${pattern}`,
    ],
    [
      'an id in capitals',
      'us-east-1:ABC',
      `1 validation error detected: Value 'us-east-1:ABC' at 'identityPoolId' failed to satisfy constraint: ${pattern}`,
    ],
    [
      'an id with a line feed',
      'us-east-1:0\n',
      `1 validation error detected: Value 'us-east-1:0\n' at 'identityPoolId' failed to satisfy constraint: ${pattern}`,
    ],
    [
      'an empty id',
      '',
      `2 validation errors detected: Value '' at 'identityPoolId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'identityPoolId' failed to satisfy constraint: ${pattern}`,
    ],
    [
      'an id of 56 characters',
      `us-east-1:${'0'.repeat(46)}`,
      `1 validation error detected: Value 'us-east-1:${'0'.repeat(46)}' at 'identityPoolId' failed to satisfy constraint: Member must have length less than or equal to 55`,
    ],
  ])('refuses %s', async (_what, id, message) => {
    expectFault(await describePool(id), 'ValidationException', message)
  })

  it('needs a signature', async () => {
    const answer = await describePool(pool, { signed: false })
    expectFault(answer, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
  })
})
