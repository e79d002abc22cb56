import { describe, expect, it } from 'vitest'
import { FairShare } from '../../src/audit/fair-share.ts'

const PLACES = 360

/** Lets clients ask for places in turn until nobody gets one; how many each got. */
function flood(share: FairShare, clients: readonly (readonly [account: string, client: string])[], now = 0) {
  const got = clients.map(() => 0)
  for (let given = true; given; ) {
    given = false
    for (const [i, [account, client]] of clients.entries())
      if (share.take(account, client, now)) {
        got[i] = (got[i] ?? 0) + 1
        given = true
      }
  }
  return got
}

const clientsOf = (account: string, count: number) =>
  Array.from({ length: count }, (_, n) => [account, `${account} ${n}`] as const)

describe('a share', () => {
  it.each([
    [1, 120],
    [2, 72],
    [10, 17],
    [50, 3],
  ])('of %i clients that flood one account is %i each, and a new client finds room', (count, each) => {
    const share = new FairShare(PLACES)
    const got = flood(share, clientsOf('a', count))
    expect(Math.min(...got)).toBeGreaterThanOrEqual(each)
    expect(Math.max(...got)).toBeLessThanOrEqual(each + 1)
    expect(share.take('a', 'new', 0)).toBe(true)
  })

  it('of an account that thousands flood is half, and another account has room', () => {
    const share = new FairShare(PLACES)
    const got = flood(share, clientsOf('a', 5000))
    expect(got.reduce((sum, each) => sum + each, 0)).toBe(PLACES / 2)
    expect(flood(share, clientsOf('b', 1))).toEqual([60])
  })

  it('of a client that names many accounts is half', () => {
    const share = new FairShare(PLACES)
    const many = Array.from({ length: 5000 }, (_, n) => [`account ${n}`, 'one client'] as const)
    expect(flood(share, many).reduce((sum, each) => sum + each, 0)).toBe(PLACES / 2)
    expect(share.take('a', 'new', 0)).toBe(true)
  })

  it('is never more in all than there are places', () => {
    const share = new FairShare(PLACES)
    const many = Array.from({ length: 50 }, (_, n) => clientsOf(`account ${n}`, 50)).flat()
    const sum = flood(share, many).reduce((all, each) => all + each, 0)
    expect(sum).toBeLessThanOrEqual(PLACES)
    expect(sum).toBeGreaterThan(PLACES / 2)
  })

  it('begins anew each minute', () => {
    const share = new FairShare(PLACES)
    expect(flood(share, clientsOf('a', 1), 59_999)).toEqual([120])
    expect(flood(share, clientsOf('a', 1), 60_000)).toEqual([120])
  })
})
