import { expect, it } from 'vitest'
import { newIdentityId } from '../../src/base/ids.ts'
import { uuidOf } from '../../src/pools/index.ts'
import { inside, openPool, publicLogin, REGION, world } from './support.ts'

/** As long as they come: a user pool's name, and the UUID that is its users' subject. */
const PROVIDER = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI'
const USERS = 5_000

it('keeps a user of one login in less than 450 bytes, so that 10 GB hold over 20 million', async () => {
  const pool = await openPool()
  const bytes = await inside(pool.id.tag, (object, { storage }) => {
    const before = storage.sql.databaseSize
    for (let n = 0; n < USERS; n++) {
      const logins = [publicLogin(PROVIDER, crypto.randomUUID())]
      object.resolve({ region: REGION, version: 1, logins, fresh: uuidOf(newIdentityId(pool.id, world)) })
    }
    return (storage.sql.databaseSize - before) / USERS
  })
  expect(bytes).toBeLessThan(450)
})
