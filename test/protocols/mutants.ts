import { CLAIM_MEMORY_MS } from '../../src/pools/spread/limits.ts'
import { isAtHome } from '../../src/pools/spread/slots.ts'
import type { Step } from '../../src/pools/spread/step.ts'
import type { Mutation, VirtualObject } from './virtual-pool.ts'

type StepOf<K extends Step['step']> = Extract<Step, { step: K }>

/** A fault of some steps. The others are taken as they are. */
function of<K extends Step['step']>(
  kinds: readonly K[],
  change: (step: StepOf<K>, object: VirtualObject, right: Parameters<Mutation>[2]) => ReturnType<Mutation>,
): () => Mutation {
  return () => (step, object, right) =>
    kinds.some((kind) => kind === step.step) ? change(step as StepOf<K>, object, right) : right(step)
}

/** The identity is not frozen, as far as this step sees. */
function unfrozen(kind: 'absorb' | 'attach' | 'detach' | 'erase' | 'restrict'): () => Mutation {
  return of([kind], (step, { identities }, right) => {
    const uuids = step.step === 'erase' ? step.identities : [step.step === 'absorb' ? step.survivor : step.identity]
    const frozen = uuids.flatMap((uuid) => identities.row(uuid) ?? []).filter((row) => row.frozen_by !== null)
    for (const { uuid } of frozen) identities.thaw(uuid)
    const answer = right(step)
    for (const { frozen_by, frozen_for, uuid } of frozen) identities.freeze(uuid, frozen_by ?? '', frozen_for ?? '')
    return answer
  })
}

/** Whatever the caller shows counts as good. */
function proven({ identities }: VirtualObject, uuid: string) {
  return identities.row(uuid)?.state === 'guest' ? 'guest' : identities.members([uuid])
}

const decisionForgotten = (kind: 'absorb' | 'decide') =>
  of([kind], (step, { reservations }, right) => {
    const known = reservations.decision(step.op)
    const answer = right(step)
    if (!known) reservations.forget(step.op)
    return answer
  })

/** Protocols that each lack one thing. Each must come to a fault in some schedule of a scenario. */
export const MUTANTS: Readonly<Record<string, () => Mutation>> = {
  'a reservation makes a login a member': of(['look'], (step, { identities }, right) => {
    const { login, reservation } = step.confirm ?? {}
    const row = reservation && identities.row(reservation.identity)
    if (login && row && row.state !== 'disabled' && !row.frozen_by && identities.owners([login]).length === 0) {
      identities.take({ ...login, claim: reservation.claim }, row.uuid)
      identities.settle(row.uuid, row.modified_at)
    }
    return right(step)
  }),
  'a claim is linked that was refused': of(['attach'], (step, { sql }, right) => {
    sql.exec('DELETE FROM refused_claim WHERE claim = ?', step.claim)
    return right(step)
  }),
  'a claim is not refused': of(['look'], ({ confirm, ...step }, _, right) => right(step)),
  'a claim of a login that was taken off is good': of(['detach', 'erase'], (step, { sql }, right) => {
    const answer = right(step)
    sql.exec('DELETE FROM refused_claim')
    return answer
  }),
  'a claim lives longer than it is remembered': of(['attach'], (step, _, right) =>
    right({ ...step, deadline: step.deadline + 3 * CLAIM_MEMORY_MS }),
  ),
  'a login is linked without proof': of(['attach'], (step, object, right) =>
    right(step.proof === 'new' ? step : { ...step, proof: proven(object, step.identity) }),
  ),
  'a loser is frozen without proof': of(['freeze'], (step, object, right) =>
    right({ ...step, proof: proven(object, step.loser) }),
  ),
  'a frozen identity gets a login': unfrozen('attach'),
  'a frozen identity loses a login': unfrozen('detach'),
  'a frozen identity is deleted': unfrozen('erase'),
  'a frozen identity absorbs': unfrozen('absorb'),
  'what was absorbed is not recorded': decisionForgotten('absorb'),
  'what was decided is not recorded': decisionForgotten('decide'),
  'a merge is absorbed after its deadline': of(['absorb'], (step, _, right) =>
    right({ ...step, deadline: Number.MAX_SAFE_INTEGER }),
  ),
  'what is absorbed gets other claims': of(['absorb'], (step, _, right) =>
    right({ ...step, members: step.members.map((member) => ({ ...member, claim: `${member.claim}'` })) }),
  ),
  'a merge is finished for another': of(['finish'], (step, { identities }, right) =>
    right({ ...step, op: identities.row(step.loser)?.frozen_by ?? step.op }),
  ),
  'a loser leaves no route to its own logins': of(['finish'], (step, { identities, reservations }, right) => {
    const own = identities.members([step.loser]).filter((member) => isAtHome(member, step.loser))
    const answer = right(step)
    for (const { claim, ...login } of own) reservations.drop(login, claim)
    return answer
  }),
  'a deleted loser leads nowhere': of(['erase'], (step, { sql }, right) => {
    const answer = right(step)
    sql.exec('DELETE FROM identity WHERE erased = 1')
    return answer
  }),
  'a reservation is given up by any claim': of(['drop'], (step, { reservations }, right) =>
    right({ ...step, claim: reservations.route(step.login)?.claim ?? '' }),
  ),
  'a reservation leads on by any claim': of(['repoint'], (step, { reservations }, right) =>
    right({ ...step, claim: reservations.route(step.login)?.claim ?? '' }),
  ),
  'a login that was not linked gives its reservation up': failedLinksDrop,
  'a reservation for one identity is used for another': reservationsSwapped,
  'a proof is good for two uses': of(['proofs', 'resolve'], (step, { sql }, right) => {
    const answer = right(step)
    sql.exec('DELETE FROM used_proof')
    return answer
  }),
  'a frozen identity is blocked': unfrozen('restrict'),
  'a survivor does not take the block of its loser over': of(['absorb'], ({ inheritance, ...step }, _, right) =>
    right(step),
  ),
  'a trial is no trial': of(['resolve'], (step, _, right) => right({ ...step, dryRun: false })),
}

/** The scenario in which each of them comes to a fault soon, and the seed from which on that is sooner where it is rare. */
export const SHOWN_IN: Readonly<Record<string, readonly [scenario: string, seed?: number]>> = {
  'a reservation makes a login a member': ['a user signs in as a guest whose id another knows and links to'],
  'a claim is linked that was refused': ['two tabs of a new user, logins in opposite order'],
  'a claim is not refused': ['two tabs of a new user, logins in opposite order'],
  'a claim of a login that was taken off is good': ['a login is linked and taken off', 9],
  'a claim lives longer than it is remembered': ['two tabs of a new user, logins in opposite order'],
  'a login is linked without proof': ['a user signs in as a guest whose id another knows and links to'],
  'a loser is frozen without proof': ['a guest becomes another’s just when the user takes it over'],
  'a frozen identity gets a login': ['a merge while a second login of a provider is linked'],
  'a frozen identity loses a login': ['a merge while a login is taken off', 19],
  'a frozen identity is deleted': ['a chain of merges while the first loser is deleted'],
  'a frozen identity absorbs': ['a ring of merges of developer users'],
  'what was absorbed is not recorded': ['developer users merge both ways'],
  'what was decided is not recorded': ['opposite merges'],
  'a merge is absorbed after its deadline': ['developer users merge both ways', 13],
  'what is absorbed gets other claims': ['opposite merges'],
  'a merge is finished for another': ['opposite merges', 14],
  'a loser leaves no route to its own logins': ['opposite merges'],
  'a deleted loser leads nowhere': ['a chain of merges long past, whose first losers are deleted'],
  'a reservation is given up by any claim': ['the end of a chain of merges is deleted'],
  'a reservation leads on by any claim': ['a route is set right while its login goes elsewhere', 11],
  'a login that was not linked gives its reservation up': ['an identity merges just when it has got a login', 8],
  'a reservation for one identity is used for another': ['a user is deleted and comes again, in several tabs'],
  'a proof is good for two uses': ['an assertion that is good for one use is used by three'],
  'a frozen identity is blocked': ['the loser of a merge is blocked meanwhile'],
  'a survivor does not take the block of its loser over': ['developer users merge while one of them is blocked'],
  'a trial is no trial': ['trials while two identities merge'],
}

/** The answer to a step that comes again may be that a login was not linked, though it was. */
function failedLinksDrop(): Mutation {
  const failed = new Set<string>()
  return (step, { reservations }, right) => {
    for (const { login } of step.step === 'look' ? step.logins : []) {
      const route = reservations.route(login)
      if (route && failed.has(route.claim)) reservations.drop(login, route.claim)
    }
    const answer = right(step)
    if (step.step === 'attach' && answer.kind === 'changed') failed.add(step.claim)
    return answer
  }
}

/** What a call has reserved for one identity, it links to another, where the claim cannot be refused. */
function reservationsSwapped(): Mutation {
  const used = new Map<string, string>()
  const doubted = new Set<string>()
  const callOf = (claim: string) => /^[^/]+\/\d+/.exec(claim)?.[0]
  return (step, { reservations }, right) => {
    if (step.step === 'look' && step.confirm) doubted.add(step.confirm.reservation.claim)
    // A call keeps what it has reserved and does not need there.
    if (step.step === 'drop' && /\dr\d+$/.test(step.claim) && !doubted.has(step.claim)) return { kind: 'done' }
    const [asked] = step.step === 'look' ? step.logins : []
    const route = asked && reservations.route(asked.login)
    if (asked?.reserve && route && callOf(route.claim) === callOf(asked.reserve.claim)) {
      used.set(asked.reserve.claim, route.claim)
      return { kind: 'seen', identities: [], logins: [{ kind: 'reserved' }] }
    }
    return right(step.step === 'attach' ? { ...step, claim: used.get(step.claim) ?? step.claim } : step)
  }
}
