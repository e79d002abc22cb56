import { describe, expect, it } from 'vitest'
import { MIGRATIONS as ACCOUNT } from '../../src/account/schema.ts'
import { hex, utf8 } from '../../src/base/bytes.ts'
import { MIGRATIONS as IDENTITY_POOL } from '../../src/pools/schema.ts'
import { RECEIPT_MIGRATIONS as RECEIPTS } from '../../src/tokens/receipt-store.ts'
import { MIGRATIONS as KEY_RING } from '../../src/tokens/ring-store.ts'

/**
 * SHA-256 of each migration that was released, in order. Never change a line here: an object that ran a migration never runs
 * it again, so a change reaches new objects alone. What must change is a new migration, which gets its line when it is
 * released.
 */
const RELEASED: readonly [string, readonly string[], readonly string[]][] = [
  [
    'Account',
    ACCOUNT,
    [
      '78b451477ffda0129791b0d913b657c5da885ef1a46fd7395322e3a383224d98', // 0.1.0
      'a27121bcef070733979b615b2fc0a0be67605361eca0c2c13475b4b292740fc3', // 0.2.0
    ],
  ],
  [
    'IdentityPool',
    IDENTITY_POOL,
    ['ffa4bf575af269cbbe735436448380a4e0e328b193e2b5e7e1d217d69818b59b'], // 0.1.0
  ],
  [
    'KeyRing',
    KEY_RING,
    ['6e57b6dcdaa944172962338ccae17e502b3ae79c8c5ae91f4e6f15d8cb8567ad'], // 0.1.0
  ],
  ['KeyRing of receipts', RECEIPTS, []],
]

describe('a migration that was released', () => {
  it.each(RELEASED)('is as it was, and where it was: %s', async (_, migrations, released) => {
    const hashes = await Promise.all(migrations.slice(0, released.length).map(hashOf))
    expect(hashes).toEqual(released)
  })
})

async function hashOf(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))
}
