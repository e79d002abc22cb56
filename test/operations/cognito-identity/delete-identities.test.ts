import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { createPool, getId, identitiesOf, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, OIDC, type Providers, startProviders } from '../support/providers.ts'

const deleteIdentities = (IdentityIdsToDelete: unknown, options = {}) =>
  call('DeleteIdentities', { IdentityIdsToDelete }, options)
const idsOf = async (pool: string) => (await identitiesOf(pool)).map(({ IdentityId }) => IdentityId)
const ALL_DONE = { UnprocessedIdentityIds: [] }

describe('DeleteIdentities', () => {
  let idp: Providers
  beforeAll(async () => {
    idp = await startProviders()
  })

  it('deletes identities of several pools, and answers that none is left over', async () => {
    const [one, two] = [await createPool(), await createPool()]
    const kept = await getId(one)
    const ids = [await getId(one), await getId(two), await getId(one)]
    expect(succeeded(await deleteIdentities(ids))).toEqual(ALL_DONE)
    expect(await idsOf(one)).toEqual([kept])
    expect(await idsOf(two)).toEqual([])
    for (const IdentityId of ids) {
      const message = `Identity '${IdentityId}' not found.`
      expectFault(await call('DescribeIdentity', { IdentityId }), 'ResourceNotFoundException', message)
      expectFault(await call('GetOpenIdToken', { IdentityId }), 'ResourceNotFoundException', message)
    }
  })

  it('frees the logins, which make a new identity when next seen', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const login = { [OIDC]: await idp.token(OIDC, 'ann') }
    const id = await getId(pool, login)
    succeeded(await deleteIdentities([id]))
    expect(await getId(pool, login)).not.toBe(id)
  })

  it('leaves an id that lost a merge leading nowhere once the survivor is deleted', async () => {
    const pool = await createPool(ALL_PROVIDERS)
    const login = { [OIDC]: await idp.token(OIDC, 'ann') }
    const user = await getId(pool, login)
    const guest = await getId(pool)
    succeeded(await call('GetOpenIdToken', { IdentityId: guest, Logins: login }))
    succeeded(await deleteIdentities([user]))
    const answer = await call('GetOpenIdToken', { IdentityId: guest, Logins: login })
    expectFault(answer, 'NotAuthorizedException', `Access to Identity '${guest}' is forbidden.`)
  })

  it('takes identities that are not there (any more) for deleted, so that a repeated call succeeds', async () => {
    const pool = await createPool()
    const id = await getId(pool)
    expect(succeeded(await deleteIdentities([id, id]))).toEqual(ALL_DONE)
    expect(succeeded(await deleteIdentities([id]))).toEqual(ALL_DONE)
  })

  it('answers ids of other accounts and regions, and ids of no pool, as denied, and deletes the rest', async () => {
    const mine = await createPool()
    const theirs = await createPool({}, { signed: OTHER_ACCOUNT_KEY })
    const there = await createPool({}, { region: 'eu-west-1' })
    const own = await getId(mine)
    const refused = [await getId(theirs), await getId(there), 'us-east-1:00000000-0000-8000-8000-000000000000', mine]
    const denied = refused.map((IdentityId) => ({ IdentityId, ErrorCode: 'AccessDenied' }))
    const answer = succeeded(await deleteIdentities([refused[0], own, ...refused.slice(1)]))
    expect(answer).toEqual({ UnprocessedIdentityIds: expect.arrayContaining(denied) })
    expect(answer.UnprocessedIdentityIds).toHaveLength(denied.length)
    expect(await idsOf(mine)).toEqual([])
    expect((await call('GetOpenIdToken', { IdentityId: refused[0] })).status).toBe(200)
    expect((await call('GetOpenIdToken', { IdentityId: refused[1] })).status).toBe(200)
  })

  it('takes sixty ids at once', async () => {
    const pool = await createPool()
    const ids = await Promise.all(Array.from({ length: 60 }, () => getId(pool)))
    expect(succeeded(await deleteIdentities(ids))).toEqual(ALL_DONE)
    expect(await idsOf(pool)).toEqual([])
  })

  const id = 'us-east-1:00000000-0000-8000-8000-000000000000'
  it.each([
    ['no list', undefined, "Value null at 'identityIdsToDelete' failed to satisfy constraint: Member must not be null"],
    [
      'an empty list',
      [],
      "Value '[]' at 'identityIdsToDelete' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      '61 ids',
      Array(61).fill(id),
      `Value '[${Array(61).fill(id).join(', ')}]' at 'identityIdsToDelete' failed to satisfy constraint: Member must have length less than or equal to 60`,
    ],
    [
      'what is no id',
      [id, 'x'],
      `Value '[${id}, x]' at 'identityIdsToDelete' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 55, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+]`,
    ],
  ])('refuses %s', async (_what, ids, finding) => {
    expectFault(await deleteIdentities(ids), 'ValidationException', `1 validation error detected: ${finding}`)
  })

  it('needs a signature', async () => {
    const answer = await deleteIdentities([id], { signed: false })
    expectFault(answer, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
  })
})
