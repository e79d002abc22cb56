import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { IdentityPool } from '../../src/pools/index.ts'
import { TTL_DAYS } from './identity-model.ts'
import { Session } from './identity-session.ts'
import { sequences } from './identity-steps.ts'
import { storms, weather } from './identity-storm.ts'
import { inside, openPool, START } from './support.ts'

/** Set where somebody asked for more. */
const { SEQUENCES: ASKED } = env as { SEQUENCES?: string }

/** Sequences in all, and how many of them one visit of the object runs. */
const SEQUENCES = Math.max(2_000, Number(ASKED ?? 0))
const PER_VISIT = 1_000
/** So many times as many sequences at most, where chance has left something out. */
const ATTEMPTS = 4

/** Slower, since each has an object of its own. */
const CONCURRENT_SEQUENCES = Number(ASKED ?? 400) / 10
const STRUCK_SEQUENCES = Number(ASKED ?? 40)

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterAll(() => {
  vi.useRealTimers()
})

it('keeps every rule for identities and logins, whatever calls come in whatever order', async () => {
  const pool = await openPool({ tags: new Map([['edge-identity:guest-ttl-days', String(TTL_DAYS)]]) })
  const seen = new Set<string>()
  const missing = () => EVERYTHING.filter((kind) => !seen.has(kind))
  const property = (object: IdentityPool, storage: DurableObjectStorage) =>
    fc.property(sequences, (sequence) => {
      const session = new Session(object, storage, pool.id.text, vi.setSystemTime)
      for (const step of sequence) session.take(step)
      session.leave()
      for (const kind of session.seen) seen.add(kind)
    })
  for (let done = 0; done < SEQUENCES || (missing().length > 0 && done < ATTEMPTS * SEQUENCES); done += PER_VISIT)
    await inside(pool.id.tag, (object, { storage }) => {
      fc.assert(property(object, storage), { numRuns: PER_VISIT })
    })
  expect(missing()).toEqual([])
})

it('answers concurrent calls as if they came one after the other', async () => {
  await fc.assert(
    fc.asyncProperty(storms(['none']), (storm) => weather(storm)),
    { numRuns: CONCURRENT_SEQUENCES },
  )
})

it('loses nothing and does nothing twice when the object is evicted or reset, or answers are lost, and calls are repeated', async () => {
  await fc.assert(
    fc.asyncProperty(storms(['evicted', 'aborted', 'answers lost']), (storm) => weather(storm)),
    { numRuns: STRUCK_SEQUENCES },
  )
})

/** What the sequences must have met among them, or the first property would prove less than it says. */
const EVERYTHING = [
  'block: no_identity',
  'block: restricted',
  'delete: deleted',
  'erase: erased',
  'find: found',
  'forwarded once',
  'forwarded twice',
  'guests: pool',
  'merge_developers: merged',
  'merge_developers: no_developer_user',
  'operator_links: disabled',
  'operator_links: linked',
  'operator_links: login_elsewhere',
  'operator_links: no_identity',
  'operator_links: second_login',
  'operator_merges: disabled',
  'operator_merges: guest_destination',
  'operator_merges: leads_back',
  'operator_merges: merged',
  'operator_merges: no_identity',
  'operator_merges: second_login',
  'operator_unlinks: login_elsewhere',
  'operator_unlinks: no_identity',
  'operator_unlinks: no_login',
  'operator_unlinks: unlinked',
  'resolve: developer_user_taken',
  'resolve: forbidden',
  'resolve: identity',
  'resolve: logins_mismatch',
  'resolve: no_identity',
  'resolve: second_login',
  'resolve: too_many_logins',
  'sweep: some went',
  'sweep: swept',
  'unlink: forbidden',
  'unlink: logins_mismatch',
  'unlink: no_identity',
  'unlink: unlinked',
  'unlink_developer: developer_user_taken',
  'unlink_developer: no_developer_user',
  'unlink_developer: no_identity',
  'unlink_developer: unlinked',
]
