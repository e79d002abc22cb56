import { expect, it } from 'vitest'
import { dayOf } from '../../src/base/days.ts'
import { MAX_FORWARDS } from '../../src/pools/limits.ts'
import { WITHOUT_END } from '../../src/pools/restrictions.ts'
import { CLAIM_LIFE_MS } from '../../src/pools/spread/limits.ts'
import { slotOfLogin } from '../../src/pools/spread/slots.ts'
import { SpreadPool } from '../../src/pools/spread/spread-pool.ts'
import type { Proof, Step, TakeStep } from '../../src/pools/spread/step.ts'
import { login } from './clients.ts'
import { faultsOf } from './invariants.ts'
import { TAG, uuidIn, viewOf } from './play.ts'
import { VirtualPool } from './virtual-pool.ts'

const [member, other, guest] = [uuidIn(1, 1), uuidIn(2, 2), uuidIn(3, 3)]
const deadline = Number.MAX_SAFE_INTEGER
const ofMember = { ...login('vg'), claim: `seed/${member}/0` }

/** What shows nothing: another claim of the same login, a login of another identity, or that it was a guest. */
const WRONG: Proof[] = [
  [{ ...login('vg'), claim: 'earlier' }],
  [{ ...login('vf'), claim: `seed/${other}/0` }],
  [],
  'guest',
]

const STEPS: ((proof: Proof) => Step)[] = [
  (proof) => ({ step: 'attach', identity: member, login: login('vt'), claim: 'c', deadline, proof }),
  (proof) => ({ step: 'freeze', loser: member, survivor: other, op: 'o', proof }),
  (proof) => ({ step: 'absorb', survivor: member, op: 'o', members: [], deadline, proof }),
  (proof) => ({
    step: 'detach',
    identity: member,
    logins: { providers: ['g.example'] },
    proof: proof as Exclude<Proof, 'guest'>,
    operation: 'p',
  }),
]

it('a step that changes an identity is refused to whoever does not speak for it any more', () => {
  for (const proof of WRONG)
    for (const stepWith of STEPS.slice(0, proof === 'guest' ? 3 : 4)) {
      const pool = seeded()
      const before = pool.objects.map((object) => [object.rows('identity'), object.rows('login')])
      const answer = pool.take(stepWith(proof))
      expect('decision' in answer ? answer.decision : answer.kind).toMatch(/^(changed|refused)$/)
      expect(pool.objects.map((object) => [object.rows('identity'), object.rows('login')])).toEqual(before)
    }
})

it('whoever speaks for an identity may change it', () => {
  for (const stepWith of STEPS) {
    const answer = seeded().take(stepWith([ofMember]))
    expect('decision' in answer ? answer.decision : answer.kind).toMatch(/^(done|frozen|absorbed)$/)
  }
})

it('an identity that is blocked is changed by signed calls alone that may', () => {
  for (const until of [WITHOUT_END, 1_000_000_001]) {
    const blocked = () => {
      const pool = seeded()
      const restriction = { restriction: 'block', until, reason: undefined } as const
      expect(pool.take({ step: 'restrict', identity: member, restriction }).kind).toBe('restricted')
      return pool
    }
    for (const stepWith of STEPS) {
      const step = stepWith([ofMember])
      const kindOf = (pool: VirtualPool, one: Step) => {
        const answer = pool.take(one)
        return 'decision' in answer ? answer.decision : answer.kind
      }
      expect(kindOf(blocked(), step)).toMatch(/^(changed|refused)$/)
      expect(kindOf(blocked(), { ...step, evenBlocked: true } as Step)).toMatch(/^(done|frozen|absorbed)$/)
      const later = blocked()
      later.now += 1
      expect(kindOf(later, step)).toMatch(until === WITHOUT_END ? /^(changed|refused)$/ : /^(done|frozen|absorbed)$/)
    }
  }
})

it('a login is linked where a loser that has not finished still has its row', () => {
  const pool = seeded()
  const vt = login('vt')
  const left = pool.take({ step: 'freeze', loser: member, survivor: other, op: 'o', proof: [ofMember] })
  expect(left.kind).toBe('frozen')
  // The survivor has absorbed `vg` by now, and lost it again: it is anybody's who has it reserved, far from here.
  const [home] = pool.objects
  home?.identities.take({ ...vt, claim: 'earlier' }, member)
  const near = uuidIn(0, 4)
  const attach = { step: 'attach', identity: near, login: vt, claim: 'later', deadline, proof: 'new' } as const
  expect(pool.take(attach).kind).toBe('done')
  expect(home?.identities.members([near])).toEqual([{ ...vt, claim: 'later', linkedDay: dayOf(pool.now) }])
})

it('a merge that was too late stays refused, whatever the clock says then', () => {
  const pool = seeded()
  const absorb = { step: 'absorb', survivor: member, op: 'o', members: [], proof: [ofMember] } as const
  const late = { ...absorb, deadline: pool.now - 1 }
  expect(pool.take(late).decision).toBe('refused')
  pool.now -= 10
  expect(pool.take(late).decision).toBe('refused')
})

it('a claim lapses a minute after its call has begun to look, however long that takes', async () => {
  const pool = seeded()
  const began = pool.now
  const deadlines: number[] = []
  const take: TakeStep = async (step) => {
    pool.now += 10_000
    if (step.step === 'attach') deadlines.push(step.deadline)
    return pool.take(step)
  }
  await poolOf(pool, take).resolve({ identity: guest, logins: [login('vt'), login('vh')], fresh: uuidIn(9, 9) })
  expect(deadlines.length).toBeGreaterThan(0)
  // The first step asks whether one object knows everything; looking begins after it.
  for (const one of deadlines) expect(one).toBeLessThanOrEqual(began + 10_000 + CLAIM_LIFE_MS)
})

it('a login is found behind more merges than are followed at once', async () => {
  const pool = new VirtualPool([
    [0, 0],
    [2048, 1],
  ])
  const vt = login('vt')
  const slotBeside = (slotOfLogin(vt) + 2048) % 4096
  const ids = Array.from({ length: 3 * MAX_FORWARDS }, (_, n) => uuidIn(slotBeside, n))
  const last = uuidIn(slotBeside, 9_999)
  pool.seed(last, 'member', [vt])
  for (const [n, id] of ids.entries()) pool.seed(id, 'guest', [], ids[n + 1] ?? last)
  const claim = `seed/${last}/0`
  pool.take({ step: 'repoint', login: vt, claim, identity: ids[0] ?? '' })
  const found = await poolOf(pool, async (step) => pool.take(step)).resolve({ logins: [vt], fresh: uuidIn(9, 9) })
  expect(found).toEqual({ kind: 'identity', uuid: last, guest: false })
  expect(faultsOf(pool)).toEqual([])
})

type Called = (pool: SpreadPool) => Promise<object>

/** A call of an operator; what comes between its looking and its first step; and what it comes to then. */
const BETWEEN: Readonly<Record<string, readonly [call: Called, between: Called, answer: object]>> = {
  'a user who loses the last login': [
    (pool) => pool.linkLogin({ identity: member, login: login('vt'), aliases: [] }),
    (pool) => pool.unlink({ identity: member, proven: [login('vg')], providers: ['g.example'], operation: 'op' }),
    { kind: 'disabled' },
  ],
  'a guest who signs in': [
    (pool) => pool.linkLogin({ identity: guest, login: login('vt'), aliases: [] }),
    (pool) => pool.resolve({ identity: guest, logins: [login('vh')], fresh: uuidIn(8, 8) }),
    { kind: 'linked', uuid: guest, changes: true },
  ],
  'a user who loses a merge': [
    (pool) => pool.mergeIdentities({ source: guest, destination: member }),
    (pool) => pool.mergeIdentities({ source: member, destination: other }),
    { kind: 'merged', uuid: other, changes: true, moved: 0 },
  ],
  'a guest who is merged': [
    (pool) => pool.mergeIdentities({ source: guest, destination: member }),
    (pool) => pool.mergeIdentities({ source: guest, destination: other }),
    { kind: 'merged', uuid: member, changes: true, moved: 1 },
  ],
}

it.each(Object.entries(BETWEEN))(
  'an operator changes identities as they were seen, or looks again: %s',
  async (_, [call, between, answer]) => {
    const pool = seeded()
    const direct: TakeStep = async (step) => pool.take(step)
    let isFirst = true
    const take: TakeStep = async (step) => {
      if (isFirst && ['attach', 'freeze'].includes(step.step)) {
        isFirst = false
        await between(poolOf(pool, direct))
      }
      return pool.take(step)
    }
    expect(await call(poolOf(pool, take))).toEqual(answer)
    expect(isFirst).toBe(false)
    await pool.quiet()
    expect(faultsOf(pool)).toEqual([])
  },
)

function poolOf(pool: VirtualPool, take: TakeStep): SpreadPool {
  const world = { now: () => pool.now, random: (length: number) => new Uint8Array(length), uuid: () => uuidIn(9, 9) }
  const { spread } = pool
  const view = viewOf(undefined)
  return new SpreadPool({ tag: TAG, spread, allowGuests: true, view, take, world, pause: async () => {} })
}

function seeded(): VirtualPool {
  const pool = new VirtualPool([
    [0, 0],
    [2, 1],
  ])
  pool.seed(member, 'member', [login('vg')])
  pool.seed(other, 'member', [login('vf')])
  pool.seed(guest, 'guest', [])
  return pool
}
