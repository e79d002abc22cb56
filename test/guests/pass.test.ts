import { beforeAll, describe, expect, it } from 'vitest'
import {
  type GuestKeys,
  type GuestPass,
  networkHash,
  openPass,
  providerHash,
  sealPass,
} from '../../src/guests/index.ts'
import { keysOf } from './support.ts'

const NOW = 1_900_000_000
const PASS: GuestPass = { pool: 'pool', network: 'net', name: 'wabc', uses: 3, expires: NOW + 600 }
const worldAt = (now: number) => ({
  now: () => now * 1000,
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
})

let keys: GuestKeys
beforeAll(async () => {
  keys = await keysOf()
})

const seal = (pass: GuestPass = PASS) => sealPass(pass, keys, worldAt(NOW))
const open = (text: string, asker: object = {}, now = NOW, by = keys) =>
  openPass(text, { ...PASS, ...asker }, by, worldAt(now))
const refused = (error: string) => ({ ok: false, error })

describe('a pass for guests', () => {
  it('opens for whom it was made, until its end, and shows nobody what is in it', async () => {
    const text = await seal()
    expect(text).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(text.length).toBeLessThan(512)
    expect(
      text
        .split('.')
        .map((part) => atob(part.replaceAll('-', '+').replaceAll('_', '/')))
        .join(),
    ).not.toMatch(/pool|net/)
    expect(await open(text)).toEqual({ ok: true, value: PASS })
    expect((await open(text, {}, NOW + 599)).ok).toBe(true)
    expect(await open(text, {}, NOW + 600)).toEqual(refused('expired'))
  })

  it('opens for nobody else', async () => {
    const text = await seal()
    expect(await open(text, { pool: 'other' })).toEqual(refused('other_pool'))
    expect(await open(text, { network: 'other' })).toEqual(refused('other_network'))
    expect(await open(text, {}, NOW, await keysOf(2))).toEqual(refused('malformed'))
  })

  it('is nothing else, nor one that was altered', async () => {
    const text = await seal()
    const others = ['', 'x', '....', `${text}x`, text.slice(0, -1), `x${text}`, 'A'.repeat(1025)]
    for (const other of others) expect(await open(other)).toEqual(refused('malformed'))
    const wrong = { ...PASS, uses: '3' as unknown as number }
    expect(await open(await seal(wrong))).toEqual(refused('malformed'))
  })
})

describe('the hash of a network', () => {
  const of = (address: string, use = 'use') => networkHash(use, address, keys)

  it.each([
    ['192.0.2.1', '192.0.2.254', '192.0.3.1'],
    ['2001:db8:1::1', '2001:db8:1:ffff::2', '2001:db8:2::1'],
    ['::ffff:192.0.2.1', '192.0.2.7', '::ffff:192.0.3.1'],
    ['local', 'local', 'elsewhere'],
  ])('is the same for %s and %s, and another for %s', async (one, same, other) => {
    expect(await of(one)).toMatch(/^[\w-]{16}$/)
    expect(await of(same)).toBe(await of(one))
    expect(await of(other)).not.toBe(await of(one))
  })

  it('is another for another use and another key, so that those of two days cannot be told to be one', async () => {
    expect(await of('192.0.2.1', 'day 1')).not.toBe(await of('192.0.2.1', 'day 2'))
    expect(await networkHash('use', '192.0.2.1', await keysOf(2))).not.toBe(await of('192.0.2.1'))
    expect(await providerHash('use', 64500, keys)).not.toBe(await providerHash('use', 64501, keys))
  })
})
