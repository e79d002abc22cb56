import { expect, it } from 'vitest'
import { IdentityWalks } from '../../src/pools/identity-walks.ts'
import { inside, openPool, publicLogin } from './support.ts'

it('reads the logins of a page of identities from their index, without a look-up for each', async () => {
  const pool = await openPool()
  await pool.resolve([publicLogin('idp', 'ana')])
  const plans = await inside(pool.id.tag, (_, { storage: { sql } }) => {
    const asked: string[] = []
    const told = {
      exec: (query: string, ...given: SqlStorageValue[]) => asked.push(query) && sql.exec(query, ...given),
    }
    const walks = new IdentityWalks(told as unknown as SqlStorage)
    expect(walks.list('', 10, false)).toHaveLength(1)
    expect(walks.walk({ after: '', limit: 10 }).identities).toHaveLength(1)
    return asked
      .filter((query) => query.includes('FROM login WHERE identity IN'))
      .map((query) => sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, '[]').toArray()[0]?.detail)
  })
  expect(plans).toEqual(Array(2).fill('SEARCH login USING COVERING INDEX login_by_identity (identity=?)'))
})
