import { expect, it } from 'vitest'
import type { Proof, Step } from '../../src/pools/spread/step.ts'
import { login } from './clients.ts'
import { uuidIn } from './play.ts'
import { VirtualPool } from './virtual-pool.ts'

const [member, other, guest] = [uuidIn(1, 1), uuidIn(2, 2), uuidIn(3, 3)]
const deadline = Number.MAX_SAFE_INTEGER

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
    const answer = seeded().take(stepWith([{ ...login('vg'), claim: `seed/${member}/0` }]))
    expect('decision' in answer ? answer.decision : answer.kind).toMatch(/^(done|frozen|absorbed)$/)
  }
})

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
