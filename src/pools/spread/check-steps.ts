import type { IdentityRow, ProvenLogin } from '../identities.ts'
import type { CheckAnswers, Checked, CheckStep, Holder, PointStep, ReleaseStep, Route, Way } from './check-step.ts'
import { OVERDUE_AFTER_MS, RESERVATION_GRACE_MS } from './limits.ts'
import { isAtHome, slotOfIdentity, slotOfLogin } from './slots.ts'
import { CHANGED, DONE, isLogin, memberOf, type StepTables, seenOf } from './tables.ts'

/** Takes one step of a check. The caller has begun the transaction. */
export function takeCheckStep(step: CheckStep, tables: StepTables): CheckAnswers[CheckStep['step']] {
  const { errands, identities, reservations } = tables
  switch (step.step) {
    case 'check_identities': {
      const rows = identities.walks.rows(step.after, step.end, step.limit)
      return { kind: 'identities', identities: rows.flatMap(({ uuid }) => checked(uuid, tables)) }
    }
    case 'check_look':
      return { kind: 'identities', identities: step.identities.flatMap((uuid) => checked(uuid, tables)) }
    case 'check_index':
      return { kind: 'index', ways: step.logins.map((login) => wayTo(login, tables)) }
    case 'check_holders':
      return { kind: 'holders', holders: step.logins.map((login) => holderOf(login, tables)) }
    case 'check_routes':
      return { kind: 'routes', routes: routesAfter(step, tables) }
    case 'check_merges':
      return { kind: 'merges', merges: reservations.won(step.after, step.limit) }
    case 'check_errands': {
      const named = errands.merges()
      return { kind: 'errands', ops: step.ops.filter((op) => named.has(op)) }
    }
    case 'check_settle':
      return settle(step.identity, tables)
    case 'check_point':
      return point(step, tables)
    case 'check_release':
      return release(step, tables)
  }
}

export function slotsOfCheckStep(step: CheckStep): number[] {
  switch (step.step) {
    case 'check_look':
      return step.identities.map(slotOfIdentity)
    case 'check_index':
      return step.logins.map(slotOfLogin)
    case 'check_point':
      return [slotOfLogin(step.login)]
    case 'check_release':
    case 'check_settle':
      return [slotOfIdentity(step.identity)]
    default:
      return [...step.slots]
  }
}

function checked(uuid: string, { errands, identities, now }: StepTables): Checked[] {
  const seen = seenOf(uuid, identities)
  if (!seen) return []
  const due = isFrozen(seen.row) ? errands.nextOf(uuid) : undefined
  return [{ ...seen, overdue: isFrozen(seen.row) && (due === undefined || due + OVERDUE_AFTER_MS < now()) }]
}

function wayTo(login: ProvenLogin, tables: StepTables): Way | undefined {
  const { identities, now, reservations } = tables
  const [owner] = identities.owners([login])
  const member = owner && isAtHome(login, owner.uuid) && memberOf(identities, owner.uuid, login)
  if (owner && member) return { identity: owner.uuid, claim: member.claim, by: 'home', young: false }
  const route = reservations.route(login)
  return route && { ...route, by: 'route', young: isYoung(reservations.reservedAt(login), now()) }
}

function holderOf(login: ProvenLogin, { identities }: StepTables): Holder | undefined {
  const [owner] = identities.owners([login])
  const member = owner && memberOf(identities, owner.uuid, login)
  return member && { identity: owner.uuid, claim: member.claim, frozen: isFrozen(owner) }
}

function routesAfter(
  { after, limit }: Extract<CheckStep, { step: 'check_routes' }>,
  tables: StepTables,
): readonly Route[] {
  const { identities, now, reservations } = tables
  return reservations.routes(after, limit).map(({ at, login, ...route }) => {
    const [owner] = identities.owners([login])
    const needless = owner !== undefined && isAtHome(login, owner.uuid)
    return { ...route, login, by: 'route', young: isYoung(at, now()), needless }
  })
}

function point({ claim, identity, instead, login }: PointStep, { identities, reservations }: StepTables) {
  const [owner] = identities.owners([login])
  if (owner && isAtHome(login, owner.uuid)) return CHANGED
  const route = reservations.route(login)
  if (route && route.claim !== claim && route.claim !== instead) return CHANGED
  reservations.reserve(login, { identity, claim })
  return DONE
}

function release({ claim, forward, identity, login }: ReleaseStep, { identities, now }: StepTables) {
  const row = identities.row(identity)
  if (!row || isFrozen(row)) return CHANGED
  const members = identities.members([identity])
  const left = members.filter((member) => !isLogin(member, login, claim))
  if (left.length === members.length) return CHANGED
  if (left.length === 0 && forward !== undefined) {
    // It is again what it was, so it keeps the time of its last change.
    identities.lose(identity, forward, row.modified_at)
    return DONE
  }
  identities.release(login, identity)
  identities.settle(identity, now())
  return DONE
}

function settle(uuid: string, { identities, now }: StepTables) {
  const seen = seenOf(uuid, identities)
  if (seen?.row.state !== 'member' || isFrozen(seen.row) || seen.members.length > 0) return CHANGED
  identities.settle(uuid, now())
  return DONE
}

function isFrozen({ frozen_by }: IdentityRow): boolean {
  return frozen_by !== null
}

function isYoung(reservedAt: number, now: number): boolean {
  return reservedAt > now - RESERVATION_GRACE_MS
}
