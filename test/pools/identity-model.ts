import type { ProvenLogin } from '../../src/pools/index.ts'

/**
 * The rules for identities and logins, written a second time from their description and without any storage: who holds
 * which login, and what each id ever given out stands for today.
 */
export interface Model {
  guestsAllowed: boolean
  identities: ReadonlyMap<string, Identity>
  /** Every id that lost a merge → what it stands for today; `undefined` once that was deleted. */
  standsFor: ReadonlyMap<string, string | undefined>
  /** Ids that lost a merge → the identity that they stood for until that was deleted. */
  stoodFor: ReadonlyMap<string, string>
}

export interface Identity {
  state: 'guest' | 'member' | 'disabled'
  born: number
  logins: ReadonlyMap<string, ProvenLogin>
  /** Day of the last use that is known. */
  used: number
  /** Until when nobody may sign in as it; 0 for one that was never blocked. */
  blocked: number
}

/** Days that one note of a use stands for. */
const NOTE_DAYS = 7

/** Days without use after which guests go. */
export const TTL_DAYS = 3

const dayOf = (time: number) => Math.floor(time / 86_400_000)

export type Call =
  | { op: 'resolve'; identity?: string | undefined; logins: readonly ProvenLogin[]; fresh: string }
  | { op: 'unlink'; identity: string; proven: readonly ProvenLogin[]; providers: readonly string[]; operation: string }
  | { op: 'unlink_developer'; identity: string; login: ProvenLogin; operation: string }
  | { op: 'merge_developers'; source: ProvenLogin; destination: ProvenLogin }
  | { op: 'find'; login: ProvenLogin }
  | { op: 'operator_links'; identity: string; login: ProvenLogin }
  | { op: 'operator_unlinks'; identity: string; login: ProvenLogin; operation: string }
  | { op: 'operator_merges'; source: string; destination: string }
  | { op: 'delete'; uuids: readonly string[] }
  | { op: 'erase'; identity: string }
  | { op: 'guests'; allowed: boolean }
  /** Guests whom nobody has used for long enough go. */
  | { op: 'sweep' }
  /** Until a time, which is past for the end of a block. */
  | { op: 'block'; identity: string; until: number }

export type Answer = { kind: string; why?: string; uuid?: string; guest?: boolean; provider?: string; subject?: string }

/** What a call must answer, and what must be true after it. A refusal has several answers if several rules refuse. */
export interface Outcome {
  answers: readonly Answer[]
  after: Model
}

export const EMPTY: Model = { guestsAllowed: true, identities: new Map(), standsFor: new Map(), stoodFor: new Map() }

export function outcomeOf(model: Model, call: Call, now: number): Outcome {
  switch (call.op) {
    case 'resolve':
      return resolved(model, call, now)
    case 'unlink':
      return unlinked(model, call, now)
    case 'unlink_developer':
      return developerUnlinked(model, call, now)
    case 'block':
      return blocked(model, call)
    case 'merge_developers':
      return developersMerged(model, call)
    case 'find':
      return { answers: [found(holderOf(model, call.login))], after: model }
    case 'operator_links':
      return linkedByOperator(model, call)
    case 'operator_unlinks':
      return unlinkedByOperator(model, call)
    case 'operator_merges':
      return mergedByOperator(model, call)
    case 'delete':
      return { answers: [{ kind: 'deleted' }], after: without(model, call.uuids) }
    case 'erase':
      return { answers: [{ kind: 'erased' }], after: without(model, everybodyOf(model, call.identity)) }
    case 'sweep':
      return { answers: [{ kind: 'swept' }], after: swept(model, now) }
    case 'guests':
      return { answers: [{ kind: 'pool' }], after: { ...model, guestsAllowed: call.allowed } }
  }
}

/** A guest may have been used as much later than what is kept as one note stands for. */
function swept(model: Model, now: number): Model {
  const isOver = ({ state, used }: Identity) => state === 'guest' && used + TTL_DAYS + NOTE_DAYS <= dayOf(now)
  return without(
    model,
    [...model.identities].filter(([, row]) => isOver(row)).map(([uuid]) => uuid),
  )
}

export function holderOf(model: Model, login: ProvenLogin): string | undefined {
  for (const [uuid, { logins }] of model.identities) if (logins.has(keyOf(login))) return uuid
  return undefined
}

export function keyOf({ developer, provider, subject }: ProvenLogin): string {
  return `${developer ? 'developer' : 'public'} ${provider} ${subject}`
}

function resolved(model: Model, call: Call & { op: 'resolve' }, now: number): Outcome {
  const refuse = (...kinds: string[]): Outcome => ({ answers: kinds.map((kind) => ({ kind })), after: model })
  const stop: Outcome = { answers: [STOPPED], after: model }
  const holders = new Set(call.logins.flatMap((login) => holderOf(model, login) ?? []))
  const isStopped = [...holders].some((uuid) => isBlocked(model, uuid, now))
  if (call.identity === undefined) {
    if (isStopped) return stop
    return holders.size > 0 ? joined(model, holders, call.logins, now) : born(model, call, now)
  }

  const named = model.identities.get(call.identity)
  if (!named) return refuse('no_identity')
  if (isStopped) return stop
  if (call.logins.length === 0) {
    if (named.state !== 'guest') return refuse('forbidden')
    if (isBlocked(model, call.identity, now)) return stop
    if (!model.guestsAllowed) return refuse('guests_refused')
    const after = used(model, call.identity, now)
    return { answers: [{ kind: 'identity', uuid: call.identity, guest: true }], after }
  }
  const target = named.state === 'disabled' ? model.standsFor.get(call.identity) : call.identity
  if (target === undefined || (named.state === 'disabled' && !holders.has(target))) return refuse('forbidden')
  if (call.logins.some((login) => login.mustBeMember && holderOf(model, login) !== target))
    return refuse('logins_mismatch')
  if (takesDeveloperUser(model, call.logins, target)) return refuse('developer_user_taken')
  if (named.state === 'member' && !holders.has(target)) return refuse('logins_mismatch')
  if (isBlocked(model, target, now)) return stop
  return joined(model, holders.add(target), call.logins, now)
}

const STOPPED: Answer = { kind: 'forbidden', why: 'blocked' }

function isBlocked(model: Model, uuid: string, now: number): boolean {
  return identity(model, uuid).blocked > now
}

/** Keeps the day, unless the last one that was kept stands for it. */
function used(model: Model, uuid: string, now: number): Model {
  const before = identity(model, uuid)
  if (dayOf(now) < before.used + NOTE_DAYS) return model
  return { ...model, identities: new Map(model.identities).set(uuid, { ...before, used: dayOf(now) }) }
}

function blocked(model: Model, { identity: named, until }: Call & { op: 'block' }): Outcome {
  const uuid = model.standsFor.has(named) ? model.standsFor.get(named) : named
  const row = uuid === undefined || !model.identities.has(named) ? undefined : model.identities.get(uuid)
  if (uuid === undefined || !row) return { answers: [{ kind: 'no_identity' }], after: model }
  const identities = new Map(model.identities).set(uuid, { ...row, blocked: until })
  return { answers: [{ kind: 'restricted', uuid }], after: { ...model, identities } }
}

/** A developer user moves between identities only if public logins prove the one it leaves and the one it comes to. */
function takesDeveloperUser(model: Model, logins: readonly ProvenLogin[], target: string): boolean {
  const holders = (developer: boolean) =>
    new Set(logins.filter((login) => login.developer === developer).flatMap((login) => holderOf(model, login) ?? []))
  const moving = [...holders(true)].filter((uuid) => uuid !== target)
  return moving.length > 0 && ![target, ...moving].every((uuid) => holders(false).has(uuid))
}

function born(model: Model, { fresh, logins }: Call & { op: 'resolve' }, now: number): Outcome {
  if (logins.length === 0 && !model.guestsAllowed) return { answers: [{ kind: 'guests_refused' }], after: model }
  // Made by an earlier run of this very call. What has become of it since, stands.
  if (model.identities.has(fresh))
    return logins.length === 0
      ? resolved(model, { op: 'resolve', identity: fresh, logins, fresh }, now)
      : { answers: [{ kind: 'forbidden' }], after: model }
  const conflicts = conflictsAmong(logins)
  if (conflicts.length > 0) return { answers: conflicts, after: model }
  const guest = logins.length === 0
  const held = new Map(logins.map((login) => [keyOf(login), login]))
  const identities = new Map(model.identities)
  identities.set(fresh, { state: guest ? 'guest' : 'member', born: now, logins: held, used: dayOf(now), blocked: 0 })
  return { answers: [{ kind: 'identity', uuid: fresh, guest }], after: { ...model, identities } }
}

/** One identity out of several, with their logins and these. A guest loses; then the younger; then the greater UUID. */
function joined(model: Model, uuids: ReadonlySet<string>, logins: readonly ProvenLogin[], now: number): Outcome {
  const rank = (uuid: string) => {
    const { born, state } = identity(model, uuid)
    return [state === 'guest' ? 1 : 0, born] as const
  }
  const [first, ...others] = [...uuids]
  const winner = others.reduce((best, other) => {
    const [a, b] = [rank(best), rank(other)]
    const otherWins = b[0] < a[0] || (b[0] === a[0] && (b[1] < a[1] || (b[1] === a[1] && other < best)))
    return otherWins ? other : best
  }, first as string)
  const losers = [...uuids].filter((uuid) => uuid !== winner)
  const { after, conflicts } = absorbed(model, winner, losers, logins)
  if (conflicts.length > 0) return { answers: conflicts, after }
  return { answers: [{ kind: 'identity', uuid: winner, guest: false }], after: used(after, winner, now) }
}

/** `winner` with the logins of all and these; the losers disabled, and every id that stood for a loser standing for it. */
function absorbed(
  model: Model,
  winner: string,
  losers: readonly string[],
  logins: readonly ProvenLogin[],
): { conflicts: readonly Answer[]; after: Model } {
  const all = new Map(logins.map((login) => [keyOf(login), login]))
  for (const uuid of [winner, ...losers]) for (const [key, login] of identity(model, uuid).logins) all.set(key, login)
  const conflicts = conflictsAmong([...all.values()])
  if (conflicts.length > 0) return { conflicts, after: model }
  const identities = new Map(model.identities)
  const standsFor = new Map(model.standsFor)
  const rows = [winner, ...losers].map((uuid) => identity(model, uuid))
  // The survivor was used when any of them was, and is blocked for as long as any of them.
  const most = (of: (row: Identity) => number) => Math.max(...rows.map(of))
  const kept = { used: most((row) => row.used), blocked: most((row) => row.blocked) }
  identities.set(winner, { ...identity(model, winner), ...kept, state: 'member', logins: all })
  for (const loser of losers) {
    identities.set(loser, { ...identity(model, loser), state: 'disabled', logins: new Map(), blocked: 0 })
    standsFor.set(loser, winner)
    for (const [old, today] of standsFor) if (today === loser) standsFor.set(old, winner)
  }
  return { conflicts, after: { ...model, identities, standsFor } }
}

function unlinked(model: Model, call: Call & { op: 'unlink' }, now: number): Outcome {
  const { identity: named, proven, providers } = call
  const refuse = (kind: string): Outcome => ({ answers: [{ kind }], after: model })
  const row = model.identities.get(named)
  if (!row) return refuse('no_identity')
  if (row.state === 'guest') return refuse('forbidden')
  const target = row.state === 'disabled' ? model.standsFor.get(named) : named
  const isProven = target !== undefined && proven.some((login) => holderOf(model, login) === target)
  if (!isProven) return refuse(row.state === 'disabled' ? 'forbidden' : 'logins_mismatch')
  if (isBlocked(model, target, now)) return { answers: [STOPPED], after: model }
  return taken(model, target, (login) => !login.developer && providers.includes(login.provider))
}

function developerUnlinked(model: Model, call: Call & { op: 'unlink_developer' }, now: number): Outcome {
  const { identity: named, login } = call
  const refuse = (kind: string): Outcome => ({ answers: [{ kind }], after: model })
  const row = model.identities.get(named)
  if (!row) return refuse('no_identity')
  const holder = holderOf(model, login)
  if (holder === undefined) return refuse('no_developer_user')
  if (holder !== (row.state === 'disabled' ? model.standsFor.get(named) : named)) return refuse('developer_user_taken')
  if (isBlocked(model, holder, now)) return { answers: [STOPPED], after: model }
  return taken(model, holder, (other) => keyOf(other) === keyOf(login))
}

function taken(model: Model, uuid: string, goes: (login: ProvenLogin) => boolean): Outcome {
  const logins = new Map([...identity(model, uuid).logins].filter(([, login]) => !goes(login)))
  const identities = new Map(model.identities)
  identities.set(uuid, { ...identity(model, uuid), state: logins.size > 0 ? 'member' : 'disabled', logins })
  return { answers: [{ kind: 'unlinked' }], after: { ...model, identities } }
}

function developersMerged(model: Model, { destination, source }: Call & { op: 'merge_developers' }): Outcome {
  const [from, to] = [holderOf(model, source), holderOf(model, destination)]
  const missing = from === undefined ? source : destination
  if (from === undefined || to === undefined)
    return { answers: [{ kind: 'no_developer_user', subject: missing.subject }], after: model }
  const { after, conflicts } = absorbed(model, to, from === to ? [] : [from], [])
  return { answers: conflicts.length > 0 ? conflicts : [{ kind: 'merged', uuid: to }], after }
}

/** An operator finds who has a login. */
function found(uuid: string | undefined): Answer {
  return uuid === undefined ? { kind: 'found' } : { kind: 'found', uuid }
}

/** What an id that an operator names stands for today: a guest or a user, or neither. */
function livingOf(model: Model, named: string): string | 'no_identity' | 'disabled' {
  const row = model.identities.get(named)
  if (!row) return 'no_identity'
  const today = row.state === 'disabled' ? model.standsFor.get(named) : named
  return today !== undefined && identity(model, today).state !== 'disabled' ? today : 'disabled'
}

function linkedByOperator(model: Model, { identity: named, login }: Call & { op: 'operator_links' }): Outcome {
  const target = livingOf(model, named)
  if (target === 'no_identity' || target === 'disabled') return { answers: [{ kind: target }], after: model }
  const holder = holderOf(model, login)
  if (holder !== undefined && holder !== target)
    return { answers: [{ kind: 'login_elsewhere', uuid: holder }], after: model }
  const { after, conflicts } = absorbed(model, target, [], [login])
  return { answers: conflicts.length > 0 ? conflicts : [{ kind: 'linked', uuid: target }], after }
}

function unlinkedByOperator(model: Model, { identity: named, login }: Call & { op: 'operator_unlinks' }): Outcome {
  const refuse = (answer: Answer): Outcome => ({ answers: [answer], after: model })
  if (!model.identities.has(named)) return refuse({ kind: 'no_identity' })
  const holder = holderOf(model, login)
  if (holder === undefined) return refuse({ kind: 'no_login' })
  if (livingOf(model, named) !== holder) return refuse({ kind: 'login_elsewhere', uuid: holder })
  const { after } = taken(model, holder, (other) => keyOf(other) === keyOf(login))
  return { answers: [{ kind: 'unlinked', uuid: holder }], after }
}

/** A guest may lose, but not survive; and an id never comes to lead to itself. */
function mergedByOperator(model: Model, { destination, source }: Call & { op: 'operator_merges' }): Outcome {
  const refuse = (kind: string, uuid?: string): Outcome => ({
    answers: [uuid === undefined ? { kind } : { kind, uuid }],
    after: model,
  })
  const [loser, survivor] = [livingOf(model, source), livingOf(model, destination)]
  if (loser === 'no_identity') return refuse(loser, source)
  if (survivor === 'no_identity' || survivor === 'disabled') return refuse(survivor, destination)
  if (survivor === source) return refuse('leads_back')
  if (survivor === loser) return refuse('merged', survivor)
  if (loser === 'disabled') return refuse(loser, source)
  if (identity(model, survivor).state === 'guest') return refuse('guest_destination')
  const { after, conflicts } = absorbed(model, survivor, [loser], [])
  return { answers: conflicts.length > 0 ? conflicts : [{ kind: 'merged', uuid: survivor }], after }
}

function without(model: Model, uuids: readonly string[]): Model {
  const identities = new Map([...model.identities].filter(([uuid]) => !uuids.includes(uuid)))
  const standsFor = new Map<string, string | undefined>()
  const stoodFor = new Map([...model.stoodFor].filter(([old]) => !uuids.includes(old)))
  for (const [old, today] of model.standsFor) {
    if (uuids.includes(old)) continue
    const isGone = today !== undefined && uuids.includes(today)
    standsFor.set(old, isGone ? undefined : today)
    if (isGone) stoodFor.set(old, today)
  }
  return { ...model, identities, standsFor, stoodFor }
}

/** All ids of a user: that which an id stands for, or stood for, and those that stand or stood for the same. */
function everybodyOf(model: Model, uuid: string): string[] {
  const endOf = (one: string) => model.standsFor.get(one) ?? model.stoodFor.get(one) ?? one
  const end = endOf(uuid)
  return [...model.identities.keys()].filter((one) => endOf(one) === end)
}

/** Every reason why one identity may not hold all of these. */
function conflictsAmong(logins: readonly ProvenLogin[]): Answer[] {
  const providers = logins.filter((login) => !login.developer).map((login) => login.provider)
  const twice = providers.filter((provider, index) => providers.indexOf(provider) !== index)
  return [
    ...twice.map((provider) => ({ kind: 'second_login', provider })),
    ...(logins.length > 20 ? [{ kind: 'too_many_logins' }] : []),
  ]
}

function identity(model: Model, uuid: string): Identity {
  const found = model.identities.get(uuid)
  if (!found) throw new Error(`the model lost ${uuid}`)
  return found
}
