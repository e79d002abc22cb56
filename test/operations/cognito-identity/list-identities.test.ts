import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { createPool, getId, type ListedIdentities, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, type Providers, startProviders } from '../support/providers.ts'

const list = (IdentityPoolId: string, input: object, options = {}) =>
  call<ListedIdentities>('ListIdentities', { IdentityPoolId, ...input }, options)

describe('ListIdentities', () => {
  let idp: Providers
  let pool: string
  /** All identities of the pool by id: five guests, one user, and the guest that became that user by a merge. */
  let ids: string[]
  let user: string
  let merged: string
  beforeAll(async () => {
    idp = await startProviders()
    pool = await createPool(ALL_PROVIDERS)
    const guests = await Promise.all(Array.from({ length: 5 }, () => getId(pool)))
    const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
    user = await getId(pool, Logins)
    merged = await getId(pool)
    succeeded(await call('GetOpenIdToken', { IdentityId: merged, Logins }))
    ids = [...guests, user, merged].sort()
  })

  it('answers each identity as DescribeIdentity does, by id, disabled ones among them', async () => {
    const described = await Promise.all(ids.map((IdentityId) => call('DescribeIdentity', { IdentityId })))
    expect(succeeded(await list(pool, { MaxResults: 60 }))).toEqual({
      IdentityPoolId: pool,
      Identities: described.map(succeeded),
    })
  })

  it('hides disabled identities on request', async () => {
    const { Identities } = succeeded(await list(pool, { MaxResults: 60, HideDisabled: true }))
    expect(Identities.map(({ IdentityId }) => IdentityId)).toEqual(ids.filter((id) => id !== merged))
  })

  it.each([
    [false, [3, 3, 1]],
    [true, [3, 3]],
  ])('answers in pages without gap or repetition, with HideDisabled %s', async (HideDisabled, sizes) => {
    const pages: ListedIdentities[] = []
    for (let NextToken: string | undefined; pages.length === 0 || NextToken; NextToken = pages.at(-1)?.NextToken)
      pages.push(succeeded(await list(pool, { MaxResults: 3, NextToken, HideDisabled })))
    expect(pages.map(({ Identities }) => Identities.length)).toEqual(sizes)
    expect(pages.flatMap(({ Identities }) => Identities.map(({ IdentityId }) => IdentityId))).toEqual(
      ids.filter((id) => !HideDisabled || id !== merged),
    )
  })

  it('answers an empty list for a pool without identities', async () => {
    const empty = await createPool()
    expect(succeeded(await list(empty, { MaxResults: 1 }))).toEqual({ IdentityPoolId: empty, Identities: [] })
  })

  it('takes a token for the pool that it came from alone', async () => {
    const { NextToken } = succeeded(await list(pool, { MaxResults: 1 }))
    const other = await createPool()
    expectFault(await list(other, { MaxResults: 1, NextToken }), 'InvalidParameterException', 'Invalid NextToken')
    const answer = await call('ListIdentityPools', { MaxResults: 1, NextToken })
    expectFault(answer, 'InvalidParameterException', 'Invalid NextToken')
  })

  it("does not find a pool that there is not, nor another account's or region's", async () => {
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    const message = `IdentityPool '${pool}' not found.`
    const page = { MaxResults: 1 }
    expectFault(await list(unknown, page), 'ResourceNotFoundException', `IdentityPool '${unknown}' not found.`)
    expectFault(await list(pool, page, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
    expectFault(await list(pool, page, { region: 'eu-west-1' }), 'ResourceNotFoundException', message)
  })

  it.each([
    [{}, "Value null at 'maxResults' failed to satisfy constraint: Member must not be null"],
    [
      { MaxResults: 0 },
      "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { MaxResults: 61 },
      "Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60",
    ],
  ])('refuses %o', async (input, finding) => {
    expectFault(await list(pool, input), 'ValidationException', `1 validation error detected: ${finding}`)
  })

  it('names providers alone, never users', async () => {
    const Logins = { [GOOGLE]: await idp.token(GOOGLE, 'secret-user') }
    const other = await createPool(ALL_PROVIDERS)
    await getId(other, Logins)
    const answer = await list(other, { MaxResults: 60 })
    expect(succeeded(answer).Identities[0]?.Logins).toEqual([GOOGLE])
    expect(answer.text).not.toContain('secret-user')
  })
})
