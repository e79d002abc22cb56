import { expect } from 'vitest'
import type { ProvenLogin } from '../../src/pools/index.ts'
import { type Answer, type Call, keyOf, type Model } from './identity-model.ts'

interface IdentityRow extends Record<string, SqlStorageValue> {
  uuid: string
  state: string
  created_at: number
  modified_at: number
  forward: string | null
  used_day: number | null
  blocked_until: number | null
}

interface LoginRow extends Record<string, SqlStorageValue> {
  provider: string
  subject: string
  identity: string
  developer: number
  linked_day: number | null
}

/** What a pool's object keeps of its identities, in full; and whether it lets guests in. */
export interface Kept {
  guestsAllowed: boolean
  identities: readonly IdentityRow[]
  logins: readonly LoginRow[]
}

export function kept(sql: SqlStorage): Kept {
  const { settings } = sql.exec<{ settings: string }>('SELECT settings FROM pool').one()
  return {
    guestsAllowed: settings.includes('"allowGuests":true'),
    identities: sql.exec<IdentityRow>('SELECT * FROM identity ORDER BY uuid').toArray(),
    logins: sql.exec<LoginRow>('SELECT * FROM login').toArray(),
  }
}

/** What must be true of the rows whatever happened before. */
export function expectSound({ identities, logins }: Kept): void {
  const rows = new Map(identities.map((row) => [row.uuid, row]))
  for (const row of identities) {
    const held = logins.filter((login) => login.identity === row.uuid)
    const providers = held.filter((login) => login.developer === 0).map((login) => login.provider)
    const people = new Set(held.map((login) => login.subject.split('-')[0]))
    if ((row.state === 'member') !== held.length > 0) fail(`${row.uuid} is ${row.state} with ${held.length} logins`)
    if (new Set(providers).size < providers.length) fail(`${row.uuid} has two users of one provider`)
    if (held.length > 20) fail(`${row.uuid} has ${held.length} logins`)
    if (people.size > 1) fail(`${row.uuid} is shared by ${[...people].join(' and ')}`)
    const passed = new Set<string>()
    for (let at: IdentityRow | undefined = row; at?.forward; at = rows.get(at.forward)) {
      if (at.state !== 'disabled') fail(`${at.uuid} is ${at.state} and forwards`)
      if (passed.has(at.uuid)) fail(`the forwards of ${row.uuid} go round in a circle`)
      passed.add(at.uuid)
    }
  }
  for (const login of logins) {
    if (!rows.has(login.identity)) fail(`${textOf(login)} belongs to nobody`)
    if (login.linked_day === null) fail(`${textOf(login)} was linked on no day`)
  }
}

/** What one call may have done to the rows, given what it proved. Knows no rule of its outcome. */
export function expectFair(before: Kept, after: Kept, call: Call, answer: Answer, now: number): void {
  expectStopped(before, after, call, answer, now)
  if (!SUCCESSES.has(answer.kind)) expectSame(after, before)
  if (call.op === 'sweep') expectSwept(before, after)
  else if (isOfOperator(call)) expectOperated(before, after, call, answer)
  else expectProven(before, after, call, answer)
}

function expectProven(before: Kept, after: Kept, call: Call, answer: Answer): void {
  const old = new Map(before.identities.map((row) => [row.uuid, row]))
  for (const row of after.identities)
    if (old.get(row.uuid)?.state === 'disabled' && row.state !== 'disabled') fail(`${row.uuid} came back to life`)
  const heldBy = ({ logins }: Kept, uuid: string) => logins.filter((login) => login.identity === uuid).map(textOf)
  const proven = new Set(provenBy(call).map(keyOf))
  const holderBefore = new Map(before.logins.map((login) => [textOf(login), login.identity]))
  for (const login of after.logins) {
    const from = holderBefore.get(textOf(login))
    if (from === login.identity) continue
    const isProven =
      from === undefined ? proven.has(textOf(login)) : heldBy(before, from).some((held) => proven.has(held))
    if (!isProven) fail(`${login.identity} gained ${textOf(login)} without a proof`)
    const isWelcome =
      old.get(login.identity)?.state !== 'member' || heldBy(before, login.identity).some((held) => proven.has(held))
    if (!isWelcome) fail(`${login.identity}, of which nothing was proven, gained ${textOf(login)}`)
  }
  if (answer.kind === 'identity') expectAccess(before, after, call, answer)
  expectDone(after, call, answer)
}

const SUCCESSES: ReadonlySet<string> = new Set([
  'identity',
  'unlinked',
  'merged',
  'deleted',
  'erased',
  'pool',
  'linked',
  'restricted',
  'swept',
])

type OfOperator = Extract<Call, { op: 'operator_links' | 'operator_unlinks' | 'operator_merges' }>

function isOfOperator(call: Call): call is OfOperator {
  return call.op.startsWith('operator_')
}

/** An operator's call moves what it names, to where the ids that it names lead, and nothing else. */
function expectOperated(before: Kept, after: Kept, call: OfOperator, { kind, uuid }: Answer): void {
  if (!SUCCESSES.has(kind)) return
  const named = call.op === 'operator_merges' ? call.destination : call.identity
  expectSame(endOf(before, named), uuid)
  const placesOf = ({ logins }: Kept) => logins.map((row) => [textOf(row), row.identity, row.linked_day] as const)
  const old = new Map(placesOf(before).map(([login, ...place]) => [login, place]))
  const loser = call.op === 'operator_merges' ? endOf(before, call.source) : undefined
  const expected =
    call.op === 'operator_merges' ? placesOf(before) : placesOf(before).filter(([login]) => login !== keyOf(call.login))
  const linked = call.op === 'operator_links' ? [keyOf(call.login)] : []
  const places = placesOf(after)
  expectSame(places.map(([login]) => login).sort(), [...expected.map(([login]) => login), ...linked].sort())
  for (const [login, at, day] of places) {
    if (linked.includes(login)) expectSame(at, uuid)
    else expectSame([at === uuid && old.get(login)?.[0] === loser ? loser : at, day], old.get(login))
  }
}

/** A sweep takes guests, and leaves all else as it is. */
function expectSwept(before: Kept, after: Kept): void {
  const left = new Set(after.identities.map(({ uuid }) => uuid))
  const kept = before.identities.filter(({ state, uuid }) => state !== 'guest' || left.has(uuid))
  expectSame(after, { ...before, identities: kept })
}

/** Where an id leads by merges. */
function endOf({ identities }: Kept, named: string): string {
  const forwards = new Map(identities.map((row) => [row.uuid, row.forward]))
  let at = named
  for (let next = forwards.get(at); next; next = forwards.get(at)) at = next
  return at
}

/** Nobody signs in with a login of an identity that is blocked, or as it, and its logins stay where they are. */
function expectStopped(before: Kept, after: Kept, call: Call, { kind, uuid }: Answer, now: number): void {
  if (!['resolve', 'unlink', 'unlink_developer'].includes(call.op) || !SUCCESSES.has(kind)) return
  const stopped = new Set(before.identities.filter((row) => (row.blocked_until ?? 0) > now).map((row) => row.uuid))
  if (uuid !== undefined && stopped.has(uuid)) fail(`the caller got ${uuid}, which is blocked`)
  const shown = new Set(call.op === 'resolve' ? call.logins.map(keyOf) : [])
  const holders = new Map(after.logins.map((row) => [textOf(row), row.identity]))
  for (const row of before.logins.filter(({ identity }) => stopped.has(identity))) {
    if (shown.has(textOf(row))) fail(`${textOf(row)} was let in, whose identity is blocked`)
    if (holders.get(textOf(row)) !== row.identity) fail(`${textOf(row)} left ${row.identity}, which is blocked`)
  }
}

/** Only who names a guest, or proves a login of the identity answered, may act as it. */
function expectAccess(before: Kept, after: Kept, call: Call, { guest, uuid }: Answer): void {
  if (call.op !== 'resolve') return
  const had = before.identities.find((row) => row.uuid === uuid)
  const has = after.identities.find((row) => row.uuid === uuid)
  const named = had?.state === 'guest' && (call.identity ?? call.fresh) === uuid
  const made = had === undefined && call.identity === undefined && call.fresh === uuid
  const owned = before.logins.some((row) => row.identity === uuid && call.logins.map(keyOf).includes(textOf(row)))
  if (!named && !made && !owned) fail(`the caller got ${uuid} without a right to it`)
  if (has?.state !== (guest ? 'guest' : 'member')) fail(`${uuid} was answered and is ${has?.state}`)
}

/** What was answered is so. */
function expectDone({ identities, logins }: Kept, call: Call, { kind, uuid }: Answer): void {
  const holder = (login: ProvenLogin) => logins.find((row) => textOf(row) === keyOf(login))?.identity
  if (call.op === 'resolve' && kind === 'identity')
    expectSame(
      call.logins.map(holder),
      call.logins.map(() => uuid),
    )
  if (call.op === 'merge_developers' && kind === 'merged')
    expectSame([holder(call.source), holder(call.destination)], [uuid, uuid])
  if (call.op === 'unlink_developer' && kind === 'unlinked') expectSame(holder(call.login), undefined)
  if (call.op === 'delete')
    expectSame(
      identities.filter((row) => call.uuids.includes(row.uuid)),
      [],
    )
}

/** The rows hold what the model holds: identities, their ages and logins, and where ids lead that lost a merge. */
export function expectAsModelled(rows: Kept, model: Model): void {
  expectSame(summaryOfRows(rows), summaryOf(model))
}

export function summaryOfRows({ guestsAllowed, identities, logins }: Kept): string[] {
  const rows = new Map(identities.map((row) => [row.uuid, row]))
  const lines = identities.map((row) => {
    const held = logins.filter((login) => login.identity === row.uuid).map(textOf)
    let at: IdentityRow | undefined = row
    while (at?.forward) at = rows.get(at.forward)
    const day = row.used_day ?? Math.floor(row.created_at / 86_400_000)
    const leads = row.forward === null ? undefined : at?.uuid
    return summary(row.uuid, `${row.state} since ${row.created_at}`, day, row.blocked_until ?? 0, leads, held)
  })
  return [...lines, `guests allowed: ${guestsAllowed}`]
}

export function summaryOf(model: Model): string[] {
  const lines = [...model.identities].map(([uuid, { blocked, born, logins, state, used }]) =>
    summary(uuid, `${state} since ${born}`, used, blocked, model.standsFor.get(uuid), [...logins.keys()]),
  )
  return [...lines.sort(), `guests allowed: ${model.guestsAllowed}`]
}

function summary(
  uuid: string,
  state: string,
  used: number,
  blocked: number,
  leads: string | undefined,
  logins: string[],
): string {
  return `${uuid}, ${state}, used on ${used}, blocked until ${blocked}, leads ${leads ?? 'nowhere'}: ${logins.sort().join('; ')}`
}

/** `toEqual` for plain data; it is called so often that its own pace would matter. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!isSame(actual, expected)) expect(actual).toEqual(expected)
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function provenBy(call: Call): readonly ProvenLogin[] {
  if (call.op === 'resolve') return call.logins
  return call.op === 'merge_developers' ? [call.source, call.destination] : []
}

function textOf({ developer, provider, subject }: LoginRow): string {
  return keyOf({ developer: developer === 1, provider, subject })
}

function fail(message: string): never {
  throw new Error(message)
}
