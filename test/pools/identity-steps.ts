import fc from 'fast-check'
import type { PoolAddress } from '../../src/pools/calls.ts'
import type { ErasableFound } from '../../src/pools/erasure-table.ts'
import type { IdentityPool, Pool, ProvenLogin, Restriction } from '../../src/pools/index.ts'
import { WITHOUT_END } from '../../src/pools/restrictions.ts'
import { type Answer, type Call, holderOf, type Model } from './identity-model.ts'
import { ACCOUNT, developerUser, publicLogin, REGION } from './names.ts'
import type { RemotePool } from './support.ts'

/** Everybody may name any identity; each can prove only logins of their own, which their subjects begin with. */
export const PEOPLE = ['ana', 'ben', 'eve'] as const

/** The developer provider has the name of a public one, and its users the subjects of public users. */
const DEVELOPER_PROVIDER = 'idp-1'
export const PUBLIC_PROVIDERS = ['idp-1', 'idp-2', 'idp-3'] as const

/** Two accounts with one provider, one account each with two others. */
export const publicLoginsOf = (person: string): ProvenLogin[] => [
  publicLogin('idp-1', `${person}-1`),
  publicLogin('idp-1', `${person}-2`),
  publicLogin('idp-2', `${person}-1`),
  publicLogin('idp-3', `${person}-1`),
]

const userOf = (person: string, n: number) => developerUser(`${person}-${n}`, DEVELOPER_PROVIDER)

/** A call with its parties still open: who and what it means depends on what happened before. */
export type Step = { person: string; named: Named; elapsed: number; repeated: boolean } & (
  | { op: 'sign_in' | 'name'; logins: readonly number[] }
  | { op: 'sign_in_many'; users: number }
  | { op: 'join'; which: number }
  | { op: 'unlink'; logins: readonly number[]; providers: readonly string[] }
  | { op: 'vouch' | 'vouch_for_named' | 'hand_back'; user: number; logins: readonly number[] }
  | { op: 'unlink_developer'; user: number }
  | { op: 'merge_developers'; user: number; other: number }
  | { op: 'find'; which: number }
  | { op: 'operator_links'; which: number }
  | { op: 'operator_unlinks'; which: number }
  | { op: 'operator_merges'; which: number }
  | { op: 'delete'; more: readonly number[] }
  | { op: 'erase' }
  | { op: 'sweep' }
  | { op: 'guests'; allowed: boolean }
  /** For no time, for a day, or without an end. */
  | { op: 'block'; lasts: number }
  | { op: 'late_repeat'; which: number }
)

/** The identity of the caller's own login, the last guest, any id ever handed out, or one that never was. */
type Named = 'own' | 'guest' | number | 'nobody'

const named: fc.Arbitrary<Named> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('own' as const) },
  { weight: 2, arbitrary: fc.constant('guest' as const) },
  { weight: 8, arbitrary: fc.nat(7) },
  { weight: 1, arbitrary: fc.constant('nobody' as const) },
)

function subsets<T>(all: readonly T[], max: number): T[][] {
  const sets: T[][] = [[]]
  for (const item of all) sets.push(...sets.map((set) => [...set, item]))
  return sets.filter((set) => set.length <= max)
}

/** Indices of a person's public logins; the second account with one provider (1) comes up less often. */
const logins = (max: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...subsets([0, 2, 3], max)) },
    { weight: 1, arbitrary: fc.constantFrom(...subsets([0, 1, 2, 3], max)) },
  )
const user = fc.nat(1)

function step<Op extends Step['op'], T extends object>(
  weight: number,
  op: Op,
  choices: { [K in keyof T]: fc.Arbitrary<T[K]> },
) {
  const arbitrary = fc.record({
    op: fc.constant(op),
    person: fc.constantFrom('ana', 'ana', 'ana', 'ana', 'ben', 'eve'),
    named,
    elapsed: fc.constantFrom(0, 0, 0, 1, 1, 1, 1, 3 * DAY, 7 * DAY),
    repeated: fc.constantFrom(false, false, false, false, false, false, false, true),
    ...choices,
  })
  return { weight, arbitrary: arbitrary as unknown as fc.Arbitrary<Step> }
}

/** Milliseconds. */
const DAY = 86_400_000

const firstSteps: fc.Arbitrary<Step> = fc.oneof(
  step(3, 'sign_in', { logins: fc.constantFrom([], [0], [1], [2], [3]) }),
  step(2, 'vouch', { user, logins: fc.constantFrom([], [0], [1]) }),
)

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  step(5, 'sign_in', { logins: logins(2) }),
  step(10, 'name', { logins: logins(3) }),
  step(4, 'join', { which: fc.nat(5) }),
  step(1, 'sign_in_many', { users: fc.integer({ min: 16, max: 20 }) }),
  step(3, 'unlink', {
    logins: logins(2),
    providers: fc.constantFrom(...subsets(PUBLIC_PROVIDERS, 3)),
  }),
  step(4, 'vouch', { user, logins: logins(1) }),
  step(4, 'vouch_for_named', { user, logins: logins(2) }),
  step(2, 'hand_back', { user, logins: logins(1) }),
  step(2, 'unlink_developer', { user }),
  step(3, 'merge_developers', { user, other: user }),
  step(1, 'find', { which: fc.nat(5) }),
  step(4, 'operator_links', { which: fc.nat(5) }),
  step(2, 'operator_unlinks', { which: fc.nat(5) }),
  step(4, 'operator_merges', { which: fc.nat(7) }),
  step(2, 'delete', { more: fc.constantFrom([], [], [1], [1, 2]) }),
  step(2, 'erase', {}),
  step(2, 'sweep', { elapsed: fc.constantFrom(0, 3 * DAY, 9 * DAY, 10 * DAY, 30 * DAY) }),
  step(1, 'guests', { allowed: fc.constantFrom(true, true, false) }),
  step(2, 'block', { lasts: fc.constantFrom(0, DAY, WITHOUT_END) }),
  step(1, 'late_repeat', { which: fc.nat(12) }),
)

/** Some sign in, then anything happens. */
export const sequences: fc.Arbitrary<Step[]> = fc
  .tuple(fc.array(firstSteps, { minLength: 1, maxLength: 4 }), fc.array(anyStep, { minLength: 4, maxLength: 11 }))
  .map(([first, then]) => [...first, ...then])

/** The call that a step stands for, given the ids handed out so far; `serial` makes the ids of this call. */
export function callOf(
  step: Exclude<Step, { op: 'late_repeat' }>,
  model: Model,
  ids: readonly string[],
  serial: number,
  now: number,
): Call {
  const { person } = step
  const own = (indices: readonly number[]) => indices.flatMap((index) => publicLoginsOf(person)[index] ?? [])
  const proven = [...('user' in step ? [userOf(person, step.user)] : []), ...('logins' in step ? own(step.logins) : [])]
  const at = (index: number) => ids[index % ids.length] ?? 'nobody'
  const identity = identityNamed(step.named, proven, model, at)
  const fresh = `id-${String((serial * 7) % 100).padStart(2, '0')}`
  const operation = `operation-${serial}`
  switch (step.op) {
    case 'sign_in':
    case 'vouch':
      return { op: 'resolve', logins: proven, fresh }
    case 'name':
    case 'vouch_for_named':
      return { op: 'resolve', identity, logins: proven, fresh }
    case 'hand_back': {
      const [user, ...others] = proven
      return { op: 'resolve', identity, logins: user ? [{ ...user, mustBeMember: true }, ...others] : others, fresh }
    }
    case 'join': {
      const several = oneLoginOfEach(person, step.which, model)
      return { op: 'resolve', identity: step.named === 'own' ? undefined : identity, logins: several, fresh }
    }
    case 'sign_in_many': {
      const users = Array.from({ length: step.users }, (_, n) => userOf(person, n))
      return { op: 'resolve', logins: [...own([2]), ...users], fresh }
    }
    case 'unlink':
      return { op: 'unlink', identity, proven, providers: step.providers, operation }
    case 'unlink_developer':
      return { op: 'unlink_developer', identity, login: userOf(person, step.user), operation }
    case 'merge_developers':
      return { op: 'merge_developers', source: userOf(person, step.user), destination: userOf(person, step.other) }
    case 'find':
      return { op: 'find', login: loginOf(person, step.which) }
    case 'operator_links':
      return { op: 'operator_links', identity, login: loginOf(ownerOf(model, identity) ?? person, step.which) }
    case 'operator_unlinks': {
      const held = [...(model.identities.get(model.standsFor.get(identity) ?? identity)?.logins.values() ?? [])]
      const login = held[step.which % (held.length + 1)] ?? loginOf(person, step.which)
      return { op: 'operator_unlinks', identity, login, operation }
    }
    case 'operator_merges': {
      const owner = ownerOf(model, identity)
      const sources = ids.filter((id) => (ownerOf(model, id) ?? owner) === owner)
      return { op: 'operator_merges', source: sources[step.which % sources.length] ?? 'nobody', destination: identity }
    }
    case 'delete':
      return { op: 'delete', uuids: [identity, ...step.more.map((n) => at(serial * 3 + n))] }
    case 'erase':
      return { op: 'erase', identity }
    case 'sweep':
      return { op: 'sweep' }
    case 'guests':
      return { op: 'guests', allowed: step.allowed }
    case 'block':
      return { op: 'block', identity, until: step.lasts === WITHOUT_END ? WITHOUT_END : step.lasts && now + step.lasts }
  }
}

/** One of the logins that a person may have. */
function loginOf(person: string, which: number): ProvenLogin {
  const all = [...publicLoginsOf(person), userOf(person, 0), userOf(person, 1)]
  return all[which % all.length] ?? userOf(person, 0)
}

/** Whose an identity is, or what it has become; nobody's, if it has no login. Operators act for the owner. */
function ownerOf(model: Model, named: string): string | undefined {
  const [login] = model.identities.get(model.standsFor.get(named) ?? named)?.logins.values() ?? []
  return login?.subject.split('-')[0]
}

/** Public logins of a person that prove up to three identities, one of each. */
function oneLoginOfEach(person: string, which: number, model: Model): ProvenLogin[] {
  const held = [...model.identities.values()].flatMap(({ logins }) => {
    const own = [...logins.values()].filter((login) => !login.developer && login.subject.startsWith(person))
    return own[which % own.length] ?? []
  })
  return held.slice(which % 2, 3)
}

function identityNamed(
  named: Named,
  proven: readonly ProvenLogin[],
  model: Model,
  at: (index: number) => string,
): string {
  if (named === 'nobody') return named
  if (named === 'guest') return [...model.identities].findLast(([, { state }]) => state === 'guest')?.[0] ?? at(0)
  if (named !== 'own') return at(named)
  return proven.map((login) => holderOf(model, login)).find((holder) => holder !== undefined) ?? at(0)
}

/** Makes the call, of the object itself or of a stub of it, with settings of this version. */
export function send(pool: IdentityPool | RemotePool, call: Call, poolId: string, version: number) {
  const address = { id: poolId, account: ACCOUNT }
  switch (call.op) {
    case 'resolve':
      return pool.resolve({ region: REGION, version, ...call })
    case 'unlink':
      return pool.unlink({ region: REGION, version, ...call })
    case 'unlink_developer':
      return pool.unlinkDeveloper(address, { ...call, ...call.login })
    case 'merge_developers': {
      const [source, destination] = [call.source.subject, call.destination.subject]
      return pool.mergeDevelopers(address, { provider: call.source.provider, source, destination })
    }
    case 'find':
      return pool.findIdentity(address, [call.login])
    case 'operator_links':
      return pool.linkLogin(address, { ...call, aliases: [] })
    case 'operator_unlinks':
      return pool.unlinkLogin(address, { ...call, logins: [call.login] })
    case 'operator_merges':
      return pool.mergeIdentities(address, call)
    case 'delete':
      return pool.deleteIdentities(REGION, ACCOUNT, call.uuids)
    case 'erase':
      return erase(pool, { ...address, knowsSpread: true }, call.identity)
    case 'block':
      return pool.restrict(address, call.identity, restrictionOf(call))
    case 'sweep':
      throw new Error('Nobody asks an object to sweep.')
    case 'guests':
      return pool.change(address, { kind: 'replace', settings: { allowGuests: call.allowed } })
  }
}

/** Looks at a user and erases them, as the service does: again, if they have changed in between. Nobody is erased as well. */
function erase(
  pool: IdentityPool | RemotePool,
  address: PoolAddress,
  identity: string,
): { kind: string } | Promise<{ kind: string }> {
  const look = pool.lookToErase(address, { identity })
  const carryOut = (found: { kind: string }) => {
    const { erasable } = found as ErasableFound
    return erasable ? pool.erase(address, erasable) : { kind: 'erased' }
  }
  const end = (erased: { kind: string }) => (erased.kind === 'changed' ? erase(pool, address, identity) : erased)
  return 'then' in look ? look.then(carryOut).then(end) : (end(carryOut(look) as { kind: string }) as { kind: string })
}

/** What blocks an identity, or ends its block. */
export function restrictionOf({ until }: Call & { op: 'block' }): Restriction {
  return until === 0 ? { restriction: 'unblock' } : { restriction: 'block', until, reason: undefined }
}

/** The version in an answer that has the pool. */
export function versionIn(answer: { kind: string; pool?: Pool }): number {
  return answer.pool?.version ?? 0
}

/** An answer without what the rules say nothing about. */
export function answerOf(
  answer: { kind: string } & Partial<Answer> & { identity?: { uuid: string } | undefined },
): Answer {
  const { guest, identity, kind, provider, subject, uuid = identity?.uuid, why } = answer
  if (kind === 'pool') return { kind }
  return {
    kind,
    ...(why !== undefined && { why }),
    ...(uuid !== undefined && { uuid }),
    ...(guest !== undefined && { guest }),
    ...(provider !== undefined && { provider }),
    ...(subject !== undefined && { subject }),
  }
}
