import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault } from '../../support/client.ts'
import { createPool, type ListedPools, succeeded } from '../support/pools.ts'

/** A region of this test's own, in which the pools below are all there are. */
const HERE = { region: 'eu-west-2' }

const list = (input: object, options: CallOptions = HERE) => call<ListedPools>('ListIdentityPools', input, options)

describe('ListIdentityPools', () => {
  const pools: { IdentityPoolId: string; IdentityPoolName: string }[] = []
  beforeAll(async () => {
    for (let n = 1; n <= 7; n++) {
      const IdentityPoolName = `pool ${n}`
      pools.push({ IdentityPoolId: await createPool({ IdentityPoolName }, HERE), IdentityPoolName })
    }
    pools.sort((a, b) => (a.IdentityPoolId < b.IdentityPoolId ? -1 : 1))
  })

  it('answers all pools of the region by id, without a token when there are no more', async () => {
    expect(succeeded(await list({ MaxResults: 7 }))).toEqual({ IdentityPools: pools })
    expect(succeeded(await list({ MaxResults: 60 }))).toEqual({ IdentityPools: pools })
  })

  it('answers an empty list where there are none', async () => {
    expect(succeeded(await list({ MaxResults: 60 }, { region: 'eu-west-3' }))).toEqual({ IdentityPools: [] })
  })

  it('answers in pages, each of which tells where the next begins', async () => {
    const pages: ListedPools[] = []
    for (let NextToken: string | undefined; pages.length === 0 || NextToken; NextToken = pages.at(-1)?.NextToken)
      pages.push(succeeded(await list({ MaxResults: 3, NextToken })))
    const next = expect.stringMatching(/^\S{1,65535}$/)
    expect(pages).toEqual([
      { IdentityPools: pools.slice(0, 3), NextToken: next },
      { IdentityPools: pools.slice(3, 6), NextToken: next },
      { IdentityPools: pools.slice(6) },
    ])
  })

  it('goes on behind a pool that was deleted in between', async () => {
    const region = 'ap-south-1'
    const made = [await createPool({}, { region }), await createPool({}, { region }), await createPool({}, { region })]
    const [first, second, third] = made.sort()
    const page = succeeded(await list({ MaxResults: 2 }, { region }))
    expect(page.IdentityPools.map(({ IdentityPoolId }) => IdentityPoolId)).toEqual([first, second])
    await call('DeleteIdentityPool', { IdentityPoolId: second }, { region })
    const rest = succeeded(await list({ MaxResults: 2, NextToken: page.NextToken }, { region }))
    expect(rest).toEqual({ IdentityPools: [{ IdentityPoolId: third, IdentityPoolName: 'pool' }] })
  })

  it("does not list another account's pools", async () => {
    expect(succeeded(await list({ MaxResults: 60 }, { ...HERE, signed: OTHER_ACCOUNT_KEY }))).toEqual({
      IdentityPools: [],
    })
  })

  it('takes a token for the list that it came from alone', async () => {
    const { NextToken } = succeeded(await list({ MaxResults: 1 }))
    const pool = await createPool()
    for (const answer of [
      await list({ MaxResults: 1, NextToken }, { region: 'us-east-1' }),
      await list({ MaxResults: 1, NextToken }, { ...HERE, signed: OTHER_ACCOUNT_KEY }),
      await call('ListIdentities', { IdentityPoolId: pool, MaxResults: 1, NextToken }),
      await list({ MaxResults: 1, NextToken: 'made-up' }),
      await list({ MaxResults: 1, NextToken: btoa('["ListIdentityPools"]') }),
    ])
      expectFault(answer, 'InvalidParameterException', 'Invalid NextToken')
  })

  const invalid = (finding: string) => `1 validation error detected: ${finding}`
  it.each([
    [
      'no MaxResults',
      {},
      'ValidationException',
      invalid("Value null at 'maxResults' failed to satisfy constraint: Member must not be null"),
    ],
    [
      'MaxResults 0',
      { MaxResults: 0 },
      'ValidationException',
      invalid(
        "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
    ],
    [
      'MaxResults 61',
      { MaxResults: 61 },
      'ValidationException',
      invalid(
        "Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60",
      ),
    ],
    [
      'a text for MaxResults',
      { MaxResults: '10' },
      'SerializationException',
      'STRING_VALUE can not be converted to an Integer',
    ],
    [
      'a token with a blank',
      { MaxResults: 1, NextToken: 'a b' },
      'ValidationException',
      invalid(
        "Value 'a b' at 'nextToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\S]+",
      ),
    ],
  ])('refuses %s', async (_what, input, code, message) => {
    expectFault(await list(input), code, message)
  })
})
