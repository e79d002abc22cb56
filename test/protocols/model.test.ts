import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { objectOf, spreadEvenly } from '../../src/pools/spread/map.ts'
import { SLOTS, slotOfLogin } from '../../src/pools/spread/slots.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import type { TakeStep } from '../../src/pools/spread/step.ts'
import { generator, uuid } from '../../tools/scale/random.ts'
import { VirtualPool } from './virtual-pool.ts'

const TAG = '0a1b2c3d'
const USERS = 4000

const SCALE_MD = readFileSync(`${import.meta.dirname}/../../docs/scale.md`, 'utf8')

/** What the model is fed with, by what the page calls it. */
function bytesInPage(what: string): number {
  const row = SCALE_MD.split('\n').find((line) => line.startsWith(`| measured | ${what} |`))
  return Number.parseInt(row?.split('|')[3] ?? '', 10)
}

/** Users with a UUID to give them, the same at every run. */
function newUsers() {
  const next = generator(1)
  const provider = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab12Cd34E'
  return Array.from({ length: USERS }, () => ({
    fresh: `${TAG}-0000-8${uuid(next).slice(15)}`,
    login: { provider, subject: uuid(next), developer: false },
  }))
}

/** Bytes of users of a pool in one object. */
function bytesAlone(): number {
  const pool = new VirtualPool(spreadEvenly(2).runs)
  const empty = pool.bytes()
  for (const { fresh, login } of newUsers()) {
    pool.objects[0]?.identities.insert(fresh, 'member', pool.now)
    pool.objects[0]?.identities.link(login, fresh, pool.now)
  }
  return pool.bytes() - empty
}

/** Bytes of users of a spread pool, whose identities are so many slots away from their logins. */
async function bytesSpread(away: number): Promise<number> {
  const pool = new VirtualPool(spreadEvenly(2).runs)
  const empty = pool.bytes()
  const take: TakeStep = async (step) => pool.take(step)
  const calls = new SpreadPool({
    tag: TAG,
    spread: pool.spread,
    allowGuests: true,
    view: { isNear: () => true, home: (login) => ((login ? slotOfLogin(login) : 0) + away) % SLOTS },
    take,
    world: { now: () => pool.now, uuid: () => crypto.randomUUID(), random: (length) => new Uint8Array(length) },
    pause: async () => {},
  })
  for (const { fresh, login } of newUsers())
    expect(await calls.resolve({ logins: [login], fresh })).toMatchObject({ kind: 'identity' })
  return pool.bytes() - empty
}

describe('the model of docs/scale.md', () => {
  it('knows what a spread pool keeps of a user', async () => {
    const atHome = await bytesSpread(0)
    const elsewhere = await bytesSpread(SLOTS / 2)
    // What pages leave empty differs with the number of users.
    const within = (bytes: number, figure: number) => expect(Math.abs(bytes / USERS / figure - 1)).toBeLessThan(0.1)
    within(atHome - bytesAlone(), bytesInPage('more for a user of a spread pool: the claim'))
    within(elsewhere - atHome, bytesInPage('and the route, where the index is elsewhere'))
  })

  it('gives logins the slots, and slots the objects, that the service does', () => {
    // The same as in test/tools/scale.test.ts: printf '["https://a.example","ada",false]' | sha256sum
    expect(slotOfLogin({ provider: 'https://a.example', subject: 'ada', developer: false })).toBe(0x4fe)
    for (const objects of [2, 8, 64, 256]) {
      const spread = spreadEvenly(objects)
      for (let slot = 0; slot < SLOTS; slot += 7)
        expect(objectOf(spread, slot)).toBe(Math.floor((slot * objects) / SLOTS))
    }
  })
})
