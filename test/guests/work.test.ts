import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkWork, type GuestKeys, workChallenge } from '../../src/guests/index.ts'
import { keysOf, workFor } from './support.ts'

const START = Date.UTC(2030, 0, 1)
const ASKER = { pool: 'us-east-1:00000000-0000-4000-8000-000000000000', network: 'net' }
const world = {
  now: () => Date.now(),
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
}

interface Work {
  challenge: { parameters: object; signature: string }
  solution: { derivedKey: string }
}

let keys: GuestKeys
beforeAll(async () => {
  keys = await keysOf()
  vi.useFakeTimers({ toFake: ['Date'] })
})
beforeEach(() => {
  vi.setSystemTime(START)
})
afterAll(() => {
  vi.useRealTimers()
})

const challenge = (asker = ASKER, tries = 4) => workChallenge(asker, tries, keys, world)
const check = (work: string, asker = ASKER, by = keys) => checkWork(work, asker, by, world)
const encoded = (value: unknown) => btoa(JSON.stringify(value))
const opened = (work: string) => JSON.parse(atob(work))

describe('work for a guest', () => {
  it('is what a client of ALTCHA solves, and has one name however often it is handed in', async () => {
    const { expires, text } = await challenge()
    expect(expires).toBe(START / 1000 + 300)
    expect(JSON.parse(text).parameters).toMatchObject({ algorithm: 'PBKDF2/SHA-256', cost: 1000, data: ASKER })
    const work = await workFor(text)
    const done = { ok: true, value: { name: expect.stringMatching(/^w[0-9a-f]{32}$/), expires } }
    const first = await check(work)
    expect(first).toEqual(done)
    expect(await check(encoded(opened(work)))).toEqual(first)
  })

  it('takes as many tries as the pool asks for, on average', async () => {
    const counters = await Promise.all(
      Array.from({ length: 300 }, async () => opened(await workFor((await challenge(ASKER, 8)).text)).solution.counter),
    )
    expect(Math.min(...counters)).toBe(1)
    expect(Math.max(...counters)).toBe(16)
    const mean = counters.reduce((sum, one) => sum + one, 0) / counters.length
    expect(Math.abs(mean - 8.5)).toBeLessThan(1.7)
  })

  it('is over after five minutes', async () => {
    const work = await workFor((await challenge()).text)
    vi.setSystemTime(START + 299_000)
    expect((await check(work)).ok).toBe(true)
    vi.setSystemTime(START + 300_000)
    expect(await check(work)).toEqual({ ok: false, error: 'expired' })
  })

  it.each([
    ['another pool', { ...ASKER, pool: 'other' }, 'other_pool'],
    ['another network', { ...ASKER, network: 'other' }, 'other_network'],
  ])('is not taken for %s', async (_, asker, error) => {
    expect(await check(await workFor((await challenge()).text), asker)).toEqual({ ok: false, error })
  })

  it('is not taken by another ring of keys', async () => {
    const work = await workFor((await challenge()).text)
    expect(await check(work, ASKER, await keysOf(2))).toEqual({ ok: false, error: 'signature' })
  })

  it.each<[string, (work: Work) => unknown, string]>([
    [
      'a solution that is not one',
      ({ challenge, solution }) => ({ challenge, solution: { ...solution, derivedKey: 'ab'.repeat(32) } }),
      'solution',
    ],
    [
      'a key in capitals',
      ({ challenge, solution }) => ({
        challenge,
        solution: { ...solution, derivedKey: solution.derivedKey.toUpperCase() },
      }),
      'solution',
    ],
    ['no solution', ({ challenge }) => ({ challenge, solution: {} }), 'solution'],
    [
      'less work than was asked for',
      ({ challenge, solution }) => ({
        challenge: { ...challenge, parameters: { ...challenge.parameters, keyPrefix: '00' } },
        solution,
      }),
      'signature',
    ],
    [
      'more time than was given',
      ({ challenge, solution }) => ({
        challenge: { ...challenge, parameters: { ...challenge.parameters, expiresAt: START } },
        solution,
      }),
      'signature',
    ],
    [
      'no signature',
      ({ challenge: { parameters }, solution }) => ({ challenge: { parameters }, solution }),
      'malformed',
    ],
    [
      'no key that signs the solution',
      ({ challenge, solution }) => ({
        challenge: { ...challenge, parameters: { ...challenge.parameters, keySignature: undefined } },
        solution,
      }),
      'malformed',
    ],
    [
      'no end',
      ({ challenge, solution }) => ({
        challenge: { ...challenge, parameters: { ...challenge.parameters, expiresAt: undefined } },
        solution,
      }),
      'malformed',
    ],
    ['no object', () => [], 'malformed'],
    ['null', () => null, 'malformed'],
  ])('is not taken with %s', async (_, change, error) => {
    const work = await workFor((await challenge()).text)
    expect(await check(encoded(change(opened(work))))).toEqual({ ok: false, error })
  })

  it.each(['', '{}', 'ä', '!', 'A'.repeat(4097), btoa('{"challenge":')])('is not taken as %s', async (work) => {
    expect(await check(work)).toEqual({ ok: false, error: 'malformed' })
  })
})
